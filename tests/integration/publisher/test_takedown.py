"""Urgent withdrawal: two officers, never one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from publisher_samples import drain, publish
from sqlmodel import col, select

from registry.core import rules
from registry.core.db import GazetteSession, Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput, NotFound
from registry.office.audit.models import AuditEntry
from registry.office.publisher import takedown
from registry.office.publisher.models import OutboxRow
from registry.office.publisher.takedown import SameOfficer, TakedownOpen, TakedownSettled
from registry.office.staff.officer import Acting, Officer
from registry.public.gazette import AlreadyRemoved, NotPublished, queries

Working = Store[WorkingSession]
A, B = "L-000000000A", "L-000000000B"
PATH = "/1/7/"


def officer(
    account: int,
    now: datetime,
    *roles: str,
    path: str = "/1/",
    for_: frozenset[int] = frozenset(),
) -> Acting:
    who = Officer(account, f"officer{account}", "某", 1, path, frozenset(roles), for_)
    return Acting(who, now, rules.load())


@pytest.fixture
def published(working: Working, now: datetime) -> Working:
    with working.write() as session:
        publish(session, A, now)
        publish(session, B, now)
    return working


def test_two_officers_take_a_record_down(
    published: Working, gazette: Store[GazetteSession], now: datetime, tmp_path: Path
) -> None:
    clerk, approver = officer(1, now, "clerk"), officer(2, now, "approver")
    with published.write() as session:
        number = takedown.request(session, A, "号码泄露", clerk, authority_path=PATH).id or 0
        assert [row.id for row in takedown.waiting(session, approver)] == [number]
    drain(published, gazette, now, tmp_path)
    with gazette.read() as public:
        assert isinstance(queries.get(public, A, now), queries.Record)
    with published.write() as session:
        row = takedown.confirm(session, number, approver)
        event_id = row.event_id
        assert (row.state, row.requested_by, row.settled_by) == ("done", 1, 2)
        assert takedown.waiting(session, approver) == []
    drain(published, gazette, now, tmp_path)
    with gazette.read() as public:
        gone = queries.get(public, A, now)
        assert isinstance(gone, queries.Removed)
        assert gone.reason == "takedown"
        assert isinstance(queries.get(public, B, now), queries.Record)
    with published.read() as session:
        removal = session.exec(select(OutboxRow).where(OutboxRow.op == "DEL")).one()
        assert removal.origin == f"takedown:{number}"
        assert removal.event_id == event_id
        entries = session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()
        assert [(one.actor, one.action, one.subject) for one in entries] == [
            (1, "publisher:takedown:requested", f"record:{A}"),
            (2, "publisher:takedown:confirmed", f"record:{A}"),
        ]
        assert not any("号码" in one.detail for one in entries)


@pytest.mark.parametrize(
    ("asker", "confirmer"),
    [
        ({"account": 1}, {"account": 1}),
        ({"account": 1}, {"account": 2, "for_": frozenset({1})}),
        ({"account": 1, "for_": frozenset({2})}, {"account": 2}),
        ({"account": 1, "for_": frozenset({3})}, {"account": 2, "for_": frozenset({3})}),
    ],
)
def test_one_officer_never_suffices(
    published: Working, now: datetime, asker: dict[str, object], confirmer: dict[str, object]
) -> None:
    roles = ("clerk", "approver", "publisher")

    def acting(values: dict[str, object]) -> Acting:
        extra = values.get("for_", frozenset())
        assert isinstance(extra, frozenset)
        return officer(int(str(values["account"])), now, *roles, for_=extra)

    with published.write() as session:
        asked = takedown.request(session, A, "x", acting(asker), authority_path=PATH)
        with pytest.raises(SameOfficer):
            takedown.confirm(session, asked.id or 0, acting(confirmer))
        assert asked.state == "requested"


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_roles_that_may_not_ask(published: Working, now: datetime, role: str) -> None:
    with published.write() as session, pytest.raises(Forbidden):
        takedown.request(session, A, "x", officer(1, now, role), authority_path=PATH)


@pytest.mark.parametrize("role", ["clerk", "reviewer", "auditor", "administrator"])
def test_roles_that_may_not_confirm(published: Working, now: datetime, role: str) -> None:
    with published.write() as session:
        asked = takedown.request(session, A, "x", officer(1, now, "clerk"), authority_path=PATH)
        for act in (takedown.confirm, takedown.decline):
            with pytest.raises(Forbidden):
                act(session, asked.id or 0, officer(2, now, role))


def test_other_authorities_stay_out(published: Working, now: datetime) -> None:
    stranger = officer(2, now, "approver", path="/1/8/")
    with published.write() as session:
        with pytest.raises(Forbidden):
            takedown.request(session, A, "x", stranger, authority_path=PATH)
        asked = takedown.request(session, A, "x", officer(1, now, "clerk"), authority_path=PATH)
        assert takedown.waiting(session, stranger) == []
        with pytest.raises(Forbidden):
            takedown.confirm(session, asked.id or 0, stranger)


def test_what_cannot_be_asked_for(published: Working, now: datetime) -> None:
    clerk = officer(1, now, "clerk")
    with published.write() as session:
        for reason in ("", "  ", "x" * 1001):
            with pytest.raises(InvalidInput):
                takedown.request(session, A, reason, clerk, authority_path=PATH)
        with pytest.raises(NotPublished):
            takedown.request(session, "L-ZZZZZZZZZZ", "x", clerk, authority_path=PATH)
        takedown.request(session, A, "x", clerk, authority_path=PATH)
        with pytest.raises(TakedownOpen):
            takedown.request(session, A, "x", officer(3, now, "clerk"), authority_path=PATH)


def test_settled_is_settled(published: Working, now: datetime) -> None:
    clerk, approver = officer(1, now, "clerk"), officer(2, now, "approver")
    with published.write() as session:
        mine = takedown.request(session, A, "x", clerk, authority_path=PATH)
        assert takedown.decline(session, mine.id or 0, clerk).state == "declined"
        with pytest.raises(TakedownSettled):
            takedown.confirm(session, mine.id or 0, approver)
        again = takedown.request(session, A, "x", clerk, authority_path=PATH)
        takedown.confirm(session, again.id or 0, approver)
        with pytest.raises(TakedownSettled):
            takedown.confirm(session, again.id or 0, approver)
        with pytest.raises(AlreadyRemoved):
            takedown.request(session, A, "x", clerk, authority_path=PATH)
        with pytest.raises(NotFound):
            takedown.confirm(session, 999, approver)
