"""The entities desk as an officer uses it, in a browser that reads every page strictly."""

from __future__ import annotations

import json
import re

import pytest
from admin_desk import Browser, Site
from sqlmodel import select

from registry.office.audit.models import AuditEntry
from registry.office.entities.models import Entity, EntityMerge, PersonDocument
from registry.office.publisher.models import OutboxRow

FIRM = "演示省虚岭县一号样例煤矿有限公司(虚构)"
CODE = "91990121XY00000126"


def resident(stem: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(d) * w for d, w in zip(stem, weights, strict=True))
    return stem + "10X98765432"[total % 11]


@pytest.fixture
def clerk(site: Site) -> Browser:
    site.account("clerk", "clerk")
    return site.signed_in("clerk")


def test_an_enterprise_is_added_amended_renamed_and_found(site: Site, clerk: Browser) -> None:
    answer = clerk.post(
        "/en/entities/add", {"kind": "enterprise", "name": FIRM, "credit_code": CODE}
    )
    assert answer.status_code == 303, answer.text
    address = answer.headers["Location"]
    assert CODE in clerk.get(address)
    data = {"version": 1, "credit_code": CODE, "region": "990121", "address": "样例路1号"}
    assert clerk.post(f"{address}/edit", data).status_code == 303
    # A second officer who still looks at version 1 is told, and nothing of his is taken.
    assert clerk.post(f"{address}/edit", {**data, "address": "别处"}).status_code == 409
    named = {"version": 2, "name": "虚岭新名煤矿有限公司", "since": "2026-01-01"}
    assert clerk.post(f"{address}/rename", named).status_code == 303
    for text in ("一号样例", "虚岭新名", CODE[:12]):
        assert "虚岭新名煤矿有限公司" in clerk.post("/zh/entities", {"text": text}).text
    page = clerk.get(address)
    assert FIRM in page and "31 December 2025" in page and "样例路1号" in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("credit_code", "91990121XY00000127", "check"),
        ("credit_code", "abc", "18"),
        ("region", "123456", "no region"),
        ("industry", "Z9", "GB/T 4754"),
        ("name", "", "must be filled in"),
        ("kind", "club", "not one of the choices"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    site: Site, clerk: Browser, field: str, value: str, said: str
) -> None:
    data = {"kind": "enterprise", "name": FIRM, field: value}
    answer = clerk.post("/en/entities/add", data)
    assert answer.status_code == 422
    wrong = re.search(
        rf'id="field-{field}-error">(.*?)</span></span>|id="field-{field}-error">.*', answer.text
    )
    assert wrong and said in answer.text
    with site.store.read() as session:
        assert session.exec(select(Entity)).first() is None


def test_a_code_stands_once(site: Site, clerk: Browser) -> None:
    clerk.post("/en/entities/add", {"kind": "enterprise", "name": FIRM, "credit_code": CODE})
    again = {"kind": "enterprise", "name": "样例煤矿有限公司", "credit_code": CODE}
    answer = clerk.post("/en/entities/add", again)
    assert answer.status_code == 422 and "already has this code" in answer.text


def test_a_document_number_is_masked_sealed_and_read_only_with_a_reason(
    site: Site, clerk: Browser
) -> None:
    number = resident("99010119900101001")
    answer = clerk.post(
        "/en/entities/add", {"kind": "person", "name": "张样例", "document_number": number}
    )
    assert answer.status_code == 303, answer.text
    address = answer.headers["Location"]
    page = clerk.get(address)
    assert number not in page and "990101********" in page
    assert "张样例" not in re.findall("<title>(.*?)</title>", page)[0]
    refused = clerk.post(f"{address}/reveal", {"reason": ""})
    assert refused.status_code == 422 and number not in refused.text
    shown = clerk.post(f"{address}/reveal", {"reason": "核对处罚决定书当事人"})
    assert shown.status_code == 200 and number in shown.text
    with site.store.read() as session:
        document = session.exec(select(PersonDocument)).one()
        assert document.sealed is not None and number.encode() not in document.sealed
        tags = [row.action for row in session.exec(select(AuditEntry))]
        details = " ".join(row.detail for row in session.exec(select(AuditEntry)))
    assert "entities:document:revealed" in tags and "entities:person:read" in tags
    assert number not in details
    entity = int(address.rsplit("/", 1)[1])
    for address_of_all in ("/en/entities", "/en/entities?text=张样例"):
        assert "张样例" not in clerk.get(address_of_all), "persons come by POST alone"
    found_persons = clerk.post("/en/entities", {"text": "张样例"}).text
    assert "张样例" in found_persons and "990101********" in found_persons
    with site.store.read() as session:
        read = [r for r in session.exec(select(AuditEntry)) if r.action == "entities:person:read"]
        assert {row.subject for row in read} == {f"entity:{entity}"}
        pages = [json.loads(row.detail)["page"] for row in read]
        assert pages == ["entities.profile", "entities.reveal", "entities.index"]
    found = clerk.post(
        "/en/entities/by-document", {"document_kind": "resident-id", "document_number": number}
    )
    assert found.headers["Location"] == address


