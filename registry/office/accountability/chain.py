"""For any case: who drafted, checked, signed and approved, with role and authority on that day.

"Whoever checks, whoever signs, whoever accepts is responsible" (policy, P0 and P2). Nothing is
entered for it: the chain is read from the events of the case and of those linked to it, from the
signatures of other bodies that the events record, from the signatures on reports and from the
lapses. Only cases of the reader's subtree appear; reports by the public and rewards never do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.i18n import Text
from registry.office.dockets import casefile, checks, kinds, standing
from registry.office.dockets.models import Docket, DocketEvent, DocketLapse
from registry.office.dockets.shape import ADOPT, OPEN, Action, KindTable
from registry.office.enforcement import surroundings
from registry.office.enforcement.signatories import queries as signatories
from registry.office.entities import queries as entities
from registry.office.reports import backtrack
from registry.office.reports.models import ReportSignature
from registry.office.staff.auditing import audited
from registry.office.staff.models import Account, Authority, RoleGrant
from registry.office.staff.officer import CASEWORK, ROLE_TITLES, Acting

Part = Literal["drafted", "checked", "signed", "approved", "lapsed"]
DEPTH = 3
"""How many links a case may lie away."""
MOST_CASES = 40
KINDS = (*surroundings.KINDS, "appraisal", "opinion")
CAUSES = ("accident", "hazard")
"""Kinds that are events at a place: what was signed there before them belongs to the chain."""


@dataclass(frozen=True)
class Answer:
    """Somebody who answers for an act. ``role`` and ``authority`` are those of that day."""

    day: date
    docket: Docket
    act: Text
    part: Part
    name: str
    role: tuple[Text | str, ...] = ()
    authority: str = ""
    stood_in_for: str = ""


@dataclass(frozen=True)
class ChainCase:
    """A case of the chain, and how many links away it is.

    ``own``: it lies in the reader's subtree. Of reports of others, which anybody may read, only
    who signed them is told.
    """

    docket: Docket
    kind: Text
    state: Text
    depth: int
    own: bool


@dataclass(frozen=True)
class Chain:
    """Cases, nearest first, and who answers for what in them, newest first."""

    cases: Sequence[ChainCase]
    answers: Sequence[Answer]
    more: bool = False
    """There were more than ``MOST_CASES`` cases."""


@dataclass
class _People:
    """Accounts, their authorities and roles, read once for a chain."""

    accounts: Mapping[int, Account]
    authorities: Mapping[int, str]
    grants: Mapping[int, Sequence[RoleGrant]] = field(default_factory=dict)

    def name(self, account_id: int | None) -> str:
        found = self.accounts.get(account_id or 0)
        return found.name if found else ""

    def authority(self, account_id: int | None) -> str:
        found = self.accounts.get(account_id or 0)
        return self.authorities.get(found.authority_id, "") if found else ""

    def roles(self, event: DocketEvent) -> frozenset[str]:
        """Roles of casework that the actor, or whom he stood in for, held at the event."""
        ids = {event.actor_id, event.acting_as} - {None}
        return frozenset(
            grant.role
            for account_id in ids
            for grant in self.grants.get(account_id or 0, ())
            if grant.role in CASEWORK
            and grant.confirmed is not None
            and grant.confirmed <= event.recorded_at
            and (grant.revoked is None or grant.revoked > event.recorded_at)
        )


def chain(session: WorkingSession, acting: Acting, docket: Docket) -> Chain:
    """The chain of a case that the officer sees."""
    cases, more = _cases(session, acting, docket)
    ids = [one.docket.id or 0 for one in cases]
    query = select(DocketEvent).where(col(DocketEvent.docket_id).in_(ids))
    log: dict[int, list[DocketEvent]] = {}
    for event in session.exec(query.order_by(col(DocketEvent.docket_id), col(DocketEvent.ordinal))):
        log.setdefault(event.docket_id, []).append(event)
    people = _people(session, [event for events in log.values() for event in events])
    found: list[Answer] = []
    for one in cases:
        case = one.docket
        if one.own:
            found += _of_events(case, log.get(case.id or 0, ()), people)
            found += _of_bodies(session, acting, case, log.get(case.id or 0, ()))
        found += _of_report(session, acting, case)
    found += _of_lapses(session, {one.docket.id or 0: one.docket for one in cases if one.own})
    return Chain(cases, sorted(found, key=lambda answer: answer.day, reverse=True), more)


def note_reading(session: WorkingSession, acting: Acting, docket: Docket) -> None:
    """Audit that somebody looked at who answers for a case: it names officers and signers."""
    audited(session, acting, "accountability:chain:read", f"docket:{docket.id}")


def _cases(session: WorkingSession, acting: Acting, docket: Docket) -> tuple[list[ChainCase], bool]:
    """The case, those linked to it, and what lay at the same place before an accident."""
    found: dict[int, tuple[Docket, int]] = {docket.id or 0: (docket, 0)}
    edge = [docket]
    for depth in range(1, DEPTH + 1):
        reached: list[Docket] = []
        for one in edge:
            near = [other for _, _, other in casefile.links(session, one, acting.officer)]
            near += _before(session, acting, one) if depth == 1 else []
            for other in near:
                if other.kind in KINDS and other.id not in found:
                    found[other.id or 0] = (other, depth)
                    reached.append(other)
        edge = reached
    cases = [_case(session, acting, one, depth) for one, depth in found.values()]
    return cases[:MOST_CASES], len(cases) > MOST_CASES


def _case(session: WorkingSession, acting: Acting, docket: Docket, depth: int) -> ChainCase:
    table = kinds.get(docket.kind)
    own = checks.sees(session, acting, docket)
    return ChainCase(docket, table.title, table.states[docket.state].title, depth, own)


def _before(session: WorkingSession, acting: Acting, docket: Docket) -> list[Docket]:
    """What was dealt with at the same place before the event, and the reports on it then."""
    if docket.kind not in CAUSES:
        return []
    table = kinds.get(docket.kind)
    step = checks.step_of(session, table, docket, acting=acting, now=acting.now)
    happened = step.instant("occurred_at")
    day = legal_day(happened) if happened else step.day("found_on") or legal_day(docket.opened_at)
    query = select(Docket).where(
        surroundings.about(step),
        surroundings.below(acting.officer),
        col(Docket.kind).in_(KINDS),
        col(Docket.opened_at) < standing.end_of(day),
    )
    near = session.exec(query.order_by(col(Docket.id).desc()).limit(MOST_CASES)).all()
    ids, _more = backtrack.covering(session, day, docket.site_id, docket.subject_id)
    reports = session.exec(select(Docket).where(col(Docket.id).in_(ids))).all()
    return [*near, *reports]


def _people(session: WorkingSession, log: Sequence[DocketEvent]) -> _People:
    ids = {one for event in log for one in (event.actor_id, event.acting_as) if one}
    accounts = session.exec(select(Account).where(col(Account.id).in_(ids))).all()
    offices = {account.authority_id for account in accounts}
    units = session.exec(select(Authority).where(col(Authority.id).in_(offices))).all()
    grants: dict[int, list[RoleGrant]] = {}
    for grant in session.exec(select(RoleGrant).where(col(RoleGrant.account_id).in_(ids))):
        grants.setdefault(grant.account_id, []).append(grant)
    return _People(
        {account.id or 0: account for account in accounts},
        {unit.id or 0: unit.name for unit in units},
        grants,
    )


def part_of(event: DocketEvent, action: Action | None) -> Part | None:
    """What somebody answers for who did this; None for what only records another's act."""
    if event.actor_id is None:
        return None
    if action is None:
        return "drafted" if event.action in {OPEN, ADOPT} else None
    if action.approval:
        return "approved"
    if event.signature_name:
        return "signed"
    if action.four_eyes or (action.roles and not action.roles & {"clerk", "publisher"}):
        return "checked"
    return "drafted" if action.drafts else None


