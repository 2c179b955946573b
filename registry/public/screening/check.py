"""The check of counterparties against the lists, one or many at a time.

A credit code decides: only a record of kind ``listing`` with that code, or a person's name and full
document number together, makes the outcome ``listed``. A name alone is never more than
``possible``, nor is an entry of a list that another body keeps; a person decides. Otherwise
``clear``: not found in these lists at this sequence, and nothing more.

The index only proposes. Whatever may match is read again from the gazette, so nothing removed or
ended is shown; many requests share these readings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from registry.core.db import GazetteSession
from registry.core.errors import InvalidInput, RegistryError
from registry.core.names import anatomy, fold, likeness, read_births
from registry.public.gazette.entry import Handle
from registry.public.gazette.handles import person_handle
from registry.public.gazette.queries import Record
from registry.public.screening.comparison import compare_anatomies
from registry.public.screening.loading import ScreeningIndex
from registry.public.screening.reading import Readings, Wanted
from registry.public.screening.requests import (
    MAX_NAME,
    CheckRequest,
    comparable,
    normalize,
    writings,
)
from registry.public.screening.subjects import SCREENED_KINDS, ScreenedSubject, Via, person_of
from registry.public.screening.weighing import (
    MATCHER,
    THRESHOLD,
    FeatureResult,
    combine,
    result,
)

__all__ = [
    "MAX_NAME", "CheckRequest", "CheckResult", "Match", "Outcome", "check", "check_many",
]  # fmt: skip

Outcome = Literal["listed", "possible", "clear"]
MAX_MATCHES = 20
TOGETHER = 500
"""Requests that share their readings: bounds what is held in memory at once."""


@dataclass(frozen=True, slots=True)
class Match:
    """A record that answers, or may answer, to the request. ``name`` is the one that matched."""

    kind: str
    id: str
    name: str
    score: float
    explanation: tuple[FeatureResult, ...]
    via: Via
    sequence: int


@dataclass(frozen=True, slots=True)
class CheckResult:
    """``sequence`` and ``as_of`` say for which state of the gazette the outcome holds."""

    outcome: Outcome
    matches: tuple[Match, ...]
    sequence: int
    as_of: datetime
    matcher: str = MATCHER
    threshold: float = THRESHOLD
    kinds: tuple[str, ...] = SCREENED_KINDS
    persons: bool = True
    """False where a document number was given and this node, a mirror, has no key to search by:
    the answer is then ``possible`` at least."""


def check(
    session: GazetteSession,
    request: CheckRequest,
    *,
    index: ScreeningIndex,
    now: datetime,
    person_key: bytes | None = None,
    threshold: float = THRESHOLD,
) -> CheckResult:
    """Checks one party. Raises ``InvalidInput`` with the field that is wrong.

    The index is brought up to the session's state first and every candidate is read again, so
    nothing removed or ended is shown, and nothing published is missed.
    """
    (found,) = check_many(
        session, [request], index=index, now=now, person_key=person_key, threshold=threshold
    )
    if isinstance(found, RegistryError):
        raise found
    return found


def check_many(
    session: GazetteSession,
    requests: Sequence[CheckRequest],
    *,
    index: ScreeningIndex,
    now: datetime,
    person_key: bytes | None = None,
    threshold: float = THRESHOLD,
) -> list[CheckResult | RegistryError]:
    """Checks many parties: to each request, in order, its result or what is wrong with it.

    An error (``InvalidInput``) stands in its place; it fails no other request. Without
    ``person_key`` persons are not found by their documents (``CheckResult.persons``).
    """
    index.refresh(session, now)
    found: list[CheckResult | RegistryError] = []
    for start in range(0, len(requests), TOGETHER):
        planned = [_planned(one, person_key) for one in requests[start : start + TOGETHER]]
        good = [one for one in planned if not isinstance(one, RegistryError)]
        for plan in good:
            if plan.by_name:
                plan.wanted.ids.extend(index.likely(plan.asked.name or "", threshold))
        readings = Readings.of(session, [plan.wanted for plan in good], now)
        for each in planned:
            found.append(
                each
                if isinstance(each, RegistryError)
                else _result(each, readings, index.sequence, now, threshold)
            )
    return found


@dataclass(slots=True)
class _Plan:
    """A request in canonical writing, and what must be read to answer it."""

    asked: CheckRequest
    wanted: Wanted
    by_name: bool
    documents: tuple[Handle, ...] = ()
    blind: bool = False
    """A person's document number was given and cannot be searched by."""


