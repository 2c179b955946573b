"""Fields that every form, API body and import row shares.

Messages are English sentences and keys of the catalogues. A field gives back plain values
(``str``, ``int``, ``date``, ``Decimal``) in canonical form. What a person sees stands in
``metadata``: ``label``, ``hint``, ``widget`` and ``choices``.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import marshmallow as ma

from registry.core import rules as law
from registry.core.clock import SHANGHAI
from registry.core.codes import regions
from registry.core.errors import RegistryError
from registry.core.i18n import N_, Text
from registry.core.names import parse_credit_code, parse_identifier, parse_resident_id

Choices = Sequence[tuple[str, Text | str]]

_RULES: ContextVar[law.Rules | None] = ContextVar("rules_of_the_request", default=None)
_EARLIEST, _LATEST = date(1900, 1, 1), date(2199, 12, 31)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?\+00:00", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@contextlib.contextmanager
def under(rules: law.Rules) -> Iterator[None]:
    """Codes are checked against, and choices taken from, ``rules`` while the block runs."""
    token = _RULES.set(rules)
    try:
        yield
    finally:
        _RULES.reset(token)


def current_rules() -> law.Rules:
    """The rules of the block; without one, the newest that the installation has."""
    return _RULES.get() or law.load().on(_LATEST)


def meta(
    label: str, hint: str = "", widget: str = "text", choices: object = None, **more: object
) -> dict[str, object]:
    """Metadata of a field; ``label`` and ``hint`` are already marked with ``N_``."""
    found: dict[str, object] = {"label": label, "widget": widget, **more}
    if hint:
        found["hint"] = hint
    if choices is not None:
        found["choices"] = choices
    return found


def _widget(metadata: Mapping[str, object], usual: str) -> dict[str, object]:
    """Metadata with the field's usual widget where none but the plain one was asked for."""
    chosen = metadata.get("widget", "text")
    return {**metadata, "widget": usual if chosen == "text" else chosen}


def clean_text(text: str) -> str:
    """NFC, line ends as ``\\n``, no blanks at the ends."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


class TextLine(ma.fields.String):
    """Text without control or invisible characters, stripped; ``maximum`` counts characters."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own protocol
        "blank": N_("This must be filled in."),
        "control": N_("This holds characters that cannot be shown."),
        "line": N_("This must be a single line."),
        "long": N_("This is too long: at most {maximum} characters."),
    }
    lines = False

    def __init__(self, *, maximum: int = 200, **kwargs: Any) -> None:
        self.maximum = maximum
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = clean_text(super()._deserialize(value, attr, data, **kwargs))
        if self.required and not text:
            raise self.make_error("blank")
        if _CONTROL.search(text):
            raise self.make_error("control")
        if not self.lines and "\n" in text:
            raise self.make_error("line")
        if len(text) > self.maximum:
            raise self.make_error("long", maximum=self.maximum)
        return text


class TextBlock(TextLine):
    """Text of several lines."""

    lines = True

    def __init__(self, *, maximum: int = 10_000, **kwargs: Any) -> None:
        super().__init__(maximum=maximum, **kwargs)


class _Parsed(ma.fields.String):
    """Text that a parser of the kernel brings into canonical form."""

    parser: Callable[[str], Any]

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = clean_text(super()._deserialize(value, attr, data, **kwargs))
        if not text and not self.required:
            return ""
        try:
            return str(type(self).parser(text).value)
        except RegistryError as error:
            raise ma.ValidationError(str(error)) from error


class CreditCode(_Parsed):
    """统一社会信用代码, 18 characters (GB 32100-2015), upper case."""

    parser = staticmethod(parse_credit_code)


class Identifier(_Parsed):
    """A credit code or a 15-digit registration number."""

    parser = staticmethod(parse_identifier)


class ResidentId(_Parsed):
    """公民身份号码, 18 characters (GB 11643). Personal data: never logged, never in an address."""

    parser = staticmethod(parse_resident_id)


class LegalDate(ma.fields.Date):
    """A legal day as ``YYYY-MM-DD``."""

    default_error_messages = {  # noqa: RUF012
        "invalid": N_("This is not a date. Write it as 2026-07-01."),
        "range": N_("This date cannot be right."),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, date):
            return value
        text = str(value).strip()
        if not text and not self.required:
            return None
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            raise self.make_error("invalid")
        day = super()._deserialize(text, attr, data, **kwargs)
        if not _EARLIEST <= day <= _LATEST:
            raise self.make_error("range")
        return day


