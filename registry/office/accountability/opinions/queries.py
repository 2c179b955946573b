"""The year's opinions: sent, received, answered in time, done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.i18n import Text
from registry.office.dockets import kinds
from registry.office.dockets.clockview import ClockState, clock_state
from registry.office.dockets.models import Docket, DocketClock
from registry.office.staff.models import Authority
from registry.office.staff.officer import Officer

KIND = "opinion"
SHOWN = 1000


@dataclass(frozen=True)
class OpinionLine:
    """An opinion with where it stands. ``answer_by`` is None before it was sent."""

    docket: Docket
    authority: str
    state: Text
    answer_by: date | None
    answer: ClockState | None

    def fact(self, name: str) -> str:
        """A fact as text; empty where it is not known."""
        return str(self.docket.facts.get(name) or "")


def of_year(
    session: WorkingSession, officer: Officer, year: int, today: date
) -> Sequence[OpinionLine]:
    """Opinions of the subtree that were opened in ``year``, in the order of their numbers."""
    query = (
        select(Docket, Authority.name, DocketClock)
        .join(Authority, col(Authority.id) == col(Docket.authority_id))
        .join(
            DocketClock,
            (col(DocketClock.docket_id) == col(Docket.id))
            & (col(DocketClock.code) == "opinion.answer"),
            isouter=True,
        )
        .where(
            Docket.kind == KIND,
            Docket.year == year,
            col(Authority.path).startswith(officer.authority_path, autoescape=True),
        )
        .order_by(col(Authority.path), col(Docket.serial), col(DocketClock.id))
        .limit(SHOWN)
    )
    found: dict[int, OpinionLine] = {}
    states = kinds.get(KIND).states
    for docket, unit, clock in session.exec(query):
        found[docket.id or 0] = OpinionLine(
            docket, unit, states[docket.state].title,
            clock.breach_due if clock else None,
            clock_state(clock, today) if clock else None,
        )  # fmt: skip
    return list(found.values())


HEADER = (
    Text("案号", "Case number"),
    Text("机关", "Authority"),
    Text("主送政府", "Government"),
    Text("事项", "Subject matter"),
    Text("文号", "Number"),
    Text("签发", "Signed on"),
    Text("发送", "Sent on"),
    Text("签收", "Received on"),
    Text("应答复", "Answer due"),
    Text("答复", "Answered on"),
    Text("采纳", "Taken on"),
    Text("状态", "State"),
)
FACTS = ("government", "topic", "opinion_number", "opinion_signed_on", "sent_on", "received_on")


def as_rows(lines: Sequence[OpinionLine], language: str) -> Iterator[Sequence[Any]]:
    """The sheet of the year, heads first."""
    yield [head.zh if language == "zh" else head.en for head in HEADER]
    for line in lines:
        yield [
            line.docket.number,
            line.authority,
            *(line.fact(name) for name in FACTS),
            line.answer_by.isoformat() if line.answer_by else "",
            line.fact("answered_on"),
            line.fact("adopted"),
            line.state.zh if language == "zh" else line.state.en,
        ]
