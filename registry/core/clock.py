"""The only place that asks the machine for the time.

Services take ``now`` (an aware UTC instant) or ``today`` (a legal day, Asia/Shanghai).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Gives the current instant, aware and in UTC."""

SHANGHAI = ZoneInfo("Asia/Shanghai")


def system_clock() -> datetime:
    """The machine's time, in UTC."""
    return datetime.now(UTC)


def legal_day(instant: datetime) -> date:
    """The day in Shanghai on which ``instant`` falls."""
    return instant.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """The instant at which ``day`` begins in Shanghai, in UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def publish_until(last_day: date) -> datetime:
    """The instant from which a record shown up to and including ``last_day`` is gone.

    A term "until 2029-07-01" ends at 2029-07-02T00:00+08:00.
    """
    return midnight(last_day + timedelta(days=1))


def rfc3339(instant: datetime) -> str:
    """``instant`` as RFC 3339 text in UTC, microseconds kept only where there are any."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
