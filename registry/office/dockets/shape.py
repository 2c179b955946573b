"""What a kind of case is, as frozen values: states, actions, clocks, relations, publication.

The format of the tables is described in docs/dockets.md. Nothing in a table is a program: guards,
effects, payloads and contexts are names of registered Python functions (``hooks``), field sets are
names that the layer above resolves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from registry.core.errors import NotFound, RegistryError
from registry.core.i18n import N_, Text
from registry.office.dockets.offers import Offers

BACK = "@back"
"""Target of an action that returns to the state from which the current one was entered."""
OPEN = "open"
"""The act with which a docket begins; four eyes may name it."""

ADOPT = "adopt"
"""The act with which an approved import batch brings a docket in, in a later state."""

PublishOp = Literal["publish", "amend", "withdraw"]


class InvalidKind(RegistryError):  # noqa: N818
    """A table of a kind of case is wrong; the problems are listed."""

    code = "invalid-kind"
    status = 500
    message = N_("The table {file} cannot be used: {problems}")


class UnknownKind(NotFound):
    """No table describes this kind of case."""

    code = "unknown-kind"
    message = N_("There is no kind of case called {kind}.")


@dataclass(frozen=True)
class State:
    """A state. In a ``closed`` one nothing is awaited from anybody."""

    code: str
    title: Text
    closed: bool = False
    waits_for: tuple[str, ...] = ()
    """Roles on whose desk a case in this state waits; none where it merely runs."""


@dataclass(frozen=True)
class PublishRule:
    """What an action does to the public record."""

    op: PublishOp
    payload: str = ""
    reason: str = ""
    forget_previous: bool = False
    if_public: bool = False
    """Skipped where nothing is published at the moment."""


@dataclass(frozen=True)
class ClockRule:
    """A deadline of the kind; ``when`` names a guard without whose consent it does not run.

    ``right``: the time is the party's, to speak or to ask; that it ends is nobody's breach.
    """

    code: str
    when: str = ""
    right: bool = False


@dataclass(frozen=True)
class Start:
    """``event`` (rules/clock_events) starts its part of clock ``code``.

    It counts from the act's effective day, or from the day that the fact ``day_of`` holds.
    """

    code: str
    event: str
    day_of: str = ""


@dataclass(frozen=True)
class Relation:
    """How a case may stand to another: ``kind`` is that of the case at the other end.

    With ``stands`` this case rests on the other one for as long as that is in one of these
    states. When it leaves them, every case in a state of ``bound`` hears of it (``bases``), and
    ``starts`` run there; an event of it may name a fact of the case that fell.
    ``tells``: the act of the registry on the other case, where that is public, when the public
    record of this one appears or goes.
    """

    kind: str
    stands: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    starts: tuple[Start, ...] = ()
    tells: str = ""


@dataclass(frozen=True)
class Action:
    """A row of the table; see docs/dockets.md for each column."""

    code: str
    title: Text
    from_states: frozenset[str]
    to: str
    """A state, ``BACK``, or empty: the state stays."""
    roles: frozenset[str]
    system: bool = False
    approval: bool = False
    drafts: bool = False
    four_eyes: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    schema: str = ""
    effective: str = ""
    reason: bool = False
    signature: bool = False
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    starts: tuple[Start, ...] = ()
    stops: tuple[str, ...] = ()
    stops_at: str = ""
    """Field with the instant at which they are met, where that is not the act's own."""
    publish: PublishRule | None = None
    chain: tuple[str, ...] = ()
    overdue: str = ""
    """Clock past whose limit the registry itself does this: the case climbs (``climbing``)."""
    returns: bool = False
    """Sends back what an officer had submitted: it counts against his work (accountability)."""
    ends_term: bool = False
    """The registry itself does this once the term's last day is past."""
    beside: tuple[str, ...] = ()
    """Panels of the kind that stand above the form: what whoever fills it in must see."""


