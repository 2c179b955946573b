"""Field sets of findings: what was found, the telling, the objection, the answer."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from schemas.dockets import block, day
from schemas.fields import Choices, Codes, Form, current_rules, meta


def codes() -> Choices:
    """All findings but the names of their groups."""
    known = current_rules().titles("finding_codes")
    return [(code, title) for code, title in known.items() if code[0].isupper()]


class Open(Form):
    """What was found."""

    codes = Codes(
        codes,
        required=True,
        validate=ma.validate.Length(min=1, error=N_("Choose at least one.")),
        metadata=meta(N_("What was found wrong")),
    )
    found_on = day(N_("Found on"))
    finding_text = block(
        N_("What exactly is wrong"), hint=N_("Pages, figures, what the site shows.")
    )


class Telling(Form):
    """The organization is told."""

    told_on = day(N_("Told on"))


class Contest(Form):
    """The organization objects."""

    contested_on = day(N_("Received on"))
    contest_text = block(N_("What the organization says"))


class Answer(Form):
    """The decision, as the organization reads it."""

    answer_text = block(N_("Reasons told to the organization"), maximum=4000)
