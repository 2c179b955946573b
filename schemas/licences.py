"""Field sets of the licence gate, step by step."""

from __future__ import annotations

from registry.core.i18n import N_, Text
from schemas.dockets import block, day, line
from schemas.fields import Code, Form, from_rules, meta


class Open(Form):
    """What is applied for."""

    licence_kind = Code(
        from_rules("licence_kinds"), required=True, metadata=meta(N_("Kind of licence"))
    )
    application = Code(
        [
            ("new", Text("首次申请", "First application")),
            ("renewal", Text("延期", "Renewal")),
            ("change", Text("变更", "Change")),
        ],
        required=True,
        metadata=meta(N_("Application"), widget="radio"),
    )
    applied_on = day(N_("Application received on"))


class Condition(Form):
    """One condition as it was seen, not as a paper says."""

    condition = Code(
        from_rules("licence_conditions"), required=True, metadata=meta(N_("Condition"))
    )
    seen_on = day(N_("Seen on"))
    result = Code(
        [("met", Text("符合", "met")), ("not-met", Text("不符合", "not met"))],
        required=True,
        metadata=meta(N_("Is it met?"), widget="radio"),
    )
    seen = block(
        N_("What was seen"), hint=N_("On the spot: what is there and works."), maximum=2000
    )


class CreditCheck(Form):
    """The applicant's record."""

    credit_checked_on = day(N_("Checked on"))
    check_certificate = line(
        N_("Number of the certificate of the check"), required=False, maximum=40
    )
    credit_opinion = block(N_("What the record means for the decision"), maximum=2000)


class Rectification(Form):
    """Conditions to be met in time."""

    rectification_on = day(N_("Ordered on"))
    rectify_by = day(N_("To be put right by"))
    rectification_text = block(N_("What is to be done"), maximum=4000)


class Recheck(Form):
    """Looked at again."""

    rechecked_on = day(N_("Looked at again on"))
    recheck_text = block(N_("What was seen"), maximum=2000)


class Proposal(Form):
    """What is proposed to the head."""

    proposal = block(N_("Proposal"), maximum=4000)


class Grant(Form):
    """The licence."""

    granted_on = day(N_("Date of the decision"))
    decision_number = line(
        N_("Number of the decision"),
        hint=N_("If it has none of its own, the case number is shown."),
        required=False,
        maximum=80,
    )
    licence_number = line(N_("Number of the licence"), maximum=80)
    valid_from = day(N_("Valid from"))
    until = day(N_("Valid until"))
    licence_scope = block(
        N_("Scope of the licence"),
        hint=N_("It is published. No names of persons."),
        required=False,
        maximum=2000,
    )


class Correction(Form):
    """What was published wrong; what is left empty stays. Number and term stand at the site."""

    new_decision_number = line(N_("Number of the decision"), required=False, maximum=80)
    new_licence_scope = block(
        N_("Scope of the licence"),
        hint=N_("It is published. No names of persons."),
        required=False,
        maximum=2000,
    )


class Refusal(Form):
    """No licence."""

    refused_on = day(N_("Date of the decision"))
    refusal_grounds = block(N_("Grounds of the decision"), maximum=4000)


class Revocation(Form):
    """The licence is taken away."""

    revoked_on = day(N_("Date of the decision"))
    revocation_grounds = block(
        N_("Grounds of the decision"),
        hint=N_("It is published. No names of persons."),
        maximum=4000,
    )