class Instant(ma.fields.Field[str | None]):
    """A time of day in Beijing, ``YYYY-MM-DDTHH:MM``; becomes an instant in UTC, ISO 8601."""

    default_error_messages = {  # noqa: RUF012
        "invalid": N_("This is not a date with a time. Write it as 2026-07-01 14:30."),
        "range": N_("This date cannot be right."),
    }

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str | None:
        text = unicodedata.normalize("NFKC", str(value)).strip().replace(" ", "T")
        if not text and not self.required:
            return None
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?", text, re.ASCII):
            raise self.make_error("invalid")
        try:
            local = datetime.fromisoformat(text)
        except ValueError as error:
            raise self.make_error("invalid") from error
        if not _EARLIEST <= local.date() <= _LATEST:
            raise self.make_error("range")
        return local.replace(tzinfo=SHANGHAI).astimezone(UTC).isoformat()


def is_instant(value: object) -> bool:
    """Whether a fact is an instant as ``Instant`` writes it."""
    return isinstance(value, str) and bool(_INSTANT.fullmatch(value))


def local_instant(value: str) -> str:
    """An instant as the field of a form shows it, in Beijing time."""
    return f"{datetime.fromisoformat(value).astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"


class Region(ma.fields.String):
    """A division code of GB/T 2260, six digits, that exists."""

    default_error_messages = {  # noqa: RUF012
        "region": N_("There is no region with this code.")
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = clean_text(super()._deserialize(value, attr, data, **kwargs))
        if not text and not self.required:
            return ""
        if regions.region(text) is None:
            raise self.make_error("region")
        return text


class Money(ma.fields.Field[Decimal | None]):
    """An amount in yuan, not negative, to the fen; thousands separators are forgiven."""

    default_error_messages = {  # noqa: RUF012
        "invalid": N_("This is not an amount. Write it in yuan, as 200000 or 1234.50."),
        "range": N_("This amount is out of range."),
    }

    def __init__(self, *, maximum: Decimal = Decimal("1e13"), **kwargs: Any) -> None:
        self.maximum = maximum
        super().__init__(**kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Decimal | None:
        text = unicodedata.normalize("NFKC", str(value)).replace(",", "").strip()
        if not text and not self.required:
            return None
        try:
            amount = Decimal(text)
        except InvalidOperation as error:
            raise self.make_error("invalid") from error
        if not amount.is_finite():
            raise self.make_error("invalid")
        if not 0 <= amount <= self.maximum:
            raise self.make_error("range")
        if amount != round(amount, 2):
            raise self.make_error("invalid")
        return amount.quantize(Decimal("0.01"))

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)


class Code(ma.fields.String):
    """One of ``choices``: pairs of value and label, or a callable that gives them."""

    default_error_messages = {  # noqa: RUF012
        "choice": N_("This is not one of the choices.")
    }

    def __init__(
        self, choices: Choices | Callable[[], Choices], *, metadata: dict[str, object], **kw: Any
    ) -> None:
        self._choices = choices
        shown = _widget(metadata, "select") | {"choices": choices}
        super().__init__(metadata=shown, **kw)

    def values(self) -> frozenset[str]:
        choices = self._choices() if callable(self._choices) else self._choices
        return frozenset(value for value, _ in choices)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        if not text and not self.required:
            return ""
        if text not in self.values():
            raise self.make_error("choice")
        return text


class Codes(ma.fields.List[str]):
    """Several of ``choices``, each at most once, in the order given."""

    def __init__(
        self, choices: Choices | Callable[[], Choices], *, metadata: dict[str, object], **kw: Any
    ) -> None:
        inner = Code(choices, metadata={}, required=True)
        shown = _widget(metadata, "checkbox") | {"choices": choices, "multiple": True}
        super().__init__(inner, metadata=shown, **kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        given = [value] if isinstance(value, str) else value
        found = super()._deserialize(given, attr, data, **kwargs) or []
        return list(dict.fromkeys(found))


class Reference(ma.fields.Integer):
    """The id of something that the officer chose in a search step; ``what`` names the picker."""

    def __init__(self, what: str, *, metadata: dict[str, object], **kwargs: Any) -> None:
        super().__init__(metadata=_widget(metadata, what), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and not value.strip() and not self.required:
            return None
        return super()._deserialize(value, attr, data, **kwargs)


def from_rules(table: str) -> Callable[[], Choices]:
    """Choices from a code table of the rules in force, such as ``violation_types``."""

    def choices() -> Choices:
        return list(current_rules().titles(table).items())

    return choices


class Form(ma.Schema):
    """A field set: unknown fields are refused, fields keep their order."""

    class Meta:
        unknown = ma.RAISE


def offer(schema: Form, name: str, choices: Choices) -> None:
    """Give one field of this schema instance the choices that the officer has."""
    declared = schema.load_fields[name]
    metadata = {**declared.metadata, "widget": "select"}
    offered = Code(choices, required=declared.required, metadata=metadata)
    offered.load_default = declared.load_default
    schema.load_fields[name] = offered
