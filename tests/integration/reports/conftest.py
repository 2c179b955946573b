"""The fictional bureau for tests of reports."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from registry.core.db import Store, WorkingSession

sys.path.insert(0, str(Path(__file__).parent.parent / "dockets"))
sys.path.insert(0, str(Path(__file__).parent.parent / "providers"))
sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "papers"))

from docket_office import Bureau
from report_kit import Desk, opened_desk


@pytest.fixture
def desk(working: Store[WorkingSession], tmp_path: Path) -> Desk:
    return opened_desk(working, tmp_path)


@pytest.fixture
def bureau(desk: Desk) -> Bureau:
    return desk.bureau
