"""Words to the reporter: queued with the act, delivered to the mailbox by the worker.

The act and what the reporter hears of it are in two stores. The post is written in the act's own
transaction and delivered afterwards, once, in order; a crash between repeats a delivery that then
changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from nacl.public import PublicKey
from sqlalchemy import func, or_
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import GazetteSession, Store, WorkingSession, exclusive
from registry.office.dockets.models import Docket, DocketClock, DocketEvent
from registry.office.staff.models import Authority
from registry.office.tips.models import Tip, TipAccess, TipFile, TipPost
from registry.public.inbox import sealing
from registry.public.mailbox import service as mailbox
from registry.public.mailbox.service import ClockLine

BATCH = 100


def queue_letter(
    session: WorkingSession, tip: Tip, kind: str, content: Mapping[str, Any], *, now: datetime
) -> None:
    """Seal ``content`` to the reporter and the tip's key, and put it on its way."""
    keys = [PublicKey(tip.mailbox_key), PublicKey(tip.tip_key)]
    sealed = sealing.seal({**content, "kind": kind}, keys, tip_id=tip.tip_id, kind=mailbox.REPLY)
    _queue(session, tip, now, kind=kind, envelope=sealed)


def queue_status(session: WorkingSession, tip: Tip, *, now: datetime) -> None:
    """Let the mailbox say where the tip stands now."""
    _queue(session, tip, now)


def _queue(
    session: WorkingSession,
    tip: Tip,
    now: datetime,
    *,
    kind: str = "",
    envelope: bytes | None = None,
) -> None:
    session.add(
        TipPost(
            item_id=sealing.new_id(),
            docket_id=tip.docket_id,
            kind=kind,
            envelope=envelope,
            day=legal_day(now),
        )
    )
    session.flush()


def deliver(
    working: Store[WorkingSession], gazette: Store[GazetteSession], *, lock_dir: Path
) -> int:
    """Deliver what is queued; gives how many posts."""
    with exclusive(working, "tip-post", lock_dir=lock_dir) as held:
        if not held:
            return 0
        with working.read() as session:
            posts = session.exec(select(TipPost).order_by(col(TipPost.id)).limit(BATCH)).all()
            with gazette.write() as target:
                for post in posts:
                    _deliver(session, target, post)
            ids = [post.id for post in posts]
        with working.write() as session:
            for post in session.exec(select(TipPost).where(col(TipPost.id).in_(ids))):
                session.delete(post)
    return len(ids)


def _deliver(session: WorkingSession, target: GazetteSession, post: TipPost) -> None:
    tip = session.get_one(Tip, post.docket_id)
    docket = session.get_one(Docket, post.docket_id)
    if tip.purged_on is not None:
        return
    if post.envelope is not None:
        mailbox.put_sealed(
            target, tip.tip_id, post.envelope, item_id=post.item_id, kind=post.kind, day=post.day
        )
    mailbox.put_status(
        target,
        tip.tip_id,
        docket.state,
        day=_since(session, docket, post.day),
        clocks=_clocks(session, docket),
        opened=openers(session, docket.id or 0),
        authority=session.get_one(Authority, docket.authority_id).code,
        frames=_frames(session, tip),
    )


def _frames(session: WorkingSession, tip: Tip) -> int:
    query = select(func.coalesce(func.sum(TipFile.frames), 0))
    return int(session.exec(query.where(TipFile.docket_id == tip.docket_id)).one())


def _since(session: WorkingSession, docket: Docket, otherwise: date) -> date:
    """The day on which the case came to its present state, however late that is delivered."""
    query = (
        select(col(DocketEvent.effective_on))
        .where(
            DocketEvent.docket_id == docket.id,
            or_(
                col(DocketEvent.from_state).is_(None),
                col(DocketEvent.from_state) != col(DocketEvent.to_state),
            ),
        )
        .order_by(col(DocketEvent.ordinal).desc())
        .limit(1)
    )
    return session.exec(query).first() or otherwise


def openers(session: WorkingSession, docket_id: int) -> int:
    """How many officers have opened the tip."""
    query = select(func.count(func.distinct(TipAccess.account_id))).where(
        TipAccess.docket_id == docket_id
    )
    return session.exec(query).one()


def _clocks(session: WorkingSession, docket: Docket) -> list[ClockLine]:
    query = select(DocketClock).where(DocketClock.docket_id == docket.id)
    return [
        ClockLine(
            code=clock.code,
            since=clock.started_on.isoformat(),
            due=clock.first_due.isoformat(),
            done=clock.stopped_on.isoformat() if clock.stopped_on else "",
        )
        for clock in session.exec(query.order_by(col(DocketClock.id)))
    ]
