"""Field sets of the tip's table and forms of its desk. What is sealed is no fact of the case."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from schemas.dockets import block, day, line, tick
from schemas.fields import Code, Form, Money, Reference, Region, TextLine, from_rules, meta

VERIFIERS = [
    ("county", N_("People's government of the county")),
    ("prefecture", N_("People's government of the prefecture")),
    ("province", N_("People's government of the province")),
    ("national", N_("State Council")),
]


class Open(Form):
    """All that stands in clear about a tip beside its state."""

    category = Code(
        from_rules("tip_categories"), required=True, metadata=meta(N_("Kind of report"))
    )
    bucket = ma.fields.Integer(required=True, metadata=meta(N_("Size")))
    number = ma.fields.Integer(required=True, metadata=meta(N_("Place in the intake chain")))
    handed_in_on = day(N_("Handed in on"))


class Routing(Form):
    """Which government organises the verification (Work Safety Law art. 73)."""

    verifier_level = Code(VERIFIERS, required=True, metadata=meta(N_("Who organises it")))


class ToldAbove(Form):
    """What the office above is told; sealed to who is on duty there."""

    told_above = block(
        N_("What the office above is told"),
        hint=N_("Unit, day, place, deaths. Nothing that leads to the reporter."),
        maximum=4000,
    )


class Transfer(Form):
    """To whom it is handed over."""

    authority = Reference("select", required=True, metadata=meta(N_("Receiving authority")))


class Why(Form):
    """The reason for opening a tip, or for any step that needs no more."""

    reason = block(N_("Reason"), maximum=4000)


class Opening(Why):
    """What an officer says before he opens a tip."""

    no_conflict = ma.fields.Boolean(
        required=True,
        validate=ma.validate.Equal(
            True, error=N_("With a conflict of interest, leave it to others.")
        ),
        metadata=meta(N_("I have no conflict of interest in this report"), widget="checkbox"),
    )


class Step(Why):
    """A step with a reason and, where wished, a letter to the reporter."""

    letter = block(N_("Letter to the reporter"), required=False, maximum=10_000)


class Refuse(Step):
    """Why it is not accepted."""

    refusal = Code(
        from_rules("tip_refusals"), required=True, metadata=meta(N_("Legal ground of the refusal"))
    )


class Letter(Why):
    """What is said to the reporter."""

    letter = block(N_("Letter to the reporter"), maximum=10_000)


class Link(Why):
    """The case that follows; sealed, so that it does not lead back to the tip."""

    case_number = line(N_("Number of the case"), maximum=80)


class Award(Why):
    """What the reward is reckoned from. The fine is taken from the case."""

    case_number = line(
        N_("Number of the penalty case"),
        hint=N_("Leave it empty where no fine was imposed."),
        required=False,
        maximum=80,
    )
    sector = Code(from_rules("sectors"), required=True, metadata=meta(N_("Sector")))
    level = line(N_("Level of the report"), hint=N_("As the rule has it; 1 is the first."),
                 required=False, maximum=4)  # fmt: skip
    concealed_deaths = ma.fields.Integer(
        load_default=0,
        validate=ma.validate.Range(0, 10_000),
        metadata=meta(N_("Concealed deaths")),
    )
    accident_level = Code(
        from_rules("accident_levels"),
        load_default="",
        metadata=meta(N_("Final level of the accident")),
    )
    fine_collected = Money(
        allow_none=True, load_default=None, metadata=meta(N_("Fine collected so far, in yuan"))
    )
    informant = tick(N_("A named safety informant"))
    shares = line(
        N_("Shares of joint reporters"),
        hint=N_("Whole numbers with commas, as 2,1; leave it empty for one reporter."),
        required=False,
    )
    exclusions_checked = ma.fields.Boolean(
        required=True,
        validate=ma.validate.Equal(True, error=N_("This must be confirmed.")),
        metadata=meta(
            N_("No exclusion applies: no official, near relative or proxy reported this"),
            widget="checkbox",
        ),
    )


class SpecialAward(Form):
    """An award for what a report averted."""

    special_yuan = Money(
        required=True,
        metadata=meta(N_("Special award, in yuan"), N_("At most what the rule of the place says.")),
    )
    averted = block(N_("What the report averted, and how that is known"), maximum=4000)
    informant = tick(N_("A named safety informant"))
    shares = line(
        N_("Shares of joint reporters"),
        hint=N_("Whole numbers with commas, as 2,1; leave it empty for one reporter."),
        required=False,
    )
    exclusions_checked = ma.fields.Boolean(
        required=True,
        validate=ma.validate.Equal(True, error=N_("This must be confirmed.")),
        metadata=meta(
            N_("No exclusion applies: no official, near relative or proxy reported this"),
            widget="checkbox",
        ),
    )


CHANNELS = [("hotline", N_("Hotline")), ("letter", N_("Letter")), ("visit", N_("Visit"))]


class Entry(Form):
    """A report that came by hotline, letter or visit."""

    channel = Code(CHANNELS, required=True, metadata=meta(N_("Came by"), widget="radio"))
    category = Code(
        from_rules("tip_categories"), required=True, metadata=meta(N_("Kind of report"))
    )
    detail = Code(from_rules("tip_details"), load_default="", metadata=meta(N_("More exactly")))
    region = Region(required=True, metadata=meta(N_("Region"), widget="region"))
    place = line(N_("Where exactly?"), required=False, maximum=300)
    subject = line(N_("Who is it about?"))
    since = day(N_("Since or on which day?"), required=False)
    text = block(N_("What was reported, in the reporter's words"), maximum=20_000)
    employee = Code(
        [("yes", N_("Yes")), ("no", N_("No")), ("unsaid", N_("not said"))],
        load_default="unsaid",
        metadata=meta(N_("Works there")),
    )
    name = TextLine(
        load_default="",
        maximum=60,
        metadata=meta(N_("Name of the reporter"), N_("Leave it empty where he wants none kept.")),
    )
    contact = TextLine(
        load_default="", maximum=100, metadata=meta(N_("Telephone or other way to reach"))
    )
