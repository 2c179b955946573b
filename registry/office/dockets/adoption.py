"""Dockets from an approved batch: born in a later state, many at once.

The batch is a docket of its own, drafted by one officer and approved by another; here the rule
is held once more, so that no other caller gets round it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert
from sqlmodel import col

from registry.core.clock import midnight
from registry.core.codes.public_id import new_public_id
from registry.core.db import WorkingSession
from registry.core.errors import InvalidInput, NotFound
from registry.core.i18n import N_
from registry.office.dockets import bases, checks, clocks, hooks, kinds, permission
from registry.office.dockets.checks import NotAllowed
from registry.office.dockets.hooks import Refusal, Refused, Step
from registry.office.dockets.models import (
    Docket,
    DocketClock,
    DocketEvent,
    DocketLink,
    DocketParty,
)
from registry.office.dockets.replay import merged, plain
from registry.office.dockets.service import Link, Party, number, reserve
from registry.office.dockets.shape import ADOPT, KindTable, Start
from registry.office.publisher import service as publisher
from registry.office.staff.auditing import audited
from registry.office.staff.models import Authority
from registry.office.staff.officer import Acting

CHUNK = 500


@dataclass(frozen=True)
class Adopted:
    """One case of a batch. ``facts`` were loaded with the kind's import field set."""

    title: str
    region: str
    facts: Mapping[str, Any]
    authority_id: int
    effective_on: date
    """The legal day from which the state counts, as the day of the decision."""
    subject_id: int | None = None
    site_id: int | None = None
    parties: Sequence[Party] = ()
    links: Sequence[Link] = ()
    starts: Sequence[Start] = ()
    """Clocks that still matter."""


def adopt(
    session: WorkingSession,
    kind: str,
    state: str,
    cases: Iterable[Adopted],
    acting: Acting,
    *,
    batch_id: int | None,
    drafted_by: int,
    publish: bool = True,
) -> list[int]:
    """Insert dockets of ``kind`` in ``state`` and publish them where that state is a public one.

    Gives their ids in the order of ``cases``. Raises ``Forbidden`` when the officer drafted the
    batch or is no approver, ``InvalidInput`` for a state the kind does not adopt into, ``NotFound``
    for an authority outside his subtree, ``Refused`` by the kind's guards.
    """
    table = kinds.get(kind)
    if not acting.officer.has("approver"):
        roles = permission.titles(frozenset({"approver"}))
        raise NotAllowed(Refusal(permission.WRONG_ROLE, {"roles": roles}))
    if drafted_by in acting.officer.identities:
        raise NotAllowed(Refusal(permission.FOUR_EYES))
    if state not in table.adoption.states:
        raise InvalidInput({"state": [N_("Cases of this kind are not taken over in this state.")]})
    made: list[int] = []
    for part in _chunks(cases):
        made += _adopt_part(
            session, table, state, part, acting, batch_id=batch_id, drafted_by=drafted_by,
            publish=publish,
        )  # fmt: skip
    audited(
        session,
        acting,
        "dockets:batch:adopted",
        f"docket:{batch_id}" if batch_id else f"batch:{kind}",
        {"kind": kind, "state": state, "count": len(made), "drafted_by": drafted_by},
    )
    return made


def refusal(
    session: WorkingSession,
    kind: str,
    state: str,
    case: Adopted,
    acting: Acting,
    beside: list[Docket],
) -> Refusal | None:
    """Why ``adopt`` would refuse the case, as far as the table's own guards say; None if not.

    ``beside`` holds the cases of the file before this one; this one is added.
    """
    step = _bare_step(session, kinds.get(kind), state, case, acting, ("", acting.today.year, 0))
    step.docket.facts, step.beside = step.facts, beside
    answers = (hooks.GUARDS[name](step) for name in step.table.adoption.guards)
    found = next((answer for answer in answers if answer is not None), None)
    beside.append(step.docket)
    return found


def _chunks(cases: Iterable[Adopted]) -> Iterator[list[Adopted]]:
    part: list[Adopted] = []
    for case in cases:
        part.append(case)
        if len(part) == CHUNK:
            yield part
            part = []
    if part:
        yield part


def _adopt_part(
    session: WorkingSession,
    table: KindTable,
    state: str,
    cases: list[Adopted],
    acting: Acting,
    *,
    batch_id: int | None,
    drafted_by: int,
    publish: bool,
) -> list[int]:
    numbers = _numbers(session, table, cases, acting)
    steps = [
        _step(session, table, state, case, acting, numbered)
        for case, numbered in zip(cases, numbers, strict=True)
    ]
    rule = table.publishing(state) if publish else None
    for step in steps:
        step.docket.batch_id, step.docket.drafted_by = batch_id, drafted_by
        if rule is not None:
            step.docket.public_id = new_public_id(table.public_kind)
            step.docket.public_kind = table.public_kind
            step.facts["public_id"] = step.docket.public_id
            step.facts.setdefault("published_on", step.effective.isoformat())
        ends_on = step.facts.get("until")
        step.docket.ends_on = date.fromisoformat(ends_on) if ends_on else None
        step.docket.facts = step.facts
        step.docket.counted_as = table.counted_as(step.facts)
    ids = _insert(session, cases, steps, acting)
    if rule is not None:
        _publish(session, steps, ids, rule.payload)
    if any(case.links for case in cases):
        # What it rests on may have fallen before it was brought in.
        bases.catch_up(session, now=acting.now, book=acting.book, ids=ids)
    return ids


