"""What the rule files say, as frozen values. Every one knows where it comes from.

Dates are legal days in Shanghai, ``since`` and ``until`` both inclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from registry.core.i18n import Text
from registry.core.rules.duration import Duration

Marker = Literal["V", "K", "U", "D"]
"""V verified against a text, K from knowledge with article, U uncertain, D this system's choice."""

Seriousness = Literal["minor", "general", "serious"]
Sense = Literal["by", "not-before", "ahead", "within"]
TermStart = Literal["decided", "published"]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One dated value: in force from ``since`` to ``until``, or until a later one replaces it."""

    code: str
    title: Text
    cite: Text
    """Article, as one cites it."""
    source: str
    """Code in the table ``sources``: where the text was read."""
    marker: Marker
    since: date
    until: date | None = None
    note: Text | None = None
    demo: bool = False
    """Belongs to the fictional province 99."""

    def in_force(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, kw_only=True)
class Instrument(Rule):
    """A law, regulation, order or notice. ``title`` is its short form in citations."""

    name: Text
    """Full name."""
    number: str = ""


@dataclass(frozen=True, kw_only=True)
class Code(Rule):
    """An entry of a plain code table. ``parent`` is the next wider code, where there is one."""

    parent: str = ""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A ground for listing. ``listed``: ``unit`` or codes of roles that go on the list with it."""

    code: str
    title: Text
    basis: Text
    listed: tuple[str, ...]
    marker: Marker
    source: str


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """What the listed may do against the decision, before whom, within the named deadline."""

    code: str
    title: Text
    deadline: str


@dataclass(frozen=True, kw_only=True)
class ListKind(Rule):
    """A list of untrustworthy entities: its order, grounds, term, measures, papers."""

    order: Text
    basis: Text
    scope: Text
    term: Duration
    term_from: TermStart
    early_removal_after: Duration | None
    early_removal_conditions: tuple[Text, ...]
    early_removal_blocked_by: tuple[str, ...]
    grounds: Mapping[str, Ground] = field(hash=False)
    measures: tuple[str, ...]
    remedies: tuple[Remedy, ...]
    published_fields: tuple[str, ...]
    notice_fields: tuple[str, ...]
    decision_fields: tuple[str, ...]
    removal_fields: tuple[str, ...]
    repair_notice_fields: tuple[str, ...]
    needs_penalty: bool
    """A decision must rest on an administrative penalty already imposed."""
    region: str
    """``000000`` for the whole country, else the province whose list it is."""

    def ground(self, code: str) -> Ground:
        """Raises ``KeyError``."""
        return self.grounds[code]


@dataclass(frozen=True, kw_only=True)
class Measure(Rule):
    """A management or joint-punishment measure. ``title`` is its wording."""

    basis: Text
    departments: tuple[str, ...]
    departments_marker: Marker
    list_edition: str
    """The instrument or edition of the national basic list that allows it."""
    targets: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Deadline(Rule):
    """A clock. ``breach`` is what the binding text allows, ``target`` a shorter one to aim at.

    ``sense``: ``by`` the last day to act; ``not-before`` the wait that must pass; ``ahead`` the
    notice that must lie between the act and the event that follows it; ``within`` the period
    whose events count together.
    """

    target: Duration | None
    breach: Duration | None
    target_from: str
    breach_from: str
    """Events that start the two clocks: codes of the table ``clock_events``."""
    sense: Sense
    binds: str
    """Who must act: a code of the table ``parties``."""
    extension: Duration | None

    @property
    def first(self) -> Duration | None:
        """The clock that runs out first for whoever wants to be in time."""
        return self.target or self.breach


@dataclass(frozen=True, kw_only=True)
class Procedure(Rule):
    """What a party may file in a case, in plain words, and which clocks run on it."""

    explains: Text
    ask_by: str
    """Deadline by which the party acts, a code of ``deadlines``; empty where none runs."""
    answer_by: str
    """Deadline by which the authority acts on it; empty where the case has its own."""
    persons: bool
    """Open to natural persons only."""
    proof: bool
    """At least one file must be enclosed."""
    pledge: Text | None
    """The commitment that is signed with it."""


