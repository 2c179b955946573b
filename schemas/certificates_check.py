"""The check of a person's certificate by its number."""

from __future__ import annotations

from registry.core.i18n import N_
from schemas.dockets import line
from schemas.fields import Code, Form, from_rules, meta


class CertificateCheck(Form):
    """Number and name as they stand on the card. Both are personal data."""

    kind = Code(
        from_rules("certificate_kinds"), required=True, metadata=meta(N_("Kind of certificate"))
    )
    number = line(
        N_("Number on the card"),
        hint=N_("Type it. Do not follow the card's own code: it may lead to a forged page."),
        maximum=60,
    )
    holder = line(N_("Name on the card"), maximum=60)