def _numbers(
    session: WorkingSession, table: KindTable, cases: list[Adopted], acting: Acting
) -> list[tuple[str, int, int]]:
    """Case number, year and serial for each case; each authority counts for itself."""
    counts: dict[int, int] = {}
    for case in cases:
        counts[case.authority_id] = counts.get(case.authority_id, 0) + 1
    year = acting.today.year
    authorities: dict[int, Authority] = {}
    following: dict[int, int] = {}
    for authority_id, count in counts.items():
        authority = session.get(Authority, authority_id)
        if authority is None or not acting.officer.sees(authority.path):
            raise NotFound
        authorities[authority_id] = authority
        following[authority_id] = reserve(session, authority_id, table.code, year, count=count)
    found = []
    for case in cases:
        serial = following[case.authority_id]
        following[case.authority_id] += 1
        found.append((number(authorities[case.authority_id], table, year, serial), year, serial))
    return found


def _step(
    session: WorkingSession,
    table: KindTable,
    state: str,
    case: Adopted,
    acting: Acting,
    numbered: tuple[str, int, int],
) -> Step:
    step = _bare_step(session, table, state, case, acting, numbered)
    for name in table.adoption.guards:
        found = hooks.GUARDS[name](step)
        if found is not None:
            raise Refused(found)
    for name in table.adoption.effects:
        step.facts = merged(step.facts, plain(hooks.EFFECTS[name](step)))
    return step


def _bare_step(
    session: WorkingSession,
    table: KindTable,
    state: str,
    case: Adopted,
    acting: Acting,
    numbered: tuple[str, int, int],
) -> Step:
    docket = Docket(
        kind=table.code,
        number=numbered[0],
        year=numbered[1],
        serial=numbered[2],
        state=state,
        authority_id=case.authority_id,
        region=case.region,
        subject_id=case.subject_id,
        site_id=case.site_id,
        drafted_by=acting.officer.account_id,
        title=case.title,
        opened_at=acting.now,
        closed_at=acting.now if table.states[state].closed else None,
    )
    links: dict[str, list[int]] = {}
    for link in case.links:
        links.setdefault(link.relation, []).append(link.other_id)
    return checks.step_of(
        session,
        table,
        docket,
        acting=acting,
        now=acting.now,
        data=plain(case.facts),
        effective=case.effective_on,
        links=links,
        parties=[(party.entity_id, party.role) for party in case.parties],
    )


def _insert(
    session: WorkingSession, cases: list[Adopted], steps: list[Step], acting: Acting
) -> list[int]:
    rows = [step.docket.model_dump(exclude={"id"}) for step in steps]
    statement = insert(Docket).returning(col(Docket.id), sort_by_parameter_order=True)
    ids = [found for found in session.execute(statement, rows).scalars() if found is not None]
    together = list(zip(ids, cases, steps, strict=True))
    events = [_event(docket_id, step, acting) for docket_id, _, step in together]
    parties = [
        {"docket_id": i, "entity_id": p.entity_id, "role": p.role, "added_at": acting.now}
        for i, case, _ in together
        for p in dict.fromkeys(case.parties)
    ]
    links = [
        {"docket_id": i, "other_id": link.other_id, "relation": link.relation}
        for i, case, _ in together
        for link in case.links
    ]
    running = [
        clocks.row(i, due, acting.now).model_dump(exclude={"id"})
        for i, case, step in together
        for due in clocks.dues(step, acting.book, (*step.table.adoption.starts, *case.starts))
    ]
    for model, content in (
        (DocketEvent, events),
        (DocketParty, parties),
        (DocketLink, links),
        (DocketClock, running),
    ):
        if content:
            session.execute(insert(model), content)
    return ids


def _event(docket_id: int, step: Step, acting: Acting) -> dict[str, Any]:
    return {
        "docket_id": docket_id,
        "ordinal": 1,
        "action": ADOPT,
        "from_state": None,
        "to_state": step.docket.state,
        "actor_id": acting.officer.account_id,
        "acting_as": None,
        "identities": sorted(acting.officer.identities | {step.docket.drafted_by}),
        "recorded_at": acting.now,
        "effective_on": step.effective,
        "reason": "",
        "data": step.facts,
        "signature_name": "",
    }


def _publish(session: WorkingSession, steps: list[Step], ids: list[int], builder: str) -> None:
    wanted = {step.docket.subject_id for step in steps if step.docket.subject_id is not None}
    wanted |= {entity_id for step in steps for entity_id, _ in step.parties}
    # Held until all payloads are built, so that each of these is read once.
    held: list[object] = [load(session, frozenset(wanted)) for load in hooks.PREFETCH]
    held += [session.get(Authority, key) for key in {s.docket.authority_id for s in steps}]
    publications = []
    for step, docket_id in zip(steps, ids, strict=True):
        step.docket.id = docket_id
        made = hooks.PAYLOADS[builder](step)
        assert step.docket.public_id is not None  # noqa: S101 - given before
        publications.append(
            publisher.Publication(
                kind=step.table.public_kind,
                id=step.docket.public_id,
                payload=made.payload,
                effective=midnight(step.effective) if step.effective < step.today else step.now,
                publish_until=made.publish_until,
                docket_id=docket_id,
                person_handles=made.person_handles,
            )
        )
    publisher.publish_many(session, publications, now=steps[0].now)
    held.clear()
