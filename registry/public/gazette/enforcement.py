"""What published dangers, suspensions and negative examples say; see ``payloads``."""

from __future__ import annotations

from typing import Literal, NotRequired

# On Python 3.11 the checker of shapes (see shapes.py) cannot read typing's own TypedDict.
from typing_extensions import TypedDict

from registry.public.gazette.payloads import AuthorityRef, Decision, Person, Subject, Term


class HazardPayload(TypedDict):
    """A major hidden danger under supervision (挂牌督办). Overdue follows from the date."""

    subject: Subject
    authority: AuthorityRef
    decision: Decision
    """The order that it is put right."""
    hazard_code: str
    origin: str
    description: str
    found_on: str
    rectify_by: str
    """The last day set for putting it right."""
    status: Literal["rectifying", "awaiting", "eliminated"]
    published_on: str
    requirements: NotRequired[str]
    rectified_on: NotRequired[str]
    accepted_on: NotRequired[str]
    exempt: NotRequired[bool]
    """Found by the enterprise, reported truthfully, put right in time: not punished."""
    supervisor: NotRequired[AuthorityRef]
    """The authority above that has it since ``raised_on``."""
    raised_on: NotRequired[str]
    site: NotRequired[str]


class MeasureState(TypedDict):
    """A measure at a suspended mine: ordered, in place ``since``, lifted."""

    measure: str
    since: NotRequired[str]
    lifted_on: NotRequired[str]


class SuspensionPayload(TypedDict):
    """Production suspended, or a mine to be closed (Coal Regulation art. 49)."""

    subject: Subject
    authority: AuthorityRef
    decision: Decision
    suspension_kind: str
    reason: str
    basis: str
    measures: list[MeasureState]
    status: Literal["in-force", "applied", "resumed", "closed-down"]
    published_on: str
    scope: NotRequired[str]
    resumed_on: NotRequired[str]
    closed_on: NotRequired[str]
    signed_by: NotRequired[list[str]]
    """In which capacities resumption was signed; the names of officials are not published."""
    site: NotRequired[str]


class ExposurePayload(TypedDict):
    """A negative example (反面典型). Persons stand in it by family name only, without a number."""

    name: str
    """The headline."""
    authority: AuthorityRef
    decision: Decision
    """The release: its case number and day."""
    exposure_kind: str
    story: str
    published_on: str
    term: Term
    lesson: NotRequired[str]
    unit: NotRequired[Subject]
    persons: NotRequired[list[Person]]
