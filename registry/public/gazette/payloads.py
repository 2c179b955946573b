"""What a published record says: one shape per kind, shared by those who publish and who show.

Everything in a payload is public. Natural persons appear with their name and a masked document
number only (see rules/masking); the full number never enters the gazette. Dates are ISO legal
days (Asia/Shanghai). Texts are the official Chinese unless a key says otherwise. A key that does
not apply is left out rather than null.
"""

from __future__ import annotations

from typing import Literal, NotRequired

# On Python 3.11 the checker of shapes (see shapes.py) cannot read typing's own TypedDict.
from typing_extensions import TypedDict


class FormerName(TypedDict):
    """A name once borne. ``until`` is its last legal day, where known."""

    name: str
    since: NotRequired[str]
    until: NotRequired[str]


class Subject(TypedDict):
    """Whom a record is about.

    ``kind`` is ``enterprise``, ``institution`` or ``person``. A person has ``document`` (masked)
    and no ``code``. ``code`` is an 18-character credit code or a 15-digit registration number.
    """

    kind: Literal["enterprise", "institution", "person"]
    name: str
    code: NotRequired[str]
    name_en: NotRequired[str]
    former_names: NotRequired[list[FormerName]]
    short_names: NotRequired[list[str]]
    address: NotRequired[str]
    region: NotRequired[str]
    """GB/T 2260, six digits."""
    document: NotRequired[str]


class Person(TypedDict):
    """A natural person answerable beside a unit. ``role`` is a code of rules/roles."""

    name: str
    role: str
    document: NotRequired[str]


class AuthorityRef(TypedDict):
    """The body that decided. ``code`` is its credit code."""

    name: str
    code: NotRequired[str]
    name_en: NotRequired[str]
    region: NotRequired[str]


class Decision(TypedDict):
    """The paper behind the record."""

    number: str
    date: str
    text: NotRequired[str]
    """The decision's own words, persons' data redacted."""


class Term(TypedDict):
    """``until`` is the last day of the term (inclusive)."""

    since: str
    until: str


class ListingPayload(TypedDict):
    """An entry of a list of seriously untrustworthy entities (Order 11 art. 12)."""

    list: str
    ground: str
    subject: Subject
    authority: AuthorityRef
    decision: Decision
    term: Term
    status: Literal["in-force", "repair-applied", "repair-accepted"]
    entered_on: NotRequired[str]
    published_on: str
    summary: NotRequired[str]
    """失信行为简况: what was done, in a few sentences."""
    persons: NotRequired[list[Person]]
    measures: NotRequired[list[str]]
    penalty: NotRequired[str]
    """Public id of the penalty it rests on, where that is published."""
    penalty_number: NotRequired[str]
    site: NotRequired[str]
    early_removal_from: NotRequired[str]
    reported_by: NotRequired[str]
    """信息报送机关, where it is not the deciding authority."""
    source: NotRequired[str]


class PenaltyPayload(TypedDict):
    """An administrative penalty in the national 双公示 fields."""

    subject: Subject
    authority: AuthorityRef
    decision: Decision
    violation_type: str
    facts: str
    basis: str
    categories: list[str]
    content: str
    seriousness: Literal["minor", "general", "serious"]
    term: Term
    """How long the penalty is published (公示期)."""
    published_on: str
    fine_yuan: NotRequired[str]
    confiscated_yuan: NotRequired[str]
    licence_revoked: NotRequired[str]
    persons: NotRequired[list[Person]]
    site: NotRequired[str]
    ban_until: NotRequired[str]
    note: NotRequired[str]


class ExternalPayload(TypedDict):
    """An entry of a list that another body keeps. We show it and say whose it is."""

    list: str
    reference: str
    """The entry's own id in the source list."""
    name: str
    type: Literal["organization", "person", "vessel", "aircraft", "other"]
    aliases: NotRequired[list[str]]
    programs: NotRequired[list[str]]
    countries: NotRequired[list[str]]
    birth_dates: NotRequired[list[str]]
    identifiers: NotRequired[list[str]]
    remarks: NotRequired[str]
    details: NotRequired[dict[str, str]]
    source_date: str


class LicenceChange(TypedDict):
    """From which day a licence was in another state."""

    status: str
    on: str


class LicenceAtSite(TypedDict):
    """A licence of a site. ``kind`` is a code of rules/licences."""

    kind: str
    number: str
    since: NotRequired[str]
    until: NotRequired[str]
    status: NotRequired[str]
    changes: NotRequired[list[LicenceChange]]


class Operator(TypedDict):
    """Who worked a site, from when to when."""

    name: str
    code: NotRequired[str]
    since: NotRequired[str]
    until: NotRequired[str]


class SitePayload(TypedDict):
    """A mine or a tailings pond: not its company."""

    type: str
    """``coal-mine``, ``metal-mine``, ``quarry``, ``tailings-pond``."""
    name: str
    region: str
    place: NotRequired[str]
    name_en: NotRequired[str]
    operators: list[Operator]
    licences: list[LicenceAtSite]


class AuthorityPayload(TypedDict):
    """A body that keeps records here."""

    name: str
    code: str
    line: str
    """Line of authority, such as emergency-management. The record's own ``kind`` is another."""
    level: str
    region: str
    name_en: NotRequired[str]
    parent: NotRequired[str]


class SealingKey(TypedDict):
    """A public key (X25519, base64) and the day from which it is sealed to."""

    id: str
    """First 8 bytes of the key's BLAKE2b, hexadecimal."""
    key: str
    since: str


class IntakeKeyPayload(TypedDict):
    """To whom tips for an authority are sealed. Names no officer: keys only.

    ``accepts`` are categories of rules/tip_categories; without it, all of them.
    """

    authority: AuthorityRef
    region: str
    level: str
    phone: NotRequired[str]
    officers: list[SealingKey]
    custodians: list[SealingKey]
    recovery: SealingKey
    epoch: int
    accepts: NotRequired[list[str]]


class IntakeHeadPayload(TypedDict):
    """Where the chain of intake stood at the end of a day (Asia/Shanghai)."""

    day: str
    count: int
    """Tips of that day."""
    last: int
    """Number of the last entry."""
    head: str
    """Hash of the last entry, hexadecimal: it fixes all entries before it."""


class StatisticRow(TypedDict):
    """One line of published figures. None: too few to be told."""

    code: str
    figures: dict[str, str | int | None]


class StatisticPayload(TypedDict):
    """Figures counted from what is not public itself, small cells left out."""

    name: str
    """What was counted: ``joint-punishment``."""
    day: str
    rows: list[StatisticRow]


class RemovalPayload(TypedDict):
    """A DEL names no one; the reason is from a closed list."""

    reason: Literal[
        "expired",
        "early-removal",
        "revoked",
        "suspended",
        "annulled",
        "ended",
        "takedown",
        "merged",
    ]
