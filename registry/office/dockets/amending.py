"""A case changed beside its acts: handed on, redacted, joined to parties and other cases."""

from __future__ import annotations

from sqlmodel import select

from registry.core.db import WorkingSession
from registry.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from registry.core.i18n import N_
from registry.office.dockets import bases, kinds, notes
from registry.office.dockets.checks import links_of, sees
from registry.office.dockets.models import (
    Docket,
    DocketLink,
    DocketParty,
)
from registry.office.dockets.redaction import only_takes_away, personal_numbers
from registry.office.dockets.replay import merged
from registry.office.dockets.service import Link, Party, audit_docket, check_case, noted
from registry.office.dockets.shape import KindTable
from registry.office.staff import queries as staff
from registry.office.staff.officer import CASEWORK, Acting


def reassign(
    session: WorkingSession, docket: Docket, acting: Acting, *, to: int, version: int, reason: str
) -> Docket:
    """Put the case on a colleague's desk: within its authority or that of the officer acting.

    Whoever has the case, and every approver, may do it. Raises ``Forbidden``, ``InvalidInput``,
    ``Conflict``.
    """
    mine = docket.owner_id in acting.officer.identities
    if not sees(session, acting, docket):
        raise NotFound
    if not acting.officer.has("approver", "administrator") and not mine:
        raise Forbidden
    offices = {docket.authority_id, acting.officer.authority_id}
    colleagues = {c.id for office in offices for c in staff.colleagues(session, office, CASEWORK)}
    if to not in colleagues:
        raise InvalidInput({"owner": [N_("This is not one of the choices.")]})
    if not reason.strip():
        raise InvalidInput({"reason": [N_("Say why.")]})
    _claim_version(docket, session, version)
    docket.owner_id = to
    noted(session, docket, acting, "reassign", data={}, reason=reason.strip())
    audit_docket(session, acting, "dockets:docket:reassigned", docket, owner=to)
    return docket


def redact(
    session: WorkingSession,
    docket: Docket,
    acting: Acting,
    *,
    name: str,
    text: str,
    version: int,
) -> Docket:
    """Set the wording in which a free text of the case may be published.

    ``name`` is one of the kind's ``redactable`` facts; the original stays in the case. One officer
    does it alone, also after the approval: he can take words away and mask them, not add any.
    Raises ``InvalidInput`` for that, and while the wording still holds a person's number.
    """
    table = kinds.get(docket.kind)
    if name not in table.redactable or not sees(session, acting, docket):
        raise NotFound
    if not acting.officer.has("clerk", "reviewer", "publisher"):
        raise Forbidden
    if personal_numbers(text):
        raise InvalidInput({"text": [N_("This text still holds a person's number.")]})
    if not only_takes_away(str(docket.facts.get(name, "")), text):
        raise InvalidInput(
            {"text": [N_("A redaction leaves words out or masks them (某, *); it adds none.")]}
        )
    _claim_version(docket, session, version)
    patch = {f"{name}_public": text.strip()}
    docket.facts = merged(docket.facts, patch)
    noted(session, docket, acting, "redact", data=patch)
    audit_docket(session, acting, "dockets:docket:redacted", docket, field=name)
    return docket


def add_party(
    session: WorkingSession, docket: Docket, acting: Acting, *, party: Party, version: int
) -> Docket:
    """Name one more party while the case is a draft. Raises ``Forbidden``, ``InvalidInput``."""
    table = _drafter(session, docket, acting)
    if docket.state != table.initial:
        raise InvalidInput({"party": [N_("Parties are named while the case is a draft.")]})
    if party.role not in table.parties:
        raise InvalidInput({"role": [N_("This is not one of the choices.")]})
    named = select(DocketParty).where(
        DocketParty.docket_id == docket.id,
        DocketParty.entity_id == party.entity_id,
        DocketParty.role == party.role,
    )
    if session.exec(named).first() is not None:
        raise InvalidInput({"party": [N_("This party is already named.")]})
    row = DocketParty(
        docket_id=docket.id or 0, entity_id=party.entity_id, role=party.role, added_at=acting.now
    )
    return _add(session, docket, acting, "add_party", row, version)


def link(
    session: WorkingSession, docket: Docket, acting: Acting, *, to: Link, version: int
) -> Docket:
    """Relate the docket to another one: while it is a draft, and once what it rested on fell.

    Raises as ``open_docket``.
    """
    table = _drafter(session, docket, acting)
    if docket.state != table.initial and not bases.wanting(docket):
        raise InvalidInput({"link": [N_("Cases are linked while this one is a draft.")]})
    check_case(session, table, acting, docket, links=[to], parties=[])
    if to.other_id in links_of(session, docket).get(to.relation, []):
        raise InvalidInput({"link": [N_("These cases are already linked.")]})
    row = DocketLink(docket_id=docket.id or 0, other_id=to.other_id, relation=to.relation)
    return _add(session, docket, acting, "link", row, version)


def _drafter(session: WorkingSession, docket: Docket, acting: Acting) -> KindTable:
    """The kind of a case that the officer may draft. Raises ``Forbidden``."""
    table = kinds.get(docket.kind)
    if not acting.officer.has(*table.roles) or not sees(session, acting, docket):
        raise Forbidden
    return table


def _add(
    session: WorkingSession,
    docket: Docket,
    acting: Acting,
    act: str,
    row: DocketParty | DocketLink,
    version: int,
) -> Docket:
    _claim_version(docket, session, version)
    session.add(row)
    docket.drafted_by = acting.officer.account_id
    noted(session, docket, acting, act, data={})
    audit_docket(session, acting, "dockets:docket:acted", docket, act=act)
    return docket


def _claim_version(docket: Docket, session: WorkingSession, version: int) -> None:
    if docket.version != version:
        raise Conflict
    notes.claim(session, docket)
