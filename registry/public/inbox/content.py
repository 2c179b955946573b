"""What stands in the envelopes: one shape for tips from the site, by hotline, letter or visit.

Keys that do not apply are left out. Texts are as the reporter wrote them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, NotRequired, TypedDict

from registry.core.clock import rfc3339

Channel = Literal["web", "hotline", "letter", "visit"]
Employee = Literal["yes", "no", "unsaid"]
SHAPE = 1


class TipSubject(TypedDict):
    """Who is reported: ``code`` where the reporter chose a unit that is published here."""

    name: str
    code: NotRequired[str]


class TipFacts(TypedDict):
    """The envelope of kind ``tip``, for the duty officers (``files`` is added by ``submit``)."""

    v: int
    submitted: str
    """RFC 3339; the time of day stands nowhere else."""
    channel: Channel
    language: str
    category: str
    detail: NotRequired[str]
    region: str
    place: NotRequired[str]
    subject: TipSubject
    since: NotRequired[str]
    until: NotRequired[str]
    when: NotRequired[str]
    text: str
    knowledge: NotRequired[str]
    employee: Employee
    named: bool
    """Whether the second envelope holds the reporter's real name."""
    joint: int
    """How many others report with him; their names are in the second envelope."""
    seen_before: bool
    """Whether the same text came in shortly before, through this process."""


class Companion(TypedDict):
    """One who reports together with the first; ``share`` in percent of the reward."""

    name: str
    contact: NotRequired[str]
    share: NotRequired[int]


class TipIdentity(TypedDict, total=False):
    """The envelope of kind ``identity``, for the custodian; empty for an anonymous tip."""

    name: str
    contact: str
    document: str
    others: list[Companion]


def tip_facts(
    *,
    now: datetime,
    channel: Channel,
    language: str,
    category: str,
    region: str,
    subject: TipSubject,
    text: str,
    employee: Employee = "unsaid",
    identity: TipIdentity | None = None,
    detail: str = "",
    place: str = "",
    since: date | None = None,
    until: date | None = None,
    when: str = "",
    knowledge: str = "",
    seen_before: bool = False,
) -> TipFacts:
    """The facts of a tip in the one shape; ``identity`` only tells whether and how many."""
    who = identity or {}
    facts: TipFacts = {
        "v": SHAPE,
        "submitted": rfc3339(now),
        "channel": channel,
        "language": language,
        "category": category,
        "region": region,
        "subject": subject,
        "text": text,
        "employee": employee,
        "named": bool(who.get("name")),
        "joint": len(who.get("others", [])),
        "seen_before": seen_before,
    }
    for key, value in (("since", since), ("until", until)):
        if value:
            facts[key] = value.isoformat()  # type: ignore[literal-required]
    for key, words in (
        ("detail", detail),
        ("place", place),
        ("when", when),
        ("knowledge", knowledge),
    ):
        if words:
            facts[key] = words  # type: ignore[literal-required]
    return facts


def tip_identity(
    *, name: str = "", contact: str = "", document: str = "", others: Sequence[Companion] = ()
) -> TipIdentity:
    """The identity in the one shape; empty where nothing was given."""
    identity: TipIdentity = {}
    if name:
        identity["name"] = name
    if contact:
        identity["contact"] = contact
    if document:
        identity["document"] = document
    if others:
        identity["others"] = list(others)
    return identity
