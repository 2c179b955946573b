"""The page of an inspection's result: what was found, and what became of each finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from public_site.present.moments import Moment, timeline
from public_site.present.words import KIND_TITLES, address, day, title
from registry.core.i18n import N_, Text
from registry.core.rules import Rules
from registry.core.web.locale import gettext as _
from registry.public.gazette.oversight import InspectedFinding, InspectionPayload
from registry.public.gazette.queries import Record

BECAME = {
    "open": (N_("being dealt with"), "warn"),
    "put-right": (N_("put right"), "good"),
    "own-case": (N_("dealt with in a case of its own"), "neutral"),
}
STATES = {
    "open": (N_("findings being dealt with"), "warn"),
    "finished": (N_("every finding dealt with"), "good"),
}
CLEAN = (N_("nothing to be put right"), "good")


@dataclass(frozen=True)
class FindingRow:
    """A line of the table of findings. ``address`` and ``number`` lead to the case's record."""

    finding: InspectedFinding
    severity: Text
    became: str
    tone: str
    late: bool
    kind: str = ""
    number: str = ""
    address: str | None = None


@dataclass(frozen=True)
class InspectionView:
    """An inspection worked out for ``today``."""

    payload: InspectionPayload
    kind: Text
    state: str
    tone: str
    findings: list[FindingRow]
    open: int
    moments: list[Moment]


def inspection_view(
    record: Record, rules: Rules, today: date, standing: Mapping[str, Record]
) -> InspectionView:
    """``record`` as its page shows it. ``standing``: records it leads to that may be shown now."""
    payload = cast(InspectionPayload, record.payload)
    rows = [_row(one, rules, today, standing) for one in payload["findings"]]
    state, tone = STATES[payload["status"]] if rows else CLEAN
    dates = (
        (payload["inspected_on"], _("Inspected on site")),
        (payload["decision"]["date"], _("Record signed")),
        (payload["published_on"], _("Result made public")),
        (payload.get("finished_on"), _("Inspection closed")),
    )
    found = [Moment(when, text) for value, text in dates if (when := day(value))]
    return InspectionView(
        payload=payload,
        kind=title(rules, "inspection_types", payload["inspection_type"]),
        state=state,
        tone=tone,
        findings=rows,
        open=sum(row.finding["became"] == "open" for row in rows),
        moments=timeline(found, today),
    )


def linked(record: Record) -> list[str]:
    """Ids of the records to which the findings lead."""
    return [one["record"] for one in record.payload["findings"] if one.get("record")]


def _row(
    finding: InspectedFinding, rules: Rules, today: date, standing: Mapping[str, Record]
) -> FindingRow:
    became, tone = BECAME[finding["became"]]
    limit = day(finding.get("fix_by"))
    case = standing.get(finding.get("record", ""))
    return FindingRow(
        finding=finding,
        severity=title(rules, "finding_severities", finding["severity"]),
        became=became,
        tone=tone,
        late=finding["became"] == "open" and limit is not None and today > limit,
        kind=KIND_TITLES[case.kind] if case else "",
        number=case.payload["decision"]["number"] if case else "",
        address=address(case.kind, case.id) if case else None,
    )
