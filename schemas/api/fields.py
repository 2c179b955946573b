"""Fields of API requests: strict about types, with the same limits in the documentation."""

from __future__ import annotations

import math
import re
from typing import Any

import marshmallow as ma

from registry.core.i18n import N_
from registry.core.names import PartialDate, parse_birth
from registry.core.names.birthdates import PATTERN
from schemas.fields import LegalDate, TextLine

# What TextBlock and TextLine refuse, and what both strip.
_HIDDEN = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069"
_ENDS = r"\n\r\u0085\u2028\u2029"
_BLANK = r"\t \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
LINES = rf"^[^{_HIDDEN}]*$"
PLAIN = rf"^[^{_HIDDEN}{_ENDS}]*$"
FILLED = rf"^[^{_HIDDEN}{_ENDS}]*[^{_HIDDEN}{_ENDS}{_BLANK}][^{_HIDDEN}{_ENDS}]*$"
DAY = (
    r"^((19|20|21)[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    r"|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
    r"|((19|21)(0[48]|[2468][048]|[13579][26])|20([02468][048]|[13579][26]))-02-29)$"
)
"""The days from 1900 to 2199, and none that no calendar has."""
_PLAIN = re.compile(PLAIN)
_SURROGATE = re.compile("[\ud800-\udfff]")


class Line(TextLine):
    """A single line of text, as everywhere else; documented with its limits."""

    def __init__(self, *, maximum: int, description: str, pattern: str = "", **kwargs: Any) -> None:
        pattern = pattern or (FILLED if kwargs.get("required") else PLAIN)
        documented = {"description": description, "maxLength": maximum, "pattern": pattern}
        super().__init__(maximum=maximum, metadata=documented, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        # Before the ends are stripped: what the document forbids is refused there, too.
        if isinstance(value, str) and (_SURROGATE.search(value) or not _PLAIN.fullmatch(value)):
            raise self.make_error("control")
        return super()._deserialize(value, attr, data, **kwargs)


class Count(ma.fields.Integer):
    """A whole number from ``least`` to ``most``, in plain digits or as a JSON integer."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own protocol
        "invalid": N_("Not a valid integer."),
        "range": N_("This must be a number from {least} to {most}."),
    }

    def __init__(self, *, least: int, most: int, description: str, **kwargs: Any) -> None:
        self.least, self.most = least, most
        documented = {"description": description, "minimum": least, "maximum": most}
        super().__init__(metadata=documented, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        text = value if isinstance(value, str) else str(value) if type(value) is int else ""
        if not re.fullmatch(r"[0-9]+", text, re.ASCII):
            raise self.make_error("invalid")
        if len(text) > 18 or not self.least <= int(text) <= self.most:
            raise self.make_error("range", least=self.least, most=self.most)
        return int(text)


class Share(ma.fields.Float):
    """A JSON number from 0 to 1."""

    default_error_messages = {  # noqa: RUF012
        "invalid": N_("Not a valid number."),
        "range": N_("This must be a number from 0 to 1."),
    }

    def __init__(self, *, description: str, **kwargs: Any) -> None:
        documented = {"description": description, "minimum": 0, "maximum": 1}
        super().__init__(metadata=documented, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if type(value) not in {int, float} or not math.isfinite(value):
            raise self.make_error("invalid")
        if not 0 <= value <= 1:
            raise self.make_error("range")
        return float(value)


class Choice(ma.fields.String):
    """One of ``choices``, which the documentation lists."""

    default_error_messages = {  # noqa: RUF012
        "choice": N_("This is not one of the choices.")
    }

    def __init__(self, choices: tuple[str, ...], *, description: str, **kwargs: Any) -> None:
        self.choices = choices
        documented = {"description": description, "enum": list(choices)}
        super().__init__(metadata=documented, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text not in self.choices:
            raise self.make_error("choice")
        return str(text)


class BirthDay(ma.fields.String):
    """A date of birth: ``1962``, ``1962-03`` or ``1962-03-19``."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own protocol
        "invalid": N_("This is not a date of birth. Write 1962-03-19, 1962-03 or 1962.")
    }

    def __init__(self, *, description: str, **kwargs: Any) -> None:
        documented = {"description": description, "pattern": PATTERN, "example": "1962-03-19"}
        super().__init__(metadata=documented, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> PartialDate:  # type: ignore[override]
        try:
            return parse_birth(value if isinstance(value, str) else "")
        except ValueError:
            raise self.make_error("invalid") from None


class Day(LegalDate):
    """A legal day as ``YYYY-MM-DD``."""

    def __init__(self, *, description: str, **kwargs: Any) -> None:
        documented = {"description": description, "pattern": DAY, "example": "2026-07-01"}
        super().__init__(metadata=documented, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not value:
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)
