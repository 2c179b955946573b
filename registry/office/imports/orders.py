"""Rows of dangers under supervision and of suspended mines: orders that are in force."""

from __future__ import annotations

from datetime import date
from typing import Any

from registry.core.names import fold
from registry.core.rules import Rules
from registry.office.imports import subjects
from registry.office.imports.cells import Cells
from registry.office.imports.context import Context
from registry.office.imports.judged import CaseDraft, Judged
from registry.office.imports.penalties import deciding
from registry.office.imports.table import Row

_PARTS = "、；;,，/|"


def judge_hazard(row: Row, context: Context) -> Judged:
    """A danger that is being put right under supervision."""
    cells = Cells(row, context)
    ordered, rules = _ordered(cells)
    facts = {
        "hazard_code": _code(cells, "hazard_code", rules, "hazard_codes"),
        "origin": _code(cells, "origin", rules, "hazard_origins") or "inspection",
        "description": _published(cells, "description"),
        "requirements": cells.text("requirements", 4000),
        "found_on": _iso(cells.day("found_on", past=True) or ordered),
        "rectify_by": _iso(_required_day(cells, "rectify_by")),
        "rectification_owner": cells.text("rectification_owner", 60, public=False),
    }
    if facts["found_on"] and ordered and facts["found_on"] > ordered.isoformat():
        cells.note("found_on", "order")
    if facts["rectify_by"] and ordered and facts["rectify_by"] < ordered.isoformat():
        cells.note("rectify_by", "order")
    return _judged(cells, "hazard", "rectifying", ordered, facts)


def judge_suspension(row: Row, context: Context) -> Judged:
    """A suspension that is in force."""
    cells = Cells(row, context)
    ordered, rules = _ordered(cells)
    facts = {
        "suspension_kind": _code(cells, "suspension_kind", rules, "suspension_kinds") or "whole",
        "suspension_scope": cells.text("suspension_scope", 200),
        "order_reason": _published(cells, "order_reason"),
        "basis": _published(cells, "basis"),
        "measures": _measures(cells, rules),
    }
    return _judged(cells, "suspension", "in-force", ordered, facts)


def _ordered(cells: Cells) -> tuple[date | None, Rules]:
    ordered = _required_day(cells, "ordered_on", past=True)
    return ordered, cells.context.rules(ordered or cells.context.today)


def _required_day(cells: Cells, field: str, *, past: bool = False) -> date | None:
    if not cells.get(field):
        cells.note(field, "missing")
    return cells.day(field, past=past)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _published(cells: Cells, field: str) -> str:
    if not cells.get(field):
        cells.note(field, "missing")
    return cells.text(field, 4000)


def _code(cells: Cells, field: str, rules: Rules, table: str) -> str:
    """A code of ``table`` by itself, by its title, or by the mapping's words."""
    text = cells.get(field)
    known = rules.titles(table)
    if not text or text in known:
        return text
    titles = {fold(title.zh): code for code, title in known.items()}
    found = titles.get(fold(text)) or cells.context.mapping.value(field, text)
    if found is None or found not in known:
        cells.note(field, "unmapped-term")
        return ""
    return found


def _measures(cells: Cells, rules: Rules) -> list[str]:
    text = cells.get("measures")
    for sign in _PARTS:
        text = text.replace(sign, "\n")
    known = rules.titles("suspension_measures")
    titles = {fold(title.zh): code for code, title in known.items()}
    found = []
    for part in filter(None, (one.strip() for one in text.split("\n"))):
        code = part if part in known else titles.get(fold(part))
        code = code or cells.context.mapping.value("measures", part)
        if code is None or code not in known:
            cells.note("measures", "unmapped-term", part)
        else:
            found.append(code)
    return list(dict.fromkeys(found))


def _judged(
    cells: Cells, kind: str, state: str, ordered: date | None, facts: dict[str, Any]
) -> Judged:
    judged = Judged(cells.line, cells.problems)
    authority = deciding(cells)
    number = cells.required("order_number")
    judged.subject = subjects.unit(cells, None)
    subjects.flag_missing_code(cells, judged.subject)
    if kind == "hazard" and not facts["hazard_code"] and not cells.get("hazard_code"):
        cells.note("hazard_code", "missing")
    if authority is None or judged.subject is None or ordered is None or cells.has_errors:
        return judged
    kept = {name: value for name, value in facts.items() if value}
    judged.case = CaseDraft(
        kind=kind,
        state=state,
        authority_id=authority.id or 0,
        region=judged.subject.region or authority.region,
        title=judged.subject.name,
        effective_on=ordered,
        facts={**kept, "ordered_on": ordered.isoformat(), "order_number": number},
        identity=(number,),
    )
    return judged
