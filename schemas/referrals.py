"""Field sets of the referral to criminal justice, step by step."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_, Text
from schemas.dockets import block, day, instant, line
from schemas.fields import Code, Codes, Form, Money, from_rules, meta


def team(label: str) -> ma.fields.Field[str]:
    """Names, one a line; whether they may act is checked against the list of signatories."""
    return block(label, hint=N_("Two at least, one name a line, as in the list of signatories."))


class Open(Form):
    """What is suspected."""

    offences = Codes(
        from_rules("offences"),
        required=True,
        validate=ma.validate.Length(min=1, error=N_("Choose at least one.")),
        metadata=meta(N_("Suspected offences")),
    )
    suspected_facts = block(N_("Facts that make it suspicious"))
    items = block(N_("Items and materials"), hint=N_("What is handed over with it."), maximum=4000)


class Team(Form):
    """Two officers at least (Order 310 art. 5)."""

    team_formed_on = day(N_("Team formed on"))
    team_members = team(N_("Members of the team"))


class Report(Form):
    """The written report."""

    report_on = day(N_("Report of"))
    report_text = block(N_("Result of the team"))
    police = line(N_("Police to which it would go"))


class Decision(Form):
    """The head decides within three days."""

    decided_at = instant(N_("Decided at"))


class Delivery(Form):
    """Within 24 hours of the decision."""

    delivered_at = instant(N_("Delivered at"))


class Receipt(Form):
    """The police sign for it."""

    received_at = instant(N_("Received at"))
    received_by = line(N_("Signed for by"), hint=N_("Unit and number of the officer."))


class WrongVenue(Form):
    """Other police are competent."""

    competent_police = line(N_("Police that are competent"))


class Forward(Form):
    """Forwarded within 24 hours."""

    forwarded_at = instant(N_("Forwarded at"))


class Filing(Form):
    """A criminal case was opened."""

    filed_on = day(N_("Filed on"))
    filing_number = line(N_("Number of the decision to file"), maximum=80)


class FilingNotice(Form):
    """The notice reached us; a copy goes to the procuratorate."""

    filing_notice_on = day(N_("Notice received on"))


class HandOver(Form):
    """Items and files go to the police."""

    handed_over_on = day(N_("Handed over on"))


class Refusal(Form):
    """The police do not file."""

    refusal_received_on = day(N_("Refusal received on"))
    refusal_text = block(N_("Grounds of the refusal"), maximum=4000)


class Reconsideration(Form):
    """We ask the police to look again."""

    reconsideration_on = day(N_("Asked on"))
    reconsideration_text = block(N_("Why it must be filed"), maximum=4000)


class Answer(Form):
    """The answer of the police."""

    answered_on = day(N_("Answered on"))


class Procuratorate(Form):
    """We ask the procuratorate to supervise."""

    procuratorate_on = day(N_("Asked on"))
    procuratorate = line(N_("Procuratorate"))
    procuratorate_text = block(N_("Why it must be filed"), maximum=4000)


class Prosecution(Form):
    """Charges were brought."""

    prosecuted_on = day(N_("Prosecuted on"))
    prosecution_number = line(N_("Number of the indictment"), maximum=80)


class Drop(Form):
    """No prosecution, or the case was withdrawn."""

    dropped_on = day(N_("Dropped on"))


class Verdict(Form):
    """What the court decided."""

    judged_on = day(N_("Judged on"))
    court = line(N_("Court"))
    judgment_number = line(N_("Number of the judgment"), maximum=80)
    verdict = Code(
        [
            ("guilty", Text("有罪判决", "convicted")),
            ("exempt", Text("免予刑事处罚", "convicted, exempt from punishment")),
            ("not-guilty", Text("无罪判决", "acquitted")),
        ],
        required=True,
        metadata=meta(N_("Verdict"), widget="radio"),
    )
    verdict_text = block(N_("The verdict in short"), required=False, maximum=2000)


class Force(Form):
    """The conviction of the unit is in force. Nothing here is about persons."""

    in_force_on = day(
        N_("Judgment in force since"),
        hint=N_("One of first instance only after the time to appeal."),
    )
    convicted_offences = Codes(
        from_rules("unit_offences"),
        required=True,
        validate=ma.validate.Length(min=1, error=N_("Choose at least one.")),
        metadata=meta(N_("Offences of which the unit was convicted")),
    )
    unit_fine_yuan = Money(
        allow_none=True, metadata=meta(N_("Fine on the unit in yuan"), inputmode="decimal")
    )


class Correction(Form):
    """What was published wrong; what is left empty stays."""

    new_court = line(N_("Court"), required=False)
    new_judgment_number = line(N_("Number of the judgment"), required=False, maximum=80)
    new_convicted_offences = Codes(
        from_rules("unit_offences"),
        required=False,
        metadata=meta(N_("Offences of which the unit was convicted")),
    )
    new_unit_fine_yuan = Money(
        required=False,
        allow_none=True,
        metadata=meta(N_("Fine on the unit in yuan"), inputmode="decimal"),
    )


class Retrial(Form):
    """A retrial was ordered, or the judgment was annulled."""

    retried_on = day(N_("Retrial or annulment decided on"))
    retried_by = line(N_("Court that decided it"))
    retrial_number = line(N_("Number of that decision"), maximum=80)
