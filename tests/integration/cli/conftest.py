"""Installations for the tests of the command: an empty place, a new one, the demonstration."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cli_house import Command

from registry.core.clock import system_clock
from registry.office.demo import service as demonstration
from registry.office.worker.service import Worker


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Where nothing has been installed yet."""
    return Command(tmp_path / "var")


@pytest.fixture(scope="session")
def _initialised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Command(tmp_path_factory.mktemp("new") / "var")
    assert made("init").status == 0
    return made.folder


@pytest.fixture
def installed(command: Command, _initialised: Path) -> Command:
    """After ``registry init``."""
    shutil.copytree(_initialised, command.folder)
    return command


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Command(tmp_path_factory.mktemp("demo") / "var", {"REGISTRY_DEMO": "1"})
    with made.office() as office:
        office.migrate()
        demonstration.build(office, system_clock())
        Worker(office).drain(system_clock())
    return made.folder


@pytest.fixture
def demo(tmp_path: Path, _built: Path) -> Command:
    """The demonstration's records, with its officers."""
    made = Command(tmp_path / "demo", {"REGISTRY_DEMO": "1"})
    shutil.copytree(_built, made.folder)
    return made
