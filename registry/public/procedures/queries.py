"""Reading: for the public site what a code or a receipt opens, for the worker what came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from nacl.public import PrivateKey, PublicKey
from sqlalchemy import delete, func
from sqlmodel import col, select

from registry.core.db import GazetteSession, IntakeSession
from registry.public.inbox import sealing
from registry.public.inbox.models import SealedFileRow
from registry.public.inbox.receipt import ReceiptKeys
from registry.public.procedures.content import Answer, Status, Window
from registry.public.procedures.models import ProcedureStatus, ProcedureWindow, SealedFiling
from registry.public.procedures.service import ANSWER, STATUS, WINDOW

BATCH = 100
_NOBODY = PrivateKey.generate()


@dataclass(frozen=True)
class OpenWindow:
    """What a code opened."""

    window_id: str
    until: date
    office: PublicKey
    content: Window = field(repr=False)


@dataclass(frozen=True)
class OpenStatus:
    """What a receipt opened."""

    filing_id: str
    office: PublicKey
    content: Status = field(repr=False)
    answer: Answer | None = field(default=None, repr=False)


@dataclass(frozen=True)
class PendingFiling:
    """A filing or withdrawal that the office has not taken over yet."""

    place: int
    filing_id: str
    kind: str
    day: date
    envelope: bytes = field(repr=False)
    lookup: bytes = field(repr=False)
    reply_key: bytes = field(repr=False)
    file_ids: tuple[str, ...] = ()


def window(session: GazetteSession, keys: ReceiptKeys, today: date) -> OpenWindow | None:
    """What the code opens today. An unknown, an ended and a revoked one give None alike, after
    as much work as opening one takes."""
    row = session.get(ProcedureWindow, keys.lookup)
    if row is None or row.until < today:
        open_nothing()
        return None
    content = sealing.open_envelope(row.envelope, keys.mailbox, tip_id=row.window_id, kind=WINDOW)
    return OpenWindow(row.window_id, row.until, PublicKey(row.office_key), cast(Window, content))


def status(session: GazetteSession, keys: ReceiptKeys) -> OpenStatus | None:
    """Where the filing of this receipt stands; None for an unknown receipt."""
    row = session.get(ProcedureStatus, keys.lookup)
    if row is None:
        open_nothing()
        return None
    shown = sealing.open_envelope(row.envelope, keys.mailbox, tip_id=row.filing_id, kind=STATUS)
    answer = None
    if row.answer is not None:
        answer = sealing.open_envelope(row.answer, keys.mailbox, tip_id=row.filing_id, kind=ANSWER)
    return OpenStatus(
        row.filing_id,
        PublicKey(row.office_key),
        cast(Status, shown),
        cast("Answer | None", answer),
    )


def open_nothing() -> None:
    """As much work as opening an envelope."""
    envelope = sealing.seal({}, [_NOBODY.public_key], tip_id="0" * 32, kind=WINDOW)
    sealing.open_envelope(envelope, _NOBODY, tip_id="0" * 32, kind=WINDOW)


def pending(session: IntakeSession, *, after: int = 0, limit: int = BATCH) -> list[PendingFiling]:
    """What came in, in the order of arrival, behind place ``after``."""
    query = select(SealedFiling).where(col(SealedFiling.place) > after)
    rows = session.exec(query.order_by(col(SealedFiling.place)).limit(limit)).all()
    files: dict[str, list[str]] = {}
    ids = [row.filing_id for row in rows]
    for one in session.exec(select(SealedFileRow).where(col(SealedFileRow.owner_id).in_(ids))):
        files.setdefault(one.owner_id, []).append(one.file_id)
    return [
        PendingFiling(
            row.place or 0,
            row.filing_id,
            row.kind,
            row.day,
            row.envelope,
            row.lookup,
            row.reply_key,
            tuple(sorted(files.get(row.filing_id, ()))),
        )
        for row in rows
    ]


def take(session: IntakeSession, filing_ids: Sequence[str]) -> None:
    """Remove what the office has taken over; sealed files stay."""
    for table, column in (
        (SealedFiling, col(SealedFiling.filing_id)),
        (SealedFileRow, col(SealedFileRow.owner_id)),
    ):
        session.connection().execute(delete(table).where(column.in_(filing_ids)))


def waiting(session: IntakeSession) -> int:
    """How many filings have not been taken over."""
    return session.exec(select(func.count()).select_from(SealedFiling)).one()
