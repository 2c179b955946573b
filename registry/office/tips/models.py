"""Tables of case work on tips. In clear stand days, kinds, states, ids and who acted; never what.

Text, reasons, findings and links to other cases are envelopes sealed to the tip's own key; its
private half is wrapped for each officer on duty (``TipKey``). Destroying the wrapped keys destroys
the tip.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint, event
from sqlalchemy.orm import Mapper
from sqlmodel import Field

from registry.core.db import UtcDateTime, WorkingBase


class Tip(WorkingBase, table=True):
    """A tip and its case. What it says is in ``envelope``, who said it in ``identity``."""

    __tablename__ = "tip"

    docket_id: int = Field(primary_key=True, foreign_key="docket.id")
    tip_id: str = Field(unique=True, max_length=32)
    number: int = Field(unique=True)
    """Place in the chain of intake."""
    day: date
    category: str = Field(max_length=16)
    bucket: int
    envelope: bytes = Field(sa_type=LargeBinary)
    identity: bytes = Field(sa_type=LargeBinary)
    """For the custodian; an empty one of the same length for anonymous tips."""
    tip_key: bytes = Field(sa_type=LargeBinary)
    """Public half."""
    mailbox_key: bytes = Field(sa_type=LargeBinary)
    claim_key: bytes = Field(sa_type=LargeBinary)
    unread: bool = Field(default=True)
    """Something came in that no officer has opened yet: nothing is purged meanwhile."""
    about_office: bool = Field(default=False)
    """An officer declared that it concerns the leaders of the office that has it."""
    purged_on: date | None = Field(default=None)


class TipKey(WorkingBase, table=True):
    """The tip's private key, sealed to one officer's key or to the recovery key."""

    __tablename__ = "tip_key"

    docket_id: int = Field(foreign_key="tip.docket_id", primary_key=True)
    key_id: str = Field(primary_key=True, max_length=16, index=True)
    sealed: bytes = Field(sa_type=LargeBinary)


class TipMessage(WorkingBase, table=True):
    """What the reporter added later, as it came in. Rows are only ever added, until the purge."""

    __tablename__ = "tip_message"

    message_id: str = Field(primary_key=True, max_length=32)
    docket_id: int = Field(foreign_key="tip.docket_id", index=True)
    kind: str = Field(max_length=16)
    day: date
    envelope: bytes = Field(sa_type=LargeBinary)


class TipNote(WorkingBase, table=True):
    """What an officer wrote: a reason, finding, link, reckoning. Sealed to the tip's key.

    ``action`` is the step of the table that it belongs to, ``version`` that of the case before.
    """

    __tablename__ = "tip_note"
    __table_args__ = (Index("ix_tip_note_docket", "docket_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    docket_id: int = Field(foreign_key="tip.docket_id")
    action: str
    version: int
    account_id: int
    written_at: datetime = Field(sa_type=UtcDateTime)
    envelope: bytes = Field(sa_type=LargeBinary)


class TipFile(WorkingBase, table=True):
    """A sealed file of the tip, or of a later message. What it is stands in that envelope."""

    __tablename__ = "tip_file"

    file_id: str = Field(primary_key=True, max_length=32)
    docket_id: int = Field(foreign_key="tip.docket_id", index=True)
    owner_id: str = Field(max_length=32)
    frames: int


class TipAccess(WorkingBase, table=True):
    """That an officer opened a tip. The reason is a sealed note; the count goes to the mailbox."""

    __tablename__ = "tip_access"
    __table_args__ = (Index("ix_tip_access_docket", "docket_id", "account_id"),)

    id: int | None = Field(default=None, primary_key=True)
    docket_id: int = Field(foreign_key="tip.docket_id")
    account_id: int
    opened_at: datetime = Field(sa_type=UtcDateTime)


class TipRecusal(WorkingBase, table=True):
    """An officer who has nothing to do with this tip: he declared it, or the tip speaks of him."""

    __tablename__ = "tip_recusal"

    docket_id: int = Field(foreign_key="tip.docket_id", primary_key=True)
    account_id: int = Field(primary_key=True)
    since: datetime = Field(sa_type=UtcDateTime)


class TipMark(WorkingBase, table=True):
    """A keyed hash of something the tip speaks of: equal marks propose tips of one matter."""

    __tablename__ = "tip_mark"
    __table_args__ = (UniqueConstraint("docket_id", "mark"),)

    id: int | None = Field(default=None, primary_key=True)
    docket_id: int = Field(foreign_key="tip.docket_id")
    mark: bytes = Field(sa_type=LargeBinary, index=True)


class TipAsk(WorkingBase, table=True):
    """Something that takes two people: an identity, an original file, a purge.

    ``kind``: ``identity``, ``original``, ``purge``. Asked by one, granted by another; for an
    identity a custodian then opens it with his own key.
    """

    __tablename__ = "tip_ask"
    __table_args__ = (Index("ix_tip_ask_docket", "docket_id", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    docket_id: int = Field(foreign_key="tip.docket_id")
    kind: str
    file_id: str = Field(default="", max_length=32)
    asked_by: int
    asked_at: datetime = Field(sa_type=UtcDateTime)
    granted_by: int | None = Field(default=None)
    granted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    refused_by: int | None = Field(default=None)
    done_by: int | None = Field(default=None)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TipInforming(WorkingBase, table=True):
    """That the office above was told of a concealed accident, and that it took note.

    In clear what any queue shows; ``envelope`` holds the officer's words, sealed to who was on
    duty above. The tip itself, and who reported it, stay where they are.
    """

    __tablename__ = "tip_informing"
    __table_args__ = (Index("ix_tip_informing_authority", "authority_id", "opened_at"),)

    id: int | None = Field(default=None, primary_key=True)
    docket_id: int = Field(foreign_key="tip.docket_id", index=True)
    authority_id: int = Field(foreign_key="authority.id")
    """The office above that is informed."""
    verifier_level: str = Field(max_length=20)
    """Of the government that organises the verification."""
    told_by: int
    told_at: datetime = Field(sa_type=UtcDateTime)
    envelope: bytes = Field(sa_type=LargeBinary)
    opened_by: int | None = Field(default=None)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TipPost(WorkingBase, table=True):
    """Something on its way to the reporter's mailbox, written in the act's own transaction.

    A letter is sealed already; a post without one carries the status alone. The worker delivers
    in order and deletes.
    """

    __tablename__ = "tip_post"

    id: int | None = Field(default=None, primary_key=True)
    item_id: str = Field(unique=True, max_length=32)
    docket_id: int = Field(foreign_key="tip.docket_id", index=True)
    kind: str = Field(default="", max_length=16)
    """Of the letter (``mailbox.ITEM_KINDS``); empty for a status."""
    envelope: bytes | None = Field(default=None, sa_type=LargeBinary)
    day: date


class IntakeRecord(WorkingBase, table=True):
    """The public record of an authority's intake keys: its id, and what it said last."""

    __tablename__ = "intake_record"

    authority_id: int = Field(primary_key=True, foreign_key="authority.id")
    public_id: str = Field(unique=True)
    digest: str = Field(default="")
    """Hash of the keys published last; empty while nothing is."""
    epoch: int = Field(default=0)


class IntakeHead(WorkingBase, table=True):
    """That the head of the intake chain was published for a day."""

    __tablename__ = "intake_head"

    day: date = Field(primary_key=True)
    public_id: str = Field(unique=True)


def _refuse_change(_mapper: Mapper[Any], _connection: object, target: object) -> None:
    raise RuntimeError(f"{type(target).__name__} rows are never changed")


for _table in (TipMessage, TipNote, TipAccess):
    event.listen(_table, "before_update", _refuse_change)