def _planned(request: CheckRequest, key: bytes | None) -> _Plan | RegistryError:
    try:
        asked = normalize(request)
        documents = tuple(_document_handles(asked, key))
    except InvalidInput as error:
        return error
    by_name = bool(asked.name) and comparable(asked.name or "")
    handles = list(documents)
    if asked.code:
        handles.append(Handle("code", asked.code))
    if by_name:
        handles.append(Handle("name", fold(asked.name or "")))
    blind = bool(asked.document) and key is None
    return _Plan(asked, Wanted([], handles), by_name, documents, blind)


def _document_handles(asked: CheckRequest, key: bytes | None) -> Iterator[Handle]:
    if not asked.document or not asked.name or key is None:
        return
    for number in writings(asked.document):
        yield person_handle(key, asked.name, number)


def _result(
    plan: _Plan, readings: Readings, sequence: int, now: datetime, threshold: float
) -> CheckResult:
    found: dict[str, Match] = {}
    sure = False
    for match in (*_by_code(plan, readings), *_by_document(plan, readings)):
        found.setdefault(match.id, match)
        sure = sure or match.kind == "listing"
    for match in _by_name(plan, readings, threshold):
        found.setdefault(match.id, match)
    ranked = sorted(found.values(), key=lambda each: (each.via not in _SURE, -each.score, each.id))
    outcome: Outcome = "listed" if sure else "possible" if ranked or plan.blind else "clear"
    matches = tuple(ranked[:MAX_MATCHES])
    return CheckResult(outcome, matches, sequence, now, threshold=threshold, persons=not plan.blind)


_SURE: frozenset[Via] = frozenset({"code", "document"})


def _by_code(plan: _Plan, readings: Readings) -> Iterator[Match]:
    code = plan.asked.code
    if not code:
        return
    for record in readings.under(Handle("code", code)):
        subject = readings.subject(record)
        if subject:
            explanation = (result("code", code, code, 1.0),)
            yield _match(record, subject.name, 1.0, explanation, "code")


def _by_document(plan: _Plan, readings: Readings) -> Iterator[Match]:
    for handle in plan.documents:
        for record in readings.under(handle):
            if record.kind == "listing":
                name, masked = person_of(record.payload, plan.asked.name or "")
                explanation = (result("document", masked, masked, 1.0),)
                yield _match(record, name, 1.0, explanation, "document")


def _by_name(plan: _Plan, readings: Readings, threshold: float) -> Iterator[Match]:
    if not plan.by_name:
        return
    exact = readings.under(Handle("name", fold(plan.asked.name or "")))
    near = (readings.record(id) for id in plan.wanted.ids)
    for record in {one.id: one for one in (*near, *exact) if one}.values():
        subject = readings.subject(record)
        if subject and subject.names:
            match = _best(plan.asked, record, subject)
            if match.score >= threshold:
                yield match


def _best(asked: CheckRequest, record: Record, subject: ScreenedSubject) -> Match:
    """The likest of the record's names, with what else the request says weighed in."""
    query = anatomy(asked.name or "")
    compared = ((compare_anatomies(query, anatomy(name)), name, via) for name, via in subject.names)
    best, name, via = max(compared, key=lambda each: each[0].score)
    whole = combine((*best.explanation, *_beside(asked, subject)))
    return _match(record, name, whole.score if best.score else 0.0, whole.explanation, via)


def _beside(asked: CheckRequest, subject: ScreenedSubject) -> Iterator[FeatureResult]:
    if asked.code and len(asked.code) == len(subject.code):
        same = float(asked.code == subject.code)
        yield result("code", asked.code, subject.code, same)
    if asked.region and subject.region:
        same = float(asked.region[:2] == subject.region[:2])
        yield result("place", asked.region, subject.region, same)
    if asked.birth and (births := read_births(subject.births)):
        same = max(likeness(asked.birth, one) for one in births)
        yield result("birth", asked.birth.isoformat(), "; ".join(subject.births), same)


def _match(
    record: Record, name: str, score: float, explanation: tuple[FeatureResult, ...], via: Via
) -> Match:
    return Match(record.kind, record.id, name, score, explanation, via, record.sequence)
