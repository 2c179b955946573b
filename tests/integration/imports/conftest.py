"""An office that imports, on either database."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import pytest
from import_office import ImportOffice, build

from registry.core.db import Store, WorkingSession

sys.path.insert(0, str(Path(__file__).parent.parent / "dockets"))


@pytest.fixture
def office(working: Store[WorkingSession], tmp_path: Path, now: datetime) -> ImportOffice:
    return build(working, tmp_path, now)
