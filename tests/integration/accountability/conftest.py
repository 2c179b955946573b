"""The fictional bureau, and what tests of enforcement share, for tests of who is answerable."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from registry.core.db import Store, WorkingSession

sys.path.insert(0, str(Path(__file__).parent.parent / "dockets"))
sys.path.insert(0, str(Path(__file__).parent.parent / "enforcement"))

from docket_office import Bureau, opened


@pytest.fixture
def bureau(working: Store[WorkingSession], tmp_path: Path) -> Bureau:
    return opened(working, tmp_path)
