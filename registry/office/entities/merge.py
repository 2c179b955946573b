"""Duplicates: proposed by the machine, merged or dismissed by a person, never silently."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import select, update
from sqlmodel import col

from registry.core.db import WorkingBase, WorkingSession
from registry.core.errors import Conflict, InvalidInput, NotFound, RegistryError
from registry.core.i18n import N_
from registry.core.names import core_name
from registry.office.dockets.models import Docket, DocketParty
from registry.office.entities import queries
from registry.office.entities.changing import locked, touch
from registry.office.entities.drafts import clean_text
from registry.office.entities.duplicates import Description, signals
from registry.office.entities.models import (
    Entity,
    EntityMerge,
    EntityName,
    SiteOperator,
)
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting

ON_MERGE: list[Callable[[WorkingSession, int, int], None]] = []
"""What rooms above do to their own rows: called with the entity that is kept and the other."""
CANDIDATES = 50
"""At most so many entities are compared with one: a name of two characters matches hundreds."""


class DifferentCodes(RegistryError):  # noqa: N818 - the family reads as sentences
    """Two valid identifiers say that these are two bodies; only a stated reason overrides."""

    code = "different-codes"
    status = 409
    message = N_("The two have different valid codes. Say why they are one before you merge them.")


class DifferentKinds(RegistryError):  # noqa: N818
    """A person cannot become an organization, nor the reverse."""

    code = "different-kinds"
    status = 409
    message = N_("A natural person and an organization cannot be one.")


def propose(session: WorkingSession, acting: Acting, entity_id: int) -> list[EntityMerge]:
    """Compare the entity with those like it; keep a proposal for each new pair that agrees.

    Pairs that a person dismissed are not proposed again.
    """
    entity = queries.entity(session, entity_id)
    mine = _describe(session, entity)
    proposals = []
    for other in _candidates(session, entity):
        found = signals(mine, _describe(session, other))
        if found and _pair(session, entity, other) is None:
            proposals.append(_proposal(entity, other, found, acting))
    session.add_all(proposals)
    session.flush()
    for proposal in proposals:
        _audit(session, acting, "entities:merge:proposed", proposal)
    return proposals


def merge(
    session: WorkingSession,
    acting: Acting,
    kept_id: int,
    other_id: int,
    *,
    versions: tuple[int, int],
    reason: str = "",
) -> Entity:
    """Make ``other_id`` part of ``kept_id``: names, sites, dockets follow, the row stays.

    Raises ``DifferentCodes`` when both have valid codes that differ and no reason is given,
    ``DifferentKinds``, ``Conflict`` when either was changed after ``versions``.
    """
    if kept_id == other_id:
        raise InvalidInput({"other": [N_("Choose two different entities.")]})
    kept = locked(session, kept_id, versions[0])
    other = locked(session, other_id, versions[1])
    why = clean_text(reason)
    _refuse(session, kept, other, why)
    proposal = _pair(session, kept, other) or _proposal(kept, other, [], acting)
    session.add(proposal)
    proposal.moved = {
        "entity_name": _take_names(session, kept, other),
        "site_operator": _repoint(session, SiteOperator, "entity_id", kept, other),
        "docket": _repoint(session, Docket, "subject_id", kept, other),
        "docket_party": _take_parties(session, kept, other),
        "entity": _repoint(session, Entity, "merged_into", kept, other),
    }
    for follow in ON_MERGE:
        follow(session, kept.id or 0, other.id or 0)
    _take_facts(session, kept, other)
    other.merged_into = kept.id
    touch(kept, acting)
    touch(other, acting)
    proposal.state, proposal.kept_id, proposal.reason = "merged", kept.id, why
    proposal.decided, proposal.decided_by = acting.now, acting.officer.account_id
    session.flush()
    _close_leftovers(session, other, acting)
    _audit(session, acting, "entities:merge:done", proposal, kept=kept.id)
    return kept


def dismiss(session: WorkingSession, acting: Acting, merge_id: int, reason: str) -> EntityMerge:
    """Say that the two are not one, and why. Raises ``NotFound``, ``Conflict``."""
    proposal = session.get(EntityMerge, merge_id, with_for_update=True, populate_existing=True)
    if proposal is None:
        raise NotFound
    if proposal.state != "proposed":
        raise Conflict
    why = clean_text(reason)
    if why is None:
        raise InvalidInput({"reason": [N_("This must be filled in.")]})
    proposal.state, proposal.reason = "dismissed", why
    proposal.decided, proposal.decided_by = acting.now, acting.officer.account_id
    session.flush()
    _audit(session, acting, "entities:merge:dismissed", proposal)
    return proposal


def _describe(session: WorkingSession, entity: Entity) -> Description:
    names = queries.names(session, entity.id)
    full = frozenset(name.folded for name in names if name.kind in {"current", "former"})
    return Description(entity.kind, entity.name, full, entity.credit_code, entity.region)


def _candidates(session: WorkingSession, entity: Entity) -> Iterable[Entity]:
    """Those that could agree: an equal name, the same organization code, the same core."""
    found: dict[int | None, Entity] = {}
    for name in queries.names(session, entity.id):
        if name.kind in {"current", "former"}:
            found |= {other.id: other for other in queries.find(session, name=name.name)}
    living = select(Entity).where(col(Entity.merged_into).is_(None), col(Entity.kind) != "person")
    if entity.credit_code is not None:
        like = f"%{entity.credit_code[8:17]}_"
        same = session.scalars(living.where(col(Entity.credit_code).like(like)).limit(CANDIDATES))
        found |= {other.id: other for other in same}
    core = core_name(entity.name)
    if len(core) >= 4:
        like_core = col(Entity.folded).contains(core, autoescape=True)
        found |= {o.id: o for o in session.scalars(living.where(like_core).limit(CANDIDATES))}
    found.pop(entity.id, None)
    return list(found.values())[:CANDIDATES]


def _pair(session: WorkingSession, one: Entity, other: Entity) -> EntityMerge | None:
    low, high = sorted((one.id or 0, other.id or 0))
    return session.scalars(
        select(EntityMerge).where(col(EntityMerge.low_id) == low, col(EntityMerge.high_id) == high)
    ).first()


def _proposal(one: Entity, other: Entity, found: list[str], acting: Acting) -> EntityMerge:
    low, high = sorted((one.id or 0, other.id or 0))
    return EntityMerge(low_id=low, high_id=high, signals=found, proposed=acting.now, moved={})


def _refuse(session: WorkingSession, kept: Entity, other: Entity, why: str | None) -> None:
    if (kept.kind == "person") != (other.kind == "person"):
        raise DifferentKinds
    pairs = [
        (kept.credit_code, other.credit_code),
        (kept.registration_number, other.registration_number),
        (_fingerprint(session, kept), _fingerprint(session, other)),
    ]
    if why is None and any(mine and theirs and mine != theirs for mine, theirs in pairs):
        raise DifferentCodes


def _fingerprint(session: WorkingSession, entity: Entity) -> str | None:
    document = queries.document(session, entity.id)
    return document.fingerprint if document else None


def _take_names(session: WorkingSession, kept: Entity, other: Entity) -> list[int]:
    """The other's names, its current one as a former name unless the two are equal."""
    mine = {(name.kind, name.folded) for name in queries.names(session, kept.id)}
    folded = {name for _, name in mine}
    moved = []
    for name in queries.names(session, other.id):
        kind = "former" if name.kind == "current" else name.kind
        if (kind, name.folded) in mine or (name.kind == "current" and name.folded in folded):
            continue
        # A copy: the merged row keeps its own names as its history.
        copy = EntityName(
            entity_id=kept.id or 0,
            kind=kind,
            name=name.name,
            folded=name.folded,
            since=name.since,
            until=name.until,
        )
        session.add(copy)
        session.flush()
        moved.append(copy.id or 0)
    return moved


