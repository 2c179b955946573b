"""Filing of reports by an organization's own system: the sheet, and where a filing stands."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from registry.public.filings.lifecycle import STATES
from schemas.api.answers import HEX, instant, text, whole
from schemas.api.fields import LINES, Day, Line
from schemas.api.lists import TOKEN_PATTERN
from schemas.api.requests import Request
from schemas.fields import Code, CreditCode, TextBlock, from_rules

MOST_SIGNATURES = 60
MOST_CAPTIONS = 1000
"""Far beyond the pictures that an installation takes; that limit is its own."""
_CODE = "^[a-z0-9-]{1,40}$"
_CREDIT_CODE = "^[0-9A-Z]{18}$"


def _written(pattern: str, description: str) -> ma.fields.String:
    """A code by its writing alone; whether there is one, ``KnownSheet`` asks."""
    return ma.fields.String(
        required=True,
        validate=ma.validate.Regexp(pattern),
        metadata={"description": description, "pattern": pattern},
    )


def _day(description: str) -> Day:
    return Day(load_default=None, allow_none=True, description=description)


class SignatureBody(Request):
    """Who signed, in which role and when."""

    role = _written(_CODE, N_("Code of the role, as `project-leader` (docs/rules.md)."))
    name = Line(maximum=100, required=True, description=N_("Name, as noted among the staff."))
    certificate = Line(
        maximum=60,
        load_default="",
        description=N_("Number of the certificate, where two of the staff have one name."),
    )
    signed_on = Day(required=True, description=N_("Day of the signature."))


class FilingSheet(Request):
    """The bibliographic sheet of a report, with who signed it."""

    type = _written(_CODE, N_("Code of the type of report (docs/rules.md)."))
    report_number = Line(maximum=80, required=True, description=N_("Number on the cover."))
    project = Line(
        maximum=200,
        required=True,
        description=N_("Project as on the cover, without names of persons."),
    )
    client_code = _written(
        _CREDIT_CODE, N_("Credit code of the unit that was evaluated or tested.")
    )
    site = ma.fields.String(
        load_default="",
        validate=ma.validate.Regexp("^(S-[0-9A-HJKMNP-TV-Z]{10})?$"),
        metadata={
            "description": N_("Public id of the client's mine or tailings pond."),
            "pattern": "^(S-[0-9A-HJKMNP-TV-Z]{10})?$",
        },
    )
    agreement_number = Line(maximum=80, load_default="", description=N_("Number of the agreement."))
    agreement_on = _day(N_("Day of the agreement."))
    notice_on = _day(N_("Day on which field work was announced."))
    field_since = _day(N_("First day of field work."))
    field_until = _day(N_("Last day of field work."))
    issued_on = Day(required=True, description=N_("Day of issue."))
    covers_since = _day(N_("First day of which the report speaks; else that of field work."))
    covers_until = _day(N_("Last day of which the report speaks; else that of issue."))
    summary = TextBlock(
        maximum=2000,
        load_default="",
        metadata={
            "description": N_("Conclusion in a few sentences; is published."),
            "maxLength": 2000,
            "pattern": LINES,
        },
    )
    secret = ma.fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": N_("It holds trade secrets: a redacted copy comes with it.")},
    )
    signatures = ma.fields.List(
        ma.fields.Nested(SignatureBody),
        required=True,
        validate=ma.validate.Length(max=MOST_SIGNATURES),
        metadata={"description": N_("One entry per role and person.")},
    )
    captions = ma.fields.List(
        Line(maximum=200, description=N_("What a picture shows.")),
        load_default=list,
        validate=ma.validate.Length(max=MOST_CAPTIONS),
        metadata={
            "description": N_("What each picture shows, in their order, for whoever cannot see it.")
        },
    )
    replaces = ma.fields.String(
        load_default="",
        validate=ma.validate.Regexp("^(R-[0-9A-HJKMNP-TV-Z]{10})?$"),
        metadata={
            "description": N_("Id of the organization's disclosed report whose new version it is."),
            "pattern": "^(R-[0-9A-HJKMNP-TV-Z]{10})?$",
        },
    )
    corrects = ma.fields.String(
        load_default="",
        validate=ma.validate.Regexp("^([0-9A-HJKMNP-TV-Z]{26})?$"),
        metadata={
            "description": N_("Id of the filing that the office returned and this one corrects."),
            "pattern": "^([0-9A-HJKMNP-TV-Z]{26})?$",
        },
    )


class _KnownSignature(SignatureBody):
    role = Code(from_rules("signature_roles"), required=True, metadata={})


class KnownSheet(FilingSheet):
    """The same sheet with what its form does not show: codes that the rules and the law know."""

    type = Code(from_rules("report_types"), required=True, metadata={})
    client_code = CreditCode(required=True)
    signatures = ma.fields.List(ma.fields.Nested(_KnownSignature), required=True)


class FilingAnswer(ma.Schema):
    """A filing and where it stands."""

    id = text(N_("Id of the filing."), pattern=TOKEN_PATTERN)
    state = text(N_("Where it stands; `title` says it in words."), enum=list(STATES))
    title = text(N_("The state in words."))
    report_number = text(N_("Number on the cover."))
    received = instant(N_("When it was handed in."))
    changed = instant(N_("When the registry last said something of it."))
    sha256 = text(N_("SHA-256 of the file as it arrived."), pattern=HEX)
    size = whole(N_("Bytes of the file."))
    case = text(N_("The office's number of the case; empty before there is one."))
    record = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": N_("Id of the disclosed report; null before.")},
    )
    url = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": N_("Page of the disclosed report; null before.")},
    )
    reason = text(N_("Why the office returned it or it was given up; empty otherwise."))
    errors = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.List(ma.fields.String()),
        required=True,
        metadata={"description": N_("Of a refused filing: fields that are wrong, and why.")},
    )
    corrects = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": N_("Id of the earlier filing that it corrects.")},
    )
    corrected_by = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": N_("Id of the later filing that corrects it.")},
    )


class FilingsAnswer(ma.Schema):
    """The organization's filings, the newest first."""

    results = ma.fields.List(ma.fields.Nested(FilingAnswer), required=True)
    next = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": N_("Where the next page begins; null on the last one.")},
    )
