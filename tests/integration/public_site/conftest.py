"""A public site over a gazette with fictional records, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from public_site_kit import (
    E1,
    E2,
    EXTERNAL,
    PENALTY,
    PERSON,
    PERSON_NUMBER,
    SITE,
    Site,
    listing,
    put,
    removal,
)

from public_site.app import create_app
from registry.core import keys
from registry.core.db import GazetteSession, IntakeSession, Store
from registry.core.settings import public_settings
from registry.public.gazette.handles import person_handle


@pytest.fixture
def site(
    gazette: Store[GazetteSession], intake: Store[IntakeSession], tmp_path: Path, now: datetime
) -> Iterator[Site]:
    data = tmp_path / "site"
    keys.ensure_keys(data / "keys")
    settings = public_settings(
        {
            "REGISTRY_DATA_DIR": str(data),
            "REGISTRY_GAZETTE_URL": gazette.url,
            "REGISTRY_INTAKE_URL": intake.url,
            "REGISTRY_DEMO": "1",
            "REGISTRY_BASE_URL": "https://registry.example",
        }
    )
    instant = [now]
    app = create_app(settings, clock=lambda: instant[0])
    key = keys.load_person_key(settings.key_dir)
    made = Site(app, gazette, settings.index_dir, key, instant)
    made.publish(
        put("site", "S-0000000001", SITE),
        put("penalty", "P-0000000001", PENALTY, "2029-06-15"),
        put(
            "listing",
            "L-0000000001",
            listing(E1, penalty="P-0000000001", persons=PENALTY["persons"], site="S-0000000001"),
            "2029-07-01",
        ),
        put("listing", "L-0000000002", listing(E2, "2026-11-20"), "2026-11-20"),
        put(
            "listing",
            "L-0000000003",
            listing(PERSON),
            "2029-07-01",
            (person_handle(key, PERSON["name"], PERSON_NUMBER),),
        ),
        put("external", "X-0000000001", EXTERNAL),
        put("listing", "L-0000000004", listing(E2), "2029-07-01"),
    )
    made.publish(removal("listing", "L-0000000004", "annulled", now))
    yield made
    for store in app.extensions["registry.stores"].values():
        store.close()
    app.extensions["registry.index"].close()
