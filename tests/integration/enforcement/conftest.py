"""The fictional bureau for tests of cases."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from registry.core.db import Store, WorkingSession

sys.path.insert(0, str(Path(__file__).parent.parent / "dockets"))

from docket_office import Bureau, opened


@pytest.fixture
def bureau(working: Store[WorkingSession], tmp_path: Path) -> Bureau:
    return opened(working, tmp_path)
