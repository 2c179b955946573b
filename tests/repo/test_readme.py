"""What the README and the documents say of commands, settings and files is so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from admin.cli import registry
from registry.core.settings import SETTINGS

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"(?:^|(?:&&|;|\$|run:)\s*)registry((?:[ \t]+[^\s#&;|`]+)*)", re.MULTILINE)
SETTING = re.compile(r"\bREGISTRY_[A-Z][A-Z_]*[A-Z]\b")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
OPTION = re.compile(r"--[a-z][a-z-]+")
PLACEHOLDER = re.compile(r"/[A-Z]{3,}")
NOT_SETTINGS = {"REGISTRY_TEST_DATA"}
"""Read by the tests alone."""


def code(text: str) -> Iterator[str]:
    """Blocks and spans of code, in tables too."""
    yield from FENCE.findall(text)
    yield from SPAN.findall(FENCE.sub("", text))


def commands(text: str) -> Iterator[list[str]]:
    """The words after ``registry``, without optional brackets."""
    for piece in code(text):
        for found in COMMAND.findall(piece):
            yield [word.strip("[],.") for word in found.split()]


def problem(words: list[str]) -> str:
    """Why the program has no such command, or an empty string."""
    command: click.Command = registry
    path = ["registry"]
    rest = list(words)
    while isinstance(command, click.Group) and rest and rest[0][:1].islower():
        name = rest.pop(0)
        found = command.commands.get(name)
        if found is None:
            return f"{' '.join(path)} has no command {name}"
        command = found
        path.append(name)
    known = {option for one in command.params for option in one.opts} | {"--help", "--version"}
    for word in rest:
        option = OPTION.match(word)
        if option and option[0] not in known:
            return f"{' '.join(path)} has no option {option[0]}"
    return ""


def test_every_command_that_is_named_exists() -> None:
    wrong, count = [], 0
    for document in DOCUMENTS:
        for words in commands(document.read_text(encoding="utf-8")):
            count += 1
            if found := problem(words):
                wrong.append(f"{document.name}: {found}")
    assert not wrong
    assert count > 15, "the documents name commands"


def test_options_that_are_named_beside_a_command_exist() -> None:
    """In running text: ``--fresh`` must be somebody's option."""
    known = {"--help", "--version"}
    waiting: list[click.Command] = [registry]
    while waiting:
        command = waiting.pop()
        known |= {option for one in command.params for option in one.opts}
        if isinstance(command, click.Group):
            waiting.extend(command.commands.values())
    wrong = [
        f"{document.name}: {span}"
        for document in DOCUMENTS
        for span in SPAN.findall(FENCE.sub("", document.read_text(encoding="utf-8")))
        if span.startswith("--") and span.split()[0] not in known
    ]
    assert not wrong


def test_the_documents_name_every_command() -> None:
    named = {
        words[0]
        for document in DOCUMENTS
        for words in commands(document.read_text(encoding="utf-8"))
        if words
    }
    assert set(registry.commands) <= named


def test_every_setting_that_is_named_exists() -> None:
    known = {setting.name for setting in SETTINGS} | NOT_SETTINGS
    wrong = [
        f"{document.name}: {name}"
        for document in DOCUMENTS
        for name in SETTING.findall(document.read_text(encoding="utf-8"))
        if name not in known
    ]
    assert not wrong


def test_settings_that_the_program_reads_are_documented() -> None:
    known = {setting.name for setting in SETTINGS}
    read = {
        name
        for package in ("registry", "public_site", "admin")
        for path in (ROOT / package).rglob("*.py")
        for name in SETTING.findall(path.read_text(encoding="utf-8"))
    }
    assert read <= known
    assert all(setting.help for setting in SETTINGS)


def test_links_lead_somewhere() -> None:
    wrong = []
    for document in DOCUMENTS:
        text = FENCE.sub("", document.read_text(encoding="utf-8"))
        for target in LINK.findall(text):
            if target.startswith(("https://", "http://", "mailto:")):
                continue
            path, _, anchor = target.partition("#")
            found = (document.parent / path).resolve() if path else document
            if not found.exists():
                wrong.append(f"{document.name}: {target}")
            elif anchor and anchor not in anchors(found):
                wrong.append(f"{document.name}: {target} (no such heading)")
    assert not wrong


def anchors(path: Path) -> set[str]:
    """Anchors that a forge makes of headings."""
    headings = re.findall(r"^#+\s+(.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def test_folders_that_are_named_exist() -> None:
    """A span like ``registry/core`` or ``admin/cli`` is a place in this tree."""
    place = re.compile(r"(?:registry|public_site|admin|schemas|tests|docs)(?:/[\w.-]+)+/?")
    wrong = [
        f"{document.name}: {span}"
        for document in DOCUMENTS
        for span in SPAN.findall(FENCE.sub("", document.read_text(encoding="utf-8")))
        if place.fullmatch(span) and not PLACEHOLDER.search(span) and not (ROOT / span).exists()
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("words", "right"),
    [
        (["gazette", "verify", "--cross"], True),
        (["gazette", "verify", "--crossed"], False),
        (["gazette", "burn"], False),
        (["import", "KIND", "FILE", "--as", "ACCOUNT"], True),
        (["fly"], False),
        ([], True),
    ],
)
def test_the_finder(words: list[str], right: bool) -> None:
    assert (problem(words) == "") is right
