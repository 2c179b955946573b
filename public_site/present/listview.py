"""A list on its pages: what it holds, how far it is, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from public_site import context
from public_site.present import listfiles
from public_site.present.words import address
from registry.core import jobs
from registry.core.errors import InvalidInput, NotFound
from registry.core.i18n import N_
from registry.core.jobs import Busy, Job
from registry.core.jobs.queue import under_way
from registry.core.web.locale import gettext as _
from registry.core.web.locale import language, say
from registry.core.web.moment import now
from registry.public.agencies import lists
from registry.public.agencies.lists import ListRow, NewList
from registry.public.screening import THRESHOLD
from registry.public.screening.explaining import VIA
from registry.public.screening.lists import (
    ShownAnswer,
    answers,
    bound,
    columns_of,
    guessed,
    read_list,
)
from registry.public.screening.titles import Columns
from schemas.api.lists import ENCODINGS

PREVIEWED = 6
MOST_COLUMNS = 30
PER_PAGE = 100
MOST_WAITING = 200
"""Lists from the page that wait or run at once, of all readers together."""
OUTCOMES = {
    "listed": (N_("On a list"), "bad"),
    "possible": (N_("Possible match"), "warn"),
    "clear": (N_("Not found in these lists"), "good"),
    "error": (N_("Could not be checked"), "neutral"),
}


COLUMNS = (
    N_("Line number"),
    N_("Name in your list"),
    N_("Code in your list"),
    N_("Outcome of the check"),
    N_("Likeliest record"),
    N_("Why it was found"),
    N_("Similarity in %"),
    N_("Other records found"),
    N_("Number of the record"),
    N_("Page of the record"),
    N_("Note"),
)
"""Titles of a result as a file for people."""


@dataclass(frozen=True)
class ListedRow:
    """One row of a result. ``tone`` colours the outcome."""

    shown: ShownAnswer
    title: str
    tone: str
    via: str
    note: str


@dataclass(frozen=True)
class ResultView:
    """One page of a result, with how many rows had which outcome."""

    rows: list[ListedRow]
    counts: list[tuple[str, str, int]]
    total: int
    outcome: str
    page: int
    pages: int
    finished: datetime
    expires: datetime


def keep(data: bytes, encoding: str) -> Job:
    """Keep an upload, to be looked at by whoever sent it. Raises ``UnusableFile``."""
    settings = context.settings()
    rows = read_list(
        data,
        most_rows=settings.list_rows_without_key,
        most_bytes=settings.max_list_bytes,
        encoding=ENCODINGS.get(encoding, ""),
    )
    found = _columns(rows)
    bound(rows, found, settings.list_rows_without_key)
    titled = max(0, found.heading - 1)  # what stands above the titles is not shown, nor checked
    proposal = {"name": found.name, "code": found.code, "heading": found.heading > 0}
    minutes = timedelta(minutes=settings.list_minutes_without_key)
    params = {"by": "", "purpose": "", "reference": "", "threshold": THRESHOLD, "region": None}
    kept = [ListRow(row.line, row.cells[:MOST_COLUMNS]) for row in rows[titled:]]
    new = NewList(rows=kept, params={**params, **proposal}, expires=now() + minutes)
    job, _ = lists.keep(context.intake(), context.agency_key(), new, now=now(), start=False)
    return job


def _columns(rows: Sequence[ListRow]) -> Columns:
    """The columns by their titles, or as they look: the list's reader confirms or corrects them."""
    try:
        return columns_of(rows)
    except InvalidInput:
        return guessed(rows) or Columns(None, None, 1)


def first(job: Job) -> list[ListRow]:
    """The first rows, as they were uploaded."""
    return lists.first_rows(context.intake(), context.agency_key(), job, PREVIEWED)


def titles(job: Job) -> list[tuple[str, str]]:
    """Columns to choose from, each with what stands at its top."""
    rows = first(job)
    width = max((len(row.cells) for row in rows), default=0)
    return [
        (str(place), _("Column {number}: {title}", number=place + 1, title=_top(rows, place)))
        for place in range(width)
    ]


def _top(rows: list[ListRow], place: int) -> str:
    cells = (row.cells[place] for row in rows if place < len(row.cells))
    return next((cell[:40] for cell in cells if cell), "—")


def proposed(job: Job) -> dict[str, object]:
    """What the form of columns shows at first."""
    chosen = {part: job.params[part] for part in ("name", "code")}
    found: dict[str, object] = {k: str(v) for k, v in chosen.items() if v is not None}
    return {**found, "heading": bool(job.params["heading"])}


def start(job: Job, chosen: Mapping[str, Any]) -> None:
    """Let the list be checked by the chosen columns. Raises ``Busy``."""
    if under_way(context.intake(), lists.KIND, "") >= MOST_WAITING:
        raise Busy(limit=MOST_WAITING)
    columns = {part: int(chosen[part]) if chosen[part] else None for part in ("name", "code")}
    if chosen["heading"]:
        job.total -= 1
    jobs.start(context.intake(), job, now(), heading=chosen["heading"], **columns)


def rows(job: Job) -> Iterator[listfiles.Row]:
    """The rows of the result as a file for people has them: in the words of the page, in the
    order of ``COLUMNS``. Raises ``NotFound`` before the end."""
    return map(_written, _answers(job))


def result(job: Job, outcome: str, page: int) -> ResultView:
    """One page of the result, of one outcome only where one is given."""
    every = list(_answers(job))
    counted = Counter(each.answer.outcome for each in every)
    chosen = [each for each in every if not outcome or each.answer.outcome == outcome]
    pages = max(1, -(-len(chosen) // PER_PAGE))
    place = min(page, pages)
    some = chosen[(place - 1) * PER_PAGE : place * PER_PAGE]
    return ResultView(
        rows=[_row(each) for each in some],
        counts=[(code, title, counted[code]) for code, (title, _) in OUTCOMES.items()],
        total=len(every),
        outcome=outcome,
        page=place,
        pages=pages,
        finished=job.finished or job.created,
        expires=job.expires or job.created,
    )


def _answers(job: Job) -> Iterator[ShownAnswer]:
    if jobs.state(job, now()) != "done":
        raise NotFound
    return answers(context.intake(), context.gazette(), context.agency_key(), job, now())


def _row(shown: ShownAnswer) -> ListedRow:
    title, tone = OUTCOMES[shown.answer.outcome]
    note = shown.error(language()) or (_(listfiles.GONE) if shown.gone else "")
    return ListedRow(shown, title, tone, say(VIA[shown.via]) if shown.via else "", note)


def _written(shown: ShownAnswer) -> listfiles.Row:
    answer, row = shown.answer, _row(shown)
    sure = shown.via in {"code", "document"}
    page = address(shown.kind, shown.record) if shown.name else None
    return (
        answer.line,
        answer.name,
        answer.code,
        _(row.title),
        shown.name,
        row.via,
        round(100 * shown.score) if shown.name and not sure else "",
        shown.others or "",
        shown.record,
        f"{context.base_url()}{page}" if page else "",
        row.note,
    )