@dataclass(frozen=True, kw_only=True)
class LeaderPost(Rule):
    """A post, and what holding it means here."""

    office: bool
    """Whoever holds it is above the authority that keeps him: reports about him go above it."""
    underground: bool
    """It obliges to go underground (deadline ``leader.underground``)."""


@dataclass(frozen=True, kw_only=True)
class PublicationTerm(Rule):
    """How long a penalty of one seriousness is shown, from the date of its document."""

    published: bool
    minimum: Duration | None
    maximum: Duration


@dataclass(frozen=True, kw_only=True)
class PenaltyCategory(Rule):
    """A kind of penalty. ``serious_from_yuan``: from this sum on it counts as serious."""

    seriousness: Seriousness
    serious_from_yuan: int | None


@dataclass(frozen=True, kw_only=True)
class AccidentLevel(Rule):
    """From these numbers on (inclusive) an accident is of this level; any one suffices."""

    deaths_from: int
    serious_injuries_from: int
    loss_yuan_from: int


@dataclass(frozen=True, kw_only=True)
class Masking(Rule):
    """How a number of a natural person is shown: ``shown_start`` and ``shown_end`` symbols stay."""

    pattern: str
    """Regular expression that the whole number matches."""
    shown_start: int
    shown_end: int


@dataclass(frozen=True, kw_only=True)
class ServiceMethod(Rule):
    """A way to serve a document. ``deemed_after``: served so long after the act, else with it."""

    deemed_after: Duration | None
    proof: Text


@dataclass(frozen=True, kw_only=True)
class Competence(Rule):
    """Which authorities may do an act, in one sector and region (``000000``: everywhere else)."""

    act: str
    sectors: tuple[str, ...]
    region: str
    authority_kinds: tuple[str, ...]
    levels: tuple[str, ...]
    parent_approves_below: int
    """An office with fewer approving officers than this is approved by its parent office."""


@dataclass(frozen=True, kw_only=True)
class ProviderField(Rule):
    """A field of third-party service. Numbers are minima; 0 where the law sets none.

    ``statutory``: the duties of Work Safety Law art. 72 reach it; ``qualification``: it needs one.
    """

    statutory: bool
    qualification: bool
    scopes: tuple[str, ...]
    validity: Duration | None
    renewal: str
    change: str
    notice: str
    """Deadlines: to apply for renewal, to report a change, to announce field work; or empty."""
    assets_yuan: int
    staff: int
    staff_per_scope: int
    """Full-time staff, and how many more for each scope beyond the first."""
    level_1_percent: int
    level_2_percent: int
    """Share with a certificate of level 1, and of level 1 or 2."""
    engineer_percent: int
    posts: tuple[str, ...]
    """Posts that must be filled: codes of ``roles``."""
    revoked_shown: Duration
    """How long the public register goes on showing what was revoked or cancelled."""


@dataclass(frozen=True, kw_only=True)
class ProviderScope(Rule):
    """A business scope. ``sites``: kinds of site that only this scope admits; empty: any."""

    sites: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReportType(Rule):
    """A type of report: of which field, signed by which roles at least, shown for how long."""

    field: str
    signers: tuple[str, ...]
    notice: bool
    """Field work for it must be announced."""
    shown: Duration


@dataclass(frozen=True, kw_only=True)
class SignatureRole(Rule):
    """A role in which a report is signed. Nobody fills two ``control`` roles of one report."""

    control: bool
    certified: bool
    """The signer needs a certificate that is valid on the day of signing."""


@dataclass(frozen=True, kw_only=True)
class SignatureRule(Rule):
    """Whose signatures a decision needs (``signing_capacities``); its code names the decision.

    ``own``: of these only who is entitled for the deciding authority itself may sign, not for one
    above it, as “of the same level” has it.
    """

    capacities: tuple[str, ...]
    own: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CalendarYear(Rule):
    """A year's notice: ``days_off`` as announced (weekends among them), ``worked`` weekends."""

    days_off: tuple[date, ...]
    worked: tuple[date, ...]
