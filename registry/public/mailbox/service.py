"""Writing to mailboxes: the worker and the office do, never the public site.

Every function may be repeated after a crash: receiving by the tip's id, replies by their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Protocol

from nacl.public import PublicKey
from sqlalchemy import delete, func
from sqlmodel import col, select

from registry.core.db import GazetteSession
from registry.core.errors import NotFound
from registry.core.i18n import N_
from registry.public.inbox import chain, sealing
from registry.public.mailbox.models import ChainRow, MailboxItem, MailboxRow

REPLY = "reply"
"""Envelope kind of a letter; its own kind (``message``, ``decision`` …) is inside it, too."""
ITEM_KINDS = ("message", "decision", "award", "voucher", "transfer", "question")


class NoMailbox(NotFound):
    """There is no mailbox for this tip (any more)."""

    code = "no-mailbox"
    message = N_("There is no mailbox for this tip.")


@dataclass(frozen=True)
class ClockLine:
    """One legal clock as the reporter sees it. Days are ISO legal days."""

    code: str
    """Of rules/deadlines."""
    since: str
    due: str
    done: str = ""
    """When it was met; empty while it runs."""


class Received(Protocol):
    """What is needed of a tip to open its mailbox (``inbox.queries.PendingTip`` has it)."""

    @property
    def tip_id(self) -> str: ...
    @property
    def day(self) -> date: ...
    @property
    def authority(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def envelope_hash(self) -> bytes: ...
    @property
    def tip_key(self) -> bytes: ...
    @property
    def lookup(self) -> bytes: ...
    @property
    def mailbox_key(self) -> bytes: ...
    @property
    def claim_key(self) -> bytes: ...


def receive(session: GazetteSession, tip: Received, *, today: date) -> int:
    """Give ``tip`` the next number of the chain and a mailbox; gives the number.

    One worker at a time (``db.exclusive``), who also publishes the heads: the entry bears the day
    on which it was numbered, so that no day grows after its head was published. A tip that has
    its number keeps it.
    """
    known = session.exec(select(MailboxRow).where(MailboxRow.tip_id == tip.tip_id)).first()
    if known is not None:
        return known.number
    number = _append(session, today, tip.envelope_hash)
    session.add(
        MailboxRow(
            lookup=tip.lookup,
            tip_id=tip.tip_id,
            number=number,
            day=tip.day,
            authority=tip.authority,
            category=tip.category,
            tip_key=tip.tip_key,
            mailbox_key=tip.mailbox_key,
            claim_key=tip.claim_key,
            status_day=tip.day,
        )
    )
    session.flush()
    return number


def _append(session: GazetteSession, day: date, envelope_hash: bytes) -> int:
    known = session.exec(select(ChainRow).where(ChainRow.envelope_hash == envelope_hash)).first()
    if known is not None:
        return known.number
    last = session.exec(select(ChainRow).order_by(col(ChainRow.number).desc()).limit(1)).first()
    number = last.number + 1 if last else 1
    # A clock that was set back must not put a later entry on an earlier day.
    day = max(day, last.day) if last else day
    previous = last.entry if last else chain.START
    session.add(
        ChainRow(
            number=number,
            day=day,
            envelope_hash=envelope_hash,
            entry=chain.entry(previous, number, day, envelope_hash),
        )
    )
    return number


def put_status(
    session: GazetteSession,
    tip_id: str,
    status: str,
    *,
    day: date,
    clocks: Iterable[ClockLine] | None = None,
    opened: int | None = None,
    authority: str | None = None,
    frames: int | None = None,
) -> None:
    """Say where the tip stands. What is None stays. Raises ``NoMailbox``."""
    row = _row(session, tip_id)
    if row.status != status:
        row.status, row.status_day = status, day
    if clocks is not None:
        row.clocks = [asdict(line) for line in clocks]
    if opened is not None:
        row.opened = opened
    if authority is not None:
        row.authority = authority
    if frames is not None:
        row.frames = frames
    session.add(row)
    session.flush()


def put_reply(
    session: GazetteSession,
    tip_id: str,
    content: Mapping[str, Any],
    *,
    item_id: str,
    kind: str,
    day: date,
) -> None:
    """Seal ``content`` to the reporter and to the tip's key, and put it into the mailbox.

    ``content`` has ``text``; a ``voucher`` also ``voucher``, ``amount`` (yuan, as text) and
    ``until``; an ``award`` ``amount`` and ``steps``; a ``decision`` ``result``. The same
    ``item_id`` again changes nothing. Raises ``NoMailbox``.
    """
    if kind not in ITEM_KINDS:
        raise ValueError(kind)
    row = _row(session, tip_id)
    keys = [PublicKey(row.mailbox_key), PublicKey(row.tip_key)]
    envelope = sealing.seal({**content, "kind": kind}, keys, tip_id=tip_id, kind=REPLY)
    put_sealed(session, tip_id, envelope, item_id=item_id, kind=kind, day=day)


def put_sealed(
    session: GazetteSession, tip_id: str, envelope: bytes, *, item_id: str, kind: str, day: date
) -> None:
    """As ``put_reply``, for an envelope that the office has sealed already."""
    _row(session, tip_id)
    if session.get(MailboxItem, item_id) is not None:
        return
    highest = select(func.max(MailboxItem.place)).where(MailboxItem.tip_id == tip_id)
    place = (session.exec(highest).one() or 0) + 1
    item = MailboxItem(
        item_id=item_id, tip_id=tip_id, place=place, kind=kind, day=day, envelope=envelope
    )
    session.add(item)
    session.flush()


def remove(session: GazetteSession, tip_id: str) -> None:
    """Close a mailbox for good. Its entry in the chain stays; it names nobody."""
    for table in (MailboxItem, MailboxRow):
        session.connection().execute(delete(table).where(col(table.tip_id) == tip_id))


def _row(session: GazetteSession, tip_id: str) -> MailboxRow:
    row = session.exec(select(MailboxRow).where(MailboxRow.tip_id == tip_id)).first()
    if row is None:
        raise NoMailbox
    return row
