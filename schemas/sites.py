"""Forms of the entities desk about sites: mines, quarries, tailings ponds."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from schemas.entities import version_seen
from schemas.fields import Code, Form, LegalDate, Region, TextLine, from_rules, meta

STATES = [
    ("in-force", N_("In force")),
    ("suspended", N_("Suspended")),
    ("revoked", N_("Revoked")),
    ("cancelled", N_("Cancelled")),
]
ROLES = [("main", N_("Main operator")), ("contractor", N_("Contractor"))]


class NewSite(Form):
    """A site to be added."""

    type = Code(
        from_rules("site_types"), required=True, metadata=meta(N_("Kind of site"), widget="select")
    )
    name = TextLine(
        maximum=200, required=True, metadata=meta(N_("Name"), N_("The site's, not its company's."))
    )
    name_en = TextLine(maximum=200, load_default="", metadata=meta(N_("English name")))
    region = Region(
        required=True,
        metadata=meta(N_("Region code"), N_("Six digits of GB/T 2260."), "region"),
    )
    place = TextLine(
        maximum=300, load_default="", metadata=meta(N_("Place"), N_("Township, village, road."))
    )
    latitude = ma.fields.Float(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Range(-90, 90),
        metadata=meta(N_("Latitude"), N_("Degrees, such as 37.8706."), inputmode="decimal"),
    )
    longitude = ma.fields.Float(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Range(-180, 180),
        metadata=meta(N_("Longitude"), N_("Degrees, such as 112.5489."), inputmode="decimal"),
    )


class EditSite(NewSite):
    """An amended site."""

    version = version_seen()


class NewLicence(Form):
    """A licence of a site."""

    kind = Code(
        from_rules("licence_kinds"),
        required=True,
        metadata=meta(N_("Kind of licence"), widget="select"),
    )
    number = TextLine(
        maximum=80, required=True, metadata=meta(N_("Number"), N_("As it stands on the licence."))
    )
    issuer = TextLine(maximum=200, load_default="", metadata=meta(N_("Issued by")))
    since = LegalDate(load_default=None, metadata=meta(N_("Valid from"), widget="date"))
    until = LegalDate(load_default=None, metadata=meta(N_("Valid until"), widget="date"))
    status = Code(STATES, load_default="in-force", metadata=meta(N_("State"), widget="select"))
    version = version_seen()


class LicenceState(Form):
    """A licence suspended, revoked, cancelled or in force again."""

    status = Code(STATES, required=True, metadata=meta(N_("State"), widget="radio"))
    version = version_seen()


class NewOperator(Form):
    """Who works a site."""

    code = TextLine(
        maximum=40,
        required=True,
        metadata=meta(
            N_("Credit code or name"), N_("Of an entity that is in the registry, exactly.")
        ),
    )
    role = Code(ROLES, load_default="main", metadata=meta(N_("Role"), widget="radio"))
    since = LegalDate(load_default=None, metadata=meta(N_("From"), widget="date"))
    until = LegalDate(load_default=None, metadata=meta(N_("Until"), widget="date"))
    reason = TextLine(
        maximum=300,
        load_default="",
        metadata=meta(N_("Reason"), N_("Needed where two main operators overlap.")),
    )
    version = version_seen()


class OperatorEnd(Form):
    """The last day on which an operator worked a site."""

    until = LegalDate(required=True, metadata=meta(N_("Last day"), widget="date"))
    version = version_seen()


class SiteSearch(Form):
    """What the desk looks for."""

    text = TextLine(
        maximum=200, load_default="", metadata=meta(N_("Name, public id or licence number"))
    )
    type = Code(
        from_rules("site_types"),
        load_default="",
        metadata=meta(N_("Kind of site"), widget="select"),
    )
    page = ma.fields.Integer(
        load_default=1,
        validate=ma.validate.Range(1, 100_000),
        metadata=meta(N_("Page"), widget="hidden"),
    )
