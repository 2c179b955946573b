from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from registry.public.gazette.queries import Record
from registry.public.search.documents import FACETS, document

AT = datetime(2026, 7, 1, tzinfo=UTC)
UNTIL = datetime(2029, 7, 1, 16, tzinfo=UTC)
UNIT = {
    "kind": "enterprise",
    "name": "演示省虚岭县一号样例煤矿有限公司",
    "code": "91990121XY00000126",
    "name_en": "Sample Mine No. 1",
    "former_names": [{"name": "虚岭旧矿"}],
    "short_names": ["一号矿"],
    "address": "演示省虚岭县1号",
    "region": "990121",
}
PERSON = {"kind": "person", "name": "张样例", "document": "990101********0014"}
AUTHORITY = {"name": "虚岭县样例应急管理局", "code": "11990121XY00000A64", "region": "990121"}
DECISION = {"number": "（演）1号", "date": "2026-07-01", "text": "瞒报事故"}
LISTING: dict[str, Any] = {
    "list": "work-safety",
    "ground": "G6-4",
    "subject": UNIT,
    "authority": AUTHORITY,
    "decision": DECISION,
    "term": {"since": "2026-07-01", "until": "2029-07-01"},
    "status": "in-force",
    "published_on": "2026-07-03",
    "persons": [{"name": "李答责", "role": "principal", "document": "990101********0014"}],
}
PENALTY: dict[str, Any] = {
    "subject": UNIT,
    "authority": AUTHORITY,
    "decision": DECISION,
    "violation_type": "concealment",
    "facts": "隐瞒事故",
    "basis": "安全生产法",
    "categories": ["fine"],
    "content": "罚款",
    "seriousness": "serious",
    "term": {"since": "2026-07-01", "until": "2029-07-01"},
    "published_on": "2026-07-03",
    "persons": [{"name": "李答责", "role": "principal"}],
}


def record(kind: str, payload: dict[str, Any]) -> Record:
    return Record("X-1", kind, 7, payload, UNTIL, AT, AT, AT)


def test_a_listing() -> None:
    found = document(record("listing", LISTING))
    assert found is not None
    assert found.names == (
        "演示省虚岭县一号样例煤矿有限公司", "虚岭旧矿", "一号矿", "Sample Mine No. 1",
    )  # fmt: skip
    assert found.codes == ("91990121XY00000126",)
    assert found.numbers == ("（演）1号",)
    assert "瞒报事故" in found.texts
    assert (found.date, found.publish_until) == (date(2026, 7, 1), UNTIL)
    assert found.keywords == {
        "kind": ("listing",),
        "list": ("work-safety",),
        "region": ("990000", "990100", "990121"),
        "ground": ("G6-4",),
        "authority": ("虚岭县样例应急管理局",),
        "authority_code": ("11990121XY00000A64",),
    }


@pytest.mark.parametrize(("kind", "payload"), [("listing", LISTING), ("penalty", PENALTY)])
def test_natural_persons_of_our_lists_stand_in_no_index(kind: str, payload: dict[str, Any]) -> None:
    assert document(record(kind, {**payload, "subject": PERSON})) is None
    of_unit = document(record(kind, payload))
    assert of_unit is not None
    assert "李答责" not in repr(of_unit)
    assert "********" not in repr(of_unit)


def test_a_penalty() -> None:
    found = document(record("penalty", PENALTY))
    assert found is not None
    assert {"隐瞒事故", "安全生产法", "罚款"} <= set(found.texts)
    assert found.keywords["region"][-1] == "990121"


def test_persons_of_other_bodies_lists_are_indexed() -> None:
    found = document(
        record(
            "external",
            {
                "list": "sdn",
                "reference": "36",
                "name": "DOE, Jane",
                "type": "person",
                "aliases": ["DOE, J."],
                "programs": ["DEMO"],
                "source_date": "not a day",
            },
        )
    )
    assert found is not None
    assert found.names == ("DOE, Jane", "DOE, J.")
    assert found.keywords == {"kind": ("external",), "list": ("sdn",)}
    assert found.date is None


def test_a_site() -> None:
    found = document(
        record(
            "site",
            {
                "type": "coal-mine",
                "name": "样例一矿",
                "region": "990121",
                "operators": [{"name": "甲公司", "code": "91990121XY00000126"}],
                "licences": [
                    {"kind": "safety", "number": "(演)FM〔2099〕1", "since": "2026-01-02"}
                ],
            },
        )
    )
    assert found is not None
    assert (found.codes, found.numbers) == (("91990121XY00000126",), ("(演)FM〔2099〕1",))
    assert (found.keywords["field"], found.date) == (("coal-mine",), date(2026, 1, 2))


def test_other_kinds_are_not_searched() -> None:
    assert document(record("authority", {"name": "局"})) is None
    assert set(FACETS) >= {"kind", "list", "region", "ground", "field", "authority"}
