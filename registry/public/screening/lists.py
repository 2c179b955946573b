"""Checking an uploaded list: from the file to its rows, part by part, and to a result.

What is kept of an answer is ids and scores. Names of records are read again whenever a result is
shown, so that a record removed since is in no result any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from registry.core.db import GazetteSession, IntakeSession, Store
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import translate
from registry.core.jobs import Job, Step, Work
from registry.core.sheets.limits import Limits
from registry.core.sheets.memory import in_memory
from registry.core.sheets.problems import EmptyFile, TooManyRows
from registry.core.sheets.readers import RawRow, read_rows
from registry.public.agencies import judgements, lists
from registry.public.agencies.lists import ListRow
from registry.public.agencies.sealing import ListSeal
from registry.public.gazette import queries
from registry.public.screening.check import CheckRequest, CheckResult, check_many
from registry.public.screening.helpers import Found, Helpers
from registry.public.screening.loading import ScreeningIndex
from registry.public.screening.remembered import Asker, decided, query_hash, remember
from registry.public.screening.subjects import subject_of
from registry.public.screening.titles import HEADING_ROWS, Columns, find_columns, guess, is_list

MOST_MATCHES = 5
"""Matches of a row that are kept; the first is shown, the number of the others beside it."""
LONGEST_CELL = 400
"""Characters of a cell that are kept: more than a name may have."""


def read_list(data: bytes, *, most_rows: int, most_bytes: int, encoding: str = "") -> list[ListRow]:
    """The file's rows, at most ``most_rows`` of them below the titles; it is never on a disk.

    ``encoding`` names that of a text file; empty: it is detected. Raises ``UnusableFile``.
    """
    limits = Limits(bytes=most_bytes, rows=most_rows, heading_rows=HEADING_ROWS)
    with in_memory(data) as path:
        found = read_rows(path, limits, text_encoding=encoding or None, wanted=is_list)
        rows = [_kept(row) for row in found if any(cell.strip() for cell in row.cells)]
    if not rows:
        raise EmptyFile
    return rows


def columns_of(rows: Sequence[ListRow], **titles: str) -> Columns:
    """The columns of these titles, or else of the usual ones. Raises ``InvalidInput``."""
    return find_columns([row.cells for row in rows[:HEADING_ROWS]], **titles)


def guessed(rows: Sequence[ListRow]) -> Columns | None:
    """What the columns of a list without known titles seem to be, for someone who looks."""
    return guess([row.cells for row in rows[:HEADING_ROWS]])


def bound(rows: Sequence[ListRow], columns: Columns, most_rows: int) -> None:
    """Raises ``TooManyRows`` where more than ``most_rows`` stand below the titles."""
    if len(rows) - columns.heading > most_rows:
        raise TooManyRows(limit=most_rows)


def only(columns: Columns, rows: Sequence[ListRow]) -> list[ListRow]:
    """The rows below the titles, with name, code and region alone: nothing else is kept."""
    wanted = (columns.name, columns.code, columns.region)
    below = rows[columns.heading :]
    return [ListRow(row.line, tuple(_cell(row, place) for place in wanted)) for row in below]


def _kept(row: RawRow) -> ListRow:
    return ListRow(row.line, tuple(cell.strip()[:LONGEST_CELL] for cell in row.cells))


@dataclass(frozen=True)
class Answer:
    """What came of one row. ``matches``: kind, id, score, via, sequence and whether the asker had
    decided that it is another."""

    line: int
    name: str
    code: str
    outcome: str
    matches: tuple[tuple[str, str, float, str, int, bool], ...] = ()
    error: str = ""
    params: Mapping[str, object] | None = None

    @property
    def settled(self) -> bool:
        return bool(self.matches) and all(match[5] for match in self.matches)


@dataclass(frozen=True)
class ShownAnswer:
    """An answer with what its first match is called today; ``gone``: it is no longer published."""

    answer: Answer
    kind: str = ""
    record: str = ""
    name: str = ""
    score: float = 0.0
    via: str = ""
    others: int = 0
    gone: bool = False

    def error(self, language: str) -> str:
        """What is wrong with the row, in the reader's language."""
        if not self.answer.error:
            return ""
        return translate(language, self.answer.error, **(self.answer.params or {}))


