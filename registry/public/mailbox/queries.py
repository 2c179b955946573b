"""Reading mailboxes and the chain: for the public site, and for the heads that are published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from registry.core.db import GazetteSession
from registry.public.gazette.payloads import IntakeHeadPayload
from registry.public.inbox.chain import Link
from registry.public.mailbox.models import ChainRow, MailboxItem, MailboxRow

CHUNK = 5000


@dataclass(frozen=True)
class Letter:
    """A sealed letter to the reporter; open it with ``sealing.open_envelope(…, kind=REPLY)``."""

    item_id: str
    kind: str
    day: date
    envelope: bytes = field(repr=False)


@dataclass(frozen=True)
class Mailbox:
    """What stands behind a receipt."""

    tip_id: str
    number: int
    day: date
    authority: str
    category: str
    status: str
    status_day: date
    opened: int
    clocks: tuple[dict[str, Any], ...]
    frames: int
    tip_key: bytes = field(repr=False)
    letters: tuple[Letter, ...] = ()
    link: Link | None = None


def find(session: GazetteSession, lookup: bytes) -> Mailbox | None:
    """The mailbox of a receipt by its peppered hash: one indexed query decides."""
    row = session.get(MailboxRow, lookup)
    if row is None:
        return None
    items = select(MailboxItem).where(MailboxItem.tip_id == row.tip_id)
    letters = session.exec(items.order_by(col(MailboxItem.place))).all()
    link = session.get(ChainRow, row.number)
    return Mailbox(
        tip_id=row.tip_id,
        number=row.number,
        day=row.day,
        authority=row.authority,
        category=row.category,
        status=row.status,
        status_day=row.status_day,
        opened=row.opened,
        clocks=tuple(row.clocks),
        frames=row.frames,
        tip_key=row.tip_key,
        letters=tuple(Letter(i.item_id, i.kind, i.day, i.envelope) for i in letters),
        link=_link(link) if link else None,
    )


def status_of(session: GazetteSession, tip_id: str) -> str | None:
    """The status that the reporter sees; None without a mailbox."""
    query = select(MailboxRow.status).where(MailboxRow.tip_id == tip_id)
    return session.exec(query).first()


def head(session: GazetteSession, until: date) -> IntakeHeadPayload | None:
    """Where the chain stood at the end of ``until``; None for a day without tips."""
    count, last = session.exec(
        select(func.count(), func.max(ChainRow.number)).where(ChainRow.day == until)
    ).one()
    row = session.get(ChainRow, last) if last else None
    if row is None:
        return None
    return {"day": until.isoformat(), "count": count, "last": row.number, "head": row.entry.hex()}


def days(session: GazetteSession, *, after: date | None, before: date) -> list[date]:
    """Days with tips after ``after`` and before ``before``, in order: whose heads are due."""
    query = select(col(ChainRow.day)).where(col(ChainRow.day) < before).distinct()
    if after is not None:
        query = query.where(col(ChainRow.day) > after)
    return list(session.exec(query.order_by(col(ChainRow.day))))


def links(session: GazetteSession, *, before: date | None = None) -> Iterator[Link]:
    """The chain from its beginning; up to the last day before ``before``."""
    last = 0
    while True:
        query = select(ChainRow).where(ChainRow.number > last)
        if before is not None:
            query = query.where(col(ChainRow.day) < before)
        page = session.exec(query.order_by(col(ChainRow.number)).limit(CHUNK)).all()
        yield from map(_link, page)
        if len(page) < CHUNK:
            return
        last = page[-1].number
        session.expunge_all()


def _link(row: ChainRow) -> Link:
    return Link(row.number, row.day, row.envelope_hash, row.entry)
