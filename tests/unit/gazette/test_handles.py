"""Which exact ways lead to a record, and that none leads to a natural person by name."""

from __future__ import annotations

import pytest

from registry.core.names import fold
from registry.public.gazette import Handle, handles_of, person_handle

KEY = bytes(32)
AUTHORITY = {"name": "某某省应急管理厅", "code": "11990000MB0000001X"}
DECISION = {"number": "（某）应急罚〔2026〕1号", "date": "2026-01-05"}
UNIT = {
    "kind": "enterprise",
    "name": "某某省示例甲矿业有限公司",
    "code": "91990000ma00000001",
    "name_en": "Example A Mining Co., Ltd.",
    "former_names": [{"name": "某某省旧名矿业有限公司"}],
    "short_names": ["示例甲矿"],
}


def listing(subject: dict[str, object], **more: object) -> dict[str, object]:
    return {"list": "work-safety", "subject": subject, "authority": AUTHORITY} | {
        "decision": DECISION,
        **more,
    }


def names(handles: tuple[Handle, ...]) -> set[str]:
    return {handle.value for handle in handles if handle.type == "name"}


def test_a_unit_is_found_by_all_its_names_and_its_code() -> None:
    found = handles_of("listing", listing(UNIT, site="S-0000000001", penalty_number="某罚1号"))
    assert names(found) == {
        fold("某某省示例甲矿业有限公司"),
        fold("Example A Mining Co., Ltd."),
        fold("某某省旧名矿业有限公司"),
        fold("示例甲矿"),
    }
    assert Handle("code", "91990000MA00000001") in found
    assert Handle("number", fold(DECISION["number"])) in found
    assert Handle("number", fold("某罚1号")) in found
    assert Handle("site", "S-0000000001") in found


def test_the_authority_is_not_what_a_listing_is_about() -> None:
    found = handles_of("listing", listing(UNIT))
    assert AUTHORITY["code"] not in {handle.value for handle in found}


@pytest.mark.parametrize("kind", ["listing", "penalty"])
def test_natural_persons_have_no_handle(kind: str) -> None:
    person = {"kind": "person", "name": "张某某", "document": "990101********0014"}
    found = handles_of(kind, listing(person, persons=[{"name": "李某某", "role": "head"}]))
    assert {handle.type for handle in found} == {"number"}
    beside = handles_of(kind, listing(UNIT, persons=[{"name": "李某某", "role": "head"}]))
    assert fold("李某某") not in {handle.value for handle in beside}


def test_external_entries_are_found_by_alias_reference_and_credit_code() -> None:
    entry = {
        "list": "sdn",
        "reference": "OFAC-123",
        "name": "EXAMPLE TRADING",
        "type": "organization",
        "aliases": ["示例贸易"],
        "identifiers": ["Unified Social Credit Code (USCC) 91110000600037341L (China)", "X 12"],
        "source_date": "2026-01-01",
    }
    found = handles_of("external", entry)
    assert names(found) == {fold("EXAMPLE TRADING"), fold("示例贸易")}
    assert Handle("code", "91110000600037341L") in found
    assert Handle("number", fold("OFAC-123")) in found


def test_a_site_belongs_to_its_operators_but_is_not_about_them() -> None:
    site = {
        "type": "coal-mine",
        "name": "示例一号井",
        "region": "990101",
        "operators": [{"name": "甲", "code": "91990000MA00000001"}, {"name": "张某"}],
        "licences": [{"kind": "mining", "number": "C990000001"}],
    }
    found = handles_of("site", site)
    assert Handle("entity", "91990000MA00000001") in found
    assert names(found) == {fold("示例一号井")}


def test_an_authority_is_found_by_its_own_code() -> None:
    assert Handle("code", AUTHORITY["code"]) in handles_of("authority", AUTHORITY | {"line": "x"})


def test_an_unknown_kind_has_none() -> None:
    assert handles_of("statistic", {"name": "x"}) == ()


def test_person_handle_needs_key_name_and_full_number() -> None:
    handle = person_handle(KEY, "张某某", "99010119900307001x")
    assert handle == person_handle(KEY, " 張某某 ", "990101 19900307 001X")
    others = [
        person_handle(bytes([1] * 32), "张某某", "99010119900307001X"),
        person_handle(KEY, "张某", "99010119900307001X"),
        person_handle(KEY, "张某某", "990101199003070011"),
    ]
    assert handle not in others
    assert "张" not in handle.value


def test_buckets_take_three_bytes_so_that_overwriting_keeps_its_length() -> None:
    buckets = [Handle("name", str(number)).bucket for number in range(2000)]
    assert all(1 << 15 <= bucket < 1 << 23 for bucket in buckets)
    assert len(set(buckets)) > 1900
