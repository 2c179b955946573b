"""A row of any kind of case that says in its table what a file of it holds (``imports``).

One path for all of them: the columns are the fields of the kind's own field sets, what is wrong
with a value these sets say, what is wrong with the case the kind's own guards.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from registry.core.clock import legal_day
from registry.core.errors import Misconfigured
from registry.core.i18n import Text
from registry.core.names import fold
from registry.core.rules import Rules
from registry.core.sheets.dates import parse_day
from registry.core.sheets.problems import Problem
from registry.office.dockets import adoption, checks
from registry.office.dockets.replay import plain
from registry.office.dockets.shape import FileImport, KindTable
from registry.office.imports import mapping, subjects
from registry.office.imports.cells import Cells
from registry.office.imports.context import Context, Tools
from registry.office.imports.fieldsets import FieldSets, FileField
from registry.office.imports.judged import CaseDraft, Judged
from registry.office.imports.mapping import ColumnMapping
from registry.office.imports.penalties import deciding
from registry.office.imports.table import Row

SUBJECT: Mapping[str, tuple[str, ...]] = {
    "ordinal": ("序号",),
    "name": ("企业名称", "单位名称", "行政相对人名称", "矿山名称"),
    "code": ("统一社会信用代码", "社会信用代码"),
    "registration_number": ("注册号",),
    "address": ("地址", "单位地址", "注册地址", "住所"),
    "region": ("行政区划代码",),
    "site": ("场所", "矿山（场所）", "场所编号"),
    "authority": ("填报机关", "承办机关", "主管机关"),
    "authority_code": ("填报机关统一社会信用代码", "机关统一社会信用代码"),
}
"""Columns of every such file: whom and which place it is about, whose case it is."""
_PARTS = re.compile(r"[、；;,，/|\n]")
_INSTANT = re.compile(
    r"(\d{4})\s*[年\-/.]\s*(\d{1,2})\s*[月\-/.]\s*(\d{1,2})\s*日?[T\s]*"
    r"(\d{1,2})\s*[:时点]\s*(\d{1,2})(?:\s*[:分]\s*\d{0,2}\s*秒?)?"
)
_YES = frozenset({"是", "有", "true", "yes", "y", "1"})
_NO = frozenset({"否", "无", "false", "no", "n", "0"})


def columns(file: FileImport, given: Sequence[ColumnMapping], tools: Tools) -> list[ColumnMapping]:
    """The mappings of the kind, each with the field sets' own labels; these alone, if none."""
    labels = {one.name: (one.label.zh, one.label.en) for one in _fields(file, tools, None)}
    fields = [*SUBJECT, *labels]
    plain_one = ColumnMapping(
        name=file.code,
        kind=file.code,
        title=file.title,
        columns={},
        required=("name", *(name for name in file.identity if name in fields)),
        values={},
        personal=frozenset(),
    )
    found = []
    for one in given or [plain_one]:
        taken = {mapping.column_key(name) for names in one.columns.values() for name in names}
        merged: dict[str, tuple[str, ...]] = {}
        for name in dict.fromkeys((*one.columns, *fields)):
            more = (*SUBJECT.get(name, ()), *labels.get(name, ()))
            free = (alias for alias in more if mapping.column_key(alias) not in taken)
            merged[name] = (*one.columns.get(name, ()), *free)
        found.append(
            ColumnMapping(
                one.name, one.kind, one.title, merged, one.required, one.values, one.personal
            )
        )
    return found


def judge(row: Row, context: Context, table: KindTable, file: FileImport) -> Judged:
    """The row with all its problems. Only the kind's guards look into the store here."""
    cells = Cells(row, context)
    judged = Judged(row.line, cells.problems)
    authority = deciding(cells)
    rules = context.rules(_effective(cells, file) or context.today)
    facts = _facts(cells, table, file, rules)
    judged.subject = subjects.unit(cells, None)
    subjects.flag_missing_code(cells, judged.subject)
    place = context.site(cells.get("site")) if cells.get("site") else None
    if cells.get("site") and place is None:
        cells.note("site", "unknown-site")
    if authority is None or judged.subject is None or cells.has_errors:
        return judged
    judged.case = CaseDraft(
        kind=table.code,
        state=file.state,
        authority_id=authority.id or 0,
        region=(place.region if place else judged.subject.region) or authority.region,
        title=judged.subject.name,
        effective_on=_day_of(facts.get(file.effective)) or context.today,
        facts=facts,
        identity=identity(facts, file),
        site_id=place.id if place else None,
    )
    _refuse(cells, judged.case)
    return judged


def identity(facts: Mapping[str, Any], file: FileImport) -> tuple[str, ...]:
    """What makes two rows, or a row and a stored case, the same."""
    return tuple(str(facts.get(name) or "") for name in file.identity)


def _fields(file: FileImport, tools: Tools, rules: Rules | None) -> Sequence[FileField]:
    return _sets(tools).fields(file.schemas, rules)


def _sets(tools: Tools) -> FieldSets:
    if tools.field_sets is None:
        raise Misconfigured(what="an import of cases needs their field sets")
    return tools.field_sets


