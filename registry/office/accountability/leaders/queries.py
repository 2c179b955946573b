"""Leaders of a subtree and how they stand with their duty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.rules import Rulebook, Rules
from registry.core.rules.duration import Duration
from registry.office.accountability.leaders.duty import Duty, standing
from registry.office.accountability.leaders.models import LeaderVisit
from registry.office.dockets.models import Docket
from registry.office.entities.models import Site
from registry.office.staff import leaders
from registry.office.staff.models import Authority, Leader
from registry.office.staff.officer import Officer

RULE = "leader.underground"
SHOWN = 500


@dataclass(frozen=True)
class LeaderLine:
    """A leader, who keeps him, how he stands, how many visits are entered.

    ``obliged``: his post obliges him to go underground.
    """

    leader: Leader
    authority: str
    duty: Duty
    visits: int
    obliged: bool


@dataclass(frozen=True)
class VisitLine:
    """A visit with the mine and the case of the danger that was found."""

    visit: LeaderVisit
    site: Site
    hazard: Docket | None


def board(
    session: WorkingSession, officer: Officer, book: Rulebook, today: date
) -> Sequence[LeaderLine]:
    """Leaders of the officer's subtree, as ``under`` gives them."""
    return under(session, officer.authority_path, book, today)


def under(session: WorkingSession, path: str, book: Rulebook, today: date) -> Sequence[LeaderLine]:
    """Leaders under ``path``, the longest overdue first; those whose post has ended last."""
    query = (
        select(Leader, Authority.name)
        .join(Authority, col(Authority.id) == col(Leader.authority_id))
        .where(col(Authority.path).startswith(path, autoescape=True))
        .order_by(col(Leader.until).is_not(None), col(Leader.id).desc())
        .limit(SHOWN)
    )
    rows = session.exec(query).all()
    ids = [one.id for one, _ in rows]
    days: dict[int, list[date]] = {}
    visits = select(LeaderVisit).where(col(LeaderVisit.leader_id).in_(ids))
    for visit in session.exec(visits):
        days.setdefault(visit.leader_id, []).append(visit.visited_on)
    lines = [
        LeaderLine(one, unit, duty(one, days.get(one.id or 0, ()), book, today),
                   len(days.get(one.id or 0, ())), obliged(book.on(today), one))
        for one, unit in rows
    ]  # fmt: skip
    return sorted(lines, key=lambda line: line.duty.due or date.max)


def obliged(rules: Rules, one: Leader) -> bool:
    """Whether the post obliges to go underground; one that the rules know no more does not."""
    post = leaders.post_of(rules, one.post)
    return post is not None and post.underground


def duty(one: Leader, visits: Sequence[date], book: Rulebook, today: date) -> Duty:
    """How a leader stands, by the rule of ``today``; nothing is due of who has no such duty."""
    if not obliged(book.on(today), one):
        return Duty(last=None, due=None, missed=0, overdue=False)
    term = book.on(today).deadline(RULE).breach or Duration(2, "month")
    return standing(one.since, one.until, visits, term, today)


def visits_of(session: WorkingSession, leader_id: int) -> Sequence[VisitLine]:
    """A leader's visits, newest first."""
    query = (
        select(LeaderVisit, Site, Docket)
        .join(Site, col(Site.id) == col(LeaderVisit.site_id))
        .join(Docket, col(Docket.id) == col(LeaderVisit.hazard_id), isouter=True)
        .where(LeaderVisit.leader_id == leader_id)
        .order_by(col(LeaderVisit.visited_on).desc(), col(LeaderVisit.id).desc())
        .limit(SHOWN)
    )
    return [VisitLine(visit, site, hazard) for visit, site, hazard in session.exec(query)]
