"""What is published of how accidents and referred crimes ended; see ``payloads``. Nobody is named.

An accident is told once the government has replied to its investigation (Order 493 art. 34; Work
Safety Law art. 86), a referral once a court has convicted the unit and the verdict is in force.
"""

from __future__ import annotations

from typing import Literal, NotRequired

# On Python 3.11 the checker of shapes (see shapes.py) cannot read typing's own TypedDict.
from typing_extensions import TypedDict

from registry.public.gazette.payloads import AuthorityRef, Decision, Subject, Term


class Evaluation(TypedDict):
    """Whether the measures ordered after an accident were carried out."""

    date: str
    result: str
    """A code of rules/evaluation_results."""
    text: str
    remaining: NotRequired[str]
    """What is still to be done."""


class AccidentPayload(TypedDict):
    """A work accident whose investigation has been replied to."""

    subject: Subject
    """The unit at which it happened."""
    authority: AuthorityRef
    """The authority that publishes it."""
    decision: Decision
    """The reply of the government: its number and day."""
    occurred_on: str
    region: str
    """Where it happened, to the county (GB/T 2260, six digits)."""
    level: str
    """A code of rules/accident_levels."""
    deaths: int
    missing: int
    serious_injuries: int
    reporting: Literal["in-time", "late", "never"]
    """Whether the unit reported it within its time."""
    investigated_by: str
    investigating_level: str
    """A code of rules/levels."""
    cause: str
    responsibility: str
    """What follows for whom, told without names."""
    measures: str
    """What was ordered so that it does not happen again."""
    evaluation_due: str
    """The last day for the evaluation."""
    status: Literal["measures", "evaluated"]
    published_on: str
    loss_yuan: NotRequired[str]
    late_minutes: NotRequired[int]
    concealment: NotRequired[Literal["concealed", "false", "late"]]
    """What a government verified."""
    raised_from: NotRequired[str]
    """The level that had the investigation before a higher one took over."""
    evaluation: NotRequired[Evaluation]
    site: NotRequired[str]


class ReferralPayload(TypedDict):
    """A unit convicted, in force, in a case that an authority had referred to the police."""

    subject: Subject
    authority: AuthorityRef
    """The authority that referred it."""
    decision: Decision
    """The judgment in force: its number and day."""
    court: str
    verdict: Literal["guilty", "exempt"]
    offences: list[str]
    """Of which the unit was convicted: codes of rules/unit_offences."""
    referred_on: str
    filed_on: str
    prosecuted_on: str
    in_force_on: str
    term: Term
    """How long it is shown."""
    published_on: str
    fine_yuan: NotRequired[str]
    records: NotRequired[list[str]]
    """Public ids of records of the same unit on which the referral rested or that rest on these."""
    site: NotRequired[str]
