"""Habits of the house that no linter knows: length of files, who asks for the time, who prints."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("registry", "public_site", "admin", "schemas")
MOST_LINES = 400
CLOCK = "registry/core/clock.py"
NOW = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("func", "now"), ("func", "current_timestamp"), ("func", "localtimestamp"),
    ("time", "time"), ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime"),
}  # fmt: skip


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "versions" not in path.parts:
                yield path


def calls_of_now(tree: ast.AST) -> list[int]:
    """Lines that ask the machine for the time, however deep the name is hidden."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if (name, node.attr) in NOW:
                found.append(node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            found += [node.lineno for alias in node.names if ("time", alias.name) in NOW]
    return found


def prints(tree: ast.AST) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]


def test_there_are_sources() -> None:
    assert len(list(sources())) > 100


def test_no_file_is_too_long() -> None:
    """A file is read in one sitting; what grows beyond that holds two ideas."""
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert not long


def test_only_the_clock_asks_for_the_time() -> None:
    """Time is an argument: otherwise no deadline and no midnight could be tested."""
    asking = [
        f"{name}:{line}"
        for path in sources()
        if (name := path.relative_to(ROOT).as_posix()) != CLOCK
        for line in calls_of_now(ast.parse(path.read_bytes()))
    ]
    assert not asking
    assert calls_of_now(ast.parse((ROOT / CLOCK).read_bytes())), "the finder finds nothing"


def test_only_the_command_line_prints() -> None:
    printing = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources()
        if (ROOT / "admin" / "cli") not in path.parents
        for line in prints(ast.parse(path.read_bytes()))
    ]
    assert not printing


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("import datetime\ndatetime.datetime.now()", [2]),
        ("from datetime import date\nx = date.today", [2]),
        ("from sqlalchemy import func\nfunc.now()", [2]),
        ("from time import time", [1]),
        ("import time\ntime.perf_counter()\nclock.now()", []),
    ],
)
def test_the_finder(source: str, lines: list[int]) -> None:
    assert calls_of_now(ast.parse(source)) == lines
