"""A row of the national penalty publicity (双公示, CF_*) as a penalty of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from registry.core.names import fold
from registry.core.rules import PublicationTerm, Rules
from registry.office.imports import subjects
from registry.office.imports.cells import Cells
from registry.office.imports.context import Context
from registry.office.imports.judged import CaseDraft, Judged
from registry.office.imports.table import Row
from registry.office.staff.models import Authority

_PARTS = re.compile(r"[；;/|]")
_PIECES = re.compile(r"[、,，]")
_TEN_THOUSAND = 10_000


def judge(row: Row, context: Context) -> Judged:
    """The row with all its problems. Nothing is looked up in the store here."""
    cells = Cells(row, context)
    judged = Judged(row.line, cells.problems)
    authority = deciding(cells)
    decided = cells.day("decided_on", past=True)
    if not cells.get("decided_on"):
        cells.note("decided_on", "missing")
    day = decided or context.today
    rules = context.rules(day)
    facts = _facts(cells, rules, day)
    _subject(cells, judged)
    until = _publicity(cells, judged, rules, facts, day) if not cells.has_errors else None
    if authority is None or judged.subject is None or until is None:
        return judged
    judged.case = CaseDraft(
        kind="penalty",
        state="published",
        authority_id=authority.id or 0,
        region=judged.subject.region or authority.region,
        title="自然人" if judged.subject.kind == "person" else judged.subject.name,
        effective_on=day,
        facts=facts,
        identity=(str(facts["decision_number"]),),
    )
    return judged


def _facts(cells: Cells, rules: Rules, day: date) -> dict[str, Any]:
    published = cells.day("published_on", past=True) or day
    ban = cells.day("valid_until")
    categories = _categories(cells, rules)
    found: dict[str, Any] = {
        "decision_number": cells.required("decision_number"),
        "decided_on": day.isoformat(),
        "published_on": published.isoformat(),
        "violation_type": _violation(cells, rules),
        "violation_facts": _required_text(cells, "violation_facts", 4000),
        "basis": _required_text(cells, "basis", 2000),
        "categories": categories,
        "content": _required_text(cells, "content", 4000),
        "fine_yuan": _money(cells, "fine"),
        "confiscated_yuan": _money(cells, "confiscated"),
        "licence_revoked": cells.text("licence_revoked", 200),
        "note": cells.text("note", 1000),
        "source": _source(cells),
    }
    if "practice-ban" in categories and ban is not None:
        found["ban_until"] = ban.isoformat()
    if "fine" in categories and found["fine_yuan"] is None:
        cells.note("fine", "missing")
    return {name: value for name, value in found.items() if value}


def _source(cells: Cells) -> str:
    """Who handed the data in, where it is not the authority that decided."""
    told = cells.text("source", 200)
    return "" if fold(told) == fold(cells.get("authority")) else told


def _required_text(cells: Cells, field: str, longest: int) -> str:
    if not cells.get(field):
        cells.note(field, "missing")
    return cells.text(field, longest)


def _money(cells: Cells, field: str) -> str | None:
    """The standard counts in ten thousand yuan, unless the column or the cell itself says 元."""
    in_yuan = cells.amount(f"{field}_yuan")
    return in_yuan if in_yuan is not None else cells.amount(field, unit=_TEN_THOUSAND)


def _categories(cells: Cells, rules: Rules) -> list[str]:
    known = rules.penalty_categories
    titles = {fold(title.zh): code for code, title in known.items()}

    def code_of(wording: str) -> str | None:
        found = cells.context.mapping.value("categories", wording) or titles.get(fold(wording))
        return found or (wording if wording in known else None)

    found = []
    for wording in _wordings(cells.required("categories"), code_of):
        code = code_of(wording)
        if code is None or code not in known:
            cells.note("categories", "unmapped-term", wording)
        else:
            found.append(code)
    return list(dict.fromkeys(found))


def _wordings(text: str, code_of: Callable[[str], str | None]) -> Iterator[str]:
    """The categories in a cell; a title may hold a 、 of its own, which parts nothing."""
    for part in _PARTS.split(text):
        pieces = [part] if code_of(part.strip()) else _PIECES.split(part)
        yield from filter(None, (re.sub(r"[（(].*", "", piece).strip() for piece in pieces))


def _violation(cells: Cells, rules: Rules) -> str:
    """The type by code or title; free words, which most sources write, are ``other``."""
    text = cells.required("violation_type")
    if not text:
        return ""
    if text in rules.violation_types:
        return text
    titles = {fold(title.zh): code for code, title in rules.violation_types.items()}
    found = titles.get(fold(text)) or cells.context.mapping.value("violation_type", text)
    if found is None or found not in rules.violation_types:
        cells.note("violation_type", "unmapped-term")
        return ""
    return found


def _publicity(
    cells: Cells, judged: Judged, rules: Rules, facts: dict[str, Any], day: date
) -> date | None:
    """The last day on which it is shown, from its seriousness; None where it is not to be shown."""
    fine = int(Decimal(facts.get("fine_yuan", "0")))
    seriousness = rules.seriousness(facts["categories"], fine_yuan=fine)
    term = rules.table("publication_terms").get(seriousness)
    if not isinstance(term, PublicationTerm) or not term.published:
        cells.note("categories", "minor", severity="warning")
        judged.skipped = True
        return None
    until = cells.context.acting.book.due(day, term.maximum).day
    stated = cells.day("until")
    if stated is not None and stated != until:
        cells.note("until", "term-differs", stated.isoformat(), "warning", day=until.isoformat())
    if until < cells.context.today:
        cells.note("until", "ended", until.isoformat(), "warning")
        judged.skipped = True
    return until


def deciding(cells: Cells) -> Authority | None:
    """The authority that the row names, the officer's own where the file names none."""
    context = cells.context
    name, code = cells.get("authority"), cells.get("authority_code")
    if not name and not code:
        if not {"authority", "authority_code"} & context.columns:
            return context.own_authority
        cells.note("authority", "missing")
        return None
    found = context.authority(name, code)
    if found is None:
        cells.note("authority" if name else "authority_code", "unmapped-authority")
    elif not context.acting.officer.sees(found.path):
        cells.note("authority", "foreign-authority")
        return None
    return found


def _subject(cells: Cells, judged: Judged) -> None:
    kind = cells.term("subject_kind", {"unit", "institution", "person", "enterprise"})
    if kind == "person" or (kind is None and not cells.get("code") and cells.get("document")):
        judged.subject = subjects.person(cells, "name", "document")
        return
    judged.subject = subjects.unit(cells, kind)
    subjects.flag_missing_code(cells, judged.subject)
    if cells.get("legal_representative") and cells.get("representative_document"):
        who = subjects.person(cells, "legal_representative", "representative_document")
        if who is not None:
            judged.persons = (("legal-representative", who),)