def _take_facts(session: WorkingSession, kept: Entity, other: Entity) -> None:
    """Fill what is missing. A code moves, since it may stand only once; so does a document."""
    for code in ("credit_code", "registration_number"):
        value = getattr(other, code)
        if value is not None and getattr(kept, code) is None:
            setattr(other, code, None)
            session.flush()
            setattr(kept, code, value)
    for fact in ("region", "address", "legal_representative", "industry", "note"):
        if getattr(kept, fact) is None:
            setattr(kept, fact, getattr(other, fact))
    mine, theirs = queries.document(session, kept.id), queries.document(session, other.id)
    if mine is None and theirs is not None and kept.name == other.name:
        theirs.entity_id = kept.id or 0


def _repoint(
    session: WorkingSession, table: type[WorkingBase], column: str, kept: Entity, other: Entity
) -> list[int]:
    field = getattr(table, column)
    key = table.id  # type: ignore[attr-defined]
    ids = [int(row) for row in session.scalars(select(key).where(field == other.id))]
    if ids:
        session.execute(update(table).where(field == other.id).values({column: kept.id}))
    return ids


def _take_parties(session: WorkingSession, kept: Entity, other: Entity) -> list[int]:
    """A case in which both have the same role keeps one of them: the kept one."""
    entity_id = col(DocketParty.entity_id)
    mine = session.scalars(select(DocketParty).where(entity_id == kept.id))
    taken = {(party.docket_id, party.role) for party in mine}
    moved = []
    for party in session.scalars(select(DocketParty).where(entity_id == other.id)):
        if (party.docket_id, party.role) not in taken:
            party.entity_id = kept.id or 0
            moved.append(party.id or 0)
    session.flush()
    return moved


def _close_leftovers(session: WorkingSession, other: Entity, acting: Acting) -> None:
    """Open proposals about the merged one fall away; the kept one's are looked for anew."""
    for leftover, _ in queries.merges_of(session, other.id):
        leftover.state, leftover.decided = "dismissed", acting.now
        leftover.decided_by = acting.officer.account_id
    session.flush()


def _audit(
    session: WorkingSession, acting: Acting, action: str, proposal: EntityMerge, **detail: object
) -> None:
    audited(
        session,
        acting,
        action,
        f"merge:{proposal.id}",
        {"low": proposal.low_id, "high": proposal.high_id, **detail},
    )
