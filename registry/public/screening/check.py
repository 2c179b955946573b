"""The check of one counterparty against the lists.

A credit code decides: only a record of kind ``listing`` with that code, or a person's name and full
document number together, makes the outcome ``listed``. A name alone is never more than
``possible``, nor is an entry of a list that another body keeps; a person decides. Otherwise
``clear``: not found in these lists at this sequence, and nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from registry.core.db import GazetteSession
from registry.core.errors import InvalidInput, Misconfigured
from registry.core.i18n import N_
from registry.core.names import (
    InvalidCreditCode,
    InvalidResidentId,
    anatomy,
    fold,
    normalize_document,
    parse_identifier,
    parse_resident_id,
)
from registry.public.gazette import queries
from registry.public.gazette.entry import Handle
from registry.public.gazette.handles import person_handle
from registry.public.gazette.queries import Record
from registry.public.screening.comparison import (
    MATCHER,
    THRESHOLD,
    FeatureResult,
    combine,
    compare_anatomies,
    result,
)
from registry.public.screening.loading import ScreeningIndex
from registry.public.screening.subjects import (
    SCREENED_KINDS,
    ScreenedSubject,
    Via,
    person_of,
    subject_of,
)

Outcome = Literal["listed", "possible", "clear"]
MAX_NAME = 300
"""Characters of a name."""
MAX_MATCHES = 20
CANDIDATES = 40
"""Records whose names are compared; those that reach the threshold are read again."""


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """Who is asked about. A body by ``name``, ``code`` or both; a person by ``name`` and full
    ``document`` number. ``region`` (GB/T 2260) and ``birth`` only sharpen a search by name.
    """

    name: str | None = None
    code: str | None = None
    region: str | None = None
    document: str | None = None
    birth: date | None = None


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
    asked = normalize(request)
    index.refresh(session, now)
    found: dict[str, Match] = {}
    sure = False
    for match in (*_by_code(session, asked, now), *_by_document(session, asked, now, person_key)):
        found.setdefault(match.id, match)
        sure = sure or match.kind == "listing"
    for match in _by_name(session, asked, index, now, threshold):
        found.setdefault(match.id, match)
    ranked = sorted(found.values(), key=lambda each: (each.via not in _SURE, -each.score, each.id))
    outcome: Outcome = "listed" if sure else "possible" if ranked else "clear"
    return CheckResult(
        outcome, tuple(ranked[:MAX_MATCHES]), index.sequence, now, threshold=threshold
    )


_SURE: frozenset[Via] = frozenset({"code", "document"})


def normalize(request: CheckRequest) -> CheckRequest:
    """The request with its code and document in canonical writing. Raises ``InvalidInput``."""
    name = (request.name or "").strip()
    code = _code(request.code) if (request.code or "").strip() else None
    document = _document(request.document) if (request.document or "").strip() else None
    if not name and not code:
        field = "name" if document or not request.code else "code"
        raise InvalidInput({field: [N_("Enter a name or a credit code.")]})
    if len(name) > MAX_NAME:
        raise InvalidInput({"name": [N_("A name has at most {limit} characters.")]}, limit=MAX_NAME)
    if document and not name:
        raise InvalidInput(
            {"name": [N_("A person is found by name and full document number together.")]}
        )
    if name and not code and not document and not _comparable(name):
        raise InvalidInput({"name": [N_("This is not enough of a name to search for.")]})
    if request.region and not re.fullmatch(r"[0-9]{6}", request.region):
        raise InvalidInput({"region": [N_("A region code has six digits.")]})
    return CheckRequest(name or None, code, request.region or None, document, request.birth)


def _code(text: str | None) -> str:
    try:
        return parse_identifier(text or "").value
    except InvalidCreditCode as error:
        raise InvalidInput({"code": [error.message]}, **error.params) from None


def _document(text: str | None) -> str:
    number = normalize_document(text or "")
    if not re.fullmatch(r"[A-Z0-9()/-]{4,40}", number):
        raise InvalidInput({"document": [N_("Enter the full document number.")]})
    if re.fullmatch(r"[0-9]{17}[0-9X]", number):
        try:
            return parse_resident_id(number).value
        except InvalidResidentId as error:
            raise InvalidInput({"document": [error.message]}) from None
    return number


def _comparable(name: str) -> bool:
    parts = anatomy(name)
    return bool(parts.core or parts.words)


def _by_code(session: GazetteSession, asked: CheckRequest, now: datetime) -> Iterator[Match]:
    if not asked.code:
        return
    for record in queries.lookup(session, Handle("code", asked.code), now):
        subject = subject_of(record.kind, record.payload)
        if subject:
            explanation = (result("code", asked.code, asked.code, 1.0),)
            yield _match(record, subject.name, 1.0, explanation, "code")


def _by_document(
    session: GazetteSession, asked: CheckRequest, now: datetime, key: bytes | None
) -> Iterator[Match]:
    if not asked.document or not asked.name:
        return
    if key is None:
        raise Misconfigured(what="the key for persons' documents")
    for number in _writings(asked.document):
        for record in queries.lookup(session, person_handle(key, asked.name, number), now):
            if record.kind == "listing":
                name, masked = person_of(record.payload, asked.name)
                explanation = (result("document", masked, masked, 1.0),)
                yield _match(record, name, 1.0, explanation, "document")


def _writings(number: str) -> Iterator[str]:
    """A resident id in both its forms: a decision may carry the old one of 15 digits."""
    yield number
    if re.fullmatch(r"[0-9]{15}", number):
        try:
            yield parse_resident_id(number).value
        except InvalidResidentId:
            return
    elif re.fullmatch(r"[0-9]{6}19[0-9]{9}[0-9X]", number):
        yield number[:6] + number[8:17]


def _by_name(
    session: GazetteSession,
    asked: CheckRequest,
    index: ScreeningIndex,
    now: datetime,
    threshold: float,
) -> Iterator[Match]:
    if not asked.name or not _comparable(asked.name):
        return
    ids = _likely(asked.name, index, threshold)
    exact = queries.lookup(session, Handle("name", fold(asked.name)), now)
    ids += [record.id for record in exact]
    for record in queries.many(session, ids, now).values():
        subject = subject_of(record.kind, record.payload)
        if subject and subject.names:
            match = _best(asked, record, subject)
            if match.score >= threshold:
                yield match


def _likely(name: str, index: ScreeningIndex, threshold: float) -> list[str]:
    """Candidates whose indexed names reach the threshold: what is worth reading again.

    Nothing is lost: what else a request says can only lower the score of a name.
    """
    query = anatomy(name)
    return [
        each.ref
        for each in index.candidates(name, CANDIDATES)
        if any(
            compare_anatomies(query, anatomy(kept)).score >= threshold
            for kept in index.names.names(each.ref)
        )
    ]


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
    if asked.birth and subject.births:
        same = float(any(str(asked.birth.year) in birth for birth in subject.births))
        yield result("birth", str(asked.birth.year), "; ".join(subject.births), same)


def _match(
    record: Record, name: str, score: float, explanation: tuple[FeatureResult, ...], via: Via
) -> Match:
    return Match(record.kind, record.id, name, score, explanation, via, record.sequence)
