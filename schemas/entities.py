"""Forms of the entities desk: enterprises, institutions, natural persons."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from registry.core.names import InvalidCreditCode, parse_registration_number
from schemas.fields import (
    Code,
    CreditCode,
    Form,
    LegalDate,
    Region,
    TextBlock,
    TextLine,
    meta,
)

KINDS = [
    ("enterprise", N_("Enterprise")),
    ("institution", N_("Institution")),
    ("person", N_("Natural person")),
]
DOCUMENTS = [
    ("resident-id", N_("Resident identity card")),
    ("passport", N_("Passport")),
    ("permit", N_("Residence or travel permit")),
    ("other", N_("Other document")),
]
NAMES = [
    ("former", N_("Former name")),
    ("short", N_("Short name")),
    ("english", N_("English name")),
]


class RegistrationNumber(TextLine):
    """A registration number of 15 digits, as given out before 2015."""

    def _deserialize(self, value: object, attr: object, data: object, **kwargs: object) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[arg-type]
        try:
            return parse_registration_number(text).value if text else ""
        except InvalidCreditCode as error:
            raise ma.ValidationError(str(error)) from error


def version_seen() -> ma.fields.Integer:
    """Which state of the thing the officer saw."""
    return ma.fields.Integer(required=True, metadata=meta(N_("Version"), widget="hidden"))


def why(label: str, hint: str = "", *, required: bool = True) -> TextBlock:
    """Why something is done."""
    metadata = meta(label, hint, "textarea")
    if required:
        return TextBlock(maximum=1000, required=True, metadata=metadata)
    return TextBlock(maximum=1000, load_default="", metadata=metadata)


class EntityFacts(Form):
    """What stands about an enterprise or institution beside its names."""

    credit_code = CreditCode(
        load_default="",
        metadata=meta(N_("Unified social credit code"), N_("18 characters; checked.")),
    )
    registration_number = RegistrationNumber(
        maximum=20,
        load_default="",
        metadata=meta(N_("Registration number"), N_("15 digits, where there is no credit code.")),
    )
    region = Region(
        load_default="",
        metadata=meta(
            N_("Region code"),
            N_("Six digits of GB/T 2260. Left empty, it is taken from the credit code."),
            "region",
        ),
    )
    address = TextLine(maximum=300, load_default="", metadata=meta(N_("Registered address")))
    legal_representative = TextLine(
        maximum=100, load_default="", metadata=meta(N_("Legal representative"))
    )
    industry = TextLine(
        maximum=5,
        load_default="",
        metadata=meta(N_("Industry"), N_("A code of GB/T 4754, such as B06.")),
    )
    note = TextBlock(
        maximum=1000,
        load_default="",
        metadata=meta(N_("Internal note"), N_("Not published."), "textarea"),
    )


class NewEntity(EntityFacts):
    """An entity to be added."""

    class Meta(Form.Meta):
        """The order in which a person fills it in."""

        fields = (
            "kind",
            "name",
            "credit_code",
            "registration_number",
            "document_kind",
            "document_number",
            "region",
            "address",
            "legal_representative",
            "industry",
            "english",
            "short",
            "note",
        )

    kind = Code(KINDS, required=True, metadata=meta(N_("Kind"), widget="radio"))
    name = TextLine(maximum=200, required=True, metadata=meta(N_("Name"), N_("In full.")))
    document_kind = Code(
        DOCUMENTS,
        load_default="resident-id",
        metadata=meta(N_("Kind of document"), N_("For a natural person."), widget="select"),
    )
    document_number = TextLine(
        maximum=40,
        load_default="",
        metadata=meta(
            N_("Document number"),
            N_("For a natural person. Kept sealed; every reading is recorded."),
        ),
    )
    english = TextLine(maximum=200, load_default="", metadata=meta(N_("English name")))
    short = TextLine(maximum=200, load_default="", metadata=meta(N_("Short name")))


class EditEntity(EntityFacts):
    """Amended facts."""

    version = version_seen()


class NewName(Form):
    """The name that an entity bears from a day on."""

    name = TextLine(maximum=200, required=True, metadata=meta(N_("New name"), N_("In full.")))
    since = LegalDate(load_default=None, metadata=meta(N_("Borne since"), widget="date"))
    version = version_seen()


class FurtherName(Form):
    """A former, short or English name."""

    kind = Code(NAMES, required=True, metadata=meta(N_("Kind of name"), widget="radio"))
    name = TextLine(maximum=200, required=True, metadata=meta(N_("Name")))
    since = LegalDate(load_default=None, metadata=meta(N_("Borne since"), widget="date"))
    until = LegalDate(load_default=None, metadata=meta(N_("Borne until"), widget="date"))
    version = version_seen()


class Document(Form):
    """A person's identity document."""

    document_kind = Code(
        DOCUMENTS, required=True, metadata=meta(N_("Kind of document"), widget="select")
    )
    document_number = TextLine(
        maximum=40,
        required=True,
        metadata=meta(N_("Document number"), N_("Kept sealed; every reading is recorded.")),
    )


class ChangeDocument(Document):
    """A person's document, given or replaced."""

    version = version_seen()


class Reveal(Form):
    """Why a full number is read."""

    reason = why(
        N_("Why do you need the full number?"),
        N_("Your name, the time and this reason are recorded."),
    )


class Merge(Form):
    """Two entities are one."""

    reason = why(
        N_("Reason"),
        N_("Needed where their valid codes differ."),
        required=False,
    )
    version = version_seen()
    other_version = version_seen()


class Dismissal(Form):
    """Two entities are not one."""

    reason = why(N_("Why are they not the same?"))


class EntitySearch(Form):
    """What the desk looks for."""

    text = TextLine(maximum=200, load_default="", metadata=meta(N_("Name or code")))
    kind = Code(KINDS, load_default="", metadata=meta(N_("Kind"), widget="select"))
    region = Region(load_default="", metadata=meta(N_("Region code"), widget="region"))
    lacking_code = ma.fields.Boolean(
        load_default=False, metadata=meta(N_("Only those without a code"), widget="checkbox")
    )
    page = ma.fields.Integer(
        load_default=1,
        validate=ma.validate.Range(1, 100_000),
        metadata=meta(N_("Page"), widget="hidden"),
    )
