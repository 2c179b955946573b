"""Vouchers of awards, the ledger, reminders. None of them says who is paid, or for which report."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, event
from sqlalchemy.orm import Mapper
from sqlmodel import Field

from registry.core.db import UtcDateTime, WorkingBase


class Voucher(WorkingBase, table=True):
    """What can be picked up: a number and an amount. One per share of an award.

    The reporter claims it with a signature of the key that his receipt derives, and sets a PIN of
    six digits; whoever brings number and PIN is paid. The treasury sees nothing else.
    """

    __tablename__ = "reward_voucher"
    __table_args__ = (
        Index("ix_reward_voucher_award", "award_id", "share"),
        CheckConstraint("fen > 0", name="positive"),
    )

    id: int | None = Field(default=None, primary_key=True)
    award_id: int = Field(foreign_key="docket.id")
    authority_id: int = Field(index=True)
    number: str = Field(unique=True)
    share: int
    """1, 2, 3 … within the award."""
    fen: int = Field(sa_type=BigInteger)
    claim_key: bytes
    """Ed25519 public key, derived from the receipt."""
    made_at: datetime = Field(sa_type=UtcDateTime)
    pin_sealed: bytes | None = Field(default=None)
    """Hash of the PIN (PHC string), sealed under the vault key: six digits are soon tried out."""
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    claim_signature: bytes | None = Field(default=None)
    failures: int = 0
    """Wrong PINs since the claim; at the limit it must be claimed anew."""
    released_by: int | None = Field(default=None)
    """The cashier who saw the right PIN, and when: he alone may pay, at once."""
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    paid_by: int | None = Field(default=None)
    paid_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lapsed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LedgerPosting(WorkingBase, table=True):
    """One business event in the ledger; its entries balance. Rows are only ever added."""

    __tablename__ = "reward_posting"
    __table_args__ = (Index("ix_reward_posting_authority", "authority_id", "posted_on"),)

    id: int | None = Field(default=None, primary_key=True)
    authority_id: int
    kind: str
    """A code of ``ledger.KINDS``."""
    award_id: int = Field(foreign_key="docket.id", index=True)
    voucher_id: int | None = Field(default=None, foreign_key="reward_voucher.id")
    posted_on: date
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    actor_id: int | None = Field(default=None)


class LedgerEntry(WorkingBase, table=True):
    """One side of a posting: ``fen`` above nought is a debit, below nought a credit."""

    __tablename__ = "reward_entry"
    __table_args__ = (
        Index("ix_reward_entry_posting", "posting_id"),
        Index("ix_reward_entry_account", "authority_id", "account"),
        CheckConstraint("fen <> 0", name="something"),
    )

    id: int | None = Field(default=None, primary_key=True)
    posting_id: int = Field(foreign_key="reward_posting.id")
    authority_id: int
    account: str
    """A code of ``ledger.ACCOUNTS``."""
    fen: int = Field(sa_type=BigInteger)


class Reminder(WorkingBase, table=True):
    """That a reporter was reminded of his award; each reminder once."""

    __tablename__ = "reward_reminder"

    award_id: int = Field(foreign_key="docket.id", primary_key=True)
    code: str = Field(primary_key=True)
    """The deadline of the rules that asked for it."""
    due_on: date = Field(primary_key=True)
    sent_at: datetime = Field(sa_type=UtcDateTime)


def _refuse_change(_mapper: Mapper[Any], _connection: object, target: object) -> None:
    raise RuntimeError(f"{type(target).__name__} rows of the ledger are never changed or deleted")


for _table in (LedgerPosting, LedgerEntry):
    event.listen(_table, "before_update", _refuse_change)
    event.listen(_table, "before_delete", _refuse_change)
