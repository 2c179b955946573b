"""The fictional county office with keys, for tests of case work on tips."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession

sys.path.insert(0, str(Path(__file__).parent.parent / "dockets"))
sys.path.insert(0, str(Path(__file__).parent))

from tip_office import TipOffice, built


@pytest.fixture
def office(
    working: Store[WorkingSession],
    gazette: Store[GazetteSession],
    intake: Store[IntakeSession],
    tmp_path: Path,
) -> TipOffice:
    return built(working, gazette, intake, tmp_path)
