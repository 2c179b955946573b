"""Entities and sites in the store: unique, versioned, audited, merged by people only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pytest
from sqlmodel import select

from registry.core import rules
from registry.core.db import Store, WorkingSession
from registry.core.errors import Conflict, InvalidInput, NotFound
from registry.core.keys import SealBroken, Vault
from registry.office.audit.models import AuditEntry
from registry.office.dockets.models import Docket, DocketParty
from registry.office.entities import (
    documents,
    merge,
    payloads,
    queries,
    service,
    site_licences,
    site_queries,
    sites,
)
from registry.office.entities.drafts import (
    DocumentDraft,
    EntityDraft,
    LicenceDraft,
    NameDraft,
    SiteDraft,
)
from registry.office.entities.models import (
    DocumentReading,
    Entity,
    EntityMerge,
    PersonDocument,
    SiteOperator,
)
from registry.office.entities.vault import PersonKeys
from registry.office.publisher.models import OutboxRow
from registry.office.staff.officer import Acting, Officer
from registry.public.gazette.handles import person_handle

CODE, OTHER_CODE = "91990121XY00000126", "91990122XY0000020F"
FIRM = "演示省虚岭县一号样例煤矿有限公司(虚构)"
KEYS = PersonKeys(Vault(b"k" * 32, b"h" * 32))


def resident(stem: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(stem, weights, strict=True))
    return stem + "10X98765432"[total % 11]


NUMBER = resident("99010119900101001")


@dataclass
class Desk:
    """A session per act, as a request has it."""

    store: Store[WorkingSession]
    acting: Acting

    def add(self, kind: str = "enterprise", name: str = FIRM, **facts: object) -> int:
        with self.store.write() as session:
            draft = EntityDraft(kind, name, **facts)  # type: ignore[arg-type]
            return service.add_entity(session, self.acting, draft, keys=KEYS).id or 0

    def person(self, name: str = "张样例", number: str = NUMBER) -> int:
        return self.add("person", name, document=DocumentDraft("resident-id", number))


@pytest.fixture
def desk(working: Store[WorkingSession], now: datetime) -> Desk:
    officer = Officer(1, "clerk", "clerk", 1, "/1/", frozenset({"clerk"}))
    return Desk(working, Acting(officer, now, rules.load(demo=True)))


def test_a_code_and_a_document_stand_once(desk: Desk) -> None:
    desk.add(credit_code=CODE)
    with pytest.raises(InvalidInput) as caught:
        desk.add(name="别名", credit_code=CODE.lower())
    assert set(caught.value.fields) == {"credit_code"}
    desk.person()
    with pytest.raises(InvalidInput) as caught:
        desk.person("李样例")
    assert set(caught.value.fields) == {"document.number"}


def test_entities_without_a_code_are_flagged_and_may_be_many(desk: Desk) -> None:
    desk.add(), desk.add(name="样例石场")
    with desk.store.read() as session:
        assert queries.search(session, lacking_code=True).total == 2


def test_the_later_of_two_officers_is_told(desk: Desk) -> None:
    firm = desk.add(credit_code=CODE)
    draft = EntityDraft("", "", credit_code=CODE, address="样例路1号")
    with desk.store.write() as session:
        service.edit_entity(session, desk.acting, firm, 1, draft)
    with pytest.raises(Conflict), desk.store.write() as session:
        service.edit_entity(session, desk.acting, firm, 1, EntityDraft("", "", address="别处"))
    with desk.store.read() as session:
        assert queries.entity(session, firm).address == "样例路1号"


def test_names_keep_their_days_and_all_lead_to_the_entity(desk: Desk) -> None:
    firm = desk.add(credit_code=CODE)
    with desk.store.write() as session:
        service.rename(
            session, desk.acting, firm, 1, name="虚岭新名煤矿有限公司", since=date(2026, 1, 1)
        )
        draft = NameDraft("short", "虚岭新名")
        service.add_name(session, desk.acting, firm, 2, draft)
        english = NameDraft("english", "Xuling New Coal Co., Ltd.")
        service.add_name(session, desk.acting, firm, 3, english)
    with desk.store.read() as session:
        for name in (FIRM, "虛嶺新名煤礦有限公司", "虚岭新名", "XULING NEW COAL CO., LTD."):
            assert [one.id for one in queries.find(session, name=name)] == [firm], name
        subject = payloads.subject_payload(session, firm)
    assert subject["former_names"] == [{"name": FIRM, "until": "2025-12-31"}]
    assert subject["short_names"] == ["虚岭新名"]
    assert subject["name_en"] == "Xuling New Coal Co., Ltd."
    assert subject["code"] == CODE and subject["region"] == "990121"


def test_a_document_is_sealed_masked_matched_and_read_only_audited(desk: Desk) -> None:
    person = desk.person()
    with desk.store.write() as session:
        document = queries.document(session, person)
        assert document is not None and document.sealed is not None
        assert NUMBER.encode() not in document.sealed
        assert document.masked == f"{NUMBER[:6]}********{NUMBER[14:]}"
        with pytest.raises(InvalidInput):
            documents.reveal_document(session, desk.acting, person, " ", keys=KEYS)
        shown = documents.reveal_document(session, desk.acting, person, "核对当事人", keys=KEYS)
        assert shown == NUMBER
        (handle,) = documents.person_handles(session, person)
        assert handle == person_handle(b"h" * 32, "张样例", NUMBER)
        reading = session.exec(select(DocumentReading)).one()
        assert reading.reason == "核对当事人"
        public = payloads.person_payload(session, person, "principal")
        assert public["document"] == document.masked
    with desk.store.read() as session:
        entries = session.exec(select(AuditEntry)).all()
        assert "entities:document:revealed" in {entry.action for entry in entries}
        assert NUMBER not in "".join(entry.detail + entry.subject for entry in entries)


def test_a_seal_moved_to_another_person_does_not_open(desk: Desk) -> None:
    first, second = desk.person(), desk.person("李样例", resident("99010119910101002"))
    with desk.store.write() as session:
        one, two = queries.document(session, first), queries.document(session, second)
        assert one is not None and two is not None
        two.sealed = one.sealed
        session.flush()
        with pytest.raises(SealBroken):
            documents.reveal_document(session, desk.acting, second, "核对当事人", keys=KEYS)


def test_renaming_a_person_renews_the_public_handle(desk: Desk) -> None:
    person = desk.person()
    with desk.store.write() as session:
        service.rename(session, desk.acting, person, 1, name="张改名", since=None, keys=KEYS)
        (handle,) = documents.person_handles(session, person)
    assert handle == person_handle(b"h" * 32, "张改名", NUMBER)


def test_searching_by_document_is_audited_hit_or_not(desk: Desk) -> None:
    person = desk.person()
    with desk.store.write() as session:
        for number, found in ((NUMBER, person), (resident("99010119920101003"), None)):
            draft = DocumentDraft("resident-id", number.lower())
            hit = documents.find_by_document(session, desk.acting, draft, keys=KEYS)
            assert (hit.id if hit else None) == found
        tags = [entry.action for entry in session.exec(select(AuditEntry))]
    assert tags.count("entities:document:searched") == 2


def _merge(desk: Desk, kept: int, other: int, reason: str = "") -> None:
    with desk.store.write() as session:
        versions = tuple(session.get(Entity, one).version for one in (kept, other))  # type: ignore[union-attr]
        merge.merge(session, desk.acting, kept, other, versions=versions, reason=reason)  # type: ignore[arg-type]


def test_a_merge_repoints_everything_and_keeps_the_history(desk: Desk, now: datetime) -> None:
    kept, other = desk.add(credit_code=CODE), desk.add(address="样例路1号")
    with desk.store.write() as session:
        site = sites.add_site(session, desk.acting, SiteDraft("coal-mine", "样例煤矿", "990121"))
        sites.add_operator(session, desk.acting, site.id or 0, 1, other)
        docket = Docket(
            kind="listing", number="1", year=2026, serial=1, state="draft", authority_id=1,
            region="990121", subject_id=other, drafted_by=1, title="x", opened_at=now,
        )  # fmt: skip
        session.add(docket)
        session.flush()
        party = DocketParty(docket_id=docket.id, entity_id=other, role="principal", added_at=now)
        session.add(party)
        (proposal,) = merge.propose(session, desk.acting, kept)
        assert proposal.signals == ["same-name"]
        assert merge.propose(session, desk.acting, other) == [], "once is enough"
    _merge(desk, kept, other)
    with desk.store.read() as session:
        assert queries.entity(session, other).id == kept
        assert [one.id for one in queries.find(session, name=FIRM)] == [kept]
        assert session.exec(select(SiteOperator)).one().entity_id == kept
        assert session.exec(select(Docket)).one().subject_id == kept
        assert session.exec(select(DocketParty)).one().entity_id == kept
        assert session.get(Entity, kept).address == "样例路1号"  # type: ignore[union-attr]
        done = session.exec(select(EntityMerge)).one()
        assert done.state == "merged" and done.moved["docket"] == [1]
        assert queries.names(session, other), "the merged one keeps its names as its history"
        assert queries.search(session, "样例煤矿").total == 1


def test_two_valid_codes_need_a_reason_and_both_lead_to_the_one(desk: Desk) -> None:
    kept, other = desk.add(credit_code=CODE), desk.add(credit_code=OTHER_CODE)
    with pytest.raises(merge.DifferentCodes):
        _merge(desk, kept, other)
    _merge(desk, kept, other, "迁址后换发代码")
    with desk.store.read() as session:
        for code in (CODE, OTHER_CODE):
            assert [one.id for one in queries.find(session, code=code)] == [kept]


def test_a_person_and_a_firm_are_never_one(desk: Desk) -> None:
    with pytest.raises(merge.DifferentKinds):
        _merge(desk, desk.add(), desk.person(), "同一主体")


def test_what_a_person_dismissed_is_not_proposed_again(desk: Desk) -> None:
    one = desk.add()
    desk.add(credit_code=CODE)
    with desk.store.write() as session:
        (proposal,) = merge.propose(session, desk.acting, one)
        merge.dismiss(session, desk.acting, proposal.id or 0, "两家企业")
        with pytest.raises(Conflict):
            merge.dismiss(session, desk.acting, proposal.id or 0, "两家企业")
        assert merge.propose(session, desk.acting, one) == []


def test_a_licence_number_stands_at_one_site(desk: Desk) -> None:
    with desk.store.write() as session:
        first = sites.add_site(session, desk.acting, SiteDraft("quarry", "样例石场", "990123"))
        second = sites.add_site(session, desk.acting, SiteDraft("quarry", "样例石场二", "990123"))
        written = LicenceDraft("safety", "(演)FM安许证字〔2099〕0001")
        site_licences.add_licence(session, desk.acting, first.id or 0, 1, written)
        other = LicenceDraft("safety", "（演）FM安许证字[2099]0001号")
        with pytest.raises(InvalidInput, match="cannot be accepted") as caught:
            site_licences.add_licence(session, desk.acting, second.id or 0, 1, other)
        assert "Another site" in caught.value.fields["number"][0]
        found = site_queries.find_site(session, licence="〔演〕FM安许证字〔2099〕0001")
        assert found is not None and found.id == first.id


def test_main_operators_follow_one_another(desk: Desk) -> None:
    firm, other = desk.add(credit_code=CODE), desk.add(name="后来的公司", credit_code=OTHER_CODE)
    with desk.store.write() as session:
        acting, year = desk.acting, date(2020, 1, 1)
        site = sites.add_site(session, acting, SiteDraft("coal-mine", "样例煤矿", "990121"))
        site_id = site.id or 0
        operator = sites.add_operator(session, acting, site_id, 1, firm, since=year)
        with pytest.raises(InvalidInput):
            sites.add_operator(session, acting, site_id, 2, other, since=date(2021, 1, 1))
        sites.add_operator(session, acting, site_id, 2, other, role="contractor", since=year)
        sites.end_operator(session, acting, operator.id or 0, 3, date(2020, 12, 31))
        sites.add_operator(session, acting, site_id, 4, other, since=date(2021, 1, 1))
        payload = payloads.site_payload(session, site_id)
    assert [one["name"] for one in payload["operators"]] == ["后来的公司", FIRM]
    assert payload["operators"][1]["until"] == "2020-12-31"


def test_a_site_is_published_amended_and_withdrawn_under_a_new_id(desk: Desk) -> None:
    with desk.store.write() as session:
        acting = desk.acting
        site = sites.add_site(session, acting, SiteDraft("coal-mine", "样例煤矿", "990121"))
        first = sites.ensure_published(session, acting, site.id or 0)
        assert sites.ensure_published(session, acting, site.id or 0) == first
        sites.edit_site(session, acting, site.id or 0, 1, SiteDraft("coal-mine", "新名", "990121"))
        sites.withdraw_site(session, acting, site.id or 0)
        second = sites.ensure_published(session, acting, site.id or 0)
        rows = [(row.op, row.public_id) for row in session.exec(select(OutboxRow))]
    assert rows == [
        ("PUT", first), ("PUT", first), ("DEL", first), ("PUT", second),
    ]  # fmt: skip
    assert first != second


def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    with desk.store.read() as session:
        for read in (queries.entity, site_queries.site, queries.profile, site_queries.site_profile):
            with pytest.raises(NotFound):
                read(session, 99)
        assert queries.find(session, code="no code") == [] == queries.find(session)
        assert session.exec(select(PersonDocument)).first() is None
