"""A check as its asker's own: what he decided earlier, and what stays of it in his history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from registry.core.db import IntakeSession
from registry.core.errors import Conflict, RegistryError
from registry.core.i18n import N_
from registry.core.names import fold
from registry.public.agencies import history, judgements
from registry.public.agencies.history import Made, Occasion
from registry.public.agencies.judgements import Judged
from registry.public.agencies.models import JudgementRow
from registry.public.agencies.sealing import keyed_hash
from registry.public.screening.check import CheckResult
from registry.public.screening.requests import CheckRequest, normalize


class NoSuchMatch(Conflict):
    """The record is no possible match of the query: it changed, or it was removed."""

    code = "no-such-match"
    message = N_("This record is not, or no longer, a possible match of this query. Check again.")


class CertainMatch(Conflict):
    """A code or a document number decided; that is not the agency's to judge."""

    code = "certain-match"
    message = N_(
        "A credit code or document number decided here. If it is wrong, have it corrected."
    )


@dataclass(frozen=True)
class Asker:
    """Whose history and decisions count, and who asks in his name."""

    holder: str
    by: str
    purpose: str = ""
    reference: str = ""


def query_hash(root: bytes, request: CheckRequest) -> bytes:
    """The keyed hash of the query in its normal writing. Raises ``InvalidInput``."""
    asked = normalize(request)
    birth = asked.birth.isoformat() if asked.birth else None
    return keyed_hash(root, fold(asked.name or ""), asked.code, asked.region, asked.document, birth)


def decided(judged: Judged, query: bytes, result: CheckResult) -> frozenset[str]:
    """Ids of the matches that the asker decided are not his counterparty, and that say the same."""
    return frozenset(
        one.id
        for one in result.matches
        if one.via not in {"code", "document"} and (query, one.id, one.sequence) in judged
    )


def settled(result: CheckResult, ids: frozenset[str]) -> bool:
    """Whether nothing is left to decide: every match was decided not to be the counterparty."""
    return bool(result.matches) and all(one.id in ids for one in result.matches)


def remember(
    session: IntakeSession,
    asker: Asker,
    root: bytes,
    asked: Sequence[tuple[CheckRequest, CheckResult | RegistryError]],
    *,
    at: datetime,
    job: str | None = None,
    certificate: str | None = None,
) -> list[int]:
    """Keep in the asker's history what came of each good query; gives the numbers.

    ``job`` or ``certificate`` name what the checks were part of.
    """
    good = [(request, found) for request, found in asked if isinstance(found, CheckResult)]
    if not good:
        return []
    first = good[0][1]
    occasion = Occasion(
        holder=asker.holder,
        by=asker.by,
        at=at,
        sequence=first.sequence,
        matcher=first.matcher,
        threshold=first.threshold,
        purpose=asker.purpose,
        reference=asker.reference,
        job=job,
        certificate=certificate,
    )
    made = [
        Made(query_hash(root, request), found.outcome, [one.id for one in found.matches])
        for request, found in good
    ]
    return history.note(session, occasion, made)


def judge(
    session: IntakeSession,
    asker: Asker,
    root: bytes,
    request: CheckRequest,
    result: CheckResult,
    record: str,
    now: datetime,
) -> JudgementRow:
    """Remember that ``record``, a match of ``result``, is not the asker's counterparty.

    Raises ``NoSuchMatch`` or ``CertainMatch``.
    """
    match = next((one for one in result.matches if one.id == record), None)
    if match is None:
        raise NoSuchMatch
    if match.via in {"code", "document"}:
        raise CertainMatch
    return judgements.judge(
        session,
        holder=asker.holder,
        by=asker.by,
        query=query_hash(root, request),
        record=record,
        sequence=match.sequence,
        now=now,
    )
