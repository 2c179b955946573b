"""An installation on the stores of the test, with keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from registry.core import keys
from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession
from registry.core.settings import office_settings
from registry.office.worker.office import Office


@pytest.fixture
def office(
    working: Store[WorkingSession],
    gazette: Store[GazetteSession],
    intake: Store[IntakeSession],
    tmp_path: Path,
) -> Iterator[Office]:
    settings = office_settings({"REGISTRY_DATA_DIR": str(tmp_path), "REGISTRY_DEMO": "1"})
    keys.ensure_keys(settings.key_dir)
    made = Office(
        replace(settings, working_url=working.url, gazette_url=gazette.url),
        working,
        gazette,
        intake,
    )
    yield made
    made.index.close()
