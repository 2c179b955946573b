"""Opening a tip: with a reason, audited, counted for the reporter; never by whom it speaks of.

``open_tip`` writes the access down; for half an hour ``look`` then shows the same officer what he
opened. Both need his private key, which is open in his session only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from nacl.public import PrivateKey
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput, NotFound
from registry.core.i18n import N_
from registry.core.keys import Vault
from registry.office.dockets import checks
from registry.office.dockets.models import Docket
from registry.office.staff.auditing import audited
from registry.office.staff.officer import CASEWORK, Acting
from registry.office.tips import about, duplicates, posting
from registry.office.tips.models import Tip, TipAccess, TipKey, TipMessage, TipNote, TipRecusal
from registry.public.inbox import sealing
from registry.public.inbox.sealing import SealRefused, Wrapped
from registry.public.inbox.service import TIP

OPEN_FOR = timedelta(minutes=30)
NOTE = "note"
"""Envelope kind of what officers write."""


class Excluded(Forbidden):
    """The officer declared a conflict of interest, or the tip speaks of him."""

    code = "excluded"
    message = N_("This report is dealt with by others.")


class AboutOffice(Forbidden):
    """The tip speaks of the office that has it, its head or its officers."""

    code = "about-this-office"
    message = N_(
        "This report speaks of this office or of somebody in it. It is dealt with by the office "
        "above, or waits for it where nobody is on duty there."
    )


class NotForYou(Forbidden):
    """The tip's key is not wrapped for this officer's key."""

    code = "not-sealed-to-you"
    message = N_(
        "This report is not sealed to your key. An officer on duty who can open it seals it to "
        "you at the desk for reports."
    )


class OpenFirst(Forbidden):
    """The tip has to be opened with a reason before it is read or worked on."""

    code = "open-first"
    message = N_("Open the report first and say why.")


@dataclass(frozen=True)
class Said:
    """Something the reporter added later."""

    kind: str
    day: date
    content: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Noted:
    """Something an officer wrote."""

    action: str
    account_id: int
    at: datetime
    content: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Opened:
    """A tip in plain: lives in memory only."""

    tip: Tip
    docket: Docket
    key: sealing.TipKey = field(repr=False)
    facts: Mapping[str, Any] = field(repr=False)
    said: Sequence[Said] = field(default=(), repr=False)
    notes: Sequence[Noted] = field(default=(), repr=False)

    def noted(self, *actions: str) -> Noted | None:
        """The latest note of any of ``actions``."""
        return next((one for one in reversed(self.notes) if one.action in actions), None)

    @property
    def told(self) -> list[Mapping[str, Any]]:
        """Everything that comes from the reporter."""
        return [self.facts, *(one.content for one in self.said)]


def load(session: WorkingSession, docket_id: int, acting: Acting) -> tuple[Tip, Docket]:
    """The tip and its case in the officer's subtree, in clear only. Raises ``NotFound``."""
    docket, tip = session.get(Docket, docket_id), session.get(Tip, docket_id)
    if docket is None or tip is None or not checks.sees(session, acting, docket):
        raise NotFound
    if excluded(session, docket_id, acting):
        raise NotFound
    return tip, docket


def excluded(session: WorkingSession, docket_id: int, acting: Acting) -> bool:
    """Whether this officer, or whom he stands in for, has nothing to do with the tip."""
    query = select(TipRecusal.account_id).where(
        TipRecusal.docket_id == docket_id,
        col(TipRecusal.account_id).in_(acting.officer.identities),
    )
    return session.exec(query).first() is not None


def unlock(
    session: WorkingSession, docket_id: int, acting: Acting, private: PrivateKey
) -> sealing.TipKey:
    """The tip's key with the officer's. Raises ``Excluded``, ``NotForYou``."""
    if not acting.officer.has(*CASEWORK):
        raise Forbidden
    if excluded(session, docket_id, acting):
        raise Excluded
    row = session.get(TipKey, (docket_id, sealing.key_id(private.public_key)))
    if row is None:
        raise NotForYou
    return sealing.unwrap([Wrapped(row.key_id, row.sealed)], private)


