"""Dates, instants and numbers as the reader's language writes them (Jinja filters)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask

from registry.core.clock import SHANGHAI
from registry.core.web.locale import gettext, language

_LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}


def _locale() -> str:
    return _LOCALES[language()]


def day(value: date | datetime | str | None) -> str:
    """A legal day: 2026年7月1日, 1 July 2026. Text that is no ISO date comes back as it is."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        try:
            return day(date.fromisoformat(value))
        except ValueError:
            return value
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    return _written(value, _locale())


def written(value: date, spoken: str) -> str:
    """A day as the language ``spoken`` writes it, whatever that of the page is."""
    return _written(value, _LOCALES[spoken])


@lru_cache(maxsize=4096)
def _written(value: date, locale: str) -> str:
    return format_date(value, "long", locale=locale)


def instant(value: datetime | str | None, *, zone: bool = True) -> str:
    """An instant to the minute in Beijing time, saying so unless the context does (``zone``)."""
    if not value:
        return ""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = moment.astimezone(SHANGHAI)
    pattern = "y年M月d日 HH:mm" if language() == "zh" else "d MMMM y, HH:mm"
    written = format_datetime(local, pattern, locale=_locale())
    return gettext("{time} (Beijing time)", time=written) if zone else written


def iso(value: datetime | date | str) -> str:
    """For the ``datetime`` attribute."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return str(value)


def number(value: int | Decimal) -> str:
    """A count with the reader's grouping: 12,345."""
    return format_decimal(value, locale=_locale())


def yuan(value: str | Decimal | None) -> str:
    """An amount of money in yuan: ¥1,200,000. Text that is no number comes back as it is."""
    if value is None or value == "":
        return ""
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return str(value)
    pattern = "¥#,##0" if amount == amount.to_integral_value() else "¥#,##0.00"
    return format_decimal(amount, format=pattern, locale=_locale())


def share(part: int, whole: int) -> int:
    """``part`` of ``whole`` in whole per cent, 0 to 100: names the width class of a bar."""
    return 0 if whole <= 0 else max(0, min(100, round(100 * part / whole)))


def install(app: Flask) -> None:
    app.jinja_env.filters.update(day=day, instant=instant, iso=iso, number=number, yuan=yuan)
    app.jinja_env.globals.update(share=share)