@dataclass(frozen=True)
class Adoption:
    """How an approved import may bring a case in: in which states, checked and completed how."""

    states: frozenset[str] = frozenset()
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    starts: tuple[Start, ...] = ()
    """Clocks that still run in a case brought in."""


@dataclass(frozen=True)
class FileImport:
    """A kind of file whose rows become cases (``imports`` of the table), by its field sets."""

    code: str
    """What ``registry import`` calls it."""
    title: Text
    state: str
    """The state in which its cases come in; one of the adoption's."""
    schemas: tuple[str, ...]
    """Field sets whose fields are the columns of the file."""
    identity: tuple[str, ...]
    """Facts that make a row the same case as another on the same subject; none may be empty."""
    undone: str
    """The closed state to which its cases go when the batch is taken back."""
    effective: str = ""
    """The field with the day from which the state counts; empty: the day of the import."""
    optional: frozenset[str] = frozenset()
    """Fields that an officer must fill in, but a file may leave out."""
    defaults: Mapping[str, str] = field(default_factory=dict)
    """What an empty cell stands for: a code, or ``@name`` of another field."""


@dataclass(frozen=True)
class KindTable:
    """Everything that the mechanism knows about a kind of case."""

    code: str
    title: Text
    number_word: str
    states: Mapping[str, State]
    initial: str
    adoption: Adoption
    actions: Mapping[str, Action]
    clocks: Mapping[str, ClockRule]
    evidence: Mapping[str, Text]
    documents: Mapping[str, Text]
    schema: str
    roles: frozenset[str]
    """Who may open one."""
    guards: tuple[str, ...] = ()
    """Checked when a docket is opened or adopted."""
    effects: tuple[str, ...] = ()
    public_kind: str = ""
    counted_by: str = ""
    """The fact by which cases of the kind are counted; none where it is empty."""
    context: str = ""
    """The document context of the kind."""
    starts: tuple[Start, ...] = ()
    """Clocks that the opening starts."""
    begins: str = ""
    """Fact of the opening with the day on which the matter began: what is entered days later may
    be dated from then on, not only from the day on which the case was opened."""
    parties: tuple[str, ...] = ()
    relations: Mapping[str, Relation] = field(default_factory=dict)
    subject: Literal["required", "optional", "none"] = "required"
    system_actions: frozenset[str] = frozenset()
    redactable: tuple[str, ...] = ()
    imports: Mapping[str, FileImport] = field(default_factory=dict)
    """Files that bring cases of this kind in, by code."""
    panels: tuple[str, ...] = ()
    """What the case's page shows beside its facts: names of registered builders."""
    procedures: Offers = field(default_factory=Offers)
    """What its parties may file online; nothing where it offers no procedure."""
    file: Path = Path()

    def action(self, code: str) -> Action:
        """Raises ``NotFound``."""
        try:
            return self.actions[code]
        except KeyError:
            raise NotFound from None

    def from_state(self, state: str) -> Iterator[Action]:
        """Actions that the table knows for ``state``."""
        return (action for action in self.actions.values() if state in action.from_states)

    def publishing(self, state: str) -> PublishRule | None:
        """How a case that stands in ``state`` was published, if it was."""
        rules = (a.publish for a in self.actions.values() if a.to == state and a.publish)
        return next((rule for rule in rules if rule.op == "publish"), None)

    def counted_as(self, facts: Mapping[str, Any]) -> str | None:
        """What a case with ``facts`` counts as; None where the kind or the facts do not say."""
        found = facts.get(self.counted_by) if self.counted_by else None
        return None if found is None else str(found)

    def open_states(self) -> tuple[str, ...]:
        return tuple(state.code for state in self.states.values() if not state.closed)

    def schemas(self) -> tuple[str, ...]:
        """Field sets that the table refers to: those of forms in their order, then of files."""
        of_files = (name for file in self.imports.values() for name in file.schemas)
        forms = (self.schema, *(action.schema for action in self.actions.values()))
        return tuple(name for name in dict.fromkeys((*forms, *of_files)) if name)
