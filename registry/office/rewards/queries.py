"""Reading awards: for the payments desk, the finance office, and the published figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.office.dockets import kinds
from registry.office.dockets.models import Docket
from registry.office.dockets.shape import State
from registry.office.rewards.figures import Cell
from registry.office.rewards.lifecycle import needs_consent, yuan
from registry.office.rewards.models import LedgerEntry, LedgerPosting, Voucher
from registry.office.staff import queries as staff
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting, Officer

HEADER = (
    "记账日期",
    "凭证类型",
    "领取凭证号码",
    "科目",
    "借方（元）",
    "贷方（元）",
    "机关",
    "记录号",
)
"""Columns of the export; official texts stay Chinese."""
KIND_NAMES = {
    "approved": "奖励批准",
    "paid": "奖励支付",
    "lapsed": "逾期或放弃",
    "recovery": "决定追回",
    "recovered": "追回入账",
    "written-off": "追回终止",
}
ACCOUNT_NAMES = {
    "expense": "举报奖励支出",
    "payable": "应付举报奖励",
    "cash": "银行存款",
    "receivable": "应收追回款",
    "loss": "核销损失",
}


@dataclass(frozen=True)
class Open:
    """A voucher on the payments desk: number, sum, state; nothing about the report."""

    number: str
    amount: Decimal
    claimed: bool
    authority_id: int


def authorities(session: WorkingSession, officer: Officer) -> frozenset[int]:
    """Ids of the authorities in the officer's subtree."""
    found = staff.authorities(session)
    return frozenset(one.id for one in found if one.id and officer.sees(one.path))


def open_vouchers(session: WorkingSession, acting: Acting, *, limit: int = 200) -> list[Open]:
    """Vouchers of the officer's subtree that are neither paid nor lapsed."""
    query = (
        select(Voucher)
        .where(
            col(Voucher.authority_id).in_(authorities(session, acting.officer)),
            col(Voucher.paid_at).is_(None),
            col(Voucher.lapsed_at).is_(None),
        )
        .order_by(col(Voucher.id))
        .limit(limit)
    )
    return [
        Open(one.number, yuan(one.fen), one.claimed_at is not None, one.authority_id)
        for one in session.exec(query)
    ]


@dataclass(frozen=True)
class AwardRow:
    """An award in the list of the desk."""

    docket: Docket
    state: State
    amount: str
    needs_consent: bool
    """The finance department has to agree before it is approved."""


def awards(session: WorkingSession, acting: Acting, *, limit: int = 200) -> list[AwardRow]:
    """Awards of the officer's subtree, newest first."""
    states = kinds.get("award").states
    query = select(Docket).where(
        Docket.kind == "award",
        col(Docket.authority_id).in_(authorities(session, acting.officer)),
    )
    found = session.exec(query.order_by(col(Docket.id).desc()).limit(limit))
    return [
        AwardRow(
            one,
            states[one.state],
            f"{Decimal(one.facts['amount_yuan']):,.2f}",
            needs_consent(one, acting) is not None,
        )
        for one in found
    ]


def export(
    session: WorkingSession, acting: Acting, *, since: date, until: date
) -> list[Sequence[object]]:
    """Ledger entries of the subtree for the finance office, by posting. Audited.

    No column says for which report or to whom: voucher and sums only.
    """
    own = authorities(session, acting.officer)
    names = {one.id: one.name for one in staff.authorities(session)}
    query = (
        select(LedgerPosting, LedgerEntry, Voucher.number)
        .join(LedgerEntry, col(LedgerEntry.posting_id) == col(LedgerPosting.id))
        .join(Voucher, col(Voucher.id) == col(LedgerPosting.voucher_id), isouter=True)
        .where(
            col(LedgerPosting.authority_id).in_(own),
            LedgerPosting.posted_on >= since,
            LedgerPosting.posted_on <= until,
        )
        .order_by(col(LedgerPosting.id), col(LedgerEntry.fen).desc())
    )
    rows: list[Sequence[object]] = []
    for posting, entry, number in session.exec(query):
        debit, credit = (yuan(entry.fen), "") if entry.fen > 0 else ("", yuan(-entry.fen))
        rows.append(
            (
                posting.posted_on.isoformat(),
                KIND_NAMES[posting.kind],
                number or "",
                ACCOUNT_NAMES[entry.account],
                debit,
                credit,
                names.get(posting.authority_id, ""),
                posting.id,
            )
        )
    audited(
        session,
        acting,
        "rewards:ledger:exported",
        f"account:{acting.officer.account_id}",
        {"since": since.isoformat(), "until": until.isoformat(), "rows": len(rows)},
    )
    return rows


def paid_in_month(session: WorkingSession, first: date, following: date) -> dict[str, Cell]:
    """Awards paid from ``first`` up to before ``following``, by category."""
    query = (
        select(LedgerPosting, Docket)
        .join(Docket, col(Docket.id) == col(LedgerPosting.award_id))
        .where(
            LedgerPosting.kind == "paid",
            LedgerPosting.posted_on >= first,
            LedgerPosting.posted_on < following,
        )
    )
    awards: dict[str, set[int]] = {}
    sums: dict[str, int] = {}
    for posting, docket in session.exec(query):
        category = str(docket.facts.get("category", ""))
        awards.setdefault(category, set()).add(posting.award_id)
        voucher = session.get_one(Voucher, posting.voucher_id)
        sums[category] = sums.get(category, 0) + voucher.fen
    return {key: Cell(len(ids), sums[key]) for key, ids in awards.items()}
