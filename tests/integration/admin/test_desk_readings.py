# ruff: noqa: F811 - pytest takes fixtures by their names
"""Who looked at whom: pages that show natural persons leave one row each, with ids only."""

from __future__ import annotations

import json
from typing import Any

from admin_desk import Browser, Site
from sqlmodel import col, select
from test_cases_desk import NAME, firm, opened_penalty, version  # noqa: F401

from registry.office.audit.models import AuditEntry
from registry.office.entities.models import Entity


def reads(site: Site) -> list[tuple[str, dict[str, Any]]]:
    with site.store.read() as session:
        query = select(AuditEntry).where(AuditEntry.action == "entities:person:read")
        rows = session.exec(query.order_by(col(AuditEntry.id))).all()
        return [(row.subject, json.loads(row.detail)) for row in rows]


def persons(site: Site) -> list[int]:
    with site.store.read() as session:
        found = session.exec(select(Entity.id).where(Entity.kind == "person")).all()
        return sorted(one for one in found if one is not None)


def add_party(clerk: Browser, docket: int, entity: int, role: str) -> None:
    address = f"/en/cases/{docket}/parties?entity={entity}"
    data = {"version": version(clerk, address), "entity": str(entity), "role": role}
    assert clerk.post(address, data).status_code == 303


def test_a_page_with_persons_leaves_one_row(site: Site, firm: int) -> None:
    docket = opened_penalty(site, firm)
    clerk = site.signed_in("clerk")
    second = clerk.post("/en/entities/add", {"kind": "person", "name": "李样例"})
    assert second.status_code == 303
    first, other = persons(site)
    assert clerk.get(f"/en/entities/{firm}") and not reads(site), "a firm is nobody's data"
    add_party(clerk, docket, first, "principal")
    add_party(clerk, docket, other, "mine-manager")

    before = len(reads(site))
    page = clerk.get(f"/en/cases/{docket}")
    assert "张样例" in page and "李样例" in page
    (found,) = reads(site)[before:]
    assert found == (
        "page:cases.show",
        {"docket_id": docket, "page": "cases.show", "persons": [first, other]},
    )
    clerk.get("/en/cases")
    clerk.get("/en/")
    assert len(reads(site)) == before + 1, "lists of cases name nobody"
    found = clerk.post("/en/entities", {"text": "样例"}).text
    assert "张样例" in found and "李样例" in found and "/entities?" not in found
    assert reads(site)[-1][1] == {"page": "entities.index", "persons": [first, other]}
    clerk.get(f"/en/entities/{first}/merge/{other}", status=403)
    assert len(reads(site)) == before + 2

    auditor = site.signed_in("auditor")
    rows = auditor.get(f"/en/audit?subject=entity:{other}")
    assert "cases.show" in rows and "entities.index" in rows
    assert "cases.show" not in auditor.get(f"/en/audit?subject=entity:{firm}")


def test_a_page_is_withheld_when_its_reading_cannot_be_recorded(
    site: Site, firm: int, monkeypatch: Any
) -> None:
    clerk = site.signed_in("clerk")
    (person,) = persons(site)
    monkeypatch.setattr("registry.office.entities.readings.READ", "no:such:tag")
    site.app.testing = site.app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = clerk.response(f"/en/entities/{person}")
    assert answer.status_code == 500 and "张样例" not in answer.text


def test_a_firm_leads_to_its_cases_and_a_case_to_others(site: Site, firm: int) -> None:
    docket = opened_penalty(site, firm)
    clerk = site.signed_in("clerk")
    page = clerk.get(f"/en/entities/{firm}")
    assert f"/cases/{docket}" in page and "瞒报事故处罚案" in page and NAME in page
    other = opened_penalty(site, firm)
    number = clerk.get(f"/en/cases/{other}").split("990121罚")[1].split(" ")[0]
    address = f"/en/cases/{docket}/links"
    nothing = clerk.post(address, {"version": version(clerk, address)})
    assert nothing.status_code == 422 and "must be filled in" in nothing.text
    wrong = {"version": version(clerk, address), "link_follows": "990121罚〔1999〕1号"}
    assert "no such case" in clerk.post(address, wrong).text
    good = {"version": version(clerk, address), "link_follows": f"990121罚{number}"}
    assert clerk.post(address, good).status_code == 303
    again = {"version": version(clerk, address), "link_follows": f"990121罚{number}"}
    assert "already linked" in clerk.post(address, again).text
    assert f"/cases/{other}" in clerk.get(f"/en/cases/{docket}")
    administrator = site.signed_in("admin")
    assert administrator.response(f"/en/entities/{firm}").status_code == 403
