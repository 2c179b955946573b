"""What is published of service organizations and of their reports."""

from __future__ import annotations

from typing import Literal, NotRequired

# On Python 3.11 the checker of shapes (see shapes.py) cannot read typing's own TypedDict.
from typing_extensions import TypedDict

from registry.public.gazette.payloads import AuthorityRef, Person, Subject, Term
from registry.public.gazette.pictures import SitePicture


class Qualification(TypedDict):
    """A certificate of qualification. ``until`` is its last day (inclusive)."""

    number: str
    issuer: str
    since: str
    until: NotRequired[str]


class ProviderEvent(TypedDict):
    """What happened to a qualification, and when. ``number`` is the decision's."""

    on: str
    event: Literal[
        "registered",
        "changed",
        "renewed",
        "suspended",
        "resumed",
        "revoked",
        "cancelled",
        "expired",
    ]
    number: NotRequired[str]


class StaffNumbers(TypedDict):
    """Full-time staff with a valid certificate, counted on the day ``as_of``."""

    people: int
    level_1: int
    level_2: int
    engineers: int
    as_of: str


class ProviderPayload(TypedDict):
    """A service organization in one field (rules/provider_fields).

    ``status`` is what was decided; a validity whose last day is past is over, whatever it says.
    Without ``qualification`` the organization is registered voluntarily.
    """

    subject: Subject
    authority: AuthorityRef
    field: str
    scopes: list[str]
    status: Literal["valid", "suspended", "expired", "revoked", "cancelled"]
    history: list[ProviderEvent]
    published_on: str
    qualification: NotRequired[Qualification]
    website: NotRequired[str]
    staff: NotRequired[StaffNumbers]
    persons: NotRequired[list[Person]]


class Client(TypedDict):
    """For whom a report was made."""

    name: str
    code: NotRequired[str]


class ReportSigner(TypedDict):
    """Who signed a report, in which role (rules/signature_roles) and when."""

    role: str
    name: str
    on: str


class ReportFinding(TypedDict):
    """What was found wrong (rules/finding_codes), and when that was decided."""

    code: str
    on: str


class PublicFile(TypedDict):
    """The file of a report. ``sha256`` is the original's; ``public`` that of the copy shown.

    ``text`` names the text that the search knows; a ``scan`` has none. ``offered``: the copy can
    be downloaded. ``redacted``: trade secrets were taken out of the copy.
    """

    sha256: str
    pages: int
    scan: bool
    public: NotRequired[str]
    size: NotRequired[int]
    text: NotRequired[str]
    offered: NotRequired[bool]
    redacted: NotRequired[bool]


class ReportPayload(TypedDict):
    """One version of a service organization's report. ``subject`` is the organization.

    ``type`` and ``field`` are codes of rules/report_types and rules/provider_fields. ``late``:
    it was disclosed after its deadline.
    """

    project: str
    number: str
    version: int
    type: str
    field: str
    subject: Subject
    authority: AuthorityRef
    issued_on: str
    status: Literal["valid", "replaced", "withdrawn", "inaccurate", "false"]
    signatures: list[ReportSigner]
    findings: list[ReportFinding]
    published_on: str
    late: bool
    client: NotRequired[Client]
    site: NotRequired[str]
    covers: NotRequired[Term]
    agreement_on: NotRequired[str]
    notice_on: NotRequired[str]
    field_since: NotRequired[str]
    field_until: NotRequired[str]
    summary: NotRequired[str]
    file: NotRequired[PublicFile]
    images: NotRequired[list[SitePicture]]
    replaces: NotRequired[str]
    replaced_by: NotRequired[str]
