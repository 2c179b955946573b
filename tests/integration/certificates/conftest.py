"""A log of some rows, a checkpoint over most of them, and the keys."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from certificate_kit import Bench, listing, put

from registry.core import keys
from registry.core.db import GazetteSession, IntakeSession, Store


@pytest.fixture
def bench(
    gazette: Store[GazetteSession], intake: Store[IntakeSession], tmp_path: Path, now: datetime
) -> Bench:
    keys.ensure_keys(tmp_path / "keys")
    made = Bench(gazette, intake, tmp_path / "keys", now)
    made.publish(put("L-0000000001", listing()))
    others = (
        ("虚构山样例石料有限公司", 2),
        ("样例河测试矿业有限公司", 3),
        ("回音谷样例矿业有限公司", 4),
    )
    for name, place in others:
        made.publish(put(f"L-000000000{place}", listing(name, "")))
    made.publish(put("L-0000000005", listing("无检查点样例有限公司", "")), signed=False)
    return made
