"""A qualification from its entry to its end: what the field asks, two officers, what is shown."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from docket_office import BOOK, Bureau, at
from provider_kit import EVALUATION, TESTING, entry, member, organization, registered
from sqlmodel import select

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.office import dockets
from registry.office.audit.models import AuditEntry
from registry.office.dockets.models import Docket
from registry.office.providers import queries, service
from registry.office.publisher.models import OutboxRow


def shown(session: WorkingSession, docket: Docket) -> dict[str, Any]:
    rows = list(session.exec(select(OutboxRow).where(OutboxRow.docket_id == docket.id)))
    found: dict[str, Any] = json.loads(rows[-1].payload or "")
    return found


def test_an_entry_is_published_by_a_second_officer(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        agency = organization(session, bureau)
        member(session, bureau, agency, "王样例", "PJ-1-0001", post="technical-lead")
        docket = entry(session, bureau, agency, EVALUATION)
        bureau.act(session, docket, "submit", "all", "2024-02-01")
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "register", "all", "2024-02-02")
        bureau.act(session, docket, "register", "approver", "2024-02-02")
        found = shown(session, docket)
        assert found["status"] == "valid"
        assert found["qualification"]["until"] == "2027-12-31"
        assert found["staff"]["people"] == 1 and found["staff"]["level_1"] == 1
        assert found["history"] == [{"on": "2024-02-02", "event": "registered"}]
        assert "王样例" not in json.dumps(found, ensure_ascii=False)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"scopes": ["coal-testing"]}, "scopes"),
        ({"certificate_number": None}, "certificate_number"),
        ({"until": "2022-12-31"}, "until"),
        ({"until": "2028-06-01"}, "until"),
        ({"field": "evaluation", "until": None}, "until"),
    ],
)
def test_what_a_field_asks_is_asked_at_its_place(
    working: Store[WorkingSession], bureau: Bureau, wrong: dict[str, Any], field: str
) -> None:
    with working.write() as session:
        agency = organization(session, bureau)
    with pytest.raises(InvalidInput) as error, working.write() as session:
        entry(session, bureau, agency, {**EVALUATION, **wrong})
    assert list(error.value.fields) == [field]
    with working.read() as session:
        assert session.exec(select(Docket)).first() is None


@pytest.mark.sqlite_only
def test_a_voluntary_field_needs_no_certificate(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        design = organization(session, bureau, 7)
        facts = {"field": "consultation", "scopes": ["expert-inspection"]}
        docket = registered(session, bureau, design, facts)
        assert "qualification" not in shown(session, docket)
        assert docket.facts["since"] == "2024-02-01"


def test_an_organization_stands_once_per_field(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        agency = organization(session, bureau)
        registered(session, bureau, agency, EVALUATION)
        with pytest.raises(dockets.Refused, match="already stands"):
            entry(session, bureau, agency, EVALUATION, "2024-03-01")
        registered(session, bureau, agency, TESTING)


def test_suspended_resumed_revoked_and_how_long_it_is_shown(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        agency = organization(session, bureau)
        docket = registered(session, bureau, agency, EVALUATION)
        paper = {"suspension_number": "演1", "suspension_text": "整改"}
        bureau.act(session, docket, "propose_suspension", "clerk", "2025-03-03", paper)
        bureau.act(session, docket, "suspend", "approver", "2025-03-04")
        assert shown(session, docket)["status"] == "suspended"
        assert queries.standing(session, docket, date(2025, 3, 3)) == "valid"
        assert queries.standing(session, docket, date(2025, 3, 4)) == "suspended"
        assert queries.holds(session, agency, "evaluation", date(2025, 3, 5)) is None
        bureau.act(session, docket, "propose_resumption", "clerk", "2025-05-06")
        bureau.act(session, docket, "resume", "approver", "2025-05-07")
        assert queries.holds(session, agency, "evaluation", date(2025, 5, 8)) == {"coal-evaluation"}
        assert queries.holds(session, agency, "evaluation", date(2022, 5, 8)) is None
        why = {"revocation_number": "演2", "revocation_text": "出具虚假报告"}
        bureau.act(session, docket, "propose_revocation", "clerk", "2026-03-03", why)
        bureau.act(session, docket, "revoke", "approver", "2026-03-04")
        found = shown(session, docket)
        assert found["status"] == "revoked"
        assert [one["event"] for one in found["history"]] == [
            "registered", "suspended", "resumed", "revoked",
        ]  # fmt: skip
        assert found["history"][-1]["number"] == "演2"
        assert service.end_terms(session, at("2031-03-04", 23), BOOK) == 0
        assert service.end_terms(session, at("2031-03-05", 0), BOOK) == 1
        assert docket.public_id is None


def test_it_lapses_by_itself_and_is_renewed(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        agency = organization(session, bureau)
        docket = registered(session, bureau, agency, EVALUATION)
        assert queries.standing(session, docket, date(2028, 1, 1)) == "expired"
        assert service.end_terms(session, at("2027-12-31", 23), BOOK) == 0
        assert service.end_terms(session, at("2028-01-01", 0), BOOK) == 1
        assert (docket.state, shown(session, docket)["status"]) == ("expired", "expired")
        renewal = {
            "renewed_on": "2028-01-10",
            "new_since": "2028-01-10",
            "new_until": "2034-01-09",
        }
        bureau.act(session, docket, "propose_renewal", "clerk", "2028-01-11", renewal)
        with pytest.raises(dockets.Refused, match="valid until"):
            bureau.act(session, docket, "renew", "approver", "2028-01-12")
        renewal["new_until"] = "2033-01-10"
        bureau.act(session, docket, "propose_renewal", "clerk", "2028-01-11", renewal)
        bureau.act(session, docket, "renew", "approver", "2028-01-12")
        assert docket.state == "registered" and docket.ends_on == date(2033, 1, 10)
        assert shown(session, docket)["qualification"]["since"] == "2028-01-10"


@pytest.mark.sqlite_only
def test_a_change_reported_late_is_noted(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        agency = organization(session, bureau)
        docket = registered(session, bureau, agency, EVALUATION)
        change = {
            "changed_on": "2025-03-03",
            "reported_on": "2025-04-03",
            "change_text": "增加业务范围",
            "new_scopes": ["coal-evaluation", "non-coal-evaluation"],
        }
        bureau.act(session, docket, "propose_change", "clerk", "2025-04-03", change)
        assert docket.facts["change_late"] is True
        assert shown(session, docket)["scopes"] == ["coal-evaluation"]
        bureau.act(session, docket, "change", "approver", "2025-04-04")
        assert shown(session, docket)["scopes"] == ["coal-evaluation", "non-coal-evaluation"]
        assert not [name for name in docket.facts if name.startswith("new_")]


def test_a_certificate_at_two_organizations_or_expired_is_doubtful(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        agency, center = organization(session, bureau), organization(session, bureau, 5)
        first = member(session, bureau, agency, "王样例", "PJ-1-0001")
        member(session, bureau, center, "王样例", "pj-1-0001 ")
        member(session, bureau, agency, "赵样例", "PJ-1-0002", until=date(2025, 1, 31))
        flags = {one.name: one.flags for one in queries.members(session, agency, date(2026, 5, 6))}
        assert flags == {"王样例": ("two-organizations",), "赵样例": ("expired",)}
        assert len(queries.doubtful(session, date(2026, 5, 6))) == 3
        acting = bureau.acting("clerk", "2026-05-07")
        service.end_staff(session, acting, first.id or 0, date(2026, 5, 6))
        after = queries.members(session, center, date(2026, 5, 7))
        assert [one.flags for one in after] == [()]
        stored = session.exec(
            select(AuditEntry).where(AuditEntry.action == "providers:staff:added")
        )
        assert "0001" not in "".join(row.detail for row in stored)
        assert first.masked != "PJ-1-0001" and b"PJ-1-0001" not in (first.sealed or b"")


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"number": ""}, "number"),
        ({"kind": ""}, "certificate_kind"),
        ({"until": date(2022, 1, 1)}, "certificate_until"),
        ({"document": "990101199001010011"}, "document"),
    ],
)
def test_wrong_staff_is_refused_at_its_field(
    working: Store[WorkingSession], bureau: Bureau, more: dict[str, Any], field: str
) -> None:
    with working.write() as session:
        agency = organization(session, bureau)
        given = {"number": "PJ-1-0003", **more}
        with pytest.raises(InvalidInput) as error:
            member(session, bureau, agency, "孙样例", **given)
        assert field in error.value.fields
