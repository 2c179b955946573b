"""What the desk of statistics is asked for."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from schemas.dockets import line
from schemas.fields import Form, meta


class Asked(Form):
    """A period and a unit; without them the newest period and the officer's own authority."""

    period = line(N_("Period"), required=False, maximum=8)
    unit = ma.fields.Integer(
        load_default=None,
        allow_none=True,
        strict=False,
        error_messages={"invalid": N_("This is not one of the choices.")},
        metadata=meta(N_("Authority")),
    )
