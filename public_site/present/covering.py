"""Which disclosed reports spoke of a site on a day, with those who signed them as published.

The public part of the way back from a site and a day to whoever vouched for it. Nothing here is
known beyond what the page of each report shows to everybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import cast

from public_site.present.report import ReportView, report_view
from registry.core.rules import Rules
from registry.public.gazette.providers import ReportPayload
from registry.public.gazette.queries import Record


@dataclass(frozen=True)
class Covering:
    """A report that spoke of the day: from ``since`` to ``until``, both included."""

    id: str
    since: date
    until: date
    view: ReportView


def covering(records: Iterable[Record], on: date, rules: Rules) -> list[Covering]:
    """The reports among ``records`` that spoke of the day ``on``, the last issued first.

    Those replaced, withdrawn or found wrong since are among them: they were relied on then.
    """
    found = []
    for record in records:
        if record.kind == "report":
            since, until = covered(cast(ReportPayload, record.payload))
            if since <= on <= until:
                found.append(Covering(record.id, since, until, report_view(record, rules, on)))
    return sorted(found, key=lambda one: (one.view.payload["issued_on"], one.id), reverse=True)


def covered(report: ReportPayload) -> tuple[date, date]:
    """The time of which a report speaks: as it says, else from field work to issue."""
    if "covers" in report:
        since, until = report["covers"]["since"], report["covers"]["until"]
    else:
        since, until = report.get("field_since") or report["issued_on"], report["issued_on"]
    return date.fromisoformat(since), date.fromisoformat(until)
