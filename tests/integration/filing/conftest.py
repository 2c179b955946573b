"""The door through which organizations' systems file, over the fictional bureau."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "dockets"))
sys.path.insert(0, str(Path(__file__).parent.parent / "providers"))
sys.path.insert(0, str(Path(__file__).parent.parent / "reports"))
sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "papers"))

from docket_office import at
from filing_kit import DAY, House, office_of, opened_house
from report_kit import opened_desk

from public_site.app import create_app
from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession
from registry.core.settings import public_settings


@pytest.fixture
def house(
    working: Store[WorkingSession],
    gazette: Store[GazetteSession],
    intake: Store[IntakeSession],
    tmp_path: Path,
) -> Iterator[House]:
    data = tmp_path / "var"
    office = office_of(working, gazette, intake, data)
    desk = opened_desk(working, data)
    settings = public_settings(
        {
            "REGISTRY_DATA_DIR": str(data),
            "REGISTRY_GAZETTE_URL": gazette.url,
            "REGISTRY_INTAKE_URL": intake.url,
            "REGISTRY_DEMO": "1",
            "REGISTRY_BASE_URL": "https://registry.example",
            "REGISTRY_MAX_REPORT_MB": "5",
            "REGISTRY_TIP_FREE_MB": "1",
        }
    )
    instant = [at(DAY)]
    app = create_app(settings, clock=lambda: instant[0])
    yield opened_house(desk, app, office, instant)
    for store in app.extensions["registry.stores"].values():
        store.close()
    app.extensions["registry.index"].close()
