"""Who can open a tip: handing it over, to newcomers on duty, to the office above, by recovery.

Only whoever can open a tip can wrap its key for another. What somebody has read he knows; taking
his wrapped key away keeps him from what comes later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nacl.public import PrivateKey, PublicKey
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.office.dockets.models import Docket
from registry.office.staff import officer_keys, queries
from registry.office.staff.auditing import audited
from registry.office.staff.models import Authority, OfficerKey, RecoveryKey
from registry.office.staff.officer import Acting
from registry.office.tips.models import Tip, TipKey, TipRecusal
from registry.office.tips.opening import Opened
from registry.public.inbox import sealing
from registry.public.inbox.sealing import SealRefused, Wrapped


def wrap(
    session: WorkingSession,
    docket_id: int,
    key: sealing.TipKey,
    owners: Iterable[OfficerKey | RecoveryKey],
) -> int:
    """Wrap a tip's key for the keys that lack it; the excluded are left out. Gives how many."""
    out = _recused(session, docket_id)
    count = 0
    for owner in owners:
        known = session.get(TipKey, (docket_id, owner.key_id))
        if known is not None or (isinstance(owner, OfficerKey) and owner.account_id in out):
            continue
        sealed = sealing.wrap(key, [PublicKey(owner.public)])[0]
        session.add(TipKey(docket_id=docket_id, key_id=sealed.key_id, sealed=sealed.sealed))
        count += 1
    session.flush()
    return count


def prepare(session: WorkingSession, found: Opened, authority_id: int) -> None:
    """Before a transfer: the receiving office must be able to open it.

    Raises ``InvalidInput`` where nobody is on duty there.
    """
    owners = officer_keys.duty_keys(session, authority_id)
    if not owners:
        raise InvalidInput({"authority": [N_("Nobody is on duty for reports there.")]})
    wrap(session, found.tip.docket_id, found.key, [*owners, *_recovery(session)])


def release(session: WorkingSession, found: Opened) -> None:
    """After a transfer: whoever is not on duty at the new office loses the key."""
    here = {one.key_id for one in officer_keys.duty_keys(session, found.docket.authority_id)}
    recovery = officer_keys.recovery(session)
    keep = here | ({recovery.key_id} if recovery else set())
    query = select(TipKey).where(
        TipKey.docket_id == found.tip.docket_id, col(TipKey.key_id).not_in(keep)
    )
    for row in session.exec(query):
        session.delete(row)
    session.flush()


def drop(session: WorkingSession, docket_id: int, account_id: int) -> None:
    """Take every key of an account off a tip."""
    owned = select(OfficerKey.key_id).where(OfficerKey.account_id == account_id)
    query = select(TipKey).where(TipKey.docket_id == docket_id, col(TipKey.key_id).in_(owned))
    for row in session.exec(query):
        session.delete(row)
    session.flush()


def openers(session: WorkingSession, docket: Docket) -> Sequence[str]:
    """Key ids of officers on duty at the tip's office who can open it."""
    owners = officer_keys.duty_keys(session, docket.authority_id)
    return [one.key_id for one in owners if session.get(TipKey, (docket.id, one.key_id))]


def wrap_for(session: WorkingSession, docket: Docket, key: sealing.TipKey, place_id: int) -> None:
    """Wrap a tip for who is on duty at another office, before that takes it over."""
    wrap(session, docket.id or 0, key, _keepers(session, place_id))


def seal_to_all(session: WorkingSession, acting: Acting, private: PrivateKey) -> int:
    """Seal every tip that this officer can open to all on duty at its office who lack it.

    For newcomers, for who lost his key with his password, and for a recovery key that replaced
    an earlier one. Gives how many were wrapped.
    """
    mine = sealing.key_id(private.public_key)
    rows = session.exec(select(TipKey).where(TipKey.key_id == mine)).all()
    count = 0
    for row in rows:
        docket = session.get_one(Docket, row.docket_id)
        out = _recused(session, row.docket_id)
        if out & acting.officer.identities:
            continue
        key = sealing.unwrap([Wrapped(row.key_id, row.sealed)], private)
        count += wrap(session, row.docket_id, key, _keepers(session, docket.authority_id))
    audited(
        session,
        acting,
        "tips:keys:resealed",
        f"account:{acting.officer.account_id}",
        {"wrapped": count},
    )
    return count


@dataclass(frozen=True)
class Drill:
    """What the recovery key opens, and for how many it was used."""

    tips: int
    opened: int
    wrapped: int


def recover(session: WorkingSession, private: PrivateKey, *, dry_run: bool) -> Drill:
    """Seal every tip to the officers now on duty with the recovery key; or only try it.

    One that was replaced still opens what was sealed to it, and seals that to its successor, too.
    A tip that it does not open is counted, not passed over in silence.
    """
    mine = sealing.key_id(private.public_key)
    query = select(Tip).where(col(Tip.purged_on).is_(None)).order_by(col(Tip.docket_id))
    tips = opened = wrapped = 0
    for tip in session.exec(query):
        tips += 1
        row = session.get(TipKey, (tip.docket_id, mine))
        if row is None:
            continue
        try:
            key = sealing.unwrap([Wrapped(row.key_id, row.sealed)], private)
        except SealRefused:
            continue
        if bytes(key.public) != tip.tip_key:
            continue
        opened += 1
        if not dry_run:
            docket = session.get_one(Docket, tip.docket_id)
            wrapped += wrap(session, tip.docket_id, key, _keepers(session, docket.authority_id))
    return Drill(tips, opened, wrapped)


def targets(session: WorkingSession, docket: Docket) -> list[Authority]:
    """Offices to which the tip can be handed over: somebody is on duty there."""
    return [
        one
        for one in queries.authorities(session)
        if one.id and one.id != docket.authority_id and officer_keys.duty_keys(session, one.id)
    ]


def _keepers(session: WorkingSession, authority_id: int) -> list[OfficerKey | RecoveryKey]:
    """Keys that a tip of the authority is sealed to: on duty there, and the recovery key in use."""
    return [*officer_keys.duty_keys(session, authority_id), *_recovery(session)]


def _recovery(session: WorkingSession) -> list[RecoveryKey]:
    found = officer_keys.recovery(session)
    return [found] if found is not None else []


def _recused(session: WorkingSession, docket_id: int) -> set[int]:
    query = select(TipRecusal.account_id).where(TipRecusal.docket_id == docket_id)
    return set(session.exec(query))
