"""What a published finding on a service organization says; see ``payloads``."""

from __future__ import annotations

from typing import Literal, NotRequired

# On Python 3.11 the checker of shapes (see shapes.py) cannot read typing's own TypedDict.
from typing_extensions import TypedDict

from registry.public.gazette.payloads import AuthorityRef, Decision, Subject, Term


class FoundReport(TypedDict):
    """A report that a finding concerns: its public id and the organization's number of it."""

    id: str
    number: str


class FindingPayload(TypedDict):
    """A confirmed finding on a service organization (rules/finding_codes): on its conduct, or on
    named reports of it.

    ``contested_on``: the organization objected, and the finding was upheld. Without it there was
    no objection in the time for one, which began on ``told_on``.
    """

    subject: Subject
    authority: AuthorityRef
    decision: Decision
    """Case number and day of the confirmation."""
    group: Literal["false", "inaccurate", "conduct"]
    codes: list[str]
    found_on: str
    told_on: str
    reports: list[FoundReport]
    published_on: str
    term: Term
    contested_on: NotRequired[str]
