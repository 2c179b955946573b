"""The file of names beside the search index: kept by the worker, shared by readers, forgetful."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from registry.core.db import GazetteSession, Store
from registry.public.gazette import Entry, log
from registry.public.screening import ScreeningIndex, loading, stored
from registry.public.screening.loading import NamesFile

Gazette = Store[GazetteSession]


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "FEWEST", 3)
    monkeypatch.setattr(loading, "REOPEN", 1)


def _put(id: str, now: datetime, name: str, *, correct: bool = False) -> Entry:
    payload: dict[str, Any] = {
        "list": "sdn",
        "reference": id,
        "name": name,
        "type": "organization",
        "source_date": "2026-01-01",
    }
    return Entry(uuid4(), "PUT", "external", id, now, payload, forget_previous=correct)


def _append(gazette: Gazette, now: datetime, *entries: Entry) -> None:
    with gazette.write() as session:
        log.append(session, entries, recorded=now)


def _written(gazette: Gazette, now: datetime, path: Path) -> NamesFile:
    kept = NamesFile(path)
    with gazette.read() as session:
        assert kept.is_due(session)
        kept.write(session, now)
        assert not kept.is_due(session)
    return kept


def _read(gazette: Gazette, now: datetime, path: Path) -> ScreeningIndex:
    index = ScreeningIndex(path)
    with gazette.read() as session:
        index.refresh(session, now)
    return index


NAMES = [
    "演示省虚岭县样例煤矿",
    "演示省空谷县范本铁矿",
    "演示省无影县范式铜矿",
    "演示省回音县范例金矿",
]
IDS = [f"X-000000000{letter}" for letter in "ABCD"]


def _fill(gazette: Gazette, now: datetime) -> None:
    every = zip(IDS, NAMES, strict=True)
    _append(gazette, now, *(_put(id, now, name) for id, name in every))


def test_readers_take_the_file_and_what_came_since(
    gazette: Gazette, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "below" / "names.idx"
    _fill(gazette, now)
    _written(gazette, now, path)
    removal = Entry(uuid4(), "DEL", "external", IDS[0], now, {"reason": "ended"})
    _append(gazette, now, removal, _put("X-000000000E", now, "演示省静水县新名磷矿"))
    # Whoever read all names from the gazette did not take the file.
    monkeypatch.setattr(ScreeningIndex, "_load", None)
    index = _read(gazette, now, path)
    assert (index.sequence, len(index.names)) == (6, 4)
    assert index.likely(NAMES[0], 0.7) == []
    assert index.likely(NAMES[1], 0.7) == [IDS[1]]
    assert index.likely("静水县新名磷矿有限公司", 0.7) == ["X-000000000E"]


def test_few_names_make_no_file(gazette: Gazette, now: datetime, tmp_path: Path) -> None:
    _append(gazette, now, _put(IDS[0], now, NAMES[0]))
    with gazette.read() as session:
        assert not NamesFile(tmp_path / "names.idx").is_due(session)
    assert len(_read(gazette, now, tmp_path / "names.idx").names) == 1


def test_the_file_of_another_gazette_is_not_taken(
    gazette: Gazette, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "names.idx"
    _fill(gazette, now)
    kept = _written(gazette, now, path)
    found = stored.read(path)
    assert found is not None
    stored.write(path, found.segment, found.state._replace(leaf="00" * 32))
    with gazette.read() as session:
        assert kept.is_due(session)
    stored.erase(path, IDS, 4)
    assert len(_read(gazette, now, path).names) == len(NAMES)


@pytest.mark.parametrize("corrected", [False, True])
def test_what_was_removed_or_corrected_is_wiped_out(
    gazette: Gazette, now: datetime, tmp_path: Path, *, corrected: bool
) -> None:
    path = tmp_path / "names.idx"
    _fill(gazette, now)
    kept = _written(gazette, now, path)
    running = _read(gazette, now, path)
    later = now + timedelta(minutes=1)
    change = (
        _put(IDS[0], later, "演示省虚岭县新名煤矿", correct=True)
        if corrected
        else Entry(uuid4(), "DEL", "external", IDS[0], later, {"reason": "ended"})
    )
    with gazette.read() as session:
        assert not kept.must_forget(session)
    _append(gazette, later, change)
    assert "样例".encode() in path.read_bytes()
    with gazette.read() as session:
        assert kept.must_forget(session)
        kept.forget(session)
        assert not kept.must_forget(session)
        running.refresh(session, later)
    assert "样例".encode() not in path.read_bytes()
    assert "空谷".encode() in path.read_bytes()
    for index in (running, _read(gazette, later, path)):
        assert index.likely(NAMES[0], 0.7) == []
        assert index.likely("虚岭县新名煤矿", 0.7) == ([IDS[0]] if corrected else [])
        assert index.likely(NAMES[1], 0.7) == [IDS[1]]


def test_a_running_reader_far_behind_takes_the_newer_file(
    gazette: Gazette, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "names.idx"
    _fill(gazette, now)
    running = _read(gazette, now, path)
    _append(
        gazette, now, *(_put(f"X-00000000{n:02}", now, f"演示省第{n}范式矿") for n in range(20))
    )
    _written(gazette, now, path)
    monkeypatch.setattr(loading, "_changes", lambda *_: iter(()))
    with gazette.read() as session:
        running.refresh(session, now)
    assert running.likely("演示省第13范式矿", 0.7) == ["X-0000000013"]
    assert len(running.names) == 24
