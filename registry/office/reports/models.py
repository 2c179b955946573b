"""Tables of the room. A report's version is a docket of kind ``report``; a finding is one, too.

What stands here is what must be found quickly or can be there several times: the sheet of each
version, its signatures, its files, and the samples drawn for re-examination.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field

from registry.core.db import UtcDateTime, WorkingBase, json_column

PICTURES = ("image", "video")
FILE_KINDS = ("original", "redacted", *PICTURES)
FILE_STATES = ("waiting", "ready", "failed")


class ReportSheet(WorkingBase, table=True):
    """The bibliographic sheet of one version of a report.

    ``folded`` is the number as it is compared; with ``version`` it is unique per organization.
    ``covers_since`` and ``covers_until`` bound the time for which the report speaks of the site.
    """

    __tablename__ = "report_sheet"
    __table_args__ = (
        UniqueConstraint("organization_id", "folded", "version"),
        Index("ix_report_sheet_site", "site_id", "issued_on"),
        Index("ix_report_sheet_client", "client_id", "issued_on"),
        Index("ix_report_sheet_issued", "organization_id", "issued_on"),
    )

    docket_id: int = Field(primary_key=True, foreign_key="docket.id")
    organization_id: int
    client_id: int | None = None
    site_id: int | None = None
    folded: str
    version: int = 1
    type: str
    issued_on: date
    covers_since: date
    covers_until: date


class ReportSignature(WorkingBase, table=True):
    """One signature: who, in which role, under which certificate, when, on which file."""

    __tablename__ = "report_signature"
    __table_args__ = (
        UniqueConstraint("docket_id", "role", "person_id"),
        Index("ix_report_signature_person", "person_id", "docket_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    docket_id: int = Field(foreign_key="docket.id")
    role: str
    """A code of rules/signature_roles."""
    person_id: int
    staff_id: int | None = None
    certificate_kind: str = ""
    certificate_masked: str = ""
    fingerprint: str | None = Field(default=None, index=True)
    signed_on: date
    document_sha256: str = ""
    """The file that was signed; empty until it was filed."""


class ReportFile(WorkingBase, table=True):
    """A file of a report. The worker makes the public copy and the text of what is ``waiting``.

    ``public_sha256`` and ``text_sha256`` name what it made; a scan has no text. ``out`` is when
    the public copy was put where the public site reads it.
    """

    __tablename__ = "report_file"
    __table_args__ = (
        Index("ix_report_file_docket", "docket_id"),
        Index("ix_report_file_state", "state", "id"),
        Index("ix_report_file_sha256", "sha256"),
        Index("ix_report_file_public", "public_sha256"),
    )

    id: int | None = Field(default=None, primary_key=True)
    docket_id: int = Field(foreign_key="docket.id")
    kind: str
    """One of ``FILE_KINDS``."""
    sha256: str
    name: str
    media_type: str
    size: int
    pages: int = 0
    caption: str = ""
    """What a picture or a video shows, for whoever cannot see it."""
    state: str = "waiting"
    public_sha256: str | None = None
    public_size: int = 0
    text_sha256: str | None = None
    characters: int = 0
    out: datetime | None = Field(default=None, sa_type=UtcDateTime)
    replaced: bool = False
    """Another file of its kind has taken its place."""
    added_by: int
    added_at: datetime = Field(sa_type=UtcDateTime)


class SampleDraw(WorkingBase, table=True):
    """A random sample of reports for re-examination, which anybody can draw again from its seed.

    ``population`` is how many reports there were to choose from, ``digest`` the SHA-256 over
    their docket ids in order; ``filters`` say which they were.
    """

    __tablename__ = "sample_draw"

    id: int | None = Field(default=None, primary_key=True)
    authority_id: int = Field(index=True)
    title: str
    seed: str
    filters: dict[str, Any] = Field(sa_column=Column(json_column(), nullable=False))
    population: int
    digest: str
    drawn_by: int
    drawn_at: datetime = Field(sa_type=UtcDateTime)


class SampleItem(WorkingBase, table=True):
    """One report of a sample, and what its re-examination brought."""

    __tablename__ = "sample_item"
    __table_args__ = (UniqueConstraint("draw_id", "docket_id"),)

    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="sample_draw.id")
    docket_id: int = Field(foreign_key="docket.id", index=True)
    place: int
    outcome: str = ""
    """Empty while it is open; ``sound`` or ``faulty`` then."""
    note: str = ""
    examined_by: int | None = None
    examined_on: date | None = None


class FilingCase(WorkingBase, table=True):
    """Which case came of a filing through the API, by the filing's id. A repeat finds it here."""

    __tablename__ = "filing_case"
    __table_args__ = (Index("ix_filing_case_open", "open", "docket_id"),)

    token: str = Field(primary_key=True)
    docket_id: int = Field(foreign_key="docket.id", index=True)
    told: int = 0
    """Version of the case of which whoever filed was told last."""
    open: bool = True
    """Something may follow: neither corrected by a later filing nor ended."""
