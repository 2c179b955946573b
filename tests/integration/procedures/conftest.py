"""The house of ``party_kit`` on both databases, and its neighbours' samples."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

for neighbour in ("dockets", "admin", "public_site"):
    sys.path.append(str(Path(__file__).parents[1] / neighbour))

from party_kit import PartyHouse, close, make  # noqa: E402

from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession  # noqa: E402


@pytest.fixture
def house(
    working: Store[WorkingSession],
    gazette: Store[GazetteSession],
    intake: Store[IntakeSession],
    tmp_path: Path,
    now: datetime,
) -> Iterator[PartyHouse]:
    made = make(working, gazette, intake, tmp_path / "data", now)
    yield made
    close(made)
