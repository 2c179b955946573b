"""A public site that really listens, over a gazette that the test writes to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.serving import make_server

from public_site.app import create_app
from registry.core.db import GazetteSession, IntakeSession, Store
from registry.core.settings import public_settings
from registry.public.gazette import Entry, checkpoint, log


@dataclass
class Served:
    """The site, its address and its stores."""

    app: Flask
    url: str
    gazette: Store[GazetteSession]
    key_dir: Path
    instant: list[datetime]

    def publish(self, *entries: Entry, sign: bool = True) -> None:
        with self.gazette.write() as session:
            log.append(session, entries, recorded=self.instant[0])
            if sign:
                session.flush()
                checkpoint.sign_newest(session, self.key_dir, now=self.instant[0])


@contextmanager
def served(
    gazette: Store[GazetteSession], intake: Store[IntakeSession], data: Path, now: datetime
) -> Iterator[Served]:
    settings = public_settings(
        {
            "REGISTRY_DATA_DIR": str(data),
            "REGISTRY_GAZETTE_URL": gazette.url,
            "REGISTRY_INTAKE_URL": intake.url,
            "REGISTRY_DEMO": "1",
        }
    )
    instant = [now]
    app = create_app(settings, clock=lambda: instant[0])
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        yield Served(app, url, gazette, settings.key_dir, instant)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        for store in app.extensions["registry.stores"].values():
            store.close()
        app.extensions["registry.index"].close()


def listing(name: str, **more: Any) -> dict[str, Any]:
    return {
        "list": "work-safety",
        "ground": "G6-4",
        "subject": {"kind": "enterprise", "name": name, "code": "91990121XY00000126"},
        "authority": {"name": "虚岭县样例应急管理局"},
        "decision": {"number": "（虚岭）列〔2026〕1号", "date": "2026-07-01"},
        "term": {"since": "2026-07-01", "until": "2029-07-01"},
        "status": "in-force",
        "published_on": "2026-07-20",
        **more,
    }


def put(id: str, when: datetime, name: str = "样例矿业有限公司", until: datetime | None = None,
        forget: bool = False) -> Entry:  # fmt: skip
    return Entry(uuid4(), "PUT", "listing", id, when, listing(name), until, (), forget)


def remove(id: str, when: datetime) -> Entry:
    return Entry(uuid4(), "DEL", "listing", id, when, {"reason": "revoked"})
