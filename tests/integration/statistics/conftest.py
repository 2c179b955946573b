"""The fictional bureau, and the cases of enforcement that its tests walk."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from registry.core.db import Store, WorkingSession

HERE = Path(__file__).parent.parent
sys.path += [str(HERE / "dockets"), str(HERE / "enforcement")]

from docket_office import Bureau, opened  # noqa: E402


@pytest.fixture
def bureau(working: Store[WorkingSession], tmp_path: Path) -> Bureau:
    return opened(working, tmp_path)
