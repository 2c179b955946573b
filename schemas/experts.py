"""Field sets of the pool of experts and of appraisals."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from schemas.dockets import block, day, line, tick
from schemas.fields import Code, Codes, Form, from_rules, meta


def _number() -> ma.fields.String:
    return line(N_("Number of the expert"), hint=N_("As in the pool, like ZJ00012."), maximum=12)


class NewExpert(Form):
    """A person for the pool."""

    fields_ = Codes(
        from_rules("expert_fields"),
        required=True,
        data_key="fields",
        attribute="fields",
        validate=ma.validate.Length(min=1, error=N_("Choose at least one.")),
        metadata=meta(N_("Fields of expertise")),
    )
    title = line(N_("Professional title"), maximum=60)
    since = day(N_("In the pool from"))
    until = day(N_("In the pool until"))


class PoolEnd(Form):
    """The last day in the pool."""

    until = day(N_("In the pool until"))


class Interest(Form):
    """What binds an expert to an enterprise or institution."""

    kind = Code(from_rules("expert_interests"), required=True, metadata=meta(N_("Interest")))
    since = day(N_("Since"))
    until = day(N_("Ended on"), hint=N_("Empty while it lasts."), required=False)


class Open(Form):
    """What the experts are asked."""

    question = block(N_("What the experts are asked"), maximum=4000)


class Name(Form):
    """An expert is named."""

    expert = _number()
    expert_field = Code(
        from_rules("expert_fields"), required=True, metadata=meta(N_("Field of expertise"))
    )
    lead = tick(N_("Leads the experts"))


class Recuse(Form):
    """An expert keeps out."""

    expert = _number()
    recusal_text = block(N_("Why he keeps out"), maximum=1000)


class Opinion(Form):
    """What one expert says."""

    expert = _number()
    opined_on = day(N_("Signed on"))
    expert_opinion = block(N_("Opinion"), maximum=8000)


class Conclusion(Form):
    """What follows from it."""

    conclusion = block(N_("Conclusion"), maximum=8000)
