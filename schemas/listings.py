"""Field sets of the listing, step by step."""

from __future__ import annotations

from collections.abc import Sequence

import marshmallow as ma

from registry.core.i18n import N_, Text
from schemas import dockets
from schemas.dockets import block, day, line, tick
from schemas.fields import Code, Codes, Form, current_rules, from_rules, meta


def lists() -> Sequence[tuple[str, Text | str]]:
    """Lists that take entries today."""
    return [(code, kind.title) for code, kind in current_rules().list_kinds.items()]


def grounds() -> Sequence[tuple[str, Text | str]]:
    """Grounds of all lists; whether one belongs to the list chosen is the case's to check."""
    return [
        (code, Text(f"{code} {ground.title.zh}", f"{code} {ground.title.en}"))
        for kind in current_rules().list_kinds.values()
        for code, ground in kind.grounds.items()
    ]


def measures() -> Sequence[tuple[str, Text | str]]:
    """Measures of all lists."""
    known = current_rules().measures
    codes = {code for kind in current_rules().list_kinds.values() for code in kind.measures}
    return [(code, known[code].title) for code in sorted(codes) if code in known]


class Open(Form):
    """What is to be listed, where and why."""

    list = Code(lists, required=True, metadata=meta(N_("List")))
    ground = Code(grounds, required=True, metadata=meta(N_("Ground")))
    sector = Code(from_rules("sectors"), required=True, metadata=meta(N_("Sector")))
    summary = block(
        N_("Summary of the conduct"),
        hint=N_("What was done, in a few sentences. It is published."),
        maximum=2000,
    )
    measures = Codes(
        measures,
        load_default=lambda: [],
        metadata=meta(N_("Measures"), N_("All that the list provides for, if none is chosen.")),
    )
    planned_on_text = line(N_("Intended date of listing"), required=False)
    ban_until = day(N_("Statutory ban until"), required=False)
    no_person_reason = block(N_("Why no person is listed"), required=False, maximum=500)
    reported_by = line(N_("Reporting authority"), required=False)


class Entry(Form):
    """Entry in the national credit system (art. 11)."""

    entered_on = day(N_("Entered in the credit system on"))


class Completion(dockets.Service, Entry):
    """Service, entry and publication in one step."""


class Suspension(Form):
    """A court or a reconsideration body stays the listing, or bankruptcy shields it."""

    suspension_cause = Code(
        [
            ("court", Text("人民法院裁定停止执行", "Stayed by a court")),
            ("reconsideration", Text("行政复议机关决定停止执行", "Stayed on reconsideration")),
            ("bankruptcy", Text("破产程序中暂时屏蔽", "Shielded in bankruptcy")),
        ],
        required=True,
        metadata=meta(N_("Cause of the suspension"), widget="radio"),
    )
    suspension_number = line(N_("Number of the paper that suspends"), maximum=80)


class Correction(Form):
    """New wording; what is left empty stays."""

    new_summary = block(N_("Summary of the conduct"), required=False, maximum=2000)
    new_decision_text = block(N_("Text of the decision"), required=False)
    new_decision_number = line(N_("Number of the decision"), required=False, maximum=80)
    new_reported_by = line(N_("Reporting authority"), required=False)


class Application(Form):
    """An application for early removal."""

    applied_on = day(N_("Application received on"))
    applicant = line(N_("Applicant"))
    commitment = tick(N_("A public credit commitment is enclosed"))


class Acceptance(Form):
    """The application is accepted."""

    accepted_on = day(N_("Application accepted on"))


class Refusal(Form):
    """The application is not accepted, or not granted."""

    refusal_reason = block(N_("Reason told to the applicant"), maximum=2000)


class RemovalNumber(Form):
    """The paper that removes."""

    removal_number = line(N_("Number of the removal decision"), maximum=80)


class Grant(RemovalNumber):
    """Every condition of early removal, confirmed (art. 18)."""

    obligations_performed = tick(N_("The obligations set by the decisions are performed"))
    harm_eliminated = tick(N_("The harm and its effects are eliminated"))
    no_new_conduct = tick(N_("There was no new seriously untrustworthy conduct"))


class Revocation(Form):
    """What the listing rested on has fallen (art. 16)."""

    basis_fell_on = day(N_("Basis fell on"))
    revocation_basis = block(N_("What was annulled, and by whom"), maximum=2000)


class Lifted(Form):
    """All departments have lifted their measures."""

    lifted_on = day(N_("Measures lifted on"))


class Restoration(Form):
    """Early removal was obtained by fraud (art. 21)."""

    fraud_found_on = day(N_("Fraud found on"))
    fraud_text = block(N_("What was false"), maximum=2000)


class Imported(ma.Schema):
    """A listing as an approved import brings it: already decided and published elsewhere."""

    class Meta:
        unknown = ma.RAISE

    list = Code(lists, required=True, metadata=meta(N_("List")))
    ground = Code(grounds, required=True, metadata=meta(N_("Ground")))
    decision_number = line(N_("Number of the decision"), maximum=80)
    decided_on = day(N_("Date of the decision"))
    published_on = day(N_("Published on"), required=False)
    summary = block(N_("Summary of the conduct"), required=False, maximum=2000)
    decision_text = block(N_("Text of the decision"), required=False)
    reported_by = line(N_("Reporting authority"), required=False)
    penalty_number = line(N_("Number of the penalty decision"), required=False)
    source = line(N_("Source"), required=False)
