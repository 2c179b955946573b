from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from following_kit import Served, served

from registry.core import keys
from registry.core.db import GazetteSession, IntakeSession, Store


@pytest.fixture
def site(
    gazette: Store[GazetteSession], intake: Store[IntakeSession], tmp_path: Path, now: datetime
) -> Iterator[Served]:
    keys.ensure_keys(tmp_path / "site" / "keys")
    with served(gazette, intake, tmp_path / "site", now) as made:
        yield made
