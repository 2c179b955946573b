"""Reading a file of official certificates, which are checked by number and never published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from registry.core.names import fold, mask_document
from registry.core.rules import Rules
from registry.core.sheets.dates import parse_day
from registry.core.sheets.problems import Problem
from registry.office.enforcement.certificates.service import STATUSES, Certificate
from registry.office.imports.context import Tools
from registry.office.imports.mapping import ColumnMapping, choose
from registry.office.imports.report import Report
from registry.office.imports.table import Row, open_table

KIND = "certificates"
LONGEST = 200


def read(
    path: Path, rules: Rules, today: date, *, tools: Tools, mapping: str | None = None
) -> tuple[list[Certificate], Report]:
    """The rows that can be taken over, and what is wrong with the others.

    Raises ``UnusableFile``, ``UnknownMapping``.
    """
    table = open_table(path, choose(KIND, mapping, tools.mapping_folders), tools.limits)
    report = Report(kind=KIND, mapping=table.mapping.name, file_name=path.name)
    found: dict[tuple[str, str], Certificate] = {}
    for row in table.rows:
        report.rows += 1
        problems = list(_problems(row, table.mapping, rules, today))
        report.note(problems, tools.limits.problems)
        if problems:
            report.failed += 1
            continue
        one = _certificate(row, table.mapping)
        found[one.kind, one.number] = one
    report.ready = len(found)
    return list(found.values()), report


def _problems(row: Row, mapping: ColumnMapping, rules: Rules, today: date) -> Iterator[Problem]:
    if row.malformed is not None:
        yield row.malformed
        return
    for field in ("kind", "number", "holder"):
        if not row.fields.get(field, "").strip():
            yield Problem(row.line, field, "missing")
    kind = _term(row, mapping, "kind")
    if row.fields.get("kind", "").strip() and kind not in rules.titles("certificate_kinds"):
        yield Problem(row.line, "kind", "unmapped-term", row.fields["kind"][:40])
    status = _term(row, mapping, "status")
    if status and status not in STATUSES:
        yield Problem(row.line, "status", "unmapped-term", row.fields["status"][:40])
    number = row.fields.get("number", "")
    if "*" in number:
        yield Problem(row.line, "number", "masked-document", mask_document(number))
    for field, value in row.fields.items():
        if len(value) > LONGEST:
            yield Problem(row.line, field, "too-long")
    yield from _days(row, today)


def _days(row: Row, today: date) -> Iterator[Problem]:
    days = {}
    for field in ("issued", "valid_until"):
        text = row.fields.get(field, "").strip()
        days[field] = parse_day(text) if text else None
        if text and days[field] is None:
            yield Problem(row.line, field, "date")
    issued, until = days["issued"], days["valid_until"]
    if issued is not None and issued > today:
        yield Problem(row.line, "issued", "future")
    if issued is not None and until is not None and until < issued:
        yield Problem(row.line, "valid_until", "order")


def _term(row: Row, mapping: ColumnMapping, field: str) -> str:
    text = row.fields.get(field, "").strip()
    return mapping.value(field, text) or fold(text)


def _certificate(row: Row, mapping: ColumnMapping) -> Certificate:
    def text(field: str) -> str:
        return row.fields.get(field, "").strip()

    return Certificate(
        kind=_term(row, mapping, "kind"),
        number=text("number"),
        holder=text("holder"),
        scope=text("scope"),
        issuer=text("issuer"),
        issued=parse_day(text("issued")) if text("issued") else None,
        valid_until=parse_day(text("valid_until")) if text("valid_until") else None,
        status=_term(row, mapping, "status") or "valid",
    )
