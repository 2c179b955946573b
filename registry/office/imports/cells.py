"""A row as its judge reads it: values by field, problems noted as they are found."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from registry.core.errors import InvalidInput
from registry.core.names import mask_document
from registry.core.sheets.dates import parse_day
from registry.core.sheets.problems import Problem, Severity
from registry.core.sheets.writers import plain
from registry.office.dockets.redaction import personal_numbers, suggestion
from registry.office.entities.drafts import clean_text
from registry.office.imports.context import Context
from registry.office.imports.table import Row

_NONE = frozenset({"无", "/", "-", "—", "――", "--", "空", "N/A", "n/a", "NULL", "null"})
_SHOWN = 80


class Cells:
    """One row under judgement."""

    def __init__(self, row: Row, context: Context) -> None:
        self.line = row.line
        self.context = context
        self.problems: list[Problem] = []
        self._fields = row.fields
        self._clean: dict[str, str] = {}
        if row.malformed is not None:
            self.problems.append(row.malformed)

    @property
    def has_errors(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)

    def get(self, field: str) -> str:
        """The value, clean; empty where the source writes that there is none."""
        found = self._clean.get(field)
        if found is None:
            found = plain(clean_text(self._fields.get(field)) or "")
            found = "" if found in _NONE else found
            self._clean[field] = found
        return found

    def required(self, field: str) -> str:
        """The value; its absence is a problem."""
        value = self.get(field)
        if not value:
            self.note(field, "missing")
        return value

    def note(
        self,
        field: str,
        code: str,
        value: str | None = None,
        severity: Severity = "error",
        text: str = "",
        **params: object,
    ) -> None:
        """Note a problem; the value is shown masked where it is personal."""
        shown = self.get(field) if value is None else value
        shown = self._masked(field, shown)[:_SHOWN]
        self.problems.append(Problem(self.line, field, code, shown, severity, params, text))

    def adopt(self, error: InvalidInput, names: dict[str, str]) -> None:
        """Note the field errors of a checked draft under the names of the file's fields."""
        for path, messages in error.fields.items():
            field = names.get(path, path)
            for message in messages:
                self.note(field, "invalid", text=message)

    def day(self, field: str, *, past: bool = False) -> date | None:
        """The day in the cell; None where it is empty or wrong, the latter noted."""
        text = self.get(field)
        if not text:
            return None
        day = parse_day(text)
        if day is None:
            self.note(field, "date")
        elif past and day > self.context.today:
            self.note(field, "future")
            return None
        return day

    def amount(self, field: str, *, unit: int = 1) -> str | None:
        """An amount as plain decimal text in yuan; ``unit`` yuan per counted unit."""
        text = self.get(field).replace(",", "").replace("，", "")
        if not text:
            return None
        if text.endswith("万元"):
            text, unit = text.removesuffix("万元"), 10_000
        elif text.endswith("元"):
            text, unit = text.removesuffix("元"), 1
        try:
            amount = Decimal(text) * unit
        except InvalidOperation:
            self.note(field, "amount")
            return None
        if not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 14:
            self.note(field, "amount")
            return None
        plain = format(amount.quantize(Decimal("0.01")), "f")
        return plain.removesuffix(".00")

    def text(self, field: str, longest: int, *, public: bool = True) -> str:
        """Free text. What will be published may not hold a person's number."""
        value = self.get(field)
        if len(value) > longest:
            self.note(field, "too-long")
        if public and personal_numbers(value):
            self.note(field, "personal-number", suggestion(value))
        return value

    def term(self, field: str, codes: object) -> str | None:
        """A value of a closed set: the code itself or what the mapping makes of it."""
        value = self.get(field)
        if not value:
            return None
        known = set(codes)  # type: ignore[call-overload]
        if value in known:
            return value
        mapped = self.context.mapping.value(field, value)
        if mapped in known:
            return mapped
        self.note(field, "unmapped-term")
        return None

    def _masked(self, field: str, value: str) -> str:
        if not value:
            return ""
        if field in self.context.mapping.personal:
            return mask_document(value)
        return suggestion(value) if personal_numbers(value) else value
