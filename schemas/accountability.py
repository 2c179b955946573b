"""Field sets of the desk of who is answerable."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from registry.office.accountability.behind import WHATS
from schemas.dockets import block, day, line
from schemas.fields import Code, Form, from_rules, meta


class Asked(Form):
    """As of which day, since when, which heap, which kind."""

    as_of = day(N_("As of"), required=False)
    since = day(N_("Returned and let lie since"), required=False)
    what = ma.fields.String(
        load_default="open",
        validate=ma.validate.OneOf(WHATS, error=N_("This is not one of the choices.")),
        metadata=meta(N_("Which cases"), widget="hidden"),
    )
    kind = line(N_("Kind of case"), required=False, maximum=40)
    page = ma.fields.Integer(
        load_default=1, validate=ma.validate.Range(1, 20), metadata=meta(N_("Page"))
    )


class NewLeader(Form):
    """A leader, who need have no account here."""

    name = line(N_("Full name"), maximum=60)
    post = Code(from_rules("leader_posts"), required=True, metadata=meta(N_("Post")))
    title = line(
        N_("Office held"),
        hint=N_("As he is spoken of, 局长 or 副局长."),
        required=False,
        maximum=30,
    )
    body = line(N_("Body"), hint=N_("Its official name."))
    since = day(N_("In the post from"))
    until = day(N_("In the post until"), required=False)


class PostEnd(Form):
    """The end of a post."""

    until = day(N_("In the post until"))


class Visit(Form):
    """A visit underground, short enough for a telephone."""

    visited_on = day(N_("Visited on"))
    shift = Code(
        from_rules("mine_shifts"), required=True, metadata=meta(N_("Shift"), widget="radio")
    )
    minutes = ma.fields.Integer(
        required=True,
        validate=ma.validate.Range(1, 1440, error=N_("Between one minute and twenty-four hours.")),
        error_messages={"invalid": N_("This is not a whole number.")},
        metadata=meta(N_("Minutes underground"), inputmode="numeric"),
    )
    seen = block(
        N_("What was inspected and found"), hint=N_("Places, persons spoken to, what was ordered."),
        maximum=4000,
    )  # fmt: skip
    hazard_code = Code(
        from_rules("hazard_codes"),
        required=False,
        load_default="",
        metadata=meta(
            N_("Major hidden danger found"),
            hint=N_("Only if one was found: it becomes a case at once."),
        ),
    )
    description = block(
        N_("What the danger is"),
        hint=N_("It is published. No names of persons."),
        required=False,
        maximum=4000,
    )
