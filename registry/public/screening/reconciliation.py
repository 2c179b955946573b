"""What the W3C Reconciliation Service API 0.2 asks, answered by the check.

An entity is a published record of a screened kind; its type is the kind. A candidate is a
``match`` only where a credit code decided and the record is a listing: a name alone is never more
than a suggestion, whatever its score.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from registry.core.db import GazetteSession
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.core.names import parse_birth
from registry.public.gazette import queries
from registry.public.gazette.queries import Record
from registry.public.screening.check import MAX_NAME, CheckRequest, Match, check
from registry.public.screening.loading import ScreeningIndex
from registry.public.screening.subjects import SCREENED_KINDS, subject_of
from registry.public.search.engine import SearchIndex
from registry.public.search.parsing import parse_query
from registry.public.search.query import And, Filter

LOWEST = 0.5
"""Score from which a candidate is offered: a person looks at each."""
MOST = 20
"""Candidates of one query."""
PROPERTIES = ("code", "region", "birth")
"""Properties that sharpen a query: credit code, region (GB/T 2260), date of birth."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MEMBERS = {"query", "type", "limit", "properties", "type_strict"}


@dataclass(frozen=True, slots=True)
class ReconciliationQuery:
    """One query of a batch. ``kinds``: the types asked for, all of ours where none was named."""

    request: CheckRequest
    kinds: tuple[str, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A published record as an entity."""

    id: str
    name: str
    record: Record


def read_query(value: object) -> ReconciliationQuery:
    """A query as it came in JSON. Raises ``InvalidInput`` naming the member that is wrong."""
    if not isinstance(value, dict):
        raise InvalidInput({"": [N_("A query is an object.")]})
    unknown = sorted(set(value) - _MEMBERS)
    if unknown:
        raise InvalidInput({str(unknown[0])[:40]: [N_("Unknown field.")]})
    request = CheckRequest(name=_text(value, "query"))
    properties = _properties(value.get("properties"))
    for entry in properties:
        request = _sharpened(request, entry)
    if not request.name and not request.code and not properties:
        raise InvalidInput({"query": [N_("Enter a name or a credit code.")]})
    return ReconciliationQuery(request, _kinds(value), _limit(value.get("limit")))


def candidates(
    session: GazetteSession, query: ReconciliationQuery, index: ScreeningIndex, now: datetime
) -> list[Match]:
    """The records that may be meant, likeliest first. Raises ``InvalidInput``."""
    request = query.request
    if not request.name and not request.code:
        return []  # it says only what we do not know of anyone
    found = check(session, request, index=index, now=now, threshold=LOWEST)
    return [match for match in found.matches if match.kind in query.kinds][: query.limit]


def is_certain(match: Match) -> bool:
    """Whether no person need look: a credit code met a record of our own list."""
    return match.via == "code" and match.kind == "listing"


def suggest(
    session: GazetteSession, index: SearchIndex, prefix: str, now: datetime, *, skip: int = 0
) -> list[Suggestion]:
    """Records whose names, pinyin, codes or numbers begin with or hold what was typed so far."""
    query = And((parse_query(prefix), Filter("kind", SCREENED_KINDS)))
    ids = index.find(query, now, limit=MOST, skip=skip).ids
    found = queries.many(session, ids, now).values()
    return [one for record in found if (one := entity(record))]


def entity(record: Record) -> Suggestion | None:
    """A record as an entity; None for other kinds and for natural persons of our lists."""
    subject = subject_of(record.kind, record.payload)
    if subject is None or not subject.names:
        return None
    return Suggestion(record.id, subject.name, record)


def _text(value: Mapping[str, object], member: str) -> str | None:
    found = value.get(member)
    if found is not None and not isinstance(found, str):
        raise InvalidInput({member: [N_("Not a valid string.")]})
    if found and _CONTROL.search(found):
        raise InvalidInput({member: [N_("This holds characters that cannot be shown.")]})
    if found and len(found) > MAX_NAME:
        raise InvalidInput({member: [N_("A name has at most {limit} characters.")]}, limit=MAX_NAME)
    return found


def _properties(value: object) -> list[Mapping[str, object]]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(
        isinstance(one, dict) and isinstance(one.get("pid"), str) and "v" in one for one in value
    ):
        raise InvalidInput({"properties": [N_("Each property has a pid and a value v.")]})
    return value


def _sharpened(request: CheckRequest, entry: Mapping[str, object]) -> CheckRequest:
    """The request with one property weighed in; properties that we do not know say nothing."""
    pid, value = str(entry["pid"]), _first(entry["v"])
    if not value or pid not in PROPERTIES:
        return request
    if pid == "birth":
        try:
            return replace(request, birth=parse_birth(value))
        except ValueError:
            raise InvalidInput(
                {
                    "properties": [
                        N_("This is not a date of birth. Write 1962-03-19, 1962-03 or 1962.")
                    ]
                }
            ) from None
    return replace(request, code=value) if pid == "code" else replace(request, region=value)


def _first(value: object) -> str:
    """A property's value as text: the first of several, the id of an entity."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("id", "")
    return "" if value is None or isinstance(value, bool | list | dict) else str(value).strip()


def _kinds(value: Mapping[str, object]) -> tuple[str, ...]:
    asked = value.get("type")
    if asked in (None, "", []):
        return SCREENED_KINDS
    names = asked if isinstance(asked, list) else [asked]
    if not all(isinstance(name, str) for name in names):
        raise InvalidInput({"type": [N_("Not a valid string.")]})
    if value.get("type_strict") not in {None, "any", "should", "all"}:
        raise InvalidInput({"type_strict": [N_("This is not one of the choices.")]})
    known = tuple(kind for kind in SCREENED_KINDS if kind in names)
    return known if known or value.get("type_strict") != "should" else SCREENED_KINDS


def _limit(value: object) -> int:
    if value is None:
        return MOST
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 1:
        raise InvalidInput({"limit": [N_("Not a valid number.")]})
    return min(MOST, int(min(value, MOST)))
