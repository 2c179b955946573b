"""The page of a service organization's report, and the answer to whoever holds a copy of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from public_site.present.moments import Moment, timeline
from public_site.present.words import day, title
from registry.core.i18n import N_, Text
from registry.core.rules import Rules
from registry.core.web.locale import say
from registry.public.gazette.providers import ReportPayload
from registry.public.gazette.queries import Record

MEANING = {
    "valid": N_("This is the version that stands. Nothing wrong has been found with it."),
    "replaced": N_("A newer version has taken its place. Use that one."),
    "withdrawn": N_("The organization has withdrawn it. It may no longer be relied on."),
    "inaccurate": N_("An authority found it inaccurate. What was found stands below."),
    "false": N_("An authority found it false. It may not be used."),
}
STATUS = {
    "valid": N_("valid"),
    "replaced": N_("replaced"),
    "withdrawn": N_("withdrawn"),
    "inaccurate": N_("found inaccurate"),
    "false": N_("found false"),
}


@dataclass(frozen=True)
class ReportView:
    """A report worked out for ``today``."""

    payload: ReportPayload
    type: Text
    field: Text
    status: str
    meaning: str
    findings: list[tuple[Text, date | None]]
    signatures: list[tuple[Text, str, date | None]]
    moments: list[Moment]


def report_view(record: Record, rules: Rules, today: date) -> ReportView:
    payload = cast(ReportPayload, record.payload)
    known = [
        (payload.get("agreement_on"), N_("Agreement")),
        (payload.get("notice_on"), N_("Field work announced")),
        (payload.get("field_since"), N_("Field work began")),
        (payload.get("field_until"), N_("Field work ended")),
        (payload["issued_on"], N_("Report issued")),
        (payload["published_on"], N_("Published here")),
    ]
    moments = [Moment(on, say(words)) for text, words in known if (on := day(text))]
    return ReportView(
        payload=payload,
        type=title(rules, "report_types", payload["type"]),
        field=title(rules, "provider_fields", payload["field"]),
        status=payload["status"],
        meaning=MEANING[payload["status"]],
        findings=[
            (title(rules, "finding_codes", one["code"]), day(one["on"]))
            for one in payload["findings"]
        ],
        signatures=[
            (title(rules, "signature_roles", one["role"]), one["name"], day(one["on"]))
            for one in payload["signatures"]
        ],
        moments=timeline(moments, today),
    )


@dataclass(frozen=True)
class Compared:
    """What is known of a copy: the records that it belongs to, or none."""

    asked: str
    """What was compared: a number as typed, or the SHA-256 of the file."""
    by_file: bool
    records: list[Record]
    """Newest first. An empty list says only that no disclosed report is known by this."""