def handler(
    intake: Store[IntakeSession],
    gazette: Store[GazetteSession],
    index: ScreeningIndex,
    root: Callable[[], bytes],
    helpers: Helpers | None = None,
) -> Callable[[Work, datetime], Step]:
    """The step of a job of the kind ``lists.KIND``: one part checked, and one by each helper.

    All that a step checked is kept together, by this process alone: what is not kept is done again.
    """

    def here(part: Sequence[CheckRequest], now: datetime, threshold: float) -> Found:
        with gazette.read() as session:
            return check_many(session, part, index=index, now=now, threshold=threshold)

    def step(work: Work, now: datetime) -> Step:
        threshold = work.params["threshold"]
        waiting = -(-(work.total - work.done) // lists.PART_ROWS)
        count = 1 + (helpers.call(waiting - 1) if helpers else 0)
        with intake.read() as session:
            kept = lists.next_parts(session, root(), work.job_id, work.params["salt"], count)
        if not kept:
            return Step(work.done, finished=True)
        parts = [_Part.of(number, rows, work.params) for number, rows in kept]
        asked = [[request for request, _, _ in part.asked] for part in parts]
        if helpers and len(asked) > 1:
            found = helpers.check(asked, lambda one: here(one, now, threshold), now, threshold)
        else:
            found = [here(one, now, threshold) for one in asked]
        answered = [
            _answered(intake, work, root(), part, answers)
            for part, answers in zip(parts, found, strict=True)
        ]

        def save(session: IntakeSession) -> None:
            for part, (sealed, checked) in zip(parts, answered, strict=True):
                lists.answer(session, work.job_id, part.number, sealed)
                if work.owner:
                    remember(session, asker(work), root(), checked, at=now, job=work.token)

        done = min(work.done + sum(len(part.rows) for part in parts), work.total)
        return Step(done, finished=done >= work.total, save=save)

    return step


class _Part(NamedTuple):
    """A part of a list: its rows without the heading, and what each asks, with name and code."""

    number: int
    rows: Sequence[ListRow]
    asked: Sequence[tuple[CheckRequest, str, str]]

    @classmethod
    def of(cls, number: int, kept: Sequence[ListRow], params: Mapping[str, Any]) -> _Part:
        rows = kept[1:] if number == 0 and params["heading"] else kept
        return cls(number, rows, [_request(row, params) for row in rows])


_Checked = list[tuple[CheckRequest, CheckResult | RegistryError]]


def _answered(
    intake: Store[IntakeSession], work: Work, root: bytes, part: _Part, found: Found
) -> tuple[bytes, _Checked]:
    """A part's answers under seal, and what is to be remembered of it."""
    checked = [(one[0], answer) for one, answer in zip(part.asked, found, strict=True)]
    judged = _judged(intake, work, root, checked)
    answers = [
        _packed(row, one[1], one[2], answer, judged.get(place, frozenset()))
        for place, (row, one, answer) in enumerate(zip(part.rows, part.asked, found, strict=True))
    ]
    return ListSeal.of(root, work.params["salt"]).seal(answers, part.number, "answered"), checked


def asker(work: Work) -> Asker:
    """For whom the job works."""
    params = work.params
    return Asker(work.owner, params["by"], params["purpose"], params["reference"])


def _request(row: ListRow, params: Mapping[str, Any]) -> tuple[CheckRequest, str, str]:
    name, code, region = (_cell(row, params[part]) for part in ("name", "code", "region"))
    return CheckRequest(name or None, code or None, region or None), name, code


def _cell(row: ListRow, place: int | None) -> str:
    return row.cells[place] if place is not None and place < len(row.cells) else ""


def _judged(
    intake: Store[IntakeSession],
    work: Work,
    root: bytes,
    checked: Sequence[tuple[CheckRequest, CheckResult | RegistryError]],
) -> dict[int, frozenset[str]]:
    """Place in ``checked`` to the ids that the owner decided are others."""
    if not work.owner:
        return {}
    found = {
        place: (query_hash(root, request), result)
        for place, (request, result) in enumerate(checked)
        if isinstance(result, CheckResult) and result.matches
    }
    with intake.read() as session:
        kept = judgements.in_force(session, work.owner, [query for query, _ in found.values()])
    return {place: decided(kept, query, result) for place, (query, result) in found.items()}


def _packed(
    row: ListRow,
    name: str,
    code: str,
    found: CheckResult | RegistryError,
    judged: frozenset[str],
) -> list[Any]:
    if isinstance(found, RegistryError):
        message = found.message
        if isinstance(found, InvalidInput):
            message = next((text for texts in found.fields.values() for text in texts), message)
        return [row.line, name, code, "error", [], message, dict(found.params)]
    matches = [
        [one.kind, one.id, round(one.score, 4), one.via, one.sequence, one.id in judged]
        for one in found.matches[:MOST_MATCHES]
    ]
    return [row.line, name, code, found.outcome, matches, "", {}]


def answers(
    intake: IntakeSession, gazette: GazetteSession, root: bytes, job: Job, now: datetime
) -> Iterator[ShownAnswer]:
    """The rows of a result as they may be shown at ``now``."""
    for part in lists.answers(intake, root, job):
        rows = [_answer(packed) for packed in part]
        ids = [match[1] for row in rows for match in row.matches]
        records = queries.many(gazette, ids, now)
        for row in rows:
            yield _shown(row, records)


def _answer(packed: Sequence[Any]) -> Answer:
    line, name, code, outcome, matches, error, params = packed
    kept = tuple((k, i, s, v, q, j) for k, i, s, v, q, j in matches)
    return Answer(line, name, code, outcome, kept, error, params)


def _shown(row: Answer, records: Mapping[str, queries.Record]) -> ShownAnswer:
    if not row.matches:
        return ShownAnswer(row)
    still = [match for match in row.matches if match[1] in records]
    if not still:
        kind, id, *_ = row.matches[0]
        return ShownAnswer(row, kind, id, gone=True)
    kind, id, score, via, _, _ = next((one for one in still if not one[5]), still[0])
    record = records[id]
    subject = subject_of(record.kind, record.payload)
    name = subject.name if subject else ""
    return ShownAnswer(row, kind, id, name, score, via, len(still) - 1)
