"""Which decisions a file for the credit platforms holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import marshmallow as ma

from registry.core.i18n import N_, Text
from schemas.fields import Code, Form, LegalDate, meta


class Asked(Form):
    """By whom and when it was decided; what is left empty bounds nothing."""

    unit = Code(
        [],
        load_default="",
        metadata=meta(N_("Authority, with those under it"), widget="select"),
    )
    since = LegalDate(load_default=None, metadata=meta(N_("Decided on or after"), widget="date"))
    until = LegalDate(load_default=None, metadata=meta(N_("Decided on or before"), widget="date"))

    def __init__(self, units: Sequence[tuple[str, Text | str]]) -> None:
        """``units``: the authorities to choose from."""
        super().__init__()
        offered = Code(units, metadata=dict(self.load_fields["unit"].metadata))
        offered.load_default = ""
        self.load_fields["unit"] = offered

    @ma.validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """The last day does not lie before the first."""
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            raise ma.ValidationError(N_("The end lies before the beginning."), "until")
