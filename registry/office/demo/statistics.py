"""The demonstration's statistics: the periods of the last year, counted when they were over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from registry.core.clock import legal_day, midnight
from registry.office.statistics import publication, service
from registry.public.indicators import periods
from registry.public.indicators.definition import load
from registry.public.indicators.periods import LENGTHS, Length

if TYPE_CHECKING:
    from registry.office.worker.office import Office

KEPT: dict[Length, int] = {"month": 13, "quarter": 2, "half": 3, "year": 1}
"""Enough that the newest month and half-year stand beside the year before."""


def keep(office: Office, now: datetime) -> None:
    """Count and publish every period on the day on which the worker would have done so."""
    waited = timedelta(days=load().closing_days)
    with office.working.write() as session:
        for length in LENGTHS:
            period = periods.ended(legal_day(now - waited), length)
            for _ in range(KEPT[length]):
                known = midnight(period.last + waited) + timedelta(hours=30)
                made = service.make(session, period, min(known, now))
                publication.publish(session, made, made.computed_at, office.settings)
                period = period.before()
