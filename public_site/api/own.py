"""What a check means to the agency that asks with a key: its decisions, and its history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from public_site import context
from public_site.api import keyed
from registry.core.errors import RegistryError
from registry.core.web.moment import now
from registry.public.agencies import history, judgements
from registry.public.screening import CheckRequest
from registry.public.screening.check import CheckResult
from registry.public.screening.remembered import (
    Asker,
    decided,
    query_hash,
    remember,
    settled,
)

Checked = Sequence[tuple[CheckRequest, CheckResult | RegistryError]]


def asker(purpose: str = "", reference: str = "") -> Asker | None:
    """Who asks, where he has a key. Raises ``InvalidInput`` for an unfit reference."""
    held = keyed.held()
    checked = history.checked_reference(reference)
    return Asker(f"agency:{held.agency_id}", held.prefix, purpose, checked) if held else None


def told(by: Asker, checked: Checked) -> list[dict[str, Any]]:
    """Beside each answer: which matches the agency decided are others, and the check's number.

    Also keeps that the checks were made.
    """
    root = context.agency_key()
    hashes = {
        place: query_hash(root, request)
        for place, (request, found) in enumerate(checked)
        if isinstance(found, CheckResult)
    }
    session = context.intake()
    judged = judgements.in_force(session, by.holder, list(hashes.values()))
    numbers = iter(remember(session, by, root, checked, at=now()))
    answers: list[dict[str, Any]] = []
    for place, (_, found) in enumerate(checked):
        if not isinstance(found, CheckResult):
            answers.append({})
            continue
        ids = decided(judged, hashes[place], found)
        answers.append({"decided": ids, "settled": settled(found, ids), "check": next(numbers)})
    return answers
