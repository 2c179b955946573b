"""Answers of departments without a system, as a sheet that goes out and comes back filled in.

One bad row fails no other: each is taken in a savepoint of its own, or its error is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.core.db import WorkingSession
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_, translate
from registry.core.rules import Rules, UnknownRule
from registry.core.sheets import dates, problems, readers
from registry.core.sheets.limits import Limits
from registry.office.punishments import service
from registry.office.punishments.queries import Row
from registry.office.staff.officer import Acting
from registry.public.measures import lifecycle
from registry.public.measures.lifecycle import ANSWER_TITLES, STATE_TITLES, Answer
from registry.public.measures.service import Feedback

HEADING = (
    "通知编号", "列入编号", "公示页面", "措施代码", "措施", "依据", "状态", "应解除期限",
    "反馈", "日期", "理由", "文号",
)  # fmt: skip
_ID, _ANSWER, _DAY, _REASON, _REFERENCE = 0, 8, 9, 10, 11


class NotTheSheet(problems.UnusableFile):
    """The file has not the columns of the sheet that went out."""

    code = "not-the-sheet"
    message = N_("This is not the sheet of measures: its first row must be the headings.")


@dataclass(frozen=True)
class Taken:
    """What became of one row. ``error``: None where the answer was taken."""

    line: int
    token: str
    error: RegistryError | None


def rows(found: Iterable[Row], rules: Rules, address: str) -> Iterator[Sequence[object]]:
    """The sheet's rows: what a department must answer, with empty cells for the answers."""
    for row in found:
        one = row.notice
        title, basis = _words(rules, one.measure)
        yield (
            one.token,
            one.listing,
            f"{address}/listings/{one.listing}",
            one.measure,
            title,
            basis,
            translate("zh", STATE_TITLES[one.state]),  # type: ignore[index] # a state
            one.lift_by.isoformat() if one.lift_by else "",
            "",
            "",
            "",
            "",
        )


def take(
    session: WorkingSession, acting: Acting, department_id: int, path: Path, limits: Limits
) -> list[Taken]:
    """Take every row that has an answer; rows without one are passed over.

    Raises ``UnusableFile``, ``NotFound`` for a department outside the subtree.
    """
    service.department(session, acting, department_id)
    found: list[Taken] = []
    heading: Mapping[str, int] | None = None
    for row in readers.read_rows(path, limits):
        if heading is None:
            heading = _heading(row.cells)
            continue
        cells = [_cell(row.cells, heading, HEADING[place]) for place in range(len(HEADING))]
        if cells[_ANSWER]:
            error = _one(session, acting, department_id, cells)
            found.append(Taken(row.line, cells[_ID], error))
    if heading is None:
        raise NotTheSheet
    return found


def _heading(cells: Sequence[str]) -> Mapping[str, int]:
    known = {text.strip(): place for place, text in enumerate(cells)}
    if not {HEADING[_ID], HEADING[_ANSWER], HEADING[_DAY]} <= set(known):
        raise NotTheSheet
    return known


def _cell(cells: Sequence[str], heading: Mapping[str, int], name: str) -> str:
    place = heading.get(name, len(cells))
    return cells[place].strip().removeprefix("'") if place < len(cells) else ""


def _one(
    session: WorkingSession, acting: Acting, department_id: int, cells: Sequence[str]
) -> RegistryError | None:
    try:
        with session.begin_nested():
            given = _feedback(cells)
            noted = service.note_answer(session, acting, cells[_ID], given)
            if noted.department_id != department_id:
                raise InvalidInput({HEADING[_ID]: [N_("This notice went to another department.")]})
    except RegistryError as error:
        return error
    return None


def _feedback(cells: Sequence[str]) -> Feedback:
    wrong: dict[str, list[str]] = {}
    answer = _answer(cells[_ANSWER])
    if answer is None:
        wrong[HEADING[_ANSWER]] = [N_("This is not one of the answers.")]
    day = dates.parse_day(cells[_DAY])
    if day is None:
        wrong[HEADING[_DAY]] = [N_("This is not a date.")]
    for place, most in ((_REASON, 500), (_REFERENCE, 100)):
        if len(cells[place]) > most:
            wrong[HEADING[place]] = [N_("This is too long.")]
    if wrong or answer is None or day is None:
        raise InvalidInput(wrong)
    return Feedback(answer, day, cells[_REASON], cells[_REFERENCE])


def _answer(text: str) -> Answer | None:
    """An answer by its code or by its word in either language."""
    for code in lifecycle.ANSWERS:
        if text in {code, ANSWER_TITLES[code], translate("zh", ANSWER_TITLES[code])}:
            return code
    return None


def _words(rules: Rules, code: str) -> tuple[str, str]:
    try:
        found = rules.measure(code)
    except UnknownRule:
        return code, ""
    return found.title.zh, found.basis.zh
