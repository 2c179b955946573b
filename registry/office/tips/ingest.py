"""From the inbox to the desks: numbered, a case opened, then taken out of the inbox.

Three stores, three transactions, in this order; each step may be repeated and then changes
nothing, so a crash between two loses nothing and doubles nothing. Instants are levelled to the
day: when a tip came in stands nowhere but in its own envelope.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from sqlmodel import select

from registry.core.clock import legal_day, midnight
from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession, exclusive
from registry.core.rules import Rulebook
from registry.office.dockets import engine
from registry.office.dockets.models import Docket
from registry.office.dockets.opening import open_as_registry
from registry.office.staff import queries as staff
from registry.office.tips import posting
from registry.office.tips.models import Tip, TipFile, TipKey, TipMessage
from registry.public.inbox import queries as inbox
from registry.public.inbox.queries import FileRef, PendingMessage, PendingTip
from registry.public.inbox.service import OBJECTION
from registry.public.mailbox import service as mailbox

logger = structlog.get_logger()
Keep = Callable[[list[str]], None]
"""Marks sealed files as held by a case."""


@dataclass(frozen=True)
class Stores:
    """Where tips come from and go to."""

    working: Store[WorkingSession]
    gazette: Store[GazetteSession]
    intake: Store[IntakeSession]
    lock_dir: Path


def ingest(stores: Stores, *, now: datetime, book: Rulebook, keep: Keep = lambda _ids: None) -> int:
    """Take over what lies in the inbox; gives how many tips and messages.

    A tip for an authority that is not known here stays where it is and is logged.
    """
    with exclusive(stores.working, "tip-ingest", lock_dir=stores.lock_dir) as held:
        if not held:
            return 0
        with stores.intake.read() as session:
            tips, messages = inbox.pending(session), inbox.messages(session)
        done = [tip for tip in tips if _take(stores, tip, now, book, keep)]
        if done:
            with stores.intake.write() as session:
                inbox.take(session, [tip.tip_id for tip in done])
        heard = [one for one in messages if _hear(stores, one, now, book, keep)]
        if heard:
            with stores.intake.write() as session:
                inbox.take_messages(session, [one.message_id for one in heard])
    return len(done) + len(heard)


def _take(stores: Stores, tip: PendingTip, now: datetime, book: Rulebook, keep: Keep) -> bool:
    with stores.working.read() as session:
        if staff.authority_by_code(session, tip.authority) is None:
            logger.warning("tip for an unknown authority", authority=tip.authority)
            return False
    with stores.gazette.write() as gazette:
        number = mailbox.receive(gazette, tip, today=legal_day(now))
    keep([one.file_id for one in tip.files])
    with stores.working.write() as session:
        if by_tip_id(session, tip.tip_id) is None:
            _open(session, tip, number, now, book)
    return True


def _open(
    session: WorkingSession, tip: PendingTip, number: int, now: datetime, book: Rulebook
) -> None:
    authority = staff.authority_by_code(session, tip.authority)
    assert authority is not None  # noqa: S101 - looked up just before
    docket = open_as_registry(
        session,
        "tip",
        authority,
        facts={
            "category": tip.category,
            "bucket": tip.bucket,
            "number": number,
            "handed_in_on": tip.day,
        },
        title=f"举报第{number}号",
        now=midnight(legal_day(now)),
        book=book,
    )
    docket_id = docket.id or 0
    row = Tip(
        docket_id=docket_id,
        tip_id=tip.tip_id,
        number=number,
        day=tip.day,
        category=tip.category,
        bucket=tip.bucket,
        envelope=tip.envelope,
        identity=tip.identity,
        tip_key=tip.tip_key,
        mailbox_key=tip.mailbox_key,
        claim_key=tip.claim_key,
    )
    session.add(row)
    session.flush()
    for one in tip.wrapped:
        session.add(TipKey(docket_id=docket_id, key_id=one.key_id, sealed=one.sealed))
    _files(session, docket_id, tip.tip_id, tip.files)
    posting.queue_status(session, row, now=now)


def _hear(stores: Stores, one: PendingMessage, now: datetime, book: Rulebook, keep: Keep) -> bool:
    """Whether a later message was taken over; one whose tip is not here yet waits."""
    keep([file.file_id for file in one.files])
    with stores.working.write() as session:
        tip = by_tip_id(session, one.tip_id)
        if tip is None:
            return False
        if session.get(TipMessage, one.message_id) is not None or tip.purged_on is not None:
            return True
        session.add(
            TipMessage(
                message_id=one.message_id,
                docket_id=tip.docket_id,
                kind=one.kind,
                day=one.day,
                envelope=one.envelope,
            )
        )
        tip.unread = True
        session.add(tip)
        _files(session, tip.docket_id, one.message_id, one.files)
        session.flush()
        docket = session.get_one(Docket, tip.docket_id)
        if one.kind == OBJECTION and docket.state in {"refused", "closed"}:
            day = midnight(legal_day(now))
            engine.act_as_registry(session, docket, "object", now=day, book=book)
        posting.queue_status(session, tip, now=now)
    return True


def _files(session: WorkingSession, docket_id: int, owner: str, files: tuple[FileRef, ...]) -> None:
    for one in files:
        session.add(
            TipFile(file_id=one.file_id, docket_id=docket_id, owner_id=owner, frames=one.frames)
        )
    session.flush()


def by_tip_id(session: WorkingSession, tip_id: str) -> Tip | None:
    """The tip with this id, if it has been taken over."""
    return session.exec(select(Tip).where(Tip.tip_id == tip_id)).first()
