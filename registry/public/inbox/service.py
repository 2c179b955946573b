"""Taking tips in: sealed before anything is stored, added and never read back.

Called by the public site for reporters and by the admin site for what comes by hotline, letter
or visit. Every function seals first and then inserts; none of them selects, so they work where
the process may only add (see ``models.INSERT_ONLY``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from nacl.public import PublicKey
from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from registry.core.clock import legal_day
from registry.core.db import IntakeSession
from registry.core.errors import Conflict
from registry.core.i18n import N_
from registry.public.inbox import sealing
from registry.public.inbox.filesealing import SealedFile
from registry.public.inbox.models import (
    SealedFileRow,
    SealedMessage,
    SealedTip,
    UsedForm,
    VoucherClaim,
    WrappedKey,
)
from registry.public.inbox.receipt import ReceiptKeys
from registry.public.inbox.recipients import Recipients
from registry.public.inbox.sealing import NoRecipient

TIP, IDENTITY = "tip", "identity"
MESSAGE, WITHDRAWAL, OBJECTION = "message", "withdrawal", "objection"
LATER_KINDS = (MESSAGE, WITHDRAWAL, OBJECTION)


class FormUsed(Conflict):
    """The form was sent before, with something else in it."""

    code = "form-used"
    message = N_("This form has been sent already. To report something else, send it once more.")


@dataclass(frozen=True)
class Submission:
    """What is handed in, in plain: lives in memory only.

    ``facts`` go to the duty officers, ``identity`` (empty: anonymous) to the custodian. ``form``
    is the hash of the form's token: the same form with the same content is taken in once.
    """

    tip_id: str
    category: str
    facts: Mapping[str, Any] = field(repr=False)
    identity: Mapping[str, Any] = field(repr=False)
    files: Sequence[SealedFile] = ()
    form: bytes = b""


@dataclass(frozen=True)
class Filed:
    """What the receipt page shows beside the receipt. ``repeated``: it had been taken in before."""

    tip_id: str
    day: date
    envelope_hash: bytes
    repeated: bool = False


def submit(
    session: IntakeSession,
    submission: Submission,
    receipt: ReceiptKeys,
    recipients: Recipients,
    *,
    now: datetime,
) -> Filed:
    """Seal ``submission`` to ``recipients`` and add it to the inbox.

    Raises ``NoRecipient`` where the authority has no keys, ``FormUsed`` where the form was sent
    with another content. A double-sent form gives ``repeated`` and adds nothing.
    """
    if not recipients.takes(submission.category):
        raise NoRecipient
    tip_key = sealing.new_tip_key()
    wrapped = sealing.wrap(tip_key, recipients.tip_keys)
    envelope = sealing.seal(
        {**submission.facts, "files": [described(one) for one in submission.files]},
        [tip_key.public],
        tip_id=submission.tip_id,
        kind=TIP,
    )
    identity = sealing.seal(
        submission.identity, recipients.identity_keys, tip_id=submission.tip_id, kind=IDENTITY
    )
    day = legal_day(now)
    row = {
        "tip_id": submission.tip_id,
        "day": day,
        "authority": recipients.code,
        "category": submission.category,
        "bucket": sealing.size_bucket(sealing.blocks(envelope)),
        "envelope": envelope,
        "identity": identity,
        "tip_key": bytes(tip_key.public),
        "lookup": receipt.lookup,
        "mailbox_key": bytes(receipt.mailbox.public_key),
        "claim_key": bytes(receipt.claim.verify_key),
    }
    filed = Filed(submission.tip_id, day, sealing.digest(envelope))
    if not add_once(session, SealedTip, row):
        return Filed(filed.tip_id, day, filed.envelope_hash, repeated=True)
    _use(session, submission.form, day)
    keys = [
        {"tip_id": submission.tip_id, "key_id": one.key_id, "sealed": one.sealed} for one in wrapped
    ]
    add(session, WrappedKey, keys)
    add(session, SealedFileRow, file_rows(submission.tip_id, submission.files))
    return filed


def add_message(
    session: IntakeSession,
    *,
    message_id: str,
    tip_id: str,
    tip_key: PublicKey,
    kind: str,
    content: Mapping[str, Any],
    files: Sequence[SealedFile] = (),
    now: datetime,
) -> None:
    """Add what the reporter says later. ``message_id`` sent twice is added once."""
    if kind not in LATER_KINDS:
        raise ValueError(kind)
    envelope = sealing.seal(
        {**content, "files": [described(one) for one in files]},
        [tip_key],
        tip_id=tip_id,
        kind=kind,
    )
    row = {
        "message_id": message_id,
        "tip_id": tip_id,
        "kind": kind,
        "day": legal_day(now),
        "bucket": sealing.size_bucket(sealing.blocks(envelope)),
        "envelope": envelope,
    }
    if add_once(session, SealedMessage, row):
        add(session, SealedFileRow, file_rows(message_id, files))


def claim(
    session: IntakeSession, *, voucher: str, pin: str, signature: bytes, now: datetime
) -> None:
    """Add a claim of the reward behind ``voucher``; see ``claims``."""
    row = {"voucher": voucher, "pin": pin, "signature": signature, "day": legal_day(now)}
    add(session, VoucherClaim, [row])


def described(one: SealedFile) -> dict[str, Any]:
    """What the envelope says of a file."""
    described = {"id": one.id, "key": one.key.hex(), "size": one.size, "sha256": one.sha256}
    return {**described, "name": one.name, "type": one.type}


def file_rows(owner: str, files: Sequence[SealedFile]) -> list[dict[str, Any]]:
    return [{"file_id": one.id, "owner_id": owner, "frames": one.frames} for one in files]


def _use(session: IntakeSession, form: bytes, day: date) -> None:
    if not form:
        return
    try:
        add(session, UsedForm, [{"form": form, "day": day}])
    except IntegrityError:
        raise FormUsed from None


def add(session: IntakeSession, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    """Plain INSERTs: nothing is asked back, which would be reading."""
    for row in rows:
        session.connection().execute(insert(table).inline().values(**row))


def add_once(session: IntakeSession, table: type[SQLModel], row: dict[str, Any]) -> bool:
    """Add ``row`` unless its random id is there already; gives whether it was added."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    statement: Any = sqlite_insert(table) if sqlite else postgres_insert(table)
    statement = statement.values(**row).inline().on_conflict_do_nothing()
    # An INSERT's row count is not kept unless one asks for it.
    options = {"preserve_rowcount": True}
    return session.connection().execute(statement, execution_options=options).rowcount == 1
