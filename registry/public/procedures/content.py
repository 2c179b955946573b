"""What stands in the envelopes: the window that a code opens, a filing, its status, its answer."""

from __future__ import annotations

from typing import NotRequired, TypedDict

SHAPE = 1
Both = dict[str, str]
"""A text as ``{zh, en}``."""


class Offer(TypedDict):
    """One procedure that is open. ``since`` and ``until`` are ISO legal days."""

    code: str
    """Of rules/procedures."""
    since: NotRequired[str]
    """Open from this day on; a day to come: not yet."""
    until: NotRequired[str]
    """The party's last day; what comes later is taken and marked late."""


class Window(TypedDict):
    """The envelope of kind ``window``."""

    v: int
    number: str
    title: Both
    """Of the kind of case."""
    paper: str
    authority: Both
    party: str
    person: bool
    stage: Both
    offers: list[Offer]
    conditions: list[Both]
    """Conditions of early removal, each to be proved."""


class Filing(TypedDict):
    """The envelope of kind ``filing`` (``files`` is added by ``service.submit``)."""

    v: int
    window: str
    procedure: str
    submitted: str
    language: str
    name: str
    capacity: str
    contact: str
    text: str
    pledge: NotRequired[str]
    """The commitment as it was signed, with the name typed under it."""
    conditions: NotRequired[list[str]]
    """What proves each condition of the window, in its order."""
    hearing: NotRequired[bool]
    remedy: NotRequired[str]
    """``reconsideration`` or ``lawsuit``."""
    remedy_body: NotRequired[str]
    remedy_number: NotRequired[str]
    remedy_filed_on: NotRequired[str]


class ClockLine(TypedDict):
    """A clock as the party sees it. Days are ISO legal days."""

    title: Both
    due: str
    done: str


class Status(TypedDict):
    """The envelope of kind ``status``."""

    v: int
    number: str
    authority: Both
    procedure: str
    day: str
    state: str
    late: bool
    clocks: list[ClockLine]
    until: NotRequired[str]
    """The last day on which the receipt opens it, once it is settled."""


class Paper(TypedDict):
    """A paper that goes with an answer, base64."""

    name: str
    content: str


class Letter(TypedDict):
    """One answer of the authority."""

    day: str
    text: str
    papers: list[Paper]


class Answer(TypedDict):
    """The envelope of kind ``answer``: all letters so far, oldest first."""

    v: int
    letters: list[Letter]
