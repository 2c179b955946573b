"""Rows that platforms hand in: where they stand, and what is wrong with them."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from registry.public.deliveries.lifecycle import STATES
from schemas.api.answers import HEX, instant, text, whole
from schemas.api.lists import TOKEN_PATTERN

KIND_PATTERN = "^[a-z][a-z0-9-]{0,39}$"


class RowProblem(ma.Schema):
    """One thing about one row."""

    line = whole(N_("Line of the file; 0: the file as a whole."))
    field = text(N_("The registry's name of the field; empty: the row as a whole."))
    code = text(N_("Stable name of what is wrong."))
    value = text(N_("What stood there; numbers of persons are masked."))
    severity = text(
        N_("Only errors keep rows from being taken."), enum=["error", "warning", "note"]
    )
    message = text(N_("What is wrong, in words."))


class DeliveryAnswer(ma.Schema):
    """Rows that were handed in, and where they stand."""

    id = text(N_("Id by which to ask for them."), pattern=TOKEN_PATTERN)
    kind = text(N_("What the rows are."), pattern=KIND_PATTERN)
    state = text(N_("Where they stand; `title` says it in words."), enum=list(STATES))
    title = text(N_("The state in words."))
    received = instant(N_("When it was handed in."))
    changed = instant(N_("When the registry last said something of it."))
    sha256 = text(N_("SHA-256 of the file as it arrived."), pattern=HEX)
    size = whole(N_("Bytes of the file."))
    counts = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Integer(),
        required=True,
        metadata={
            "description": N_(
                "Rows in all (`rows`), to be applied (`ready`), of which `added` and `amended`,"
                " known already (`skipped`), with errors (`failed`), and `warnings`; empty before"
                " they were checked."
            )
        },
    )
    problems = ma.fields.List(
        ma.fields.Nested(RowProblem),
        required=True,
        metadata={"description": N_("What is wrong or worth a look, row by row.")},
    )
    problems_left_off = whole(N_("How many more problems there are than are told here."))
    batch = text(N_("The office's number of the batch; empty before there is one."))
    reason = text(N_("Why an officer sent the rows back or took them back; empty otherwise."))
