"""Opening dockets. What is changed in them afterwards is ``amending``'s, acting ``engine``'s."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text as sql_text
from sqlmodel import select

from registry.core.codes import regions
from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput, NotFound
from registry.core.i18n import N_
from registry.office.dockets import clocks, hooks, kinds, notes, permission
from registry.office.dockets.checks import happened, sees, step_of
from registry.office.dockets.hooks import Refused, Step
from registry.office.dockets.models import (
    Docket,
    DocketEvent,
    DocketLink,
    DocketParty,
    DocketSerial,
)
from registry.office.dockets.redaction import personal_numbers
from registry.office.dockets.replay import merged, plain
from registry.office.dockets.shape import OPEN, KindTable
from registry.office.staff.auditing import audited
from registry.office.staff.models import Authority
from registry.office.staff.officer import Acting


@dataclass(frozen=True)
class Link:
    """A relation to another docket, as ``Link("rests-on", penalty.id)``."""

    relation: str
    other_id: int


@dataclass(frozen=True)
class Party:
    """An entity with a part in the case. ``role`` is a code of rules/roles."""

    entity_id: int
    role: str


def open_docket(
    session: WorkingSession,
    kind: str,
    acting: Acting,
    *,
    facts: Mapping[str, Any],
    title: str,
    region: str,
    authority_id: int | None = None,
    subject_id: int | None = None,
    site_id: int | None = None,
    links: Iterable[Link] = (),
    parties: Iterable[Party] = (),
) -> Docket:
    """Begin a case of ``kind`` for an authority in the officer's subtree (his own by default).

    ``facts`` were loaded with the kind's field set; ``title`` must not name or number a person.
    Raises ``Forbidden``, ``NotFound``, ``InvalidInput`` and ``Refused``.
    """
    table = kinds.get(kind)
    if not acting.officer.has(*table.roles):
        raise Forbidden
    if not acting.officer.concerns(subject_id):
        raise Forbidden
    authority = _authority(session, acting, authority_id)
    linked, named = list(links), list(parties)
    docket = _new(session, table, authority, acting)
    docket.title, docket.region, docket.facts = title.strip(), region, plain(facts)
    docket.subject_id, docket.site_id = subject_id, site_id
    check_case(session, table, acting, docket, links=linked, parties=named)
    session.add(docket)
    session.flush()
    assert docket.id is not None  # noqa: S101 - flushed
    session.add_all(
        DocketLink(docket_id=docket.id, other_id=link.other_id, relation=link.relation)
        for link in linked
    )
    session.add_all(
        DocketParty(docket_id=docket.id, entity_id=p.entity_id, role=p.role, added_at=acting.now)
        for p in dict.fromkeys(named)
    )
    session.flush()
    step = _opening(session, table, docket, acting)
    docket.facts, docket.counted_as = step.facts, table.counted_as(step.facts)
    noted(session, docket, acting, OPEN, data=docket.facts)
    clocks.start(session, docket.id, clocks.dues(step, acting.book, table.starts), step.now)
    audit_docket(session, acting, "dockets:docket:opened", docket)
    return docket


def _authority(session: WorkingSession, acting: Acting, authority_id: int | None) -> Authority:
    found = session.get(Authority, authority_id or acting.officer.authority_id)
    if found is None or not acting.officer.sees(found.path):
        raise NotFound
    return found


def check_case(
    session: WorkingSession,
    table: KindTable,
    acting: Acting,
    docket: Docket,
    *,
    links: list[Link],
    parties: list[Party],
) -> None:
    """Raises ``InvalidInput`` by field for what cannot be right in a case or in what joins it."""
    problems = happened(docket.facts, acting.today, acting.now)
    if not docket.title:
        problems["title"] = [N_("This must be filled in.")]
    elif personal_numbers(docket.title):
        problems["title"] = [N_("A title may not hold a person's number.")]
    if regions.region(docket.region) is None:
        problems["region"] = [N_("There is no region with this code.")]
    if docket.subject_id is None and table.subject == "required":
        problems["subject"] = [N_("Choose whom the case is about.")]
    if any(party.role not in table.parties for party in parties):
        problems["parties"] = [N_("This is not one of the choices.")]
    for link in links:
        other = session.get(Docket, link.other_id)
        wanted = table.relations.get(link.relation)
        if (
            other is None
            or wanted is None
            or other.kind != wanted.kind
            or not sees(session, acting, other)
        ):
            problems[f"link.{link.relation}"] = [N_("There is no such case to link to.")]
    if problems:
        raise InvalidInput(problems)


def _new(session: WorkingSession, table: KindTable, authority: Authority, acting: Acting) -> Docket:
    assert authority.id is not None  # noqa: S101 - comes from the store
    serial = reserve(session, authority.id, table.code, acting.today.year, count=1)
    return Docket(
        kind=table.code,
        number=number(authority, table, acting.today.year, serial),
        year=acting.today.year,
        serial=serial,
        state=table.initial,
        authority_id=authority.id,
        region="",
        owner_id=acting.officer.account_id,
        drafted_by=acting.officer.account_id,
        title="",
        opened_at=acting.now,
    )


def number(authority: Authority, table: KindTable, year: int, serial: int) -> str:
    """案号, as ``990121列〔2026〕12号``."""
    return f"{authority.region}{table.number_word}〔{year}〕{serial}号"


def reserve(session: WorkingSession, authority_id: int, kind: str, year: int, *, count: int) -> int:
    """The first of ``count`` serial numbers, given to this transaction alone."""
    # The year's first case may be opened by two officers at once: one row, and both lock it.
    begun = sql_text(
        "INSERT INTO docket_serial (authority_id, kind, year, last)"
        " VALUES (:authority_id, :kind, :year, 0) ON CONFLICT DO NOTHING"
    )
    session.execute(begun, {"authority_id": authority_id, "kind": kind, "year": year})
    query = select(DocketSerial).where(
        DocketSerial.authority_id == authority_id,
        DocketSerial.kind == kind,
        DocketSerial.year == year,
    )
    locked = query.with_for_update().execution_options(populate_existing=True)
    row = session.exec(locked).one()
    first = row.last + 1
    row.last += count
    session.add(row)
    session.flush()
    return first


def _opening(session: WorkingSession, table: KindTable, docket: Docket, acting: Acting) -> Step:
    """The opening as hooks see it, effects applied. Raises ``InvalidInput``, ``Refused``."""
    step = step_of(session, table, docket, acting=acting, now=acting.now, data=docket.facts)
    for name in table.guards:
        refusal = hooks.GUARDS[name](step)
        if refusal is not None and refusal.field_name:
            raise InvalidInput({refusal.field_name: [refusal.message]}, **refusal.params)
        if refusal is not None:
            raise Refused(refusal)
    for name in table.effects:
        step.facts = merged(step.facts, plain(hooks.EFFECTS[name](step)))
    return step


def noted(
    session: WorkingSession,
    docket: Docket,
    acting: Acting,
    action: str,
    *,
    data: Mapping[str, Any],
    reason: str = "",
) -> DocketEvent:
    """Put down what the officer did, and for whom he stood in."""
    return notes.note(
        session,
        docket,
        action,
        now=acting.now,
        actor=acting.officer.account_id,
        identities=acting.officer.identities,
        acting_as=permission.stands_in_for(acting, docket),
        before="" if action == OPEN else None,
        reason=reason,
        data=data,
    )


def audit_docket(
    session: WorkingSession, acting: Acting, action: str, docket: Docket, **detail: object
) -> None:
    """Audit what the officer did to the case."""
    audited(session, acting, action, f"docket:{docket.id}", {"kind": docket.kind, **detail})
