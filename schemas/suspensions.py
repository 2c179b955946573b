"""Field sets of the suspension, step by step, and of those entitled to sign."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from schemas.dockets import block, day, instant, line, tick
from schemas.fields import Code, Codes, Form, from_rules, meta


def measure() -> Code:
    """One of the measures at the mine."""
    return Code(
        from_rules("suspension_measures"), required=True, metadata=meta(N_("Measure at the mine"))
    )


class Open(Form):
    """What is stopped and why."""

    suspension_kind = Code(
        from_rules("suspension_kinds"), required=True, metadata=meta(N_("What is ordered"))
    )
    suspension_scope = line(
        N_("Scope"),
        hint=N_("The part of the mine, where not the whole is stopped."),
        required=False,
    )
    order_reason = block(
        N_("Why production is stopped"), hint=N_("It is published. No names of persons."),
        maximum=4000,
    )  # fmt: skip
    basis = block(N_("Legal basis"), hint=N_("Articles violated and articles applied."))
    measures = Codes(
        from_rules("suspension_measures"),
        required=True,
        validate=ma.validate.Length(min=1, error=N_("Choose at least one.")),
        metadata=meta(N_("Measures at the mine")),
    )


class Plan(Form):
    """A line of the yearly plan of closures."""

    plan_number = line(N_("Number of the plan"), maximum=80)
    planned_on = day(N_("Date of the plan"))
    close_by = day(N_("To be closed down by"))


class Approve(Form):
    """The order."""

    ordered_on = day(N_("Date of the order"))
    order_number = line(N_("Number of the order"), maximum=80)


class Correction(Form):
    """What was published wrong; what is left empty stays."""

    new_order_number = line(N_("Number of the order"), required=False, maximum=80)
    new_suspension_scope = line(N_("Scope"), required=False)
    new_order_reason = block(
        N_("Why production is stopped"), hint=N_("It is published. No names of persons."),
        required=False, maximum=4000,
    )  # fmt: skip
    new_basis = block(N_("Legal basis"), required=False)


class Measure(Form):
    """A measure is in place."""

    measure = measure()
    measure_on = day(N_("In place since"))
    carried_out_by = line(N_("Carried out by"), hint=N_("The body, such as the power company."))
    power_notice_at = instant(
        N_("Notice before the power was cut"), hint=N_("Only for the power supply."), required=False
    )
    urgent = tick(N_("Urgent: power was cut without notice"))


class Lift(Form):
    """A measure ends."""

    measure = measure()
    lifted_on = day(N_("Lifted on"))


class Application(Form):
    """The unit asks for acceptance."""

    applied_on = day(N_("Applied on"))
    application_text = block(N_("What was put right"), maximum=4000)


class Signature(Form):
    """One of the signatures that resumption needs."""

    capacity = Code(from_rules("signing_capacities"), required=True, metadata=meta(N_("Signs as")))
    signatory = line(N_("Name of who signs"), hint=N_("As in the list of signatories."), maximum=60)
    signed_on = day(N_("Signed on"))
    opinion = block(N_("Opinion"), required=False, maximum=1000)


class Resumption(Form):
    """Approval to resume."""

    resumed_on = day(N_("Resumption from"))
    resumption_text = block(N_("Conditions"), required=False, maximum=2000)


class Closure(Form):
    """The mine is closed down."""

    closed_on = day(N_("Closed down on"))
    closure_text = block(N_("How the closure was verified"), maximum=2000)


class Signatory(Form):
    """Somebody entitled to sign."""

    capacity = Code(from_rules("signing_capacities"), required=True, metadata=meta(N_("Signs as")))
    name = line(N_("Name of who signs"), maximum=60)
    body = line(N_("Body"), hint=N_("Its official name."))
    certificate = line(N_("Number of the enforcement certificate"), required=False, maximum=40)
    since = day(N_("Entitled from"))
    until = day(N_("Entitled until"), required=False)


class SignatoryEnd(Form):
    """The end of an entitlement."""

    until = day(N_("Entitled until"))
