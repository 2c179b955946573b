"""Named Python that a table may refer to: guards, effects, payload builders, document contexts.

A guard looks at a step and answers with a refusal or None; it changes nothing. An effect gives
facts to be set. A room of a kind registers its own when it is imported; a table names them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from registry.core.db import WorkingSession
from registry.core.errors import RegistryError
from registry.core.i18n import N_, Text
from registry.office.dockets.models import Docket, DocketEvent
from registry.office.dockets.shape import Action, KindTable
from registry.office.staff.officer import Acting
from registry.public.gazette.entry import Handle
from registry.public.gazette.payloads import RemovalPayload

WITHDRAWAL_REASONS: frozenset[str] = frozenset(get_args(get_type_hints(RemovalPayload)["reason"]))


@dataclass(frozen=True)
class Refusal:
    """Why an act cannot be done: an English sentence (a catalogue key) and what fills it."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    field_name: str = ""
    """The field of the form that would have to change, where there is one."""


class Refused(RegistryError):  # noqa: N818 - the family reads as sentences
    """The state of the case, the law or an earlier act forbids the act."""

    code = "refused"
    status = 409
    message = N_("This step cannot be taken now.")

    def __init__(self, refusal: Refusal) -> None:
        # The sentence belongs to this refusal, the class only has a default for it.
        vars(self)["message"] = refusal.message
        self.refusal = refusal
        super().__init__(**refusal.params)


@dataclass
class Step:
    """An act on a docket as hooks see it, before it is done.

    ``facts`` already holds ``data`` (JSON values). While the desk only asks what could be done,
    ``preview`` is true and ``data`` is empty: guards that need it stay silent then.
    """

    session: WorkingSession
    table: KindTable
    docket: Docket
    action: Action | None
    """None when the docket is being opened or adopted."""
    acting: Acting | None
    """None when the registry itself acts."""
    now: datetime
    today: date
    effective: date
    data: Mapping[str, Any]
    facts: dict[str, Any]
    events: Sequence[DocketEvent]
    preview: bool = False
    links: Mapping[str, list[int]] = field(default_factory=dict)
    """Ids of dockets that this one is linked to, by relation."""
    parties: Sequence[tuple[int, str]] = ()
    """Entity id and role of those with a part in the case."""
    beside: Sequence[Docket] = ()
    """Cases of the same file that come in before this one and are not stored yet."""

    def day(self, name: str) -> date | None:
        """A date among the facts."""
        value = self.facts.get(name)
        return date.fromisoformat(value) if value else None

    def instant(self, name: str) -> datetime | None:
        """An instant among the facts, whose names end in ``_at``."""
        value = self.facts.get(name)
        return datetime.fromisoformat(value) if value else None

    @property
    def at(self) -> datetime | None:
        """The instant from which the act counts; None for an earlier day of unknown hour."""
        name = self.action.effective if self.action else ""
        if name.endswith("_at") and self.facts.get(name):
            return self.instant(name)
        return self.now if self.effective == self.today else None

    def last(self, *actions: str) -> DocketEvent | None:
        """The latest event of any of ``actions``."""
        return next((e for e in reversed(self.events) if e.action in actions), None)


@dataclass(frozen=True)
class Publication:
    """What a payload builder hands over for the gazette."""

    payload: Mapping[str, object]
    publish_until: datetime | None
    person_handles: tuple[Handle, ...] = ()


@dataclass(frozen=True)
class Panel:
    """A table on the case's page: a checklist, signatures, what else is known of the place.

    A cell is text, a ``Text`` in both languages, an ISO day, or a number of another case with
    its id, to which the page then leads.
    """

    title: Text
    header: Sequence[Text]
    rows: Sequence[Sequence[str | Text | tuple[str, int]]]


Guard = Callable[[Step], Refusal | None]
Effect = Callable[[Step], Mapping[str, Any]]
PayloadBuilder = Callable[[Step], Publication]
ContextBuilder = Callable[[Step], Mapping[str, Any]]
PanelBuilder = Callable[[Step], Panel | None]
SecretFiller = Callable[[WorkingSession, dict[str, Any], Acting, Path], None]
"""Fills persons' full document numbers into a frozen context, auditing each reading.

The last argument is the directory of the keys."""

GUARDS: dict[str, Guard] = {}
EFFECTS: dict[str, Effect] = {}
PAYLOADS: dict[str, PayloadBuilder] = {}
CONTEXTS: dict[str, ContextBuilder] = {}
PANELS: dict[str, PanelBuilder] = {}
SECRETS: list[SecretFiller] = []
CHANGED: list[Callable[[WorkingSession, Docket], None]] = []
PREFETCH: list[Callable[[WorkingSession, frozenset[int]], object]] = []
"""Load entities before many payloads are built; what they give is held meanwhile."""

_Hook = TypeVar("_Hook", bound=Callable[..., Any])


def _register(where: dict[str, Any], name: str) -> Callable[[_Hook], _Hook]:
    def keep(function: _Hook) -> _Hook:
        known = where.get(name, function)
        # The same function again, as when its module is loaded anew, is no second one.
        if (known.__module__, known.__qualname__) != (function.__module__, function.__qualname__):
            raise ValueError(f"two hooks are called {name}")
        where[name] = function
        return function

    return keep


def guard(name: str) -> Callable[[Guard], Guard]:
    """Registers a guard under ``name``."""
    return _register(GUARDS, name)


def effect(name: str) -> Callable[[Effect], Effect]:
    """Registers an effect under ``name``."""
    return _register(EFFECTS, name)


def payload(name: str) -> Callable[[PayloadBuilder], PayloadBuilder]:
    """Registers a payload builder under ``name``."""
    return _register(PAYLOADS, name)


def context(name: str) -> Callable[[ContextBuilder], ContextBuilder]:
    """Registers a document context under ``name``."""
    return _register(CONTEXTS, name)


def panel(name: str) -> Callable[[PanelBuilder], PanelBuilder]:
    """Registers what a case's page shows under ``name``."""
    return _register(PANELS, name)


def changed(
    function: Callable[[WorkingSession, Docket], None],
) -> Callable[[WorkingSession, Docket], None]:
    """Registers who is told, in the same transaction, that something was done in a case."""
    if function not in CHANGED:
        CHANGED.append(function)
    return function


def secrets(function: SecretFiller) -> SecretFiller:
    """Registers what fills personal numbers into a paper when it is opened."""
    if function not in SECRETS:
        SECRETS.append(function)
    return function
