"""Field set of what an enterprise keeps: awards inside it, lists of systems and of violations."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from schemas import penalties
from schemas.dockets import block, day
from schemas.fields import Code, Form, from_rules, meta


class Open(Form):
    """One award, or the list as it stood on a day."""

    record_kind = Code(
        from_rules("unit_record_kinds"), required=True, metadata=meta(N_("What is recorded"))
    )
    dated_on = day(N_("Dated"), hint=N_("Day of the award, or on which the list stood so."))
    record_text = block(
        N_("What it says"), hint=N_("No names of persons; the file holds the rest."), maximum=8000
    )
    entries = ma.fields.Integer(
        required=False,
        allow_none=True,
        load_default=None,
        validate=ma.validate.Range(1, 100_000),
        error_messages={"invalid": N_("This is not a whole number.")},
        metadata=meta(N_("Entries, or persons rewarded"), inputmode="numeric"),
    )
    award_yuan = penalties.money(N_("Sum of the award in yuan"))
