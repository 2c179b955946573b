"""The admin site on a store of its own (SQLite; the rooms are tested on PostgreSQL, too)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from admin_desk import Hands, Site

from admin.app import create_app
from registry.core import keys
from registry.core.db import Store, WorkingSession
from registry.core.settings import office_settings


@pytest.fixture
def site(tmp_path: Path, sqlite_templates: dict[str, Path], now: datetime) -> Iterator[Site]:
    for name, template in sqlite_templates.items():
        (tmp_path / f"{name}.db").write_bytes(template.read_bytes())
    keys.ensure_keys(tmp_path / "keys")
    settings = office_settings({"REGISTRY_DATA_DIR": str(tmp_path)})
    hands = Hands(now)
    app = create_app(settings, clock=hands)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    store = Store(settings.working_url, WorkingSession)
    made = Site(app, store, keys.load_vault(settings.key_dir), hands)
    made.authority("province", "11990000XY00000C1X")
    made.authority("city", "11990100XY00000C2Y", "province")
    made.authority("county", "11990121XY00000A64", "city")
    yield made
    store.close()
    for bound in app.extensions["registry.stores"].values():
        bound.close()
