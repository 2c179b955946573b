"""Telling the office above of a concealed accident, and its receipt.

Work Safety Law art. 73: where deaths are involved the government of the county or above organises
the verification; the level above the reporting office is informed. What it is told are the
officer's own words, sealed to who is on duty there. The tip, and who reported it, stay below.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from nacl.public import PrivateKey, PublicKey
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput, NotFound
from registry.core.i18n import N_
from registry.office.dockets.models import Docket
from registry.office.staff import officer_keys
from registry.office.staff.auditing import audited
from registry.office.staff.models import Authority
from registry.office.staff.officer import CASEWORK, Acting
from registry.office.tips import about
from registry.office.tips.models import Tip, TipInforming
from registry.office.tips.opening import Opened
from registry.public.inbox import sealing
from registry.public.inbox.sealing import SealRefused

ABOVE = "above"
"""Envelope kind of what the office above is told."""


@dataclass(frozen=True)
class Informed:
    """One message to an office above, as a desk shows it."""

    row: TipInforming
    tip: Tip
    docket: Docket
    below: str
    """Name of the office that informs."""
    place: str
    """Name of the office that is informed."""


@dataclass(frozen=True)
class Told:
    """A message opened by who was informed. ``text`` is None where it is sealed to others."""

    informed: Informed
    text: str | None = field(repr=False)


def inform(
    session: WorkingSession, found: Opened, acting: Acting, *, level: str, text: str
) -> TipInforming | None:
    """Tell the nearest office above; None where the office that has the tip is the highest.

    Raises ``InvalidInput`` on ``told_above`` where nothing is said.
    """
    here = session.get_one(Authority, found.docket.authority_id)
    if here.parent_id is None:
        return None
    if not text.strip():
        raise InvalidInput({"told_above": [N_("Say what the office above is told.")]})
    place = about.above(session, here) or session.get_one(Authority, here.parent_id)
    keys = [PublicKey(one.public) for one in officer_keys.duty_keys(session, place.id or 0)]
    recovery = officer_keys.recovery(session)
    keys += [PublicKey(recovery.public)] if recovery is not None else []
    added = TipInforming(
        docket_id=found.tip.docket_id,
        authority_id=place.id or 0,
        verifier_level=level,
        told_by=acting.officer.account_id,
        told_at=acting.now,
        envelope=sealing.seal({"text": text.strip()}, keys, tip_id=found.tip.tip_id, kind=ABOVE),
    )
    session.add(added)
    session.flush()
    _audit(session, acting, "tips:above:informed", added)
    return added


def waiting(session: WorkingSession, acting: Acting, *, limit: int = 100) -> list[Informed]:
    """What the officer's office, and those below it, were told: unopened first, newest first."""
    path = col(Authority.path).startswith(acting.officer.authority_path, autoescape=True)
    query = (
        select(TipInforming)
        .join(Authority, col(Authority.id) == col(TipInforming.authority_id))
        .where(path)
        .order_by(col(TipInforming.opened_at).is_not(None), col(TipInforming.id).desc())
        .limit(limit)
    )
    return [_shown(session, row) for row in session.exec(query)]


def of_tip(session: WorkingSession, docket_id: int) -> list[Informed]:
    """Whom the tip's office informed, and whether they took note."""
    query = select(TipInforming).where(TipInforming.docket_id == docket_id)
    return [_shown(session, row) for row in session.exec(query.order_by(col(TipInforming.id)))]


def open_told(
    session: WorkingSession, informing_id: int, acting: Acting, private: PrivateKey | None
) -> Told:
    """Open a message to one's office; the first opening is its receipt. Audited each time.

    Raises ``NotFound`` outside the subtree, ``Forbidden`` for who sent it.
    """
    row = session.get(TipInforming, informing_id)
    if row is None or not acting.officer.has(*CASEWORK):
        raise NotFound
    place = session.get_one(Authority, row.authority_id)
    if not acting.officer.sees(place.path):
        raise NotFound
    if row.told_by in acting.officer.identities:
        raise Forbidden
    informed = _shown(session, row)
    if row.opened_at is None:
        row.opened_by, row.opened_at = acting.officer.account_id, acting.now
        session.add(row)
    _audit(session, acting, "tips:above:opened", row)
    return Told(informed, _text(informed, private))


def _text(informed: Informed, private: PrivateKey | None) -> str | None:
    if private is None:
        return None
    try:
        content = sealing.open_envelope(
            informed.row.envelope, private, tip_id=informed.tip.tip_id, kind=ABOVE
        )
    except SealRefused:
        return None
    return str(content["text"])


def _shown(session: WorkingSession, row: TipInforming) -> Informed:
    docket = session.get_one(Docket, row.docket_id)
    below = session.exec(select(Authority.name).where(Authority.id == docket.authority_id)).one()
    place = session.get_one(Authority, row.authority_id)
    return Informed(row, session.get_one(Tip, row.docket_id), docket, below, place.name)


def _audit(session: WorkingSession, acting: Acting, action: str, row: TipInforming) -> None:
    audited(session, acting, action, f"docket:{row.docket_id}", {"authority": row.authority_id})