def open_tip(
    session: WorkingSession,
    docket_id: int,
    acting: Acting,
    private: PrivateKey,
    reason: str,
    *,
    vault: Vault,
) -> Opened:
    """Open a tip and write down who did and why.

    Raises ``Excluded`` where the tip speaks of the officer, ``AboutOffice`` where it speaks of
    his office: he then has read nothing, and the caller commits ``service.recuse`` or
    ``service.bring_above`` in a transaction of its own.
    """
    if not reason.strip():
        raise InvalidInput({"reason": [N_("Say why.")]})
    tip, docket = load(session, docket_id, acting)
    found = read(session, tip, docket, unlock(session, docket_id, acting, private))
    if about.names_him(session, found.told, acting):
        raise Excluded
    concern = about.concern(session, docket, found.told, acting, declared=tip.about_office)
    if concern is not None:
        raise AboutOffice
    access = TipAccess(
        docket_id=docket_id, account_id=acting.officer.account_id, opened_at=acting.now
    )
    session.add(access)
    session.flush()
    write_note(session, found, "open", acting, {"reason": reason.strip()})
    tip.unread = False
    session.add(tip)
    duplicates.mark(session, docket_id, found.facts, vault)
    _audit(session, acting, "tips:tip:opened", docket_id, access=access.id)
    posting.queue_status(session, tip, now=acting.now)
    return found


def look(session: WorkingSession, docket_id: int, acting: Acting, private: PrivateKey) -> Opened:
    """What this officer opened within the last half hour. Raises ``OpenFirst``, ``AboutOffice``."""
    tip, docket = load(session, docket_id, acting)
    if tip.about_office:
        raise AboutOffice
    query = select(TipAccess.id).where(
        TipAccess.docket_id == docket_id,
        TipAccess.account_id == acting.officer.account_id,
        col(TipAccess.opened_at) > acting.now - OPEN_FOR,
    )
    if session.exec(query.limit(1)).first() is None:
        raise OpenFirst
    return read(session, tip, docket, unlock(session, docket_id, acting, private))


def write_note(
    session: WorkingSession,
    found: Opened,
    action: str,
    acting: Acting,
    content: Mapping[str, Any],
) -> TipNote:
    """Seal what an officer writes to the tip's key, for the step ``action``."""
    envelope = sealing.seal(
        content, [found.key.public], tip_id=found.tip.tip_id, kind=f"{NOTE}:{action}"
    )
    note = TipNote(
        docket_id=found.tip.docket_id,
        action=action,
        version=found.docket.version,
        account_id=acting.officer.account_id,
        written_at=acting.now,
        envelope=envelope,
    )
    session.add(note)
    session.flush()
    return note


def read(session: WorkingSession, tip: Tip, docket: Docket, key: sealing.TipKey) -> Opened:
    """Tip, messages and notes in plain: nothing of it is shown before it was looked at."""

    def opened(envelope: bytes, kind: str) -> dict[str, Any]:
        return sealing.open_envelope(envelope, key.private, tip_id=tip.tip_id, kind=kind)

    later = select(TipMessage).where(TipMessage.docket_id == tip.docket_id)
    notes = select(TipNote).where(TipNote.docket_id == tip.docket_id)
    return Opened(
        tip=tip,
        docket=docket,
        key=key,
        facts=opened(tip.envelope, TIP),
        said=[
            Said(one.kind, one.day, _or_damaged(opened, one.envelope, one.kind))
            for one in session.exec(later.order_by(col(TipMessage.day)))
        ],
        notes=[
            Noted(
                one.action,
                one.account_id,
                one.written_at,
                opened(one.envelope, f"{NOTE}:{one.action}"),
            )
            for one in session.exec(notes.order_by(col(TipNote.id)))
        ],
    )


def _or_damaged(opened: Any, envelope: bytes, kind: str) -> dict[str, Any]:
    """A later message; whoever knows the tip's public key could have put in anything."""
    try:
        found: dict[str, Any] = opened(envelope, kind)
    except SealRefused:
        return {"damaged": True}
    return found


def _audit(
    session: WorkingSession, acting: Acting, action: str, docket_id: int, **detail: object
) -> None:
    audited(session, acting, action, f"docket:{docket_id}", detail)
