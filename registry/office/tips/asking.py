"""What takes two people: the reporter's identity, an original file, the destruction of a tip.

One asks and seals why, another grants. The identity is then opened by a custodian with his own
key: neither who asks nor who grants could open it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from nacl.public import PrivateKey
from sqlalchemy import delete
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput, NotFound, RegistryError
from registry.core.i18n import N_
from registry.core.rules import Rulebook
from registry.office.dockets import engine
from registry.office.dockets.models import Docket
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting
from registry.office.tips import opening
from registry.office.tips.models import (
    Tip,
    TipAsk,
    TipFile,
    TipInforming,
    TipKey,
    TipMark,
    TipMessage,
    TipNote,
    TipPost,
)
from registry.public.inbox import sealing
from registry.public.inbox.service import IDENTITY

KINDS = ("identity", "original", "purge")
GOOD_FOR = timedelta(hours=24)
RETENTION = "tip.retention"
RETAINED = ("refused", "closed", "withdrawn")


class TooEarly(RegistryError):  # noqa: N818
    """The tip must be kept for some time yet, or holds something that nobody has read."""

    code = "too-early"
    status = 409
    message = N_("This report must be kept: its time is not over, or something in it is unread.")


def ask(
    session: WorkingSession,
    docket_id: int,
    acting: Acting,
    private: PrivateKey,
    kind: str,
    *,
    reason: str,
    file_id: str = "",
) -> TipAsk:
    """Ask for something that another must grant. The reason is sealed with the tip."""
    if kind not in KINDS:
        raise NotFound
    if not reason.strip():
        raise InvalidInput({"reason": [N_("Say why.")]})
    found = opening.look(session, docket_id, acting, private)
    if kind == "purge":
        check_retention(found.tip, found.docket, acting.now, acting.book)
    opening.write_note(session, found, f"ask-{kind}", acting, {"reason": reason.strip()})
    added = TipAsk(
        docket_id=docket_id,
        kind=kind,
        file_id=file_id,
        asked_by=acting.officer.account_id,
        asked_at=acting.now,
    )
    session.add(added)
    session.flush()
    _audit(session, acting, "tips:ask:made", added)
    return added


def grant(session: WorkingSession, ask_id: int, acting: Acting) -> TipAsk:
    """Another approver or reviewer agrees. Raises ``Forbidden`` for who asked himself."""
    found = _waiting(session, ask_id, acting)
    if (
        not acting.officer.has("approver", "reviewer")
        or found.asked_by in acting.officer.identities
    ):
        raise Forbidden
    found.granted_by, found.granted_at = acting.officer.account_id, acting.now
    session.add(found)
    session.flush()
    _audit(session, acting, "tips:ask:granted", found)
    return found


def refuse(session: WorkingSession, ask_id: int, acting: Acting) -> TipAsk:
    """Say no, or take one's own question back."""
    found = _waiting(session, ask_id, acting)
    if not acting.officer.has("approver", "reviewer") and found.asked_by != (
        acting.officer.account_id
    ):
        raise Forbidden
    found.refused_by = acting.officer.account_id
    session.add(found)
    session.flush()
    _audit(session, acting, "tips:ask:refused", found)
    return found


def reveal(
    session: WorkingSession, ask_id: int, acting: Acting, private: PrivateKey
) -> Mapping[str, Any]:
    """The identity, opened by a custodian who neither asked nor granted; once per grant.

    Raises ``Forbidden``, ``SealRefused`` where it is not sealed to his key.
    """
    found = session.get(TipAsk, ask_id)
    if found is None or found.kind != "identity":
        raise NotFound
    if not acting.officer.has("custodian") or not _good(found, acting.now):
        raise Forbidden
    if {found.asked_by, found.granted_by} & acting.officer.identities:
        raise Forbidden
    tip = session.get_one(Tip, found.docket_id)
    content = sealing.open_envelope(tip.identity, private, tip_id=tip.tip_id, kind=IDENTITY)
    _done(session, found, acting)
    _audit(session, acting, "tips:identity:revealed", found)
    return content


