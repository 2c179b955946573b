"""Who signs a report: one row per role and person, under a certificate valid on that day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput, NotFound
from registry.core.i18n import N_
from registry.core.rules import Rules, UnknownRule
from registry.core.rules.values import ReportType
from registry.office import dockets
from registry.office.dockets.hooks import Refusal
from registry.office.dockets.models import Docket, DocketParty
from registry.office.providers.models import ProviderStaff
from registry.office.reports.models import ReportSignature
from registry.office.staff.officer import Acting

NO_CERTIFICATE = N_("The signer had no valid certificate on the day of signing.")
TWO_ROLES = N_("Nobody fills two control roles of one report.")


def missing_roles(found: ReportType, signatures: Sequence[ReportSignature]) -> list[str]:
    """Roles that the type of report wants and nobody has signed in, in their order."""
    present = {one.role for one in signatures}
    return [role for role in found.signers if role not in present]


def signature_problem(
    session: WorkingSession,
    rules: Rules,
    one: ReportSignature,
    signatures: Sequence[ReportSignature],
) -> Refusal | None:
    """What stands against a signature beside the others of its report."""
    try:
        role = rules.signature_role(one.role)
    except UnknownRule:
        return Refusal(N_("This is not one of the choices."), {}, "role")
    staff = session.get(ProviderStaff, one.staff_id) if one.staff_id else None
    certified = staff is not None and staff.active(one.signed_on) and staff.certified(one.signed_on)
    if role.certified and not certified:
        return Refusal(NO_CERTIFICATE, {}, "staff")
    if role.control and any(_collides(rules, one, other) for other in signatures):
        return Refusal(TWO_ROLES, {}, "role")
    return None


def _collides(rules: Rules, one: ReportSignature, other: ReportSignature) -> bool:
    """Whether both are control roles of one person: by entry or by certificate."""
    same = one.person_id == other.person_id or (
        one.fingerprint is not None and one.fingerprint == other.fingerprint
    )
    return same and one.role != other.role and rules.signature_role(other.role).control


def sign(
    session: WorkingSession,
    docket: Docket,
    acting: Acting,
    *,
    staff_id: int,
    role: str,
    signed_on: date,
    version: int,
) -> ReportSignature:
    """Note that a member of the staff has signed the draft. Raises ``InvalidInput`` at its field,
    ``Conflict``, ``Forbidden``, ``NotFound``.
    """
    staff = session.get(ProviderStaff, staff_id)
    if staff is None or staff.organization_id != docket.subject_id:
        raise InvalidInput({"staff": [N_("This is not one of the choices.")]})
    if signed_on > acting.today:
        raise InvalidInput({"signed_on": [N_("This date lies in the future.")]})
    row = _row(docket, staff, role, signed_on)
    present = of(session, docket.id or 0)
    if any((one.role, one.person_id) == (role, row.person_id) for one in present):
        raise InvalidInput({"staff": [N_("This person has signed in this role.")]})
    problem = signature_problem(session, acting.book.on(signed_on), row, present)
    if problem is not None:
        raise InvalidInput({problem.field_name: [problem.message]}, **problem.params)
    party = dockets.Party(row.person_id, role)
    dockets.add_party(session, docket, acting, party=party, version=version)
    session.add(row)
    session.flush()
    return row


def _row(docket: Docket, staff: ProviderStaff, role: str, signed_on: date) -> ReportSignature:
    return ReportSignature(
        docket_id=docket.id or 0,
        role=role,
        person_id=staff.person_id,
        staff_id=staff.id,
        certificate_kind=staff.certificate_kind,
        certificate_masked=staff.masked,
        fingerprint=staff.fingerprint,
        signed_on=signed_on,
    )


def unsign(session: WorkingSession, docket: Docket, acting: Acting, signature_id: int) -> None:
    """Take a signature of a draft back. Raises ``NotFound``, ``Forbidden``."""
    row = session.get(ReportSignature, signature_id)
    if row is None or row.docket_id != docket.id:
        raise NotFound
    if docket.state != "draft" or not acting.officer.has("clerk", "filer"):
        raise Forbidden
    _remove(session, docket, row)


def unsign_all(session: WorkingSession, docket: Docket) -> None:
    """Take all signatures of a draft back: it is corrected, and signed anew."""
    for row in of(session, docket.id or 0):
        _remove(session, docket, row)


def _remove(session: WorkingSession, docket: Docket, row: ReportSignature) -> None:
    query = select(DocketParty).where(
        DocketParty.docket_id == docket.id,
        DocketParty.entity_id == row.person_id,
        DocketParty.role == row.role,
    )
    for party in session.exec(query).all():
        session.delete(party)
    session.delete(row)
    session.flush()


def of(session: WorkingSession, docket_id: int) -> list[ReportSignature]:
    """The signatures of a report, in the order in which they were noted."""
    query = select(ReportSignature).where(ReportSignature.docket_id == docket_id)
    return list(session.exec(query.order_by(col(ReportSignature.id))))
