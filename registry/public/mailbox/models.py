"""Tables of the mailbox, in the gazette store: the closed side writes, the public site reads.

In clear stand the status, days, the authority, the category and counts; what an office says to
the reporter is sealed to the key that only the receipt derives. None of it is in the public log.
"""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, LargeBinary
from sqlmodel import Field

from registry.core.db import GazetteBase, json_column

_BIG = BigInteger().with_variant(Integer, "sqlite")


class MailboxRow(GazetteBase, table=True):
    """The mailbox of one tip."""

    __tablename__ = "mailbox"

    lookup: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    """Peppered hash of what the receipt derives."""
    tip_id: str = Field(unique=True, max_length=32)
    number: int = Field(sa_column=Column(_BIG, nullable=False, unique=True))
    """Of the tip in the chain of intake."""
    day: date
    authority: str = Field(max_length=20)
    """Credit code of the authority that has the tip now."""
    category: str = Field(max_length=16)
    tip_key: bytes = Field(sa_type=LargeBinary)
    mailbox_key: bytes = Field(sa_type=LargeBinary)
    claim_key: bytes = Field(sa_type=LargeBinary)
    status: str = Field(default="received", max_length=20)
    """A code of rules/tip_statuses."""
    status_day: date
    opened: int = Field(default=0)
    """How many officers have opened it."""
    frames: int = Field(default=0)
    """Of all its sealed files together, 64 KiB each: what they may still grow by follows."""
    clocks: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(json_column(), nullable=False)
    )
    """Legal clocks: see ``service.ClockLine``."""


class MailboxItem(GazetteBase, table=True):
    """One sealed letter to the reporter."""

    __tablename__ = "mailbox_item"

    item_id: str = Field(primary_key=True, max_length=32)
    tip_id: str = Field(max_length=32, index=True)
    place: int
    """Order within the mailbox, from 1."""
    kind: str = Field(max_length=16)
    day: date
    envelope: bytes = Field(sa_type=LargeBinary)


class ChainRow(GazetteBase, table=True):
    """An entry of the intake chain (see ``inbox.chain``). Only ever inserted."""

    __tablename__ = "intake_chain"

    number: int = Field(sa_column=Column(_BIG, primary_key=True, autoincrement=False))
    day: date = Field(index=True)
    envelope_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    entry: bytes = Field(sa_type=LargeBinary)
