"""What lies in the inbox: for the worker and the office, never for the public site.

The worker goes round: ``pending`` → number it in the mailbox room → open a case → ``take``. Each
step may be repeated after a crash and then changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import delete, func
from sqlmodel import col, select

from registry.core.db import IntakeSession
from registry.public.inbox import sealing
from registry.public.inbox.models import (
    SealedFileRow,
    SealedMessage,
    SealedTip,
    UsedForm,
    VoucherClaim,
    WrappedKey,
)
from registry.public.inbox.sealing import Wrapped

BATCH = 100


@dataclass(frozen=True)
class FileRef:
    """A sealed file that came with a tip or message."""

    file_id: str
    frames: int


@dataclass(frozen=True)
class PendingTip:
    """A tip that the office has not taken over yet."""

    tip_id: str
    day: date
    authority: str
    category: str
    bucket: int
    envelope: bytes = field(repr=False)
    identity: bytes = field(repr=False)
    tip_key: bytes = field(repr=False)
    lookup: bytes = field(repr=False)
    mailbox_key: bytes = field(repr=False)
    claim_key: bytes = field(repr=False)
    wrapped: tuple[Wrapped, ...] = field(repr=False)
    files: tuple[FileRef, ...] = ()

    @property
    def envelope_hash(self) -> bytes:
        return sealing.digest(self.envelope)


@dataclass(frozen=True)
class PendingMessage:
    """Something added later, sealed to the tip's key. ``kind`` as in ``service``."""

    message_id: str
    tip_id: str
    kind: str
    day: date
    bucket: int
    envelope: bytes = field(repr=False)
    files: tuple[FileRef, ...] = ()


@dataclass(frozen=True)
class PendingClaim:
    """A claim of a reward. ``pin`` is a PHC string; see ``claims.holds``."""

    place: int
    voucher: str
    pin: str = field(repr=False)
    signature: bytes = field(repr=False)
    day: date = date.min


def pending(session: IntakeSession, limit: int = BATCH) -> list[PendingTip]:
    """Tips in the order of their arrival."""
    query = select(SealedTip).order_by(col(SealedTip.place)).limit(limit)
    tips = session.exec(query).all()
    ids = [tip.tip_id for tip in tips]
    wrapped: dict[str, list[Wrapped]] = {}
    for row in session.exec(select(WrappedKey).where(col(WrappedKey.tip_id).in_(ids))):
        wrapped.setdefault(row.tip_id, []).append(Wrapped(row.key_id, row.sealed))
    files = _files(session, ids)
    return [
        PendingTip(
            **{name: getattr(tip, name) for name in _COPIED},
            wrapped=tuple(wrapped.get(tip.tip_id, ())),
            files=files.get(tip.tip_id, ()),
        )
        for tip in tips
    ]


_COPIED = (
    "tip_id",
    "day",
    "authority",
    "category",
    "bucket",
    "envelope",
    "identity",
    "tip_key",
    "lookup",
    "mailbox_key",
    "claim_key",
)


def messages(session: IntakeSession, limit: int = BATCH) -> list[PendingMessage]:
    """Later messages in the order of their arrival, also those whose tip is still pending."""
    rows = session.exec(select(SealedMessage).order_by(col(SealedMessage.place)).limit(limit)).all()
    files = _files(session, [row.message_id for row in rows])
    return [
        PendingMessage(
            row.message_id,
            row.tip_id,
            row.kind,
            row.day,
            row.bucket,
            row.envelope,
            files.get(row.message_id, ()),
        )
        for row in rows
    ]


def claims(session: IntakeSession, limit: int = BATCH) -> list[PendingClaim]:
    """Claims of rewards in the order of their arrival."""
    rows = session.exec(select(VoucherClaim).order_by(col(VoucherClaim.place)).limit(limit))
    return [
        PendingClaim(row.place or 0, row.voucher, row.pin, row.signature, row.day) for row in rows
    ]


def take(session: IntakeSession, tip_ids: Sequence[str]) -> None:
    """Remove tips that the office has taken over, with their keys; sealed files stay."""
    for table in (SealedTip, WrappedKey):
        session.connection().execute(delete(table).where(col(table.tip_id).in_(tip_ids)))
    _drop_files(session, tip_ids)


def take_messages(session: IntakeSession, message_ids: Sequence[str]) -> None:
    """Remove messages that the office has taken over."""
    statement = delete(SealedMessage).where(col(SealedMessage.message_id).in_(message_ids))
    session.connection().execute(statement)
    _drop_files(session, message_ids)


def take_claims(session: IntakeSession, places: Sequence[int]) -> None:
    """Remove claims that the office has taken over."""
    session.connection().execute(delete(VoucherClaim).where(col(VoucherClaim.place).in_(places)))


def forget_forms(session: IntakeSession, before: date) -> None:
    """Drop tokens of forms that are too old to be sent any more."""
    session.connection().execute(delete(UsedForm).where(col(UsedForm.day) < before))


def claimed_files(session: IntakeSession) -> frozenset[str]:
    """Ids of files that belong to something still in the inbox."""
    return frozenset(session.exec(select(SealedFileRow.file_id)))


def waiting(session: IntakeSession) -> int:
    """How many tips have not been taken over."""
    return session.exec(select(func.count()).select_from(SealedTip)).one()


def _files(session: IntakeSession, owners: Sequence[str]) -> dict[str, tuple[FileRef, ...]]:
    found: dict[str, tuple[FileRef, ...]] = {}
    query = select(SealedFileRow).where(col(SealedFileRow.owner_id).in_(owners))
    for row in session.exec(query.order_by(col(SealedFileRow.file_id))):
        found[row.owner_id] = (*found.get(row.owner_id, ()), FileRef(row.file_id, row.frames))
    return found


def _drop_files(session: IntakeSession, owners: Sequence[str]) -> None:
    statement = delete(SealedFileRow).where(col(SealedFileRow.owner_id).in_(owners))
    session.connection().execute(statement)
