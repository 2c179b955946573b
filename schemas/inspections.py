"""Field sets of the inspection: short, because they are filled in on a telephone at the mine."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_, Text
from schemas import penalties
from schemas.dockets import block, day, line
from schemas.fields import Code, Codes, Form, TextBlock, from_rules, meta


def public_wording() -> TextBlock:
    """What the public reads of a finding: written for it, never taken from the record."""
    return block(
        N_("Wording for the public"),
        hint=N_("Written for publication, without names. Left empty, only the kind is shown."),
        required=False,
        maximum=1000,
    )


def which() -> ma.fields.Integer:
    """The number of a finding within the inspection."""
    return ma.fields.Integer(
        required=True,
        validate=ma.validate.Range(1, 999),
        metadata=meta(N_("Number of the finding"), inputmode="numeric"),
    )


class Plan(Form):
    """A line of the plan."""

    planned_for = day(N_("Planned for"))
    inspection_type = Code(
        from_rules("inspection_types"),
        required=True,
        metadata=meta(N_("Kind of inspection")),
    )
    purpose = block(N_("What is to be inspected"), maximum=2000)
    joint_departments = block(
        N_("Joint departments"),
        hint=N_("One a line; all sign one shared record."),
        required=False,
        maximum=1000,
    )
    repeat_reason = line(
        N_("Why a second visit in the month"),
        hint=N_("Only where the county is already visited in that month."),
        required=False,
    )


class Visit(Form):
    """Who was there."""

    visited_on = day(N_("Visited on"))
    visit_place = line(N_("Place"))
    inspectors = block(
        N_("Inspectors"), hint=N_("Two at least, one name a line, as in the list of signatories."),
        maximum=500,
    )  # fmt: skip
    unit_representative = line(N_("Who was there for the unit"), required=False)


class Finding(Form):
    """Something that was found."""

    finding_text = block(N_("What was found"), hint=N_("No names of persons."), maximum=4000)
    severity = Code(
        from_rules("finding_severities"),
        required=True,
        metadata=meta(N_("How grave it is"), widget="radio"),
    )
    fix_by = day(N_("To be put right by"), required=False)
    public_text = public_wording()


class Wording(Form):
    """What the public will read of a finding."""

    finding = which()
    public_text = public_wording()


class Rewording(Form):
    """Other words for the public, for a finding that is public already."""

    new_finding = which()
    new_public_text = public_wording()


class CoSignature(Form):
    """A joint department signs the shared record."""

    department = line(N_("Joint department"), hint=N_("As it stands in the plan."))
    co_signer = line(N_("Name of who signs"), maximum=60)
    co_opinion = block(N_("Opinion"), required=False, maximum=1000)


class Record(Form):
    """The record is complete."""

    recorded_on = day(N_("Date of the record"))
    record_content = block(N_("What was inspected"), maximum=8000)
    handling = block(N_("How it is dealt with"), maximum=4000)
    unit_signed = Code(
        [
            ("signed", Text("已签字", "Signed")),
            ("refused", Text("拒绝签字", "Refused to sign")),
        ],
        required=True,
        metadata=meta(N_("Head of the unit"), widget="radio"),
    )
    unit_refusal = line(N_("Why the unit did not sign"), required=False)


class Fixed(Form):
    """A minor finding was put right."""

    finding = which()
    fixed_on = day(N_("Put right on"))


class ToHazard(Form):
    """Only what the record does not say already."""

    finding = which()
    hazard_code = Code(
        from_rules("hazard_codes"), required=True, metadata=meta(N_("Kind of danger"))
    )


class ToPenalty(penalties.Imposed):
    """Only what the record does not say already."""

    finding = which()
    violation_type = Code(
        from_rules("violation_types"), required=True, metadata=meta(N_("Type of violation"))
    )
    basis = block(N_("Legal basis"), hint=N_("Articles violated and articles applied."))
    categories = Codes(
        from_rules("penalty_categories"),
        required=True,
        validate=ma.validate.Length(min=1, error=N_("Choose at least one.")),
        metadata=meta(N_("Kinds of penalty")),
    )
    content = block(N_("Content of the penalty"))
    fine_yuan = penalties.money(N_("Fine in yuan"))
    confiscated_yuan = penalties.money(N_("Confiscated, in yuan"))
    ban_until = day(N_("Ban runs until"), required=False)
