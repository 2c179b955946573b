"""The house of ``tip_house`` on both databases, and its neighbours' samples."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

for neighbour in ("inbox", "public_site"):
    sys.path.append(str(Path(__file__).parents[1] / neighbour))

from inbox_samples import Duty, intake_entry  # noqa: E402
from tip_house import House  # noqa: E402

from public_site.app import create_app  # noqa: E402
from public_site.intake.gate import Gate  # noqa: E402
from registry.core import keys  # noqa: E402
from registry.core.db import GazetteSession, IntakeSession, Store  # noqa: E402
from registry.core.settings import public_settings  # noqa: E402
from registry.public.gazette import log  # noqa: E402


@pytest.fixture
def house(
    gazette: Store[GazetteSession], intake: Store[IntakeSession], tmp_path: Path, now: datetime
) -> Iterator[House]:
    data = tmp_path / "site"
    keys.ensure_keys(data / "keys")
    settings = public_settings(
        {
            "REGISTRY_DATA_DIR": str(data),
            "REGISTRY_GAZETTE_URL": gazette.url,
            "REGISTRY_INTAKE_URL": intake.url,
            "REGISTRY_DEMO": "1",
            "REGISTRY_TIP_FILE_MB": "1",
            "REGISTRY_TIP_REQUEST_MB": "3",
            "REGISTRY_TIP_FREE_MB": "0",
            "REGISTRY_ONION_URL": "http://fictional.onion",
        }
    )
    instant = [now]
    app = create_app(settings, clock=lambda: instant[0])
    # Most tests look at what is answered; those of the even time set a gate of their own.
    app.extensions["registry.tip-gate"] = Gate(floor=0)
    duty = Duty()
    with gazette.write() as session:
        log.append(session, [intake_entry(duty.payload())], recorded=now)
    yield House(app, gazette, intake, data, duty, instant)
    for store in app.extensions["registry.stores"].values():
        store.close()
    app.extensions["registry.index"].close()
