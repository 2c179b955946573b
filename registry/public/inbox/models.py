"""Tables of the inbox. The public site may only add to them; the worker reads and empties them.

In clear stand the day, the authority, the category and a size bucket; besides, random ids, public
keys and hashes that say nothing without the receipt. No time of day, no address, no name.
``place`` is the order of arrival. No foreign keys: SQLite would have to read the parent.
"""

from datetime import date

from sqlalchemy import BigInteger, Column, Identity, Integer, LargeBinary, UniqueConstraint
from sqlmodel import Field

from registry.core.db import IntakeBase

_BIG = BigInteger().with_variant(Integer, "sqlite")


def _place() -> Column[int]:
    # An identity, unlike a serial, needs no grant on a sequence beside the one to insert.
    return Column("place", _BIG, Identity(), primary_key=True)


class SealedTip(IntakeBase, table=True):
    """One tip as it came in."""

    __tablename__ = "sealed_tip"

    place: int | None = Field(default=None, sa_column=_place())
    tip_id: str = Field(unique=True, max_length=32)
    day: date
    """Legal day (Asia/Shanghai) on which it was handed in."""
    authority: str = Field(max_length=20)
    """Credit code of the authority to whose keys it is sealed."""
    category: str = Field(max_length=16)
    bucket: int
    """Length of the envelope in blocks of 4 KiB, rounded up to a power of two."""
    envelope: bytes = Field(sa_type=LargeBinary)
    identity: bytes = Field(sa_type=LargeBinary)
    """Second envelope, for the custodian; an empty one of the same length for anonymous tips."""
    tip_key: bytes = Field(sa_type=LargeBinary)
    """Public half of the tip's key pair."""
    lookup: bytes = Field(sa_type=LargeBinary)
    """Peppered hash by which the receipt finds the mailbox."""
    mailbox_key: bytes = Field(sa_type=LargeBinary)
    """Public half (X25519) of the key that the receipt derives."""
    claim_key: bytes = Field(sa_type=LargeBinary)
    """Public half (Ed25519) of the key with which the reward is claimed."""


class SealedMessage(IntakeBase, table=True):
    """What the reporter added later, sealed to the tip's key: message, withdrawal, objection."""

    __tablename__ = "sealed_message"

    place: int | None = Field(default=None, sa_column=_place())
    message_id: str = Field(unique=True, max_length=32)
    tip_id: str = Field(max_length=32, index=True)
    kind: str = Field(max_length=16)
    day: date
    bucket: int
    envelope: bytes = Field(sa_type=LargeBinary)


class SealedFileRow(IntakeBase, table=True):
    """That a sealed file belongs to a tip. Its name, type, size and key are in the envelope."""

    __tablename__ = "sealed_file"

    file_id: str = Field(primary_key=True, max_length=32)
    owner_id: str = Field(max_length=32, index=True)
    """Id of the tip, or of the later message, that it came with."""
    frames: int


class WrappedKey(IntakeBase, table=True):
    """A tip's private key, sealed to one officer or to the recovery key."""

    __tablename__ = "wrapped_key"
    __table_args__ = (UniqueConstraint("tip_id", "key_id"),)

    place: int | None = Field(default=None, sa_column=_place())
    tip_id: str = Field(max_length=32, index=True)
    key_id: str = Field(max_length=16)
    sealed: bytes = Field(sa_type=LargeBinary)


class UsedForm(IntakeBase, table=True):
    """That a form has been sent in: each works once, whatever process it reaches."""

    __tablename__ = "used_form"

    form: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    day: date


class VoucherClaim(IntakeBase, table=True):
    """A reward claimed with the receipt. Says nothing of the tip or of who claims.

    ``signature`` is the claim key's over ``receipt.claim_text``; ``pin`` is a hash (PHC string) of
    the number that the claimant will say at the counter.
    """

    __tablename__ = "voucher_claim"

    place: int | None = Field(default=None, sa_column=_place())
    voucher: str = Field(max_length=32, index=True)
    pin: str = Field(max_length=200)
    signature: bytes = Field(sa_type=LargeBinary)
    day: date


INSERT_ONLY = frozenset(
    {
        "sealed_tip",
        "sealed_message",
        "sealed_file",
        "wrapped_key",
        "used_form",
        "voucher_claim",
    }
)
"""Tables that the public site may add to and neither read nor change."""
