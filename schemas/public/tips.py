"""The forms for reporters: a report, what is added later, the calculator of rewards.

What is not a field is dropped; nothing a browser says beside them counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from registry.core.i18n import N_, Text
from registry.core.rules.rewards import RewardPack
from schemas.fields import (
    Code,
    LegalDate,
    Money,
    TextBlock,
    TextLine,
    current_rules,
    from_rules,
    meta,
)

YES_NO = (("yes", N_("Yes")), ("no", N_("No")), ("unsaid", N_("I would rather not say")))
NAMED = (
    ("no", N_("Anonymously: nobody here learns who I am")),
    ("yes", N_("With my real name, which only a custodian can open")),
)
SECTORS = from_rules("sectors")


def _levels() -> list[tuple[str, Text]]:
    """Levels of reports that any rule in force knows."""
    packs = current_rules().table("reward_packs").values()
    found = {
        level.code: level.title for p in packs if isinstance(p, RewardPack) for level in p.levels
    }
    return sorted(found.items())


class _Open(Schema):
    class Meta:
        unknown = EXCLUDE


class Companion(_Open):
    """Somebody who reports together with the first."""

    name = TextLine(required=True, maximum=60, metadata=meta(N_("Name of the person")))
    contact = TextLine(
        load_default="", maximum=100, metadata=meta(N_("Telephone or other way to reach"))
    )
    share = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, 100),
        metadata=meta(N_("Share of a reward, in percent"), inputmode="numeric"),
    )


class TipForm(_Open):
    """A report by the public."""

    category = Code(
        from_rules("tip_categories"),
        required=True,
        metadata=meta(N_("What do you want to report?"), widget="radio"),
    )
    detail = Code(
        from_rules("tip_details"),
        load_default="",
        metadata=meta(N_("More exactly"), N_("Leave it open if you are not sure.")),
    )
    region = TextLine(
        required=True,
        maximum=60,
        metadata=meta(
            N_("In which county, city or province?"),
            N_("Its name, for instance 古交市, or its six-digit code."),
        ),
    )
    place = TextLine(
        load_default="",
        maximum=300,
        metadata=meta(
            N_("Where exactly?"), N_("Mine, shaft, working face, village, road: as you know it.")
        ),
    )
    subject = TextLine(
        required=True,
        maximum=200,
        metadata=meta(
            N_("Who is it about?"),
            N_("Name of the mine, company or agency, as you know it, or its credit code."),
        ),
    )
    since = LegalDate(load_default=None, metadata=meta(N_("Since or on which day?"), widget="date"))
    until = LegalDate(load_default=None, metadata=meta(N_("Until which day?"), widget="date"))
    when = TextLine(
        load_default="",
        maximum=200,
        metadata=meta(N_("When, in words"), N_("For instance: night shifts, since spring.")),
    )
    text = TextBlock(
        required=True,
        maximum=20_000,
        metadata=meta(
            N_("What happened, or what is dangerous?"),
            N_("Facts that can be checked: what, where, when, who ordered it, who knows of it."),
            widget="textarea",
            rows=12,
        ),
    )
    knowledge = Code(
        from_rules("tip_knowledge"),
        load_default="",
        metadata=meta(N_("How do you know?")),
    )
    employee = Code(
        YES_NO,
        required=True,
        metadata=meta(
            N_("Do you work, or did you work, for the unit?"),
            N_("Provinces may raise the reward of employees, and may ask them for their name."),
            widget="radio",
        ),
    )
    named = Code(
        NAMED, required=True, metadata=meta(N_("How do you want to report?"), widget="radio")
    )
    name = TextLine(load_default="", maximum=60, metadata=meta(N_("Your name")))
    contact = TextLine(
        load_default="",
        maximum=100,
        metadata=meta(
            N_("Telephone or other way to reach you"),
            N_("Not needed: you can talk with the officer through your receipt."),
        ),
    )
    others = fields.List(
        fields.Nested(Companion),
        load_default=list,
        validate=validate.Length(max=5),
        metadata=meta(N_("Others who report with you"), widget="rows", rows=1),
    )
    understood = fields.Boolean(
        required=True,
        metadata=meta(
            N_("I know that a lost receipt cannot be replaced by anyone."), widget="checkbox"
        ),
    )

    @validates_schema(skip_on_field_errors=False)
    def agree(self, data: Mapping[str, Any], **_: Any) -> None:
        """What must hold between fields."""
        problems: dict[str, list[str]] = {}
        if data.get("named") == "yes":
            for name in ("name", "contact"):
                if not data.get(name):
                    problems[name] = [
                        N_("A report with your real name needs your name and a way to reach you.")
                    ]
        if data.get("named") == "no" and data.get("others"):
            problems["others"] = [N_("Who reports with others does so by name.")]
        if data.get("named") == "no" and data.get("name"):
            problems["name"] = [N_("You chose to stay anonymous. Take your name out again.")]
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            problems["until"] = [N_("This day is before the first one.")]
        if sum(one.get("share") or 0 for one in data.get("others") or ()) > 100:
            problems["others"] = [N_("The shares are more than 100 percent together.")]
        if not data.get("understood"):
            problems["understood"] = [N_("Confirm this before you send.")]
        if problems:
            raise ValidationError(problems)


class TipMessage(_Open):
    """What a reporter says later."""

    text = TextBlock(
        required=True,
        maximum=20_000,
        metadata=meta(N_("Your message"), widget="textarea", rows=6),
    )


class TipClaim(_Open):
    """Claiming a reward: the PIN that will be said at the counter."""

    pin = TextLine(
        required=True,
        maximum=20,
        metadata=meta(
            N_("PIN of six digits"),
            N_("Choose it yourself and remember it. You will say it where the reward is paid."),
            inputmode="numeric",
        ),
    )


class RewardQuestion(_Open):
    """What the calculator of rewards asks."""

    region = TextLine(
        load_default="",
        maximum=60,
        metadata=meta(N_("Region"), N_("Name or code; empty: the rule of the whole country.")),
    )
    sector = Code(SECTORS, load_default="coal", metadata=meta(N_("Sector")))
    kind = Code(from_rules("tip_categories"), required=True, metadata=meta(N_("What was reported")))
    level = Code(
        _levels,
        load_default="",
        metadata=meta(N_("Level of the report, where the rule has levels")),
    )
    fine = Money(load_default=None, metadata=meta(N_("Fine imposed, in yuan"), inputmode="decimal"))
    deaths = fields.Integer(
        load_default=0,
        validate=validate.Range(0, 10_000),
        metadata=meta(N_("Concealed deaths"), inputmode="numeric"),
    )
    accident_level = Code(
        from_rules("accident_levels"),
        load_default="",
        metadata=meta(N_("Final level of the accident")),
    )
    informant = Code(
        (("employee", N_("Employee of the unit")), ("informant", N_("Safety informant"))),
        load_default="",
        metadata=meta(N_("The reporter is")),
    )
    anonymous = fields.Boolean(
        load_default=False, metadata=meta(N_("Reported anonymously"), widget="checkbox")
    )
