"""A row of a published list as an entry of ours: ground, term, authority, subject, persons."""

from __future__ import annotations

import re
from datetime import date

from registry.core.rules import Duration, ListKind
from registry.core.sheets.dates import parse_day
from registry.office.imports import grounds, subjects
from registry.office.imports.cells import Cells
from registry.office.imports.context import Context
from registry.office.imports.judged import CaseDraft, Judged
from registry.office.imports.table import Row
from registry.office.staff.models import Authority

_TERM = re.compile(r"(\d{1,3})\s*(年|个月|月)")
_DEFAULT_LIST = "work-safety"


def judge(row: Row, context: Context) -> Judged:
    """The row with all its problems. Nothing is looked up in the store here."""
    cells = Cells(row, context)
    judged = Judged(row.line, cells.problems)
    authority = _authority(cells)
    decided, published = cells.day("decided_on", past=True), cells.day("published_on", past=True)
    if not cells.get("decided_on") and not cells.get("published_on"):
        cells.note("published_on", "missing")
    day = decided or published or context.today
    kind = _list_kind(cells, day)
    ground = _ground(cells, kind) if kind else None
    until = _until(cells, kind, day) if kind else None
    summary = cells.text("summary", 4000)
    _subject(cells, judged)
    if until is not None and until < context.today:
        cells.note("until", "ended", until.isoformat(), "warning")
        judged.skipped = True
    if authority is None or kind is None or ground is None or judged.subject is None:
        return judged
    facts = {
        "list": kind.code,
        "ground": ground,
        "decision_number": cells.text("decision_number", 100),
        "decided_on": day.isoformat(),
        "published_on": (published or decided or day).isoformat(),
        "since": day.isoformat(),
        "until": until.isoformat() if until else None,
        "summary": summary,
        "reported_by": _reported_by(cells, authority),
        "penalty_number": cells.text("penalty_number", 100),
        "source": cells.text("source", 500),
        "measures": list(kind.measures),
    }
    judged.case = CaseDraft(
        kind="listing",
        state="published",
        authority_id=authority.id or 0,
        region=judged.subject.region or authority.region,
        title=_title(judged),
        effective_on=day,
        facts={name: value for name, value in facts.items() if value or name == "decision_number"},
        identity=(kind.code, ground, str(facts["decision_number"]) or day.isoformat()),
    )
    return judged


def _title(judged: Judged) -> str:
    if judged.subject is None or judged.subject.kind == "person":
        return "自然人"
    return judged.subject.name


def _authority(cells: Cells) -> Authority | None:
    context = cells.context
    field = "authority" if cells.get("authority") else "reported_by"
    name = cells.get(field)
    if not name and not {"authority", "reported_by"} & context.columns:
        return context.own_authority
    if not name:
        cells.note("reported_by", "missing")
        return None
    found = context.authority(name)
    if found is None:
        cells.note(field, "unmapped-authority")
    elif not context.acting.officer.sees(found.path):
        cells.note(field, "foreign-authority")
        return None
    return found


def _reported_by(cells: Cells, authority: Authority) -> str:
    reporter = cells.text("reported_by", 200)
    return "" if reporter == authority.name else reporter


def _list_kind(cells: Cells, day: date) -> ListKind | None:
    known = cells.context.rules(day).list_kinds
    if cells.get("list"):
        titles = {kind.title.zh: code for code, kind in known.items()}
        wording = cells.get("list")
        code = titles.get(wording) or cells.context.mapping.value("list", wording) or wording
        if code not in known:
            cells.note("list", "unmapped-list")
            return None
        return known[code]
    national = [kind for kind in known.values() if kind.region == "000000"]
    if _DEFAULT_LIST in known:
        return known[_DEFAULT_LIST]
    if len(national) == 1:
        return national[0]
    cells.note("list", "unmapped-list")
    return None


def _ground(cells: Cells, kind: ListKind) -> str | None:
    field = "ground" if cells.get("ground") else "reason"
    text = cells.get(field)
    if not text:
        cells.note("reason", "missing")
        return None
    mapped = cells.context.mapping.value(field, text)
    known = mapped is not None and mapped in kind.grounds
    found = [mapped] if mapped is not None and known else grounds.match(kind, text)
    if len(found) == 1:
        return found[0]
    if found:
        cells.note(field, "ambiguous-ground", options="、".join(found))
    else:
        cells.note(field, "unmapped-ground")
    return None


def _until(cells: Cells, kind: ListKind, since: date) -> date | None:
    """The last day of the term: from the rules; the file's own end is compared with it."""
    ruled = _ruled_end(cells.context, since, kind.term)
    stated = cells.day("until") or _stated_term(cells, since)
    if stated is None:
        empty = not cells.get("until") and not cells.get("term")
        if empty and {"until", "term"} & cells.context.columns:
            cells.note("until", "computed-term", ruled.isoformat(), "note")
        return ruled
    if stated < since:
        cells.note("until" if cells.get("until") else "term", "order")
        return None
    if stated != ruled:
        cells.note("until", "term-differs", stated.isoformat(), "warning", day=ruled.isoformat())
    return ruled


def _stated_term(cells: Cells, since: date) -> date | None:
    text = cells.get("term")
    if not text:
        return None
    found = _TERM.fullmatch(text)
    if found:
        length = Duration(int(found[1]), "year" if found[2] == "年" else "month")
        return cells.context.acting.book.due(since, length).day
    for sign in ("至", "—", "~", "～"):
        _, parted, last = text.partition(sign)
        day = parse_day(last.strip()) if parted else None
        if day is not None:
            return day
    cells.note("term", "unmapped-term")
    return None


def _ruled_end(context: Context, since: date, term: Duration) -> date:
    return context.acting.book.due(since, term).day


def _subject(cells: Cells, judged: Judged) -> None:
    kind = cells.term("subject_kind", {"unit", "institution", "person", "enterprise"})
    alone = not cells.get("code") and not cells.get("principal") and cells.get("principal_document")
    if kind == "person" or (kind is None and alone):
        judged.subject = subjects.person(cells, "name", "principal_document")
        return
    judged.subject = subjects.unit(cells, kind)
    subjects.flag_missing_code(cells, judged.subject)
    if cells.get("principal"):
        role = cells.term("principal_role", cells.context.rules(cells.context.today).roles)
        principal = subjects.person(cells, "principal", "principal_document")
        if principal is not None:
            judged.persons = ((role or "principal", principal),)
    elif cells.get("principal_document"):
        cells.note("principal", "missing")
