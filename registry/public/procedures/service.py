"""Filing and being answered: the public site submits and withdraws, the office does the rest.

What the public site does seals first and then inserts; nothing of it selects. What the office puts
outward may be repeated after a crash and then changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from nacl.public import PublicKey
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import GazetteSession, IntakeSession
from registry.public.inbox import sealing
from registry.public.inbox.filesealing import SealedFile
from registry.public.inbox.models import SealedFileRow
from registry.public.inbox.receipt import ReceiptKeys
from registry.public.inbox.service import add, add_once, described, file_rows
from registry.public.procedures.models import ProcedureStatus, ProcedureWindow, SealedFiling

WINDOW, FILING, WITHDRAWAL, STATUS, ANSWER = "window", "filing", "withdrawal", "status", "answer"


@dataclass(frozen=True)
class Filed:
    """What the receipt page shows. ``repeated``: the same form had been taken in before."""

    filing_id: str
    day: date
    repeated: bool = False


def submit(
    session: IntakeSession,
    filing_id: str,
    content: Mapping[str, Any],
    receipt: ReceiptKeys,
    office: PublicKey,
    *,
    files: Sequence[SealedFile] = (),
    purposes: Mapping[str, str] | None = None,
    now: datetime,
) -> Filed:
    """Seal ``content`` to the office and add it. The same ``filing_id`` again adds nothing.

    ``purposes``: id of a file to what it is (``authorisation``); any other file is a proof.
    """
    known = purposes or {}
    listed = [{**described(one), "purpose": known.get(one.id, "proof")} for one in files]
    row = _row(filing_id, FILING, {**content, "files": listed}, office, now)
    row |= {"lookup": receipt.lookup, "reply_key": bytes(receipt.mailbox.public_key)}
    if not add_once(session, SealedFiling, row):
        return Filed(filing_id, row["day"], repeated=True)
    add(session, SealedFileRow, file_rows(filing_id, files))
    return Filed(filing_id, row["day"])


def withdraw(
    session: IntakeSession, withdrawal_id: str, filing_id: str, office: PublicKey, *, now: datetime
) -> None:
    """Add that the party takes back ``filing_id``. Sent twice it is added once."""
    add_once(
        session,
        SealedFiling,
        _row(withdrawal_id, WITHDRAWAL, {"filing": filing_id}, office, now),
    )


def _row(
    row_id: str, kind: str, content: Mapping[str, Any], office: PublicKey, now: datetime
) -> dict[str, Any]:
    envelope = sealing.seal(content, [office], tip_id=row_id, kind=kind)
    return {
        "filing_id": row_id,
        "kind": kind,
        "day": legal_day(now),
        "bucket": sealing.size_bucket(sealing.blocks(envelope)),
        "envelope": envelope,
        "lookup": b"",
        "reply_key": b"",
    }


def put_window(
    session: GazetteSession,
    window_id: str,
    content: Mapping[str, Any],
    *,
    lookup: bytes,
    code_key: PublicKey,
    office: PublicKey,
    until: date,
) -> None:
    """Let the code with ``lookup`` open ``content``, in place of what it opened before."""
    row = session.get(ProcedureWindow, lookup) or ProcedureWindow(
        lookup=lookup, window_id=window_id, until=until, office_key=b"", envelope=b""
    )
    row.until, row.office_key = until, bytes(office)
    row.envelope = sealing.seal(content, [code_key], tip_id=window_id, kind=WINDOW)
    session.add(row)
    session.flush()


def close_window(session: GazetteSession, lookup: bytes) -> None:
    """The code opens nothing any more."""
    row = session.get(ProcedureWindow, lookup)
    if row is not None:
        row.envelope = bytes(len(row.envelope))
        _delete(session, [row])


def erase_statuses(session: GazetteSession, lookups: Sequence[bytes]) -> int:
    """Overwrite and delete what these receipts open; gives how many there were."""
    query = select(ProcedureStatus).where(col(ProcedureStatus.lookup).in_(lookups))
    rows = session.exec(query).all()
    for row in rows:
        row.envelope = bytes(len(row.envelope))
        row.answer = bytes(len(row.answer)) if row.answer is not None else None
    _delete(session, rows)
    return len(rows)


def _delete(session: GazetteSession, rows: Sequence[ProcedureWindow | ProcedureStatus]) -> None:
    # Blanks of the same length first: a deleted row leaves its bytes where pages were split.
    session.flush()
    for row in rows:
        session.delete(row)
    session.flush()


def put_status(
    session: GazetteSession,
    filing_id: str,
    content: Mapping[str, Any],
    *,
    lookup: bytes,
    reply_key: PublicKey,
    office: PublicKey,
    answer: bytes | None,
) -> None:
    """Let the receipt with ``lookup`` show ``content``, and ``answer`` (sealed already)."""
    row = session.get(ProcedureStatus, lookup) or ProcedureStatus(
        lookup=lookup, filing_id=filing_id, office_key=b"", envelope=b""
    )
    row.office_key, row.answer = bytes(office), answer
    row.envelope = sealing.seal(content, [reply_key], tip_id=filing_id, kind=STATUS)
    session.add(row)
    session.flush()