def test_duplicates_are_proposed_and_merged_only_by_a_reviewer(site: Site, clerk: Browser) -> None:
    for code in (CODE, ""):
        data = {"kind": "enterprise", "name": FIRM, "credit_code": code}
        assert clerk.post("/en/entities/add", data).status_code == 303
    assert clerk.response("/en/entities/1/merge/2").status_code == 403
    site.account("reviewer", "reviewer")
    reviewer = site.signed_in("reviewer")
    assert "a name in common" in reviewer.get("/en/entities/duplicates")
    reviewer.get("/en/entities/1/merge/2")
    versions = {"version": 1, "other_version": 1}
    assert reviewer.post("/en/entities/1/merge/2", versions).status_code == 303
    with site.store.read() as session:
        assert session.get(Entity, 2).merged_into == 1
        assert session.exec(select(EntityMerge)).one().state == "merged"
    assert CODE in reviewer.get("/en/entities/2"), "the old address leads to the one kept"


def test_a_site_with_licence_and_operators(site: Site, clerk: Browser) -> None:
    clerk.post("/en/entities/add", {"kind": "enterprise", "name": FIRM, "credit_code": CODE})
    answer = clerk.post(
        "/en/entities/sites/add", {"type": "coal-mine", "name": "样例煤矿", "region": "990121"}
    )
    assert answer.status_code == 303, answer.text
    address = answer.headers["Location"]
    licence = {"version": 1, "kind": "safety", "number": "(演)FM安许证字[2099]0001"}
    assert clerk.post(f"{address}/licences", licence).status_code == 303
    twice = clerk.post(
        f"{address}/licences", {**licence, "version": 2, "number": "（演）FM安许证字〔2099〕0001号"}
    )
    assert twice.status_code == 422 and "already noted" in twice.text
    operator = {"version": 2, "code": CODE, "role": "main", "since": "2020-01-01"}
    assert clerk.post(f"{address}/operators", operator).status_code == 303
    overlap = clerk.post(f"{address}/operators", {**operator, "version": 3, "since": "2021-01-01"})
    assert overlap.status_code == 422 and "Another main operator" in overlap.text
    assert clerk.post(f"{address}/publish").status_code == 403
    site.account("publisher", "publisher")
    publisher = site.signed_in("publisher")
    assert publisher.post(f"{address}/publish").status_code == 303
    page = publisher.get(address)
    assert "FM安许证字" in page and FIRM in page
    with site.store.read() as session:
        row = session.exec(select(OutboxRow)).one()
        assert row.kind == "site" and CODE in str(row.payload)


def test_every_page_of_the_desk_can_be_read(site: Site, clerk: Browser) -> None:
    clerk.post("/en/entities/add", {"kind": "enterprise", "name": FIRM, "credit_code": CODE})
    clerk.post("/en/entities/sites/add", {"type": "quarry", "name": "样例石场", "region": "990123"})
    pages = ("", "/add", "/1", "/1/edit", "/1/rename", "/1/names", "/1/document", "/1/reveal")
    pages += ("/by-document", "/duplicates", "/sites", "/sites/add", "/sites/1", "/sites/1/edit")
    pages += ("/sites/1/licences", "/sites/1/operators", "?lacking_code=1&kind=enterprise")
    for language in ("zh", "en"):
        for page in pages:
            clerk.get(f"/{language}/entities{page}")
