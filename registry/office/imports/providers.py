"""A row of a register of service organizations: the organization with one qualification."""

from __future__ import annotations

import re
from typing import Any

from registry.core.names import fold
from registry.core.rules import Rules
from registry.core.rules.values import ProviderField
from registry.office.imports import subjects
from registry.office.imports.cells import Cells
from registry.office.imports.context import Context
from registry.office.imports.judged import CaseDraft, Judged
from registry.office.imports.table import Row
from registry.office.staff.models import Authority

_PARTS = re.compile(r"[；;,，/|\n]")
_TEN_THOUSAND = 10_000


def judge(row: Row, context: Context) -> Judged:
    """The row with all its problems. Nothing is looked up in the store here."""
    cells = Cells(row, context)
    judged = Judged(row.line, cells.problems)
    authority = authority_of(cells)
    rules = context.rules(context.today)
    kind = cells.term("subject_kind", {"enterprise", "institution"})
    judged.subject = subjects.unit(cells, kind)
    subjects.flag_missing_code(cells, judged.subject)
    code = _one_of(cells, "field", rules, "provider_fields")
    if code is None:
        if not cells.get("field"):
            cells.note("field", "missing")
        return judged
    field = rules.provider_field(code)
    facts = _facts(cells, rules, field)
    _validity(cells, field, facts)
    if authority is None or judged.subject is None or cells.has_errors:
        return judged
    judged.case = CaseDraft(
        kind="provider",
        state="registered",
        authority_id=authority.id or 0,
        region=judged.subject.region or authority.region,
        title=judged.subject.name,
        effective_on=context.today,
        facts=facts,
        identity=(code,),
    )
    return judged


def authority_of(cells: Cells) -> Authority | None:
    """The authority that keeps the record: named in the row, else the officer's own."""
    context = cells.context
    name, code = cells.get("authority"), cells.get("authority_code")
    if not name and not code:
        return context.own_authority
    found = context.authority(name, code)
    if found is None:
        cells.note("authority" if name else "authority_code", "unmapped-authority")
    elif not context.acting.officer.sees(found.path):
        cells.note("authority", "foreign-authority")
        return None
    return found


def _one_of(cells: Cells, name: str, rules: Rules, table: str, text: str = "") -> str | None:
    """A code by itself, by the mapping's words or by its title; otherwise noted."""
    wording = text or cells.get(name)
    if not wording:
        return None
    known = rules.titles(table)
    titles = {fold(title.zh): code for code, title in known.items()}
    found = cells.context.mapping.value(name, wording) or titles.get(fold(wording))
    code = found or (wording if wording in known else None)
    if code is None or code not in known:
        cells.note(name, "unmapped-term", wording)
        return None
    return code


def _facts(cells: Cells, rules: Rules, field: ProviderField) -> dict[str, Any]:
    scopes = [
        code
        for part in _PARTS.split(cells.required("scopes"))
        if part.strip()
        and (code := _one_of(cells, "scopes", rules, "provider_scopes", part.strip())) is not None
    ]
    for code in scopes:
        if code not in field.scopes:
            cells.note("scopes", "unmapped-term", rules.provider_scope(code).title.zh)
    since, until = cells.day("since"), cells.day("until")
    found: dict[str, Any] = {
        "field": field.code,
        "scopes": list(dict.fromkeys(scopes)),
        "certificate_number": cells.text("certificate_number", 80),
        "certificate_issuer": cells.text("certificate_issuer", 200),
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
        "assets_yuan": cells.amount("assets", unit=_TEN_THOUSAND),
        "website": cells.text("website", 200),
        "note": cells.text("note", 1000),
    }
    return {name: value for name, value in found.items() if value}


def _validity(cells: Cells, field: ProviderField, facts: dict[str, Any]) -> None:
    if not field.qualification:
        return
    for name in ("certificate_number", "certificate_issuer", "since", "until"):
        if not facts.get(name) and not cells.get(name):
            cells.note(name, "missing")
    since, until = cells.day("since"), cells.day("until")
    if since is None or until is None or field.validity is None:
        return
    longest = cells.context.acting.book.due(since, field.validity).day
    if until < since:
        cells.note("until", "order")
    elif until > longest:
        cells.note("until", "too-long-valid", day=longest.isoformat())
