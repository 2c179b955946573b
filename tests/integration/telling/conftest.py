from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from telling_kit import Desk, Listener, listening
from telling_kit import desk as make

from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession


@pytest.fixture
def desk(
    working: Store[WorkingSession],
    gazette: Store[GazetteSession],
    intake: Store[IntakeSession],
    tmp_path: Path,
    now: datetime,
) -> Desk:
    return make(working, gazette, intake, tmp_path / "data", now)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as made:
        yield made
