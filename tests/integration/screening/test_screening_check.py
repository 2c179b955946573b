"""The check of one party on a real gazette: who decides, what is never shown, what is refused."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from registry.core.db import GazetteSession, Store
from registry.core.errors import InvalidInput
from registry.public.gazette import Entry, Handle, log, person_handle
from registry.public.screening import (
    CheckRequest,
    CheckResult,
    ScreeningIndex,
    check,
    check_many,
    load_index,
)
from registry.public.screening.check import MAX_MATCHES

Gazette = Store[GazetteSession]
KEY = b"k" * 32
UNIT = "演示省虚岭县一号样例煤矿有限公司"
CODE = "91990121XY00000126"
OTHER_CODE = "91990122XY0000020F"
NUMBER = "99010119700101001X"


def _listing(subject: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "list": "work-safety",
        "ground": "G6-4",
        "subject": subject,
        "authority": {"name": "虚岭县样例应急管理局"},
        "decision": {"number": "（演）应急罚〔2099〕1号", "date": "2026-07-01"},
        "term": {"since": "2026-07-01", "until": "2029-07-01"},
        "status": "in-force",
        "published_on": "2026-07-03",
        **more,
    }


def _unit(name: str = UNIT, code: str = CODE, **more: Any) -> dict[str, Any]:
    return {"kind": "enterprise", "name": name, "code": code, "region": "990121", **more}


def _entry(
    id: str,
    now: datetime,
    payload: dict[str, Any],
    *,
    kind: str = "listing",
    until: datetime | None = None,
    handles: tuple[Handle, ...] = (),
) -> Entry:
    return Entry(uuid4(), "PUT", kind, id, now, payload, until, handles)


def _append(gazette: Gazette, now: datetime, *entries: Entry) -> None:
    with gazette.write() as session:
        log.append(session, entries, recorded=now)


def _check(
    gazette: Gazette, now: datetime, index: ScreeningIndex | None = None, **asked: Any
) -> CheckResult:
    with gazette.read() as session:
        ready = index or load_index(session, now)
        return check(session, CheckRequest(**asked), index=ready, now=now, person_key=KEY)


def test_only_a_code_makes_listed(gazette: Gazette, now: datetime) -> None:
    _append(gazette, now, _entry("L-000000000A", now, _listing(_unit())))
    by_code = _check(gazette, now, code=" ９１９９０１２１xy00000126 ")
    assert (by_code.outcome, by_code.matches[0].via) == ("listed", "code")
    assert by_code.sequence == 1
    by_name = _check(gazette, now, name=UNIT)
    assert (by_name.outcome, by_name.matches[0].score) == ("possible", 1.0)
    assert {each.feature for each in by_name.matches[0].explanation} >= {"brand", "region"}
    assert _check(gazette, now, name="演示省空谷县二号范本铁矿有限公司").outcome == "clear"
    assert _check(gazette, now, code=OTHER_CODE).outcome == "clear"


def test_another_code_is_another_body(gazette: Gazette, now: datetime) -> None:
    _append(gazette, now, _entry("L-000000000A", now, _listing(_unit())))
    assert _check(gazette, now, name=UNIT, code=OTHER_CODE).outcome == "clear"
    assert _check(gazette, now, name="别的名字", code=CODE).outcome == "listed"


@pytest.mark.parametrize(
    ("asked", "via"),
    [
        ("演示省旧岭煤业有限责任公司", "former"),
        ("演示省舊嶺煤業有限公司", "former"),
        ("虚岭样例", "short"),
        ("Xuling No. 1 Sample Colliery", "english"),
    ],
)
def test_every_name_of_a_unit_is_searched(
    gazette: Gazette, now: datetime, asked: str, via: str
) -> None:
    subject = _unit(
        former_names=[{"name": "演示省旧岭煤业有限责任公司"}],
        short_names=["虚岭样例"],
        name_en="Xuling No. 1 Sample Colliery Co., Ltd.",
    )
    _append(gazette, now, _entry("L-000000000A", now, _listing(subject)))
    found = _check(gazette, now, name=asked)
    assert (found.outcome, found.matches[0].via) == ("possible", via)


def test_an_external_entry_is_never_listed(gazette: Gazette, now: datetime) -> None:
    payload = {
        "list": "sdn",
        "reference": "36",
        "name": "SAMPLE, Johan Maria",
        "type": "person",
        "aliases": ["ACME 样例"],
        "birth_dates": ["08 Oct 1965"],
        "identifiers": [f"Credit code {CODE}"],
        "source_date": "2024-05-03",
    }
    _append(gazette, now, _entry("X-000000000A", now, payload, kind="external"))
    assert _check(gazette, now, code=CODE).outcome == "possible"
    assert _check(gazette, now, name="Johan M. Sample").outcome == "possible"
    born = _check(gazette, now, name="Johan Maria Sample", birth=date(1965, 10, 8))
    assert born.matches[0].score == 1.0
    assert _check(gazette, now, name="Johan Maria Sample", birth=date(1991, 1, 1)).matches == ()


def test_a_person_needs_name_and_number(gazette: Gazette, now: datetime) -> None:
    person = {"kind": "person", "name": "张样例", "document": "990101********001X"}
    handle = person_handle(KEY, "张样例", NUMBER)
    _append(gazette, now, _entry("L-000000000A", now, _listing(person), handles=(handle,)))
    found = _check(gazette, now, name="张 樣例", document=NUMBER.lower())
    assert (found.outcome, found.matches[0].via) == ("listed", "document")
    assert NUMBER not in repr(found)
    assert _check(gazette, now, name="张样例").outcome == "clear"
    assert _check(gazette, now, name="李样例", document=NUMBER).outcome == "clear"


def test_a_number_of_15_digits_finds_18(gazette: Gazette, now: datetime) -> None:
    principal = {"name": "张样例", "role": "principal", "document": "990101********001X"}
    payload = _listing(_unit(), persons=[principal])
    handle = person_handle(KEY, "张样例", NUMBER)
    _append(gazette, now, _entry("L-000000000A", now, payload, handles=(handle,)))
    found = _check(gazette, now, name="张样例", document="990101700101001")
    assert (found.outcome, found.matches[0].name) == ("listed", "张样例")


def test_without_a_key_no_person_is_cleared(gazette: Gazette, now: datetime) -> None:
    with gazette.read() as session:
        index = load_index(session, now)
        request = CheckRequest(name="张样例", document=NUMBER)
        found = check(session, request, index=index, now=now)
        assert (found.outcome, found.matches, found.persons) == ("possible", (), False)
        named = check(session, CheckRequest(name="张样例"), index=index, now=now)
        assert (named.outcome, named.persons) == ("clear", True)


def test_removed_and_ended_are_not_shown_by_a_stale_index(gazette: Gazette, now: datetime) -> None:
    until = now + timedelta(days=1)
    _append(
        gazette,
        now,
        _entry("L-000000000A", now, _listing(_unit())),
        _entry("L-000000000B", now, _listing(_unit(code=OTHER_CODE)), until=until),
    )
    with gazette.read() as session:
        index = load_index(session, now)
    assert len(_check(gazette, now, index, name=UNIT).matches) == 2
    removal = Entry(uuid4(), "DEL", "listing", "L-000000000A", now, {"reason": "revoked"})
    _append(gazette, now, removal)
    assert [m.id for m in _check(gazette, now, index, name=UNIT).matches] == ["L-000000000B"]
    assert index.names.names("L-000000000A") == ()
    assert _check(gazette, until, index, name=UNIT).outcome == "clear"
    assert _check(gazette, until, index, code=OTHER_CODE).outcome == "clear"


def test_a_check_sees_what_was_published_since(gazette: Gazette, now: datetime) -> None:
    with gazette.read() as session:
        index = load_index(session, now)
    assert _check(gazette, now, index, name=UNIT).outcome == "clear"
    _append(gazette, now, _entry("L-000000000A", now, _listing(_unit())))
    assert _check(gazette, now, index, name=UNIT).outcome == "possible"
    renamed = _listing(_unit(name="演示省新名煤业有限公司"))
    _append(gazette, now, _entry("L-000000000A", now, renamed))
    assert _check(gazette, now, index, name=UNIT).outcome == "clear"
    found = _check(gazette, now, index, name="演示省新名煤业有限公司")
    assert (found.outcome, found.sequence) == ("possible", 2)


@pytest.mark.parametrize("together", [2, 500])
def test_many_answers_in_order_and_one_error_fails_no_other(
    gazette: Gazette, now: datetime, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr(sys.modules[check.__module__], "TOGETHER", together)
    until = now + timedelta(days=1)
    _append(
        gazette,
        now,
        _entry("L-000000000A", now, _listing(_unit())),
        _entry(
            "L-000000000B", now, _listing(_unit("演示省空谷县范本铁矿", OTHER_CODE)), until=until
        ),
    )
    asked = [
        CheckRequest(name=UNIT),
        CheckRequest(code="9199"),
        CheckRequest(name="空谷县范本铁矿有限公司"),
        CheckRequest(code=CODE),
        CheckRequest(name="张样例", document=NUMBER),
        CheckRequest(name="演示省无影县二号范式铜矿"),
        CheckRequest(name=UNIT),
        CheckRequest(name="有限公司"),
    ]
    with gazette.read() as session:
        index = load_index(session, now)
        found = check_many(session, asked, index=index, now=now)
        single = check(session, asked[0], index=index, now=now)
        ended = check_many(session, asked[2:3], index=index, now=until)
    told = [one.outcome if isinstance(one, CheckResult) else one.code for one in found]
    assert told == [
        "possible", "invalid-input", "possible", "listed", "possible", "clear", "possible",
        "invalid-input",
    ]  # fmt: skip
    assert found[0] == found[6] == single
    assert [one.outcome for one in ended if isinstance(one, CheckResult)] == ["clear"]


def test_of_many_matches_the_sure_ones_are_never_cut_off(gazette: Gazette, now: datetime) -> None:
    codeless = {name: value for name, value in _unit().items() if name != "code"}
    subjects = [*[codeless] * (MAX_MATCHES + 2), _unit()]
    entries = [_entry(f"L-{n:010d}", now, _listing(one)) for n, one in enumerate(subjects)]
    _append(gazette, now, *entries)
    found = _check(gazette, now, name=UNIT, code=CODE)
    assert (found.outcome, len(found.matches)) == ("listed", MAX_MATCHES)
    assert (found.matches[0].id, found.matches[0].via) == (f"L-{MAX_MATCHES + 2:010d}", "code")


def test_loading_goes_beyond_one_chunk(
    gazette: Gazette, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.public.screening.loading._CHUNK", 2)
    names = [
        "演示省甲字煤矿",
        "演示省丙字铁矿",
        "演示省丁字铜矿",
        "演示省戊字金矿",
        "演示省己字磷矿",
    ]
    entries = [
        _entry(f"L-000000000{i}", now, _listing(_unit(name=name))) for i, name in enumerate(names)
    ]
    _append(gazette, now, *entries)
    for name in names:
        assert _check(gazette, now, name=name).matches[0].name == name


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "有限公司"}, "name"),
        ({"name": "（）—"}, "name"),
        ({"name": "煤" * 301}, "name"),
        ({"code": "91990121XY00000127"}, "code"),
        ({"name": UNIT, "code": "9199"}, "code"),
        ({"document": NUMBER}, "name"),
        ({"name": "张样例", "document": "990101197013010014"}, "document"),
        ({"name": "张样例", "document": "??"}, "document"),
        ({"name": UNIT, "region": "山西"}, "region"),
    ],
)
@pytest.mark.sqlite_only
def test_bad_input_names_its_field(
    gazette: Gazette, now: datetime, asked: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        _check(gazette, now, **asked)
    assert list(caught.value.fields) == [field]


@pytest.mark.sqlite_only
def test_a_region_weighs_but_does_not_decide(gazette: Gazette, now: datetime) -> None:
    _append(gazette, now, _entry("L-000000000A", now, _listing(_unit())))
    here = _check(gazette, now, name=UNIT, region="990100")
    elsewhere = _check(gazette, now, name=UNIT, region="110105")
    assert here.matches[0].score == 1.0
    assert elsewhere.matches[0].score == 0.8
    assert elsewhere.as_of == datetime(2026, 11, 20, 2, tzinfo=UTC)
