"""Drafts are checked in one go, and what looks like one entity is only proposed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.errors import InvalidInput
from registry.core.names import fold
from registry.office.entities.drafts import (
    DocumentDraft,
    EntityDraft,
    LicenceDraft,
    NameDraft,
    SiteDraft,
    check_document,
    check_entity,
    check_licence,
    check_site,
    clean_text,
    licence_number,
)
from registry.office.entities.duplicates import (
    SAME_ANATOMY,
    SAME_NAME,
    SAME_ORGANIZATION,
    Description,
    signals,
)

CODE = "91990121XY00000126"
NAME = "演示省虚岭县一号样例煤矿有限公司(虚构)"


def problems(draft: EntityDraft) -> set[str]:
    with pytest.raises(InvalidInput) as caught:
        check_entity(draft)
    return set(caught.value.fields)


def test_a_draft_comes_back_canonical() -> None:
    draft = EntityDraft(
        "enterprise",
        "  样例\u3000煤矿 ",
        credit_code="９１９９０１２１ＸＹ０００００１２６",
        address="",
    )
    checked = check_entity(draft)
    assert (checked.name, checked.credit_code, checked.region) == ("样例 煤矿", CODE, "990121")
    assert checked.address is None


def test_everything_wrong_is_said_at_once() -> None:
    draft = EntityDraft(
        "club", " ", credit_code=CODE[:-1] + "7", registration_number="12", region="000001",
        industry="66", names=(NameDraft("current", "", date(2026, 2, 1), date(2026, 1, 1)),),
        document=DocumentDraft("resident-id", "1"),
    )  # fmt: skip
    assert problems(draft) == {
        "kind", "name", "credit_code", "registration_number", "region", "industry",
        "names.0.kind", "names.0.name", "names.0.until", "document",
    }  # fmt: skip


def test_a_person_has_a_document_and_no_code() -> None:
    assert problems(EntityDraft("person", "张样例", credit_code=CODE)) == {"credit_code"}
    wrong = DocumentDraft("resident-id", "990101199001010010")
    assert problems(EntityDraft("person", "张样例", document=wrong)) == {"document.number"}
    masked = check_document(DocumentDraft("resident-id", "990101********0014"))
    assert masked.is_masked


def test_no_message_carries_a_document_number() -> None:
    wrong = DocumentDraft("resident-id", "990101199001010010")
    with pytest.raises(InvalidInput) as caught:
        check_document(wrong)
    assert wrong.number not in str(caught.value.fields) + str(caught.value)


@pytest.mark.parametrize(
    "written",
    [
        "(演)FM安许证字〔2099〕0001", "（演）FM安许证字[2099]0001号", "(演)fm安许证字【2099】0001",
        "〔演〕ＦＭ安许证字 〔２０９９〕 0001 号", "（演）FM安许证字﹝2099﹞0001",
    ],
)  # fmt: skip
def test_licence_numbers_are_compared_in_one_form(written: str) -> None:
    assert licence_number(written) == "〔演〕FM安许证字〔2099〕0001"


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = licence_number(text)
    assert licence_number(once) == once or once.endswith("号")
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned


def test_a_site_needs_a_place_that_exists() -> None:
    types = {"coal-mine": ""}
    with pytest.raises(InvalidInput) as caught:
        check_site(SiteDraft("pit", "", "123456", latitude=91.0), types)
    assert set(caught.value.fields) == {"type", "name", "region", "latitude"}
    assert check_site(SiteDraft("coal-mine", "样例煤矿", "990121"), types).name == "样例煤矿"


def test_a_licence_ends_after_it_begins() -> None:
    draft = LicenceDraft("safety", "1", since=date(2026, 1, 2), until=date(2026, 1, 1))
    with pytest.raises(InvalidInput) as caught:
        check_licence(draft, {"safety": ""})
    assert set(caught.value.fields) == {"until"}


def described(
    name: str, code: str | None = None, *, kind: str = "enterprise", region: str | None = None
) -> Description:
    return Description(kind, name, frozenset({fold(name)}), code, region)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (described(NAME), described("演示省虚岭县一号样例煤矿有限公司（虚构）"), [SAME_NAME]),
        (described(NAME, CODE), described("别的公司", "12990121XY0000012X"), [SAME_ORGANIZATION]),
        (described(NAME, CODE), described(NAME, "91990122XY0000020F"), [SAME_NAME]),
        (described("山西晋瑞煤业有限公司"), described("山西晋瑞煤业有限责任公司"), [SAME_ANATOMY]),
        (described("山西晋瑞煤业有限公司"), described("山西晋丰煤业有限公司"), []),
        (described("晋瑞煤业一矿"), described("晋瑞煤业二矿"), []),
        (described("张样例", kind="person"), described("张样例", kind="person"), []),
    ],
)
def test_what_speaks_for_one_and_the_same(
    one: Description, other: Description, found: list[str]
) -> None:
    assert signals(one, other) == found
    assert signals(other, one) == found
