"""Field sets of the major hidden danger, step by step."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from schemas.dockets import block, day, instant, line, tick
from schemas.fields import Code, Form, TextLine, from_rules, meta


def count(label: str) -> ma.fields.Integer:
    """A number of dangers."""
    return ma.fields.Integer(
        required=True,
        validate=ma.validate.Range(0, 10_000, error=N_("This number is out of range.")),
        metadata=meta(label, inputmode="numeric"),
    )


class Open(Form):
    """What was found, where and how."""

    origin = Code(
        from_rules("hazard_origins"), required=True, metadata=meta(N_("How it was found"))
    )
    hazard_code = Code(
        from_rules("hazard_codes"), required=True, metadata=meta(N_("Kind of danger"))
    )
    description = block(
        N_("What the danger is"), hint=N_("It is published. No names of persons."), maximum=4000
    )
    found_on = day(N_("Found on"))
    reported_on = day(
        N_("Reported by the enterprise on"),
        hint=N_("Only where the enterprise found it itself."),
        required=False,
    )
    immediate_measures = block(
        N_("Measures taken at once"), hint=N_("Withdrawal, cordons, monitoring."), required=False
    )

    @ma.validates_schema
    def _own(self, data: dict[str, object], **_kwargs: object) -> None:
        if data.get("origin") == "self-found" and not data.get("reported_on"):
            raise ma.ValidationError(N_("This must be filled in."), "reported_on")


class Alert(Form):
    """What a monitoring network saw."""

    alert_number = line(N_("Number of the alert at the platform"), maximum=80)
    sensor = line(N_("Sensor, and what it measures"), maximum=120)
    measured = line(N_("Value measured, with its unit"), maximum=40)
    alarm_limit = line(N_("Limit of the alarm, with its unit"), maximum=40)
    alert_at = instant(N_("Alert since"))
    alert_ended_at = instant(N_("Alert until"), required=False)

    @ma.validates_schema
    def _order(self, data: dict[str, object], **_kwargs: object) -> None:
        since, until = data.get("alert_at"), data.get("alert_ended_at")
        if isinstance(since, str) and isinstance(until, str) and until < since:
            raise ma.ValidationError(N_("The end lies before the beginning."), "alert_ended_at")


class Order(Form):
    """The order: what, until when, who answers for it at the unit."""

    ordered_on = day(N_("Ordered on"))
    order_number = line(N_("Number of the order"), required=False, maximum=80)
    rectify_by = day(N_("To be put right by"))
    rectification_owner = line(
        N_("Who answers for it at the unit"), hint=N_("Not published."), maximum=60
    )
    requirements = block(N_("What is to be done"), maximum=4000)


class ReportUp(Form):
    """Beyond this authority's powers."""

    reported_up_on = day(N_("Reported up on"))


class Progress(Form):
    """How far it has come."""

    progress_on = day(N_("As of"))
    progress_text = block(N_("Progress"), maximum=4000)


class Extension(Form):
    """A later day."""

    new_rectify_by = day(N_("To be put right by"))


class Correction(Form):
    """What was published wrong; what is left empty stays."""

    new_order_number = line(N_("Number of the order"), required=False, maximum=80)
    new_description = block(
        N_("What the danger is"), hint=N_("It is published. No names of persons."),
        required=False, maximum=4000,
    )  # fmt: skip
    new_requirements = block(N_("What is to be done"), required=False, maximum=4000)


class Claim(Form):
    """The unit says that it is done and asks for acceptance."""

    claimed_on = day(N_("Acceptance asked for on"))
    rectified_on = day(N_("Put right on"))
    rectification_text = block(N_("What was done"), maximum=4000)


class Rejection(Form):
    """Not accepted: a new day is set."""

    rejected_on = day(N_("Inspected on"))
    rectify_by = day(N_("To be put right by"))


class Acceptance(Form):
    """Who accepts signs and answers for it."""

    accepted_on = day(N_("Accepted on"))
    acceptance_text = block(N_("Opinion of the acceptance"), maximum=4000)
    truthful = tick(
        N_("The enterprise reported it truthfully"),
        hint=N_("Self-found, truthfully reported and put right in time: not punished, not listed."),
    )


class Quarterly(Form):
    """What the enterprise reports every quarter, signed by its head."""

    quarter = TextLine(
        required=True,
        maximum=6,
        validate=ma.validate.Regexp(
            r"^(19|20)\d{2}Q[1-4]$", error=N_("Write the quarter as 2026Q3.")
        ),
        metadata=meta(N_("Quarter"), N_("As 2026Q3.")),
    )
    reported_on = day(N_("Reported by the enterprise on"))
    signed_by_head = line(N_("Signed by the head of the enterprise"), maximum=60)
    found_count = count(N_("Found in the quarter"))
    eliminated_count = count(N_("Put right in the quarter"))
    open_count = count(N_("Still open at its end"))
    account = block(N_("State of the dangers and what is done"), maximum=4000)


class Withdrawal(Form):
    """The finding does not stand."""

    withdrawn_text = block(N_("Why the finding does not stand"), maximum=2000)
