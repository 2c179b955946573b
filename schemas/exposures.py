"""Field sets of the negative example, step by step."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from schemas.dockets import block, day, line
from schemas.fields import Code, Form, from_rules, meta


def _confirmed(label: str) -> ma.fields.Boolean:
    return ma.fields.Boolean(
        required=True,
        validate=ma.validate.Equal(True, error=N_("This must be confirmed.")),
        metadata=meta(label, widget="checkbox"),
    )


class Open(Form):
    """The case as it is to be told."""

    exposure_kind = Code(
        from_rules("exposure_kinds"), required=True, metadata=meta(N_("Kind of example"))
    )
    headline = line(N_("Headline"), hint=N_("It is published. No names of persons."), maximum=120)
    story = block(
        N_("The story"), hint=N_("It is published. Persons by family name only."), maximum=8000
    )
    lesson = block(N_("What it teaches"), required=False, maximum=2000)
    exposure_source = line(N_("Where the material comes from"), hint=N_("Not published."))


class Review(Form):
    """Before anything is released."""

    persons_masked = _confirmed(N_("Names, numbers and contacts of persons are masked"))
    decisions_final = _confirmed(N_("The decisions that it tells of are final"))
    no_secrets = _confirmed(N_("It holds no trade or state secret"))
    review_text = block(N_("Opinion of the review"), maximum=2000)


class Approve(Form):
    """Release."""

    approved_on = day(N_("Approved on"))


class Inform(Form):
    """Those whom it is about are told, so that they can speak and object."""

    informed_on = day(N_("Those concerned told on"))
