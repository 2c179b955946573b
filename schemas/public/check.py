"""The forms of ``/check``: one unit, or one person by name and document number."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema

from registry.core.i18n import N_
from schemas.fields import TextLine, meta


class _Form(Schema):
    class Meta:
        unknown = EXCLUDE


class UnitCheck(_Form):
    """A unit, by name or code."""

    unit = TextLine(
        required=True,
        maximum=200,
        metadata=meta(
            N_("Name or credit code"),
            N_("The full registered name, or the 18 characters of the unified social credit code."),
        ),
    )


class PersonCheck(_Form):
    """A natural person. Both are needed, and neither is kept."""

    name = TextLine(required=True, maximum=100, metadata=meta(N_("Name of the person")))
    number = TextLine(
        required=True,
        maximum=40,
        metadata=meta(
            N_("Document number"),
            N_("The full number of the identity document. It is compared and then forgotten."),
        ),
    )
