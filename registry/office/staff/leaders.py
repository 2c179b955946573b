"""Leaders by name and post, whether or not they have an account: one list for all that needs it.

Who decides over an office seldom has an account; a report that speaks of him must all the same
not be dealt with by his subordinates (``tips.about``). The same people go underground
(``accountability.leaders``). What a post means for either stands in rules/leader_posts.

Clerks, approvers and administrators enter leaders: one more of them only sends more reports
above. That the leader of an office is gone is said by an administrator alone, since reports about
him then stay with those who were his subordinates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput, NotFound
from registry.core.i18n import N_
from registry.core.names import fold
from registry.core.rules import Rules
from registry.core.rules.values import LeaderPost
from registry.office.staff import kept, queries
from registry.office.staff.auditing import audited
from registry.office.staff.models import Leader
from registry.office.staff.officer import Acting, Officer

KEEPERS = ("clerk", "approver", "administrator")
"""Who enters leaders: the first two those of their own authority."""
POSTS = "leader_posts"


def post_of(rules: Rules, code: str) -> LeaderPost | None:
    """What a post means; None for one that the rules know no more."""
    found = rules.table(POSTS).get(code)
    return found if isinstance(found, LeaderPost) else None


def leaders(session: WorkingSession, authority_id: int, acting: Acting) -> Sequence[Leader]:
    """Who leads the authority today, in the order of entry: leaders of mines are not among them.

    A post that the rules know no more counts: what is doubtful goes above.
    """
    query = select(Leader).where(
        Leader.authority_id == authority_id,
        col(Leader.until).is_(None) | (col(Leader.until) >= acting.today),
    )
    rows = session.exec(query.order_by(col(Leader.id))).all()
    return [one for one in rows if _leads(acting.rules, one)]


def _leads(rules: Rules, leader: Leader) -> bool:
    post = post_of(rules, leader.post)
    return post is None or post.office


def leader(session: WorkingSession, officer: Officer, leader_id: int) -> Leader:
    """A leader of the officer's subtree. Raises ``NotFound``."""
    return kept.load(session, Leader, leader_id, officer)


def add(session: WorkingSession, acting: Acting, data: Mapping[str, Any]) -> Leader:
    """Enter a leader: ``name``, ``post``, ``body``, ``since``, and ``title`` and ``until``.

    An administrator names the ``authority``; anybody else enters those of his own. Raises
    ``Forbidden``, ``NotFound``, ``InvalidInput`` at the field.
    """
    authority_id = _authority(session, acting, data)
    since, until = data["since"], data.get("until")
    kept.in_order(since, until)
    if post_of(acting.rules, data["post"]) is None:
        raise InvalidInput({"post": [N_("This is not one of the choices.")]})
    query = select(Leader).where(
        Leader.authority_id == authority_id,
        Leader.post == data["post"],
        col(Leader.until).is_(None) | (col(Leader.until) >= since),
    )
    if any(fold(one.name) == fold(data["name"]) for one in session.exec(query)):
        raise InvalidInput({"name": [N_("This leader is entered already.")]})
    added = Leader(
        authority_id=authority_id,
        name=data["name"].strip(),
        post=data["post"],
        title=(data.get("title") or "").strip(),
        body=data["body"].strip(),
        since=since,
        until=until,
        added_by=acting.officer.account_id,
        added_at=acting.now,
    )
    session.add(added)
    session.flush()
    _audit(session, acting, "staff:leader:named", added)
    return added


def _authority(session: WorkingSession, acting: Acting, data: Mapping[str, Any]) -> int:
    officer = acting.officer
    if not officer.has(*KEEPERS):
        raise Forbidden
    wanted: int = data.get("authority") or officer.authority_id
    if wanted != officer.authority_id and not officer.has("administrator"):
        raise Forbidden
    if not officer.sees(queries.authority(session, wanted).path):
        raise NotFound
    return wanted


def may_end(acting: Acting, leader: Leader) -> bool:
    """Whether the officer may say that he left his post."""
    if _leads(acting.rules, leader):
        return acting.officer.has("administrator")
    return acting.officer.has(*KEEPERS)


def end(session: WorkingSession, acting: Acting, leader_id: int, until: date) -> Leader:
    """The last day of a leader's post; from the next day on he is no longer looked for.

    Raises ``NotFound``, ``Forbidden``, ``InvalidInput``.
    """
    found = leader(session, acting.officer, leader_id)
    if not may_end(acting, found):
        raise Forbidden
    found.ended_by = acting.officer.account_id
    kept.end(session, found, until)
    _audit(session, acting, "staff:leader:ended", found)
    return found


def _audit(session: WorkingSession, acting: Acting, action: str, leader: Leader) -> None:
    audited(
        session,
        acting,
        action,
        f"leader:{leader.id}",
        {"post": leader.post, "authority": leader.authority_id},
    )
