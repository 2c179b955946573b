"""The fictional bureau with a cashier, for tests of rewards."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from registry.core.db import Store, WorkingSession

sys.path.insert(0, str(Path(__file__).parent.parent / "dockets"))
sys.path.insert(0, str(Path(__file__).parent))

from docket_office import Bureau
from reward_office import opened


@pytest.fixture
def bureau(working: Store[WorkingSession], tmp_path: Path) -> Bureau:
    return opened(working, tmp_path)
