"""Field sets of the penalty. Names follow the national publicity standard (双公示)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import marshmallow as ma

from registry.core.i18n import N_, Text
from schemas.dockets import block, day, line, tick
from schemas.fields import Code, Codes, Form, Money, from_rules, meta


def money(label: str, *, hint: str = "") -> Money:
    """An amount in yuan that may be left empty."""
    return Money(allow_none=True, metadata=meta(label, hint))


class Imposed(Form):
    """What is imposed: sums and bans belong to the kinds of penalty that impose them."""

    @ma.validates_schema
    def _sums(self, data: dict[str, Any], **_kwargs: object) -> None:
        given = {"fine": data.get("fine_yuan"), "confiscation": data.get("confiscated_yuan")}
        fields = {"fine": "fine_yuan", "confiscation": "confiscated_yuan"}
        for category, amount in given.items():
            wanted = category in data.get("categories", ())
            if wanted and not amount:
                raise ma.ValidationError(N_("This must be filled in."), fields[category])
            if not wanted and amount not in (None, Decimal(0)):
                raise ma.ValidationError(
                    N_("This sum belongs to no kind of penalty chosen."), fields[category]
                )


class Open(Imposed):
    """The violation and what is to be imposed."""

    violation_type = Code(
        from_rules("violation_types"), required=True, metadata=meta(N_("Type of violation"))
    )
    violation_facts = block(N_("Facts of the violation"))
    basis = block(N_("Legal basis"), hint=N_("Articles violated and articles applied."))
    categories = Codes(
        from_rules("penalty_categories"),
        required=True,
        validate=ma.validate.Length(min=1, error=N_("Choose at least one.")),
        metadata=meta(N_("Kinds of penalty")),
    )
    content = block(N_("Content of the penalty"))
    fine_yuan = money(N_("Fine in yuan"))
    confiscated_yuan = money(N_("Confiscated, in yuan"))
    licence_revoked = line(N_("Licence suspended or revoked"), required=False)
    ban_until = day(N_("Ban runs until"), required=False)
    simplified = tick(N_("Simplified procedure"))
    note = block(N_("Remarks"), required=False, maximum=1000)


class Performance(Form):
    """The penalty was performed."""

    performed_on = day(N_("Performed on"))
    performance = block(N_("How it was performed"), maximum=2000)


class DailyFine(Form):
    """It was not put right after the order (Work Safety Law art. 112)."""

    correction_ordered_on = day(N_("Ordered to be put right on"))
    refusal_found_on = day(N_("Found not to be put right on"))


class Rectification(Form):
    """The violation was put right; a fine alone closes no case."""

    rectified_on = day(N_("Violation put right on"))
    rectification_text = block(N_("What was put right"), maximum=4000)


class ReferralCheck(Form):
    """Whether a crime is suspected (State Council Order 310)."""

    referral_checked_on = day(N_("Examined on"))
    crime_suspected = Code(
        [
            ("no", Text("不涉嫌犯罪", "No crime is suspected")),
            ("yes", Text("涉嫌犯罪，应当移送", "A crime is suspected: the case is referred")),
        ],
        required=True,
        metadata=meta(N_("Result of the examination"), widget="radio"),
    )
    referral_opinion = block(N_("Grounds of the result"), maximum=2000)


class Correction(Form):
    """New wording; what is left empty stays."""

    new_violation_facts = block(N_("Facts of the violation"), required=False)
    new_basis = block(N_("Legal basis"), required=False)
    new_content = block(N_("Content of the penalty"), required=False)
    new_decision_text = block(N_("Text of the decision"), required=False)
    new_note = block(N_("Remarks"), required=False, maximum=1000)


class Annulment(Form):
    """The penalty was changed, revoked or found void (Penalty Law art. 48)."""

    annulled_on = day(N_("Annulled on"))
    annulled_by = line(N_("Annulled by"))
    annulment_number = line(N_("Number of the annulling paper"), maximum=80)
