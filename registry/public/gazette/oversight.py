"""What published licences and results of inspections say; see ``payloads``."""

from __future__ import annotations

from typing import Literal, NotRequired

# On Python 3.11 the checker of shapes (see shapes.py) cannot read typing's own TypedDict.
from typing_extensions import TypedDict

from registry.public.gazette.payloads import AuthorityRef, Decision, Subject, Term


class LicencePayload(TypedDict):
    """A decision to grant a licence, and what became of the licence.

    Licensing Law art. 40: such decisions are public. What was refused or given up is not.
    """

    subject: Subject
    """The holder."""
    authority: AuthorityRef
    """The issuer."""
    decision: Decision
    """The decision to grant."""
    licence_kind: str
    """A code of rules/licence_kinds."""
    licence_number: str
    application: Literal["new", "renewal", "change"]
    term: Term
    """From when to when the licence holds; past its last day it has expired."""
    status: Literal["valid", "lacking", "suspended", "revoked", "cancelled", "expired"]
    """``lacking``: conditions of the licence were lost and must be met again."""
    published_on: str
    scope: NotRequired[str]
    lacking_since: NotRequired[str]
    put_right_by: NotRequired[str]
    """The last day set for meeting the conditions again."""
    suspended_on: NotRequired[str]
    revoked_on: NotRequired[str]
    revocation_grounds: NotRequired[str]
    site: NotRequired[str]


class InspectedFinding(TypedDict):
    """Something that an inspection found, and what became of it.

    ``severity``: a code of rules/finding_severities. ``became``: ``open``, ``put-right``, or
    ``own-case`` where a case of its own deals with it. ``record``: public id of that case's
    record, while it has one.
    """

    severity: str
    became: Literal["open", "put-right", "own-case"]
    text: NotRequired[str]
    """Only what was written for publication."""
    fix_by: NotRequired[str]
    fixed_on: NotRequired[str]
    record: NotRequired[str]


class InspectionPayload(TypedDict):
    """The result of an inspection. Neither who inspected nor why stands in it."""

    subject: Subject
    authority: AuthorityRef
    decision: Decision
    """The signed record of the visit: its case number and day."""
    inspection_type: str
    """A code of rules/inspection_types; an unannounced visit is shown as a special inspection."""
    inspected_on: str
    findings: list[InspectedFinding]
    unit_signed: Literal["signed", "refused"]
    """Whether the head of the unit signed the record."""
    status: Literal["open", "finished"]
    published_on: str
    joint_with: NotRequired[list[str]]
    """Departments that inspected together with the authority."""
    finished_on: NotRequired[str]
    site: NotRequired[str]
