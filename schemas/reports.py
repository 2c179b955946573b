"""Field sets of reports: the sheet of AQ 8001, signatures, files, samples, the way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from registry.core.i18n import N_
from schemas.dockets import block, day, line, tick
from schemas.fields import Code, CreditCode, Form, Reference, from_rules, meta
from schemas.imports import UploadedFile


class Open(Form):
    """The bibliographic sheet of a report."""

    type = Code(from_rules("report_types"), required=True, metadata=meta(N_("Type of report")))
    report_number = line(N_("Number of the report"), hint=N_("As on its cover."), maximum=80)
    project = line(N_("Project"), hint=N_("As on its cover, without names of persons."))
    client_code = CreditCode(
        required=True,
        metadata=meta(
            N_("Credit code of the client"), N_("The unit that was evaluated or tested.")
        ),
    )
    agreement_number = line(N_("Number of the agreement"), required=False, maximum=80)
    agreement_on = day(N_("Agreement of"), required=False)
    notice_on = day(N_("Field work announced on"), required=False)
    field_since = day(N_("Field work from"), required=False)
    field_until = day(N_("Field work until"), required=False)
    issued_on = day(N_("Issued on"))
    covers_since = day(
        N_("Speaks of the time from"), hint=N_("Left empty: from the field work."), required=False
    )
    covers_until = day(
        N_("Speaks of the time until"),
        hint=N_("Left empty: until the day of issue."),
        required=False,
    )
    summary = block(N_("Conclusion"), hint=N_("In a few sentences. It is published."), maximum=2000)
    secret = tick(
        N_("It holds trade secrets"), hint=N_("A redacted copy is published instead then.")
    )


class Signing(Form):
    """A member of the staff has signed."""

    version = ma.fields.Integer(required=True, metadata=meta(N_("Version"), widget="hidden"))
    staff = Reference("select", required=True, metadata=meta(N_("Signer")))
    role = Code(from_rules("signature_roles"), required=True, metadata=meta(N_("Role")))
    signed_on = day(N_("Signed on"))


class ReportUpload(Form):
    """The report, its redacted copy, or a picture of the site."""

    kind = Code(
        [
            ("original", N_("The report (PDF)")),
            ("redacted", N_("Redacted copy for the public (PDF)")),
            ("image", N_("Picture of the site (JPEG, PNG)")),
            ("video", N_("Video of field work (MP4, WebM)")),
        ],
        required=True,
        metadata=meta(N_("What is it?"), widget="radio"),
    )
    file = UploadedFile(required=True, metadata=meta(N_("File"), widget="file"))
    caption = line(
        N_("What it shows"),
        hint=N_("Of a picture or a video: published beside it, and read out to the blind."),
        required=False,
    )

    @ma.validates_schema
    def says_what_is_shown(self, data: Mapping[str, Any], **_: object) -> None:
        """Whoever cannot see a picture must learn what is on it."""
        if data.get("kind") in ("image", "video") and not data.get("caption"):
            raise ma.ValidationError({"caption": [N_("Say what the picture or video shows.")]})


class BacktrackForm(Form):
    """Where to begin: a site and a day."""

    site = Reference("hidden", required=True, metadata=meta(N_("Site")))
    day = day(N_("Day"))


class DrawSample(Form):
    """Which reports to draw from, and how many."""

    title = line(N_("What for"), maximum=120)
    size = ma.fields.Integer(
        required=True,
        validate=ma.validate.Range(1, 500, error=N_("Between 1 and 500.")),
        metadata=meta(N_("How many reports"), inputmode="numeric"),
    )
    type = Code(from_rules("report_types"), load_default="", metadata=meta(N_("Type of report")))
    issued_from = day(N_("Issued from"), required=False)
    issued_to = day(N_("Issued until"), required=False)
    seed = line(
        N_("Seed"),
        hint=N_("Only to draw an earlier sample again; left empty, a new one is made."),
        required=False,
        maximum=64,
    )


class Examined(Form):
    """What the re-examination of one report brought."""

    outcome = Code(
        [("sound", N_("Nothing wrong was found")), ("faulty", N_("Something was wrong"))],
        required=True,
        metadata=meta(N_("Outcome"), widget="radio"),
    )
    note = block(N_("Note"), required=False, maximum=1000)
    examined_on = day(N_("Re-examined on"))


class ReportSearch(Form):
    """What narrows the list of reports at the desk."""

    text = line(N_("Report number, project or organization"), required=False)
    state = line(N_("State"), required=False)
    page = ma.fields.Integer(
        load_default=1, validate=ma.validate.Range(1, 10_000), metadata=meta(N_("Page"))
    )
