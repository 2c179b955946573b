"""The life of one measure at one department. Pure; both sides of the registry follow it.

A measure is due with the publication of a listing. The department answers that it has received it,
applied it, or that it does not apply (with the reason). When the listing goes, the measure must be
lifted, and it stays so until the department says that it is: silence never ends a measure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from registry.core.errors import RegistryError
from registry.core.i18n import N_

State = Literal["due", "received", "applied", "not-applicable", "lift-due", "lifted", "closed"]
Answer = Literal["received", "applied", "not-applicable", "lifted"]
STATES: tuple[State, ...] = get_args(State)
ANSWERS: tuple[Answer, ...] = get_args(Answer)
OPEN: frozenset[State] = frozenset({"due", "received", "lift-due"})
"""What somebody waits for."""
REASONED: frozenset[Answer] = frozenset({"not-applicable"})
"""Answers that need a reason."""

STATE_TITLES: Mapping[State, str] = {
    "due": N_("To be applied"),
    "received": N_("Received, to be applied"),
    "applied": N_("Put into effect"),
    "not-applicable": N_("Does not apply"),
    "lift-due": N_("To be lifted"),
    "lifted": N_("Lifted"),
    "closed": N_("Ended without having been applied"),
}
ANSWER_TITLES: Mapping[Answer, str] = {
    "received": N_("Received"),
    "applied": N_("Put into effect"),
    "not-applicable": N_("Does not apply"),
    "lifted": N_("Lifted"),
}
_AFTER: Mapping[tuple[State, Answer], State] = {
    ("due", "received"): "received",
    ("due", "applied"): "applied",
    ("due", "not-applicable"): "not-applicable",
    ("received", "received"): "received",
    ("received", "applied"): "applied",
    ("received", "not-applicable"): "not-applicable",
    # Corrections of an answer while the listing stands.
    ("applied", "not-applicable"): "not-applicable",
    ("not-applicable", "applied"): "applied",
    ("lift-due", "received"): "lift-due",
    ("lift-due", "lifted"): "lifted",
    ("lift-due", "not-applicable"): "closed",
}


class AnswerRefused(RegistryError):  # noqa: N818 - reads as a sentence
    """The answer does not fit where the measure stands."""

    code = "answer-refused"
    status = 409
    message = N_("This answer does not fit: the measure stands at “{state}”.")


def after(state: State, answer: Answer) -> State:
    """Where the measure stands after the department's answer. Raises ``AnswerRefused``."""
    found = _AFTER.get((state, answer))
    if found is None:
        raise AnswerRefused(state=state)
    return found


def possible(state: State) -> tuple[Answer, ...]:
    """The answers that fit."""
    return tuple(answer for answer in ANSWERS if (state, answer) in _AFTER)


def removed(state: State) -> State:
    """After the listing, or the measure in it, has gone."""
    if state in {"due", "received", "applied"}:
        return "lift-due"
    return "closed" if state == "not-applicable" else state


def restored(state: State) -> State:
    """After the listing was given the measure again: what was ended is due anew.

    What had still to be lifted is in effect, or may be: the department must answer again, too.
    """
    return "due" if state in {"lifted", "closed", "lift-due"} else state
