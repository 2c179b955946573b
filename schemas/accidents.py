"""Field sets of the accident, step by step."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_, Text
from schemas.dockets import block, day, instant, line
from schemas.fields import Code, Form, Money, from_rules, meta

MOST = 10_000
"""More people than have ever been hurt in a mine: a slip of the pen."""


def count(label: str) -> ma.fields.Integer:
    """A number of people."""
    return ma.fields.Integer(
        load_default=0,
        validate=ma.validate.Range(0, MOST, error=N_("This number is out of range.")),
        metadata=meta(label, inputmode="numeric"),
    )


class Figures(Form):
    """Casualties and loss as known on a day."""

    figures_on = day(N_("As of"))
    deaths = count(N_("Deaths"))
    missing = count(N_("Persons missing"))
    serious_injuries = count(N_("Serious injuries"))
    loss_yuan = Money(
        allow_none=True, metadata=meta(N_("Direct loss in yuan"), inputmode="decimal")
    )


class Open(Form):
    """What happened, when, and when it was reported."""

    occurred_at = instant(N_("When it happened"))
    unit_reported_at = instant(
        N_("When the unit reported it"), hint=N_("Leave empty where it did not."), required=False
    )
    received_at = instant(N_("When this authority learned of it"))
    place = line(N_("Where it happened"))
    course = block(N_("Course of the accident"), maximum=4000)
    rescue = block(N_("Rescue work"), required=False, maximum=4000)
    deaths = count(N_("Deaths"))
    missing = count(N_("Persons missing"))
    serious_injuries = count(N_("Serious injuries"))
    loss_yuan = Money(
        allow_none=True, metadata=meta(N_("Direct loss in yuan"), inputmode="decimal")
    )


class LevelReport(Form):
    """One level reports to the next, within two hours of having received it."""

    level_body = line(N_("Body that reported"))
    level_received_at = instant(N_("It received the report at"))
    level_reported_at = instant(N_("It reported on at"))


class Concealment(Form):
    """What a government of county level or above verified (Work Safety Law art. 73)."""

    concealment = Code(
        [
            ("concealed", Text("瞒报", "concealed")),
            ("false", Text("谎报", "reported falsely")),
            ("late", Text("迟报", "reported late")),
        ],
        required=True,
        metadata=meta(N_("What the government found"), widget="radio"),
    )
    concealment_on = day(N_("Date of the finding"))
    verified_by = line(N_("Government that verified it"))


class Investigation(Form):
    """Who investigates."""

    appointed_on = day(N_("Appointed on"))
    investigating_level = Code(
        from_rules("levels"), required=True, metadata=meta(N_("Level of the investigation"))
    )
    investigating_body = line(N_("Body that investigates"))


class Upgrade(Form):
    """A higher level takes over."""

    upgraded_on = day(N_("Raised on"))
    upgraded_level = Code(
        from_rules("levels"), required=True, metadata=meta(N_("Level of the investigation"))
    )
    upgraded_body = line(N_("Body that investigates"))
    upgrade_ground = Code(
        [
            ("concealed", Text("瞒报、谎报", "Concealed or reported falsely")),
            ("large", Text("社会影响大、性质恶劣", "Great harm or a vile nature")),
            ("repeated", Text("短期内重复发生", "Repeated within a short time")),
            ("level", Text("伤亡变化导致等级上升", "The level rose with the figures")),
        ],
        required=True,
        metadata=meta(N_("Ground for raising it"), widget="radio"),
    )


class Submission(Form):
    """The report is in."""

    submitted_on = day(N_("Submitted on"))
    cause = block(N_("Cause and nature"), maximum=8000)
    responsibility = block(N_("Who is responsible and what is proposed"), maximum=8000)


class Reply(Form):
    """The government's reply."""

    replied_on = day(N_("Date of the reply"))
    reply_number = line(N_("Number of the reply"), maximum=80)
    measures_ordered = block(N_("Measures ordered"), maximum=8000)


PUBLISHED = N_("It is published. No names of persons.")


class Summary(Form):
    """The accident as the public is told of it (Order 493 art. 34; Work Safety Law art. 86)."""

    published_cause = block(N_("Cause and nature, for the public"), hint=PUBLISHED, maximum=4000)
    published_responsibility = block(
        N_("Responsibility and what follows, for the public"), hint=PUBLISHED, maximum=4000
    )
    published_measures = block(N_("Measures ordered, for the public"), hint=PUBLISHED, maximum=4000)


class Withholding(Form):
    """The law keeps it from the public."""

    withheld_on = day(N_("Found on"))
    withholding_ground = Code(
        from_rules("withholding_grounds"),
        required=True,
        metadata=meta(N_("Why it is not made public"), widget="radio"),
    )


class Release(Form):
    """The reason for which the law kept it from the public is gone."""

    released_on = day(N_("Found on"))
    release_basis = block(N_("Why it may be public now"), hint=N_("Not published."), maximum=2000)


class Evaluation(Form):
    """Whether what was ordered was done (Work Safety Law art. 86)."""

    evaluated_on = day(N_("Evaluated on"))
    evaluation_text = block(N_("Result of the evaluation"), hint=N_("Not published."), maximum=8000)
    evaluation_result = Code(
        from_rules("evaluation_results"),
        required=True,
        metadata=meta(N_("Whether the measures were carried out"), widget="radio"),
    )
    published_evaluation = block(
        N_("Result of the evaluation, for the public"),
        hint=N_("Required where the accident is public. No names of persons."),
        required=False,
        maximum=4000,
    )
    published_remaining = block(
        N_("What is still to be done, for the public"),
        hint=PUBLISHED,
        required=False,
        maximum=4000,
    )


class LateSummary(Summary):
    """What the public is told of an accident whose measures were evaluated already."""

    published_evaluation = block(
        N_("Result of the evaluation, for the public"), hint=PUBLISHED, maximum=4000
    )
    published_remaining = block(
        N_("What is still to be done, for the public"),
        hint=PUBLISHED,
        required=False,
        maximum=4000,
    )


class Correction(Form):
    """New wording for the public; what is left empty stays."""

    new_published_cause = block(
        N_("Cause and nature, for the public"), hint=PUBLISHED, required=False, maximum=4000
    )
    new_published_responsibility = block(
        N_("Responsibility and what follows, for the public"),
        hint=PUBLISHED,
        required=False,
        maximum=4000,
    )
    new_published_measures = block(
        N_("Measures ordered, for the public"), hint=PUBLISHED, required=False, maximum=4000
    )
    new_published_evaluation = block(
        N_("Result of the evaluation, for the public"), hint=PUBLISHED, required=False, maximum=4000
    )
    new_published_remaining = block(
        N_("What is still to be done, for the public"),
        hint=PUBLISHED,
        required=False,
        maximum=4000,
    )
