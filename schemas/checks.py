"""Forms of the desk at which officers check counterparties."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from registry.public.agencies.history import LONGEST_REFERENCE, PURPOSES
from schemas.fields import Code, Form, TextLine, meta


class _Occasion(Form):
    purpose = Code(
        list(PURPOSES.items()),
        required=True,
        metadata=meta(N_("What the check is for"), widget="select"),
    )
    reference = TextLine(
        load_default="",
        maximum=LONGEST_REFERENCE,
        metadata=meta(N_("Case number"), N_("The number only: no name, no personal number.")),
    )


class Counterparty(_Occasion):
    """A unit by name, code or both, or a person by name and document number."""

    name = TextLine(
        load_default="",
        maximum=300,
        metadata=meta(N_("Name of the counterparty"), N_("As registered, for a unit.")),
    )
    code = TextLine(load_default="", maximum=40, metadata=meta(N_("Unified social credit code")))
    document = TextLine(
        load_default="",
        maximum=40,
        metadata=meta(
            N_("Document number of a person"),
            N_("Only for a natural person, with the name. It is compared and then forgotten."),
        ),
    )


class NotTheSame(_Occasion):
    """That a possible match is another; the query is sent along, and is in no address."""

    name = TextLine(required=True, maximum=300, metadata=meta(N_("Name of the counterparty")))
    code = TextLine(load_default="", maximum=40, metadata=meta(N_("Unified social credit code")))
    record = TextLine(required=True, maximum=16, metadata=meta(N_("Id of the record.")))


class Older(Form):
    """Where a page of the history begins."""

    class Meta:
        unknown = ma.EXCLUDE

    before = ma.fields.Integer(load_default=None, strict=False, allow_none=True)
