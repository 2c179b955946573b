"""``registry demo`` never touches a registry that it did not make."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from cli_house import Command

pytestmark = pytest.mark.xdist_group("cli-demo")


def free_ports() -> tuple[str, ...]:
    with socket.socket() as first, socket.socket() as second:
        for one in (first, second):
            one.bind(("127.0.0.1", 0))
        return ("--port", str(first.getsockname()[1]), "--admin-port", str(second.getsockname()[1]))


def test_a_directory_that_it_did_not_make(installed: Command, tmp_path: Path) -> None:
    before = sorted(installed.folder.rglob("*"))
    assert "not a demonstration" in installed.refused("demo", *free_ports())
    assert "not a demonstration" in installed.refused("demo", "--fresh", *free_ports())
    assert sorted(installed.folder.rglob("*")) == before
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "thesis.txt").write_text("years of work", encoding="utf-8")
    told = installed.refused("demo", "--fresh", *free_ports(), REGISTRY_DATA_DIR=str(papers))
    assert "not a demonstration" in told
    assert (papers / "thesis.txt").exists()


def test_stores_of_a_registry_in_earnest(installed: Command, tmp_path: Path) -> None:
    """A new directory, but addresses that lead to stores that officers work on."""
    working = f"sqlite:///{installed.folder / 'working.db'}"
    told = installed.refused(
        "demo", *free_ports(), REGISTRY_DATA_DIR=str(tmp_path / "new"), REGISTRY_WORKING_URL=working
    )
    assert "not a demonstration" in told


def test_ports(command: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        told = command.refused("demo", "--port", port)
        assert port in told
        assert "--port" in told
    assert "--admin-port" in command.refused("demo", "--port", "8000", "--admin-port", "8000")
    assert not command.folder.exists()
