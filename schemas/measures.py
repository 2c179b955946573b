"""Forms of the desk of joint punishment."""

from __future__ import annotations

from collections.abc import Iterable

import marshmallow as ma

from registry.core.i18n import N_
from registry.public.measures.lifecycle import ANSWER_TITLES, Answer
from schemas.fields import (
    Choices,
    Code,
    Codes,
    Form,
    LegalDate,
    TextLine,
    current_rules,
    meta,
    offer,
)
from schemas.imports import UploadedFile


def _kinds() -> Choices:
    known = current_rules().table("departments")
    return [(code, rule.title) for code, rule in known.items() if code != "all"]


def _measures() -> Choices:
    return [(code, rule.title) for code, rule in current_rules().measures.items()]


class NewDepartment(Form):
    """A department that executes measures."""

    name = TextLine(required=True, maximum=200, metadata=meta(N_("Name of the department")))
    kind = Code(_kinds, required=True, metadata=meta(N_("Kind of department"), widget="select"))
    region = TextLine(
        required=True,
        maximum=6,
        metadata=meta(
            N_("Region"),
            N_("Six digits (GB/T 2260); 000000 for the whole country."),
            inputmode="numeric",
        ),
    )
    measures = Codes(
        _measures,
        load_default=list,
        metadata=meta(N_("Measures"), N_("None chosen: all that the catalogue gives to its kind.")),
    )
    agency = Code(
        [],
        load_default="",
        metadata=meta(
            N_("Its agency"), N_("Where it has a system; it then answers through the API.")
        ),
    )
    authority = Code([], load_default="", metadata=meta(N_("Authority that looks after it")))

    def __init__(self, agencies: Choices, authorities: Choices) -> None:
        super().__init__()
        offer(self, "agency", agencies)
        offer(self, "authority", authorities)


class NotedAnswer(Form):
    """What a department answered on paper."""

    answer = Code([], required=True, metadata=meta(N_("What the department did")))
    day = LegalDate(required=True, metadata=meta(N_("On"), widget="date"))
    reason = TextLine(
        load_default="",
        maximum=500,
        metadata=meta(N_("Reason"), N_("Needed where the measure does not apply.")),
    )
    reference = TextLine(
        load_default="", maximum=100, metadata=meta(N_("Number of the department's paper"))
    )

    def __init__(self, possible: Iterable[Answer]) -> None:
        super().__init__()
        offer(self, "answer", [(one, ANSWER_TITLES[one]) for one in possible])


class AnswerSheet(Form):
    """A sheet that a department filled in."""

    file = UploadedFile(
        required=True,
        metadata=meta(
            N_("Sheet filled in"),
            N_("The downloaded sheet with the columns 反馈 and 日期 filled in; CSV or XLSX."),
            "file",
        ),
    )


class MeasureFilter(Form):
    """What the desk shows."""

    class Meta:
        unknown = ma.EXCLUDE

    show = Code(
        [
            ("open", N_("Everything that waits")),
            ("overdue", N_("Overdue lifts")),
            ("lift-due", N_("To be lifted")),
            ("applied", N_("Put into effect")),
            ("all", N_("Everything")),
        ],
        load_default="open",
        metadata=meta(N_("Show"), widget="select"),
    )
    department = Code([], load_default="", metadata=meta(N_("Department")))
    listing = TextLine(load_default="", maximum=16, metadata=meta(N_("Number of the listing")))

    def __init__(self, departments: Choices) -> None:
        super().__init__()
        offer(self, "department", departments)