def _of_events(case: Docket, log: Sequence[DocketEvent], people: _People) -> Iterator[Answer]:
    table = kinds.get(case.kind)
    for event in log:
        action = table.actions.get(event.action)
        part = part_of(event, action)
        if part is None:
            continue
        held = people.roles(event)
        used = held & (action.roles if action else table.roles) or held
        yield Answer(
            day=event.effective_on,
            docket=case,
            act=_act(table, event),
            part=part,
            name=event.signature_name or people.name(event.actor_id),
            role=tuple(ROLE_TITLES[role] for role in sorted(used)),
            authority=people.authority(event.actor_id),
            stood_in_for=people.name(event.acting_as),
        )


def _act(table: KindTable, event: DocketEvent) -> Text:
    return casefile.act_title(table, event.action)


def _of_bodies(
    session: WorkingSession, acting: Acting, case: Docket, log: Sequence[DocketEvent]
) -> Iterator[Answer]:
    """Signatures of other bodies as the events recorded them; also those given up later."""
    capacities = acting.rules.titles("signing_capacities")
    fields = acting.rules.titles("expert_fields")
    known: dict[str, Any] = {}
    for event in log:
        for code, given in (event.data.get("signoffs") or {}).items():
            if known.get(code) != given:
                known[code] = given
                day = date.fromisoformat(given["signed_on"])
                title = _act(kinds.get(case.kind), event)
                yield Answer(day, case, title, "signed", given["name"],
                             (capacities.get(code, code),), given["body"])  # fmt: skip
        for department, given in (event.data.get("co_signatures") or {}).items():
            if known.get(department) != given:
                known[department] = given
                title = _act(kinds.get(case.kind), event)
                yield Answer(event.effective_on, case, title, "signed", given["name"],
                             (), department)  # fmt: skip
        for said in event.data.get("experts") or ():
            key = f"{said['number']}/{said.get('opined_on')}"
            if said.get("opined_on") and key not in known:
                known[key] = said
                title = _act(kinds.get(case.kind), event)
                yield Answer(event.effective_on, case, title, "signed", said["name"],
                             (fields.get(said["field"], said["field"]),))  # fmt: skip
        for name in ("inspectors", "team_members"):
            yield from _team(session, case, event, str(event.data.get(name) or ""), capacities)


