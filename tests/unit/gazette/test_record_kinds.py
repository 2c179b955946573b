"""A kind of record is complete: whatever behaves per kind knows every kind that it must."""

from __future__ import annotations

import pytest

from public_site.present.words import ENDPOINTS
from registry.core.codes.public_id import PREFIXES
from registry.public.gazette import handles
from registry.public.gazette.kinds import KINDS, LISTED, MAPPED, SEARCHED, RecordKind, about_person
from registry.public.search import documents


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_has_a_prefix_and_can_be_found(kind: RecordKind) -> None:
    assert kind.code in PREFIXES
    assert kind.code in handles._READERS
    assert (kind.code in documents._MAPPINGS) == kind.searched


def test_no_two_kinds_share_a_name() -> None:
    for names in (PREFIXES.values(), [k.plural for k in KINDS.values()]):
        assert len(set(names)) == len(list(names))


def test_what_is_listed_or_searched_has_a_page() -> None:
    assert {kind.code for kind in (*LISTED, *SEARCHED, *MAPPED)} <= set(ENDPOINTS)


def test_a_person_is_one_of_our_own_subjects() -> None:
    assert about_person({"subject": {"kind": "person", "name": "张样例"}})
    assert not about_person({"subject": {"kind": "enterprise"}})
    assert not about_person({"type": "person", "name": "SAMPLE, John"})
