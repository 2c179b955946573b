"""A search through the index and the gazette together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from registry.core.clock import publish_until
from registry.core.db import GazetteSession, Store
from registry.public.gazette import Entry, log
from registry.public.search import (
    Indexer,
    SearchIndex,
    SearchRequest,
    SearchResult,
    fiction,
    highlight,
    open_index,
    search,
    whole,
)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SearchIndex]:
    opened = open_index("whoosh", tmp_path / "index")
    yield opened
    opened.close()


@pytest.fixture
def indexer(gazette: Store[GazetteSession], index: SearchIndex) -> Indexer:
    return Indexer(gazette, index, processes=1)


def listing(name: str, *, code: str = "", **more: Any) -> dict[str, Any]:
    subject = {"kind": "enterprise", "name": name, "region": "990121"} | (
        {"code": code} if code else {}
    )
    return {
        "list": "work-safety",
        "ground": "G6-4",
        "subject": subject,
        "authority": {"name": "虚岭县样例应急管理局", "code": "11990121XY00000A64"},
        "decision": {"number": f"（演）{name}1号", "date": "2026-07-01", "text": "瞒报事故"},
        "term": {"since": "2026-07-01", "until": "2029-07-01"},
        "status": "in-force",
        "published_on": "2026-07-03",
        **more,
    }


def publish(
    store: Store[GazetteSession],
    now: datetime,
    payloads: dict[str, dict[str, Any]],
    *,
    kind: str = "listing",
    until: datetime | None = None,
) -> None:
    entries = [Entry(uuid4(), "PUT", kind, id, now, said, until) for id, said in payloads.items()]
    with store.write() as session:
        log.append(session, entries, recorded=now)


def withdraw(store: Store[GazetteSession], now: datetime, *ids: str) -> None:
    entries = [Entry(uuid4(), "DEL", "listing", id, now, {"reason": "revoked"}) for id in ids]
    with store.write() as session:
        log.append(session, entries, recorded=now)


def ask(
    gazette: Store[GazetteSession], index: SearchIndex, now: datetime, q: str = "", **more: Any
) -> SearchResult:
    with gazette.read() as session:
        return search(session, index, SearchRequest(q=q, **more), now)


def ids(result: SearchResult) -> list[str]:
    return [record.id for record in result.records]


THREE = {
    "L-A": listing("演示省虚岭县一号样例煤矿有限公司", code="91990121XY00000126"),
    "L-B": listing("演示省空谷县样例铁矿有限公司", code="91990122XY0000020F", ground="G6-2"),
    "L-C": listing("虚岭縣樣例採石場", list="local"),
}


def test_found_by_name_and_words(
    gazette: Store[GazetteSession], index: SearchIndex, indexer: Indexer, now: datetime
) -> None:
    publish(gazette, now, THREE)
    assert indexer.catch_up(now) == 3
    found = ask(gazette, index, now, "name:虚岭")
    assert (set(ids(found)), found.total, found.next) == ({"L-A", "L-C"}, 2, None)
    assert found.facets["list"] == {"work-safety": 1, "local": 1}
    assert found.facets["region"] == {"990000": 2, "990100": 2, "990121": 2}
    assert ids(ask(gazette, index, now, "采石场")) == ["L-C"]
    assert ids(ask(gazette, index, now, "瞒报 铁矿")) == ["L-B"]
    assert ids(ask(gazette, index, now, "", ground="G6-2")) == ["L-B"]
    assert ids(ask(gazette, index, now, authority="11990121xy00000a64", list="local")) == ["L-C"]
    assert ask(gazette, index, now, date_from=date(2026, 7, 2)).total == 0
    name = THREE["L-C"]["subject"]["name"]
    assert ("樣例", True) in highlight(name, ask(gazette, index, now, "样例").query, "name")


@pytest.mark.parametrize(
    "q",
    [
        "91990121xy00000126",
        "演示省虚岭县一号樣例煤矿（有限公司）",
        "(演)演示省虚岭县一号样例煤矿有限公司1号",
    ],
)
def test_exact_code_name_and_number_need_no_index(
    gazette: Store[GazetteSession], index: SearchIndex, now: datetime, q: str
) -> None:
    publish(gazette, now, THREE)
    found = ask(gazette, index, now, q)
    assert (ids(found), found.total) == (["L-A"], 1)
    assert ids(ask(gazette, index, now, q, list="local")) == []


def test_exact_hits_come_first_and_once(
    gazette: Store[GazetteSession], index: SearchIndex, indexer: Indexer, now: datetime
) -> None:
    name = "样例煤业"
    publish(gazette, now, {f"L-{n}": listing(name) for n in range(3)})
    publish(gazette, now, {f"L-B{n}": listing(f"{name}分公司{n}") for n in range(3)})
    indexer.catch_up(now)
    publish(gazette, now, {"L-NEW": listing(name)})
    whole = ids(ask(gazette, index, now, name))
    assert whole[0] == "L-NEW"
    assert set(whole[:4]) == {"L-NEW", "L-0", "L-1", "L-2"}
    assert len(whole) == len(set(whole)) == 7 == ask(gazette, index, now, name).total
    for size in (1, 2, 3, 4, 5, 7):
        pages = [ids(ask(gazette, index, now, name, size=size, page=n)) for n in range(1, 8)]
        assert [id for page in pages for id in page] == whole
        request = SearchRequest(q=name, size=size)
        marked: list[str] = []
        while True:
            result = ask(gazette, index, now, name, size=size, after=request.after)
            marked += ids(result)
            if result.next is None:
                break
            request = replace(request, after=result.next)
        assert marked == whole


def test_a_stale_index_shows_no_removed_record_and_fills_the_page(
    gazette: Store[GazetteSession], index: SearchIndex, indexer: Indexer, now: datetime
) -> None:
    publish(gazette, now, {f"L-{n:02}": listing(f"样例{n:02}矿") for n in range(12)})
    indexer.catch_up(now)
    gone = ids(ask(gazette, index, now, "样例", size=5))[:4]
    withdraw(gazette, now, *gone)
    found = ask(gazette, index, now, "样例", size=5)
    assert not set(ids(found)) & set(gone)
    assert (len(found.records), found.total) == (5, 8)
    rest = ask(gazette, index, now, "样例", size=5, after=found.next)
    assert len({*ids(found), *ids(rest)}) == 8
    with gazette.read() as session:
        records, total = whole(session, index, SearchRequest(q="样例"), now, 100)
    assert (len(records), total) == (8, 8)
    with gazette.read() as session:
        few = whole(session, index, SearchRequest(q="样例"), now, 3)
    assert few == (records[:3], 8)


def test_a_stale_index_tells_of_nothing_removed_or_corrected(
    gazette: Store[GazetteSession], index: SearchIndex, indexer: Indexer, now: datetime
) -> None:
    said = listing("甲样例矿", summary="写错的人名")
    publish(gazette, now, {"L-A": said, "L-B": listing("乙样例矿")})
    indexer.catch_up(now)
    withdraw(gazette, now, "L-B")
    corrected = Entry(
        uuid4(), "PUT", "listing", "L-A", now, listing("甲样例矿"), forget_previous=True
    )
    with gazette.write() as session:
        log.append(session, [corrected], recorded=now)
    for q in ("乙样例矿", "写错的人名", "瞒报"):
        found = ask(gazette, index, now, q)
        assert (found.total, found.records) == (0, ())
        assert not any(found.facets.values())
    indexer.catch_up(now)
    assert ids(ask(gazette, index, now, "瞒报")) == ["L-A"]


def test_gone_at_midnight_from_records_counts_facets_and_suggestions(
    gazette: Store[GazetteSession], index: SearchIndex, indexer: Indexer, now: datetime
) -> None:
    until = publish_until(date(2026, 11, 20))
    publish(gazette, now, {"L-A": THREE["L-A"]}, until=until)
    indexer.catch_up(now)
    before, after = until - timedelta(seconds=1), until
    assert ids(ask(gazette, index, before, "虚岭")) == ["L-A"]
    assert ask(gazette, index, before, "虚玲县一号样例煤矿").suggestions != ()
    for q in ("虚岭", "91990121XY00000126", "虚玲县一号样例煤矿", ""):
        found = ask(gazette, index, after, q)
        assert (found.total, found.records, found.suggestions) == (0, (), ())
        assert not any(found.facets.values())


def test_natural_persons_of_our_lists_are_not_found(
    gazette: Store[GazetteSession], index: SearchIndex, indexer: Indexer, now: datetime
) -> None:
    person = {"kind": "person", "name": "张样例", "document": "990101********0014"}
    publish(gazette, now, {
        "L-P": {**listing("甲"), "subject": person},
        "L-U": {**listing("乙样例矿"), "persons": [{"name": "李答责", "role": "principal"}]},
    })  # fmt: skip
    assert indexer.catch_up(now) == 2
    for q in ("张样例", "李答责", "zhangyangli", "990101********0014", "0014", "张羊例"):
        found = ask(gazette, index, now, q)
        assert (found.total, found.records, found.suggestions) == (0, (), ())
    assert index.size() == 1


def test_a_misspelt_name_is_answered_with_real_ones(
    gazette: Store[GazetteSession], index: SearchIndex, indexer: Indexer, now: datetime
) -> None:
    publish(gazette, now, THREE)
    indexer.catch_up(now)
    found = ask(gazette, index, now, "虚岭县一号样列煤矿")
    assert found.total == 0
    assert found.suggestions[0] == "演示省虚岭县一号样例煤矿有限公司"
    withdraw(gazette, now, "L-A")
    again = ask(gazette, index, now, "虚岭县一号样列煤矿").suggestions
    assert "演示省虚岭县一号样例煤矿有限公司" not in again


@pytest.mark.parametrize("after", ["x", "x-1", "x99999999999", "r", "r!!", "zzz", "é", "x²"])
def test_a_made_up_mark_is_no_error(
    gazette: Store[GazetteSession], index: SearchIndex, indexer: Indexer, now: datetime, after: str
) -> None:
    publish(gazette, now, THREE)
    indexer.catch_up(now)
    assert ask(gazette, index, now, "样例", after=after).total == 3


def test_limits(
    gazette: Store[GazetteSession], index: SearchIndex, indexer: Indexer, now: datetime
) -> None:
    publish(gazette, now, THREE)
    indexer.catch_up(now)
    assert len(ask(gazette, index, now, "样例", size=0).records) == 1
    assert len(ask(gazette, index, now, "样例", size=10**9, page=-3).records) == 3
    assert ask(gazette, index, now, "样例", page=10**9).records == ()


def test_the_fictional_register_can_be_published(
    gazette: Store[GazetteSession], index: SearchIndex, indexer: Indexer, now: datetime
) -> None:
    records = [fiction.record(number) for number in range(50)]
    publish(gazette, now, {record.id: dict(record.payload) for record in records})
    indexer.rebuild(now)
    assert ask(gazette, index, now, "演示省", size=50).total == 50
    code = records[3].payload["subject"]["code"]
    assert ids(ask(gazette, index, now, code)) == [records[3].id]
