"""How far ahead an officer may set a day: the time of an order, the term of a licence."""

from __future__ import annotations

from datetime import date

from registry.core.i18n import N_
from registry.core.rules.duration import add_calendar
from registry.office.dockets.hooks import Refusal, Step

ORDER = "case.longest_term"
LICENCE = "licence.validity"


def set_day(step: Step, name: str = "rectify_by") -> Refusal | None:
    """The day that an order sets lies neither before the order nor beyond the rules' longest time.

    A slip of the pen in the year would set a day that never comes, and nobody would ask for what
    was ordered. What a file brings in was set elsewhere and is taken as it is.
    """
    until = step.day(name)
    if step.preview or until is None:
        return None
    if until < step.effective:
        return Refusal(N_("The day set lies before the order that sets it."), {}, name)
    last = _last(step, ORDER, step.effective) if step.action is not None else None
    return _beyond(until, last, name)


def licence_ends(step: Step) -> Refusal | None:
    """A licence ends after it began and, of a safety licence, when its legal term is over."""
    since, until = step.day("valid_from"), step.day("until")
    if step.preview or since is None or until is None:
        return None
    if until <= since:
        return Refusal(N_("The end lies before the beginning."), {}, "until")
    own = step.facts.get("licence_kind") == "safety"
    return _beyond(until, _last(step, LICENCE, since) if own else None, "until")


def _last(step: Step, code: str, begun: date) -> date | None:
    rule = step.acting.book.on(begun).deadlines.get(code) if step.acting else None
    return add_calendar(begun, rule.breach) if rule and rule.breach else None


def _beyond(until: date, last: date | None, name: str) -> Refusal | None:
    if last is None or until <= last:
        return None
    day = {"day": last.isoformat()}
    return Refusal(N_("This lies too far ahead: {day} is the latest day."), day, name)
