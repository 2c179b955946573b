"""Forms of the desk that issues keys to agencies."""

from __future__ import annotations

from registry.core.i18n import N_
from registry.public.agencies.keys import SCOPES
from schemas.fields import (
    Choices,
    Code,
    Codes,
    CreditCode,
    Form,
    LegalDate,
    TextLine,
    meta,
    offer,
)


class NewAgency(Form):
    """An agency to be admitted; ``authorities`` are those that may answer for it."""

    name = TextLine(required=True, maximum=200, metadata=meta(N_("Name of the agency")))
    code = CreditCode(required=True, metadata=meta(N_("Unified social credit code")))

    authority = Code([], required=True, metadata=meta(N_("Authority that answers for it")))

    def __init__(self, authorities: Choices) -> None:
        super().__init__()
        offer(self, "authority", authorities)


class Answering(Form):
    """Which of ``authorities`` answers for a known agency from now on."""

    authority = Code(
        [],
        required=True,
        metadata=meta(
            N_("Authority that answers for it"),
            N_(
                "Rows that the agency hands in come in below this authority from now on; what it"
                " handed in before stays where it is."
            ),
        ),
    )

    def __init__(self, authorities: Choices) -> None:
        super().__init__()
        offer(self, "authority", authorities)


class NewKey(Form):
    """A key to be issued."""

    label = TextLine(
        load_default="",
        maximum=100,
        metadata=meta(N_("What it is used for"), N_("Such as the name of a system.")),
    )
    scopes = Codes(
        list(SCOPES.items()),
        required=True,
        metadata=meta(N_("What the key is good for"), widget="checkbox"),
    )
    until = LegalDate(
        load_default=None,
        metadata=meta(N_("Last day"), N_("Without one it is good until it is revoked."), "date"),
    )