def _team(
    session: WorkingSession, case: Docket, event: DocketEvent, names: str,
    capacities: Mapping[str, Text],
) -> Iterator[Answer]:  # fmt: skip
    unit = session.get(Authority, case.authority_id)
    among = signatories.above(unit) if unit else []
    for name in dict.fromkeys(one.strip() for one in names.split("\n") if one.strip()):
        entry = signatories.entitled(session, among, "inspector", name, event.effective_on)
        yield Answer(
            event.effective_on, case, _act(kinds.get(case.kind), event), "checked", name,
            (capacities.get("inspector", "inspector"),), entry.body if entry else "",
        )  # fmt: skip


def _of_report(session: WorkingSession, acting: Acting, case: Docket) -> Iterator[Answer]:
    """Who signed a report of a service organization, in which role."""
    if case.kind != "report":
        return
    roles = acting.rules.titles("signature_roles")
    query = select(ReportSignature).where(ReportSignature.docket_id == case.id)
    body = entities.entity(session, case.subject_id).name if case.subject_id else ""
    for row in session.exec(query.order_by(col(ReportSignature.id))):
        signer = entities.entity(session, row.person_id)
        yield Answer(
            row.signed_on, case, Text("报告签字", "Report signed"), "signed", signer.name,
            (roles.get(row.role, row.role),), body,
        )  # fmt: skip


def _of_lapses(session: WorkingSession, cases: Mapping[int, Docket]) -> Iterator[Answer]:
    """Who let a case lie past its limit."""
    query = (
        select(DocketLapse, Authority.name, Account.name)
        .join(Authority, col(Authority.id) == col(DocketLapse.authority_id))
        .join(Account, col(Account.id) == col(DocketLapse.owner_id), isouter=True)
        .where(col(DocketLapse.docket_id).in_(list(cases)))
    )
    for lapse, unit, name in session.exec(query):
        case = cases[lapse.docket_id]
        acts = kinds.get(case.kind).actions.values()
        act = next(
            (a.title for a in acts if a.overdue == lapse.clock_code), kinds.get(case.kind).title
        )
        yield Answer(lapse.noted_on, case, act, "lapsed", name or "", (), unit)
