"""Field sets of the desk of who is answerable."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from registry.office.accountability.behind import WHATS
from schemas.dockets import day, line
from schemas.fields import Form, meta


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