def use_original(session: WorkingSession, docket_id: int, file_id: str, acting: Acting) -> None:
    """Whether the officer may open this original now: he asked, another granted, within a day.

    Raises ``Forbidden``.
    """
    query = select(TipAsk).where(
        TipAsk.docket_id == docket_id, TipAsk.kind == "original", TipAsk.file_id == file_id
    )
    for one in session.exec(query):
        if one.asked_by == acting.officer.account_id and _good(one, acting.now):
            _done(session, one, acting)
            _audit(session, acting, "tips:original:opened", one)
            return
    raise Forbidden


def check_retention(tip: Tip, docket: Docket, now: datetime, book: Rulebook) -> None:
    """Raises ``TooEarly`` while the tip must be kept, or holds something unread."""
    term = book.on(legal_day(now)).deadline(RETENTION).breach
    closed = docket.closed_at
    if docket.state not in RETAINED or closed is None or tip.unread or term is None:
        raise TooEarly
    if legal_day(now) <= book.due(legal_day(closed), term).day:
        raise TooEarly


def purge(
    session: WorkingSession,
    ask_id: int,
    acting: Acting,
    *,
    erase: Callable[[Sequence[str]], None],
) -> None:
    """Destroy a tip that two people agreed on: the keys first, then what they opened.

    ``erase`` removes the sealed files. The case stays with its day, kind and outcome; the
    reporter's mailbox ends with it (``worker``).
    """
    found = session.get(TipAsk, ask_id)
    if found is None or found.kind != "purge":
        raise NotFound
    opening.load(session, found.docket_id, acting)
    if not acting.officer.has("approver") or not _good(found, acting.now):
        raise Forbidden
    tip = session.get_one(Tip, found.docket_id)
    docket = session.get_one(Docket, found.docket_id)
    check_retention(tip, docket, acting.now, acting.book)
    files = session.exec(select(TipFile.file_id).where(TipFile.docket_id == tip.docket_id)).all()
    for table in (TipKey, TipMark, TipNote, TipMessage, TipFile, TipInforming, TipPost):
        session.connection().execute(delete(table).where(col(table.docket_id) == tip.docket_id))
    tip.envelope = tip.identity = tip.mailbox_key = tip.claim_key = b""
    tip.purged_on = acting.today
    session.add(tip)
    _done(session, found, acting)
    engine.act_as_registry(session, docket, "purge", now=acting.now, book=acting.book)
    _audit(session, acting, "tips:tip:purged", found)
    erase(files)


def asks(session: WorkingSession, docket_id: int) -> Sequence[TipAsk]:
    """Everything that was asked about a tip, newest first."""
    query = select(TipAsk).where(TipAsk.docket_id == docket_id)
    return session.exec(query.order_by(col(TipAsk.id).desc())).all()


def granted_identities(session: WorkingSession, acting: Acting) -> Sequence[TipAsk]:
    """Grants that wait for a custodian."""
    query = select(TipAsk).where(
        TipAsk.kind == "identity",
        col(TipAsk.granted_at).is_not(None),
        col(TipAsk.granted_at) > acting.now - GOOD_FOR,
        col(TipAsk.done_at).is_(None),
    )
    return session.exec(query.order_by(col(TipAsk.id))).all()


def _waiting(session: WorkingSession, ask_id: int, acting: Acting) -> TipAsk:
    found = session.get(TipAsk, ask_id)
    if found is None or found.granted_by or found.refused_by or found.done_at:
        raise NotFound
    opening.load(session, found.docket_id, acting)
    return found


def _good(found: TipAsk, now: datetime) -> bool:
    granted = found.granted_at
    return granted is not None and granted > now - GOOD_FOR and found.done_at is None


def _done(session: WorkingSession, found: TipAsk, acting: Acting) -> None:
    found.done_by, found.done_at = acting.officer.account_id, acting.now
    session.add(found)
    session.flush()


def _audit(session: WorkingSession, acting: Acting, action: str, found: TipAsk) -> None:
    audited(
        session, acting, action, f"docket:{found.docket_id}", {"ask": found.id, "kind": found.kind}
    )
