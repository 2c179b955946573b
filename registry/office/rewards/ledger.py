"""The ledger of rewards: double entry, in fen, only ever added to.

An approved award is an expense owed; paying settles what is owed; an award that is waived is
taken back from both; a payment found wrong becomes a claim on whoever had it, until it is back
or written off. The sum over all accounts of an authority is nought at every moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import func
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.errors import RegistryError
from registry.core.i18n import N_
from registry.office.rewards.models import LedgerEntry, LedgerPosting

ACCOUNTS: Mapping[str, str] = MappingProxyType(
    {
        "expense": N_("Expense: rewards for reports"),
        "payable": N_("Payable: approved rewards"),
        "cash": N_("Cash paid out"),
        "receivable": N_("Receivable: payments to be recovered"),
        "loss": N_("Loss: payments written off"),
    }
)
KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "approved": ("expense", "payable"),
        "paid": ("payable", "cash"),
        "lapsed": ("payable", "expense"),
        "recovery": ("receivable", "expense"),
        "recovered": ("cash", "receivable"),
        "written-off": ("loss", "receivable"),
    }
)
"""Kind of posting to the account debited and the one credited."""
KIND_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "approved": N_("Award approved"),
        "paid": N_("Award paid"),
        "lapsed": N_("Award lapsed or waived"),
        "recovery": N_("Recovery ordered"),
        "recovered": N_("Payment recovered"),
        "written-off": N_("Recovery given up"),
    }
)


class Unbalanced(RegistryError):  # noqa: N818
    """A posting moves nothing, or less than nothing."""

    code = "unbalanced"
    status = 500
    message = "The ledger refuses a posting of {fen} fen."


@dataclass(frozen=True)
class Moved:
    """What a posting is about."""

    authority_id: int
    award_id: int
    fen: int
    voucher_id: int | None = None
    actor_id: int | None = None


def post(session: WorkingSession, kind: str, moved: Moved, *, now: datetime) -> LedgerPosting:
    """Write one posting of ``kind`` with its two entries. Raises ``Unbalanced``."""
    if moved.fen <= 0:
        raise Unbalanced(fen=moved.fen)
    debit, credit = KINDS[kind]
    posting = LedgerPosting(
        authority_id=moved.authority_id,
        kind=kind,
        award_id=moved.award_id,
        voucher_id=moved.voucher_id,
        posted_on=legal_day(now),
        recorded_at=now,
        actor_id=moved.actor_id,
    )
    session.add(posting)
    session.flush()
    for account, fen in ((debit, moved.fen), (credit, -moved.fen)):
        session.add(
            LedgerEntry(
                posting_id=posting.id or 0,
                authority_id=moved.authority_id,
                account=account,
                fen=fen,
            )
        )
    session.flush()
    return posting


def balances(
    session: WorkingSession, authority_ids: frozenset[int], until: date | None = None
) -> dict[str, int]:
    """Balance of every account in fen, debits less credits, up to and including ``until``."""
    query = (
        select(LedgerEntry.account, func.sum(LedgerEntry.fen))
        .join(LedgerPosting)
        .where(col(LedgerEntry.authority_id).in_(authority_ids))
    )
    if until is not None:
        query = query.where(LedgerPosting.posted_on <= until)
    found = {
        account: int(fen) for account, fen in session.exec(query.group_by(LedgerEntry.account))
    }
    return {account: found.get(account, 0) for account in ACCOUNTS}


def unsettled(session: WorkingSession, award_id: int, account: str) -> int:
    """What stands on ``account`` for one award, in fen, debits less credits."""
    query = (
        select(func.coalesce(func.sum(LedgerEntry.fen), 0))
        .join(LedgerPosting)
        .where(LedgerPosting.award_id == award_id, LedgerEntry.account == account)
    )
    return int(session.exec(query).one())