def _effective(cells: Cells, file: FileImport) -> date | None:
    """The day whose rules hold for the row; a wrong one is noted with the other fields."""
    text = cells.get(file.effective) if file.effective else ""
    return parse_day(text.split(" ")[0]) if text else None


def _facts(cells: Cells, table: KindTable, file: FileImport, rules: Rules) -> dict[str, Any]:
    tools = cells.context.tools
    values: dict[str, Any] = {}
    before = len(cells.problems)
    fields = {one.name: one for one in _fields(file, tools, rules)}
    for one in fields.values():
        given = _given(cells, one, fields, file, public=one.name in table.redactable)
        if given is not None:
            values[one.name] = given
    noted = {problem.field for problem in cells.problems[before:] if problem.severity == "error"}
    loaded, wrong = _sets(tools).load(file.schemas, values, rules, file.optional | noted)
    for name, texts in wrong.items():
        for text in [] if name in noted else texts:
            cells.note(name if name in fields else "", "invalid", text=text)
    facts = {name: value for name, value in plain(loaded).items() if value not in (None, "", [])}
    _happened(cells, facts, file)
    return facts


def _given(
    cells: Cells,
    one: FileField,
    fields: Mapping[str, FileField],
    file: FileImport,
    *,
    public: bool,
) -> Any:
    """The cell as the field set wants it; None where there is nothing, a wrong one is noted."""
    name, default = one.name, file.defaults.get(one.name, "")
    if cells.get(name):
        return _read(cells, one, public=public)
    if default.startswith("@"):
        return _given(cells, fields[default[1:]], fields, file, public=False)
    wanted = name in file.identity or (one.required and name not in file.optional)
    if not default and wanted:
        cells.note(name, "missing")
    return (default.split(",") if one.sort == "codes" else default) or None


def _read(cells: Cells, one: FileField, *, public: bool) -> Any:
    if one.sort == "text":
        return cells.text(one.name, one.longest, public=public)
    if one.sort == "day":
        day = cells.day(one.name)
        return day.isoformat() if day else None
    if one.sort == "instant":
        return _instant(cells.get(one.name))
    return cells.amount(one.name) if one.sort == "money" else _coded(cells, one)


def _coded(cells: Cells, one: FileField) -> Any:
    """Codes by themselves, by a title in either language, or by the mapping's words."""
    text = cells.get(one.name)
    if one.sort == "number":
        return unicodedata.normalize("NFKC", text).removesuffix("人")
    if one.sort == "tick":
        if fold(text) in _YES | _NO:
            return fold(text) in _YES
        cells.note(one.name, "unmapped-term")
        return None
    whole = _code(cells, one, text)
    if one.sort == "code" or whole is not None:
        if whole is None:
            cells.note(one.name, "unmapped-term")
        return whole if one.sort == "code" else [whole]
    found = []
    for part in filter(None, (part.strip() for part in _PARTS.split(text))):
        code = _code(cells, one, part)
        if code is None:
            cells.note(one.name, "unmapped-term", part)
        else:
            found.append(code)
    return list(dict.fromkeys(found)) or None


def _code(cells: Cells, one: FileField, text: str) -> str | None:
    if text in one.choices:
        return text
    titles: dict[str, str] = {}
    for code, title in one.choices.items():
        # Of 非法采矿罪、破坏性采矿罪 a file names the one that it means.
        for word in (title.zh, title.en, *title.zh.split("、")):
            titles.setdefault(fold(word), code)
    found = cells.context.mapping.value(one.name, text) or titles.get(fold(text))
    return found if found in one.choices else None


def _instant(text: str) -> str:
    """As the field set writes it; what cannot be read, it will say itself."""
    found = _INSTANT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found:
        return text
    year, month, day, hour, minute = (int(part) for part in found.groups())
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}"


def _day_of(value: object) -> date | None:
    if not isinstance(value, str):
        return None
    return (
        date.fromisoformat(value) if len(value) == 10 else legal_day(datetime.fromisoformat(value))
    )


def _happened(cells: Cells, facts: Mapping[str, Any], file: FileImport) -> None:
    context = cells.context
    late = dict(checks.happened(facts, context.today, context.acting.now))
    day = _day_of(facts.get(file.effective))
    if day is not None and day > context.today:
        late.setdefault(file.effective, [])
    for name in late:
        cells.note(name, "future")


def _refuse(cells: Cells, case: CaseDraft) -> None:
    """What the guards of the kind say, while the file can still be mended."""
    context = cells.context
    adopted = adoption.Adopted(
        title=case.title,
        region=case.region,
        facts=case.facts,
        authority_id=case.authority_id,
        effective_on=case.effective_on,
        site_id=case.site_id,
    )
    found = adoption.refusal(
        context.session, case.kind, case.state, adopted, context.acting, context.made
    )
    if found is not None:
        params = {
            name: f"{value.zh} / {value.en}" if isinstance(value, Text) else value
            for name, value in found.params.items()
        }
        cells.problems.append(
            Problem(
                cells.line,
                found.field_name or "",
                "refused",
                cells.get(found.field_name)[:80] if found.field_name else "",
                "error",
                params,
                found.message,
            )
        )
