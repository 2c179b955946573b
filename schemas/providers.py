"""Field sets of the register of service organizations and of their staff."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_, Text
from schemas.dockets import block, day, line, tick
from schemas.fields import Code, Codes, Form, Money, ResidentId, from_rules, meta

LEVELS: list[tuple[str, Text | str]] = [
    ("1", Text("一级", "Level 1")),
    ("2", Text("二级", "Level 2")),
    ("3", Text("三级", "Level 3")),
]


class Open(Form):
    """An organization in one field."""

    field = Code(
        from_rules("provider_fields"), required=True, metadata=meta(N_("Field of service"))
    )
    scopes = Codes(
        from_rules("provider_scopes"),
        required=True,
        validate=ma.validate.Length(min=1, error=N_("Choose at least one.")),
        metadata=meta(N_("Business scopes"), N_("Only those of the field.")),
    )
    certificate_number = line(
        N_("Number of the qualification certificate"),
        hint=N_("Where the field needs a qualification."),
        required=False,
        maximum=80,
    )
    certificate_issuer = line(N_("Issued by"), required=False)
    since = day(N_("Valid from"), required=False)
    until = day(N_("Valid until"), required=False)
    assets_yuan = Money(allow_none=True, metadata=meta(N_("Fixed assets in yuan")))
    website = line(N_("Public website"), required=False)
    note = block(N_("Note"), required=False, maximum=1000)


class Change(Form):
    """Particulars have changed; what is left empty stays."""

    changed_on = day(N_("Changed on"))
    reported_on = day(N_("Reported on"))
    change_text = block(N_("What changed"), maximum=2000)
    new_scopes = Codes(
        from_rules("provider_scopes"),
        load_default=lambda: [],
        metadata=meta(N_("New business scopes")),
    )
    new_certificate_number = line(N_("New certificate number"), required=False, maximum=80)
    new_website = line(N_("New website"), required=False)
    new_assets_yuan = Money(allow_none=True, metadata=meta(N_("New fixed assets in yuan")))


class Renewal(Form):
    """The qualification was extended by its issuer."""

    renewed_on = day(N_("Renewed on"))
    new_since = day(N_("Valid from"))
    new_until = day(N_("Valid until"))
    new_certificate_number = line(N_("New certificate number"), required=False, maximum=80)


class Suspension(Form):
    """The organization may not work for a time."""

    suspension_number = line(N_("Number of the paper"), maximum=80)
    suspension_text = block(N_("Why, and until when"), maximum=2000)


class Revocation(Form):
    """The qualification was revoked (WSL art. 92)."""

    revocation_number = line(N_("Number of the paper"), maximum=80)
    revocation_text = block(N_("Reason of the revocation"), maximum=2000)


class Cancellation(Form):
    """The organization gives its qualification up."""

    cancellation_text = block(N_("Request of the organization"), maximum=2000)


class Staff(Form):
    """A member of the staff with a certificate."""

    name = line(N_("Name"), maximum=60)
    document = ResidentId(
        load_default="",
        metadata=meta(
            N_("Resident number"), N_("It tells namesakes apart; it is sealed and never shown.")
        ),
    )
    post = Code(
        from_rules("signature_roles"),
        load_default="",
        metadata=meta(N_("Post"), N_("Where the person fills one that the law names.")),
    )
    certificate_kind = Code(
        from_rules("certificate_kinds"), load_default="", metadata=meta(N_("Certificate"))
    )
    level = Code(LEVELS, load_default="", metadata=meta(N_("Level")))
    number = line(N_("Number of the certificate"), required=False, maximum=60)
    certificate_since = day(N_("Certificate valid from"), required=False)
    certificate_until = day(N_("Certificate valid until"), required=False)
    full_time = tick(N_("Full-time"))
    since = day(N_("At the organization since"))


class Leaving(Form):
    """A member of the staff has left."""

    until = day(N_("Last day"))


class CertificateRevoked(Form):
    """A certificate no longer counts."""

    revoked_on = day(N_("Revoked on"))


class RegisterSearch(Form):
    """What narrows the register at the desk."""

    text = line(N_("Name or credit code"), required=False)
    field = Code(
        from_rules("provider_fields"), load_default="", metadata=meta(N_("Field of service"))
    )
    state = line(N_("State"), required=False)
    page = ma.fields.Integer(
        load_default=1, validate=ma.validate.Range(1, 10_000), metadata=meta(N_("Page"))
    )
