"""The opinion: it is closed when what the government took on was done, or refused with reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registry.core.i18n import N_
from registry.office.dockets import climbing as _climbing  # noqa: F401 - registers on import
from registry.office.dockets.hooks import Refusal, Step, context, effect, guard
from registry.office.entities import subjects


@effect("count-reminder")
def count_reminder(step: Step) -> Mapping[str, Any]:
    """How often the government was reminded."""
    return {"reminders": int(step.facts.get("reminders") or 0) + 1}


@guard("opinion-carried-out")
def opinion_carried_out(step: Step) -> Refusal | None:
    """What was taken on and not done is followed further."""
    if step.facts.get("adopted") != "no" and step.facts.get("carried_out") != "done":
        return Refusal(N_("What the government took on has not been done. Follow it further."))
    return None


@context("opinion")
def opinion_context(step: Step) -> dict[str, Any]:
    """What the letter and the reminder can say."""
    return subjects.context(step)
