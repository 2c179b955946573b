"""Tables of the case mechanism. What a kind of case adds lies in ``facts`` and in its YAML table.

Accounts, authorities, entities and sites are referred to by id without a database constraint:
they belong to other rooms, and nothing that a docket refers to is ever deleted.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapper
from sqlmodel import Field

from registry.core.db import UtcDateTime, WorkingBase, json_column


class Docket(WorkingBase, table=True):
    """A case of any kind.

    ``state`` changes only together with an event. Whether the case is in force, expired or
    overdue is computed from events, rules and the date; ``ends_on`` is the last day of a term
    as decided, not a verdict about it.
    """

    __tablename__ = "docket"
    __table_args__ = (
        UniqueConstraint("kind", "authority_id", "year", "serial"),
        Index("ix_docket_number", "number"),
        # Searched whole for a word of the title: it holds all that such a search looks at, so
        # that the rows with their facts, a hundred times larger, stay unread.
        Index(
            "ix_docket_words",
            "title",
            "region",
            "authority_id",
            "kind",
            "state",
            "owner_id",
            "subject_id",
            "number",
            "closed_at",
        ),
        Index("ix_docket_desk", "kind", "state", "authority_id", "id"),
        # Counted by unit and by what the kind says of its cases: all that such a count looks at.
        Index(
            "ix_docket_counted", "kind", "authority_id", "counted_as", "state", "closed_at", "id"
        ),
        # Found by it, such as the reports on one quarter: few kinds say what they count by.
        Index(
            "ix_docket_counted_as",
            "kind",
            "counted_as",
            "subject_id",
            sqlite_where=text("counted_as IS NOT NULL"),
            postgresql_where=text("counted_as IS NOT NULL"),
        ),
        Index("ix_docket_authority", "authority_id", "id"),
        Index("ix_docket_owner", "owner_id", "id"),
        Index("ix_docket_owner_state", "owner_id", "kind", "state", "id"),
        Index("ix_docket_subject", "subject_id", "kind"),
        Index("ix_docket_site", "site_id", "kind"),
        Index("ix_docket_ends", "kind", "state", "ends_on"),
        Index("ix_docket_public", "public_id", unique=True),
        # What is shown past its term: few rows, asked for over all kinds.
        Index(
            "ix_docket_shown_until",
            "ends_on",
            sqlite_where=text("public_id IS NOT NULL"),
            postgresql_where=text("public_id IS NOT NULL"),
        ),
        # What was open on an earlier day, by unit and officer: all that such a count looks at.
        Index("ix_docket_span", "authority_id", "opened_at", "closed_at", "owner_id", "kind"),
        # Whose case a clock runs in: counted and listed without the rows and their facts.
        Index("ix_docket_unit", "id", "authority_id", "owner_id", "kind", "number"),
        # Counted by unit, kind and officer: it holds all that such a count looks at.
        Index(
            "ix_docket_open",
            "authority_id",
            "kind",
            "owner_id",
            "id",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    number: str
    """案号, unique per authority, kind and year."""
    year: int
    serial: int
    state: str
    version: int = 1
    """Counts the acts; an act names the version it saw."""
    authority_id: int
    region: str
    subject_id: int | None = None
    """Entity id of whom the case is about."""
    site_id: int | None = None
    owner_id: int | None = None
    """Account that has the case on its desk."""
    drafted_by: int
    title: str
    """Without personal data: it stands in lists, logs and audit entries."""
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=json_column())
    opened_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    public_id: str | None = None
    """Id of the gazette record that stands now; None before, after and during suspension."""
    public_kind: str | None = None
    ends_on: date | None = None
    """Last day (inclusive) of the term, once one was decided."""
    counted_as: str | None = None
    """The fact by which cases of the kind are counted (``counted_by`` of its table), kept beside
    the facts so that a count over a whole province reads no facts."""
    batch_id: int | None = Field(default=None, index=True)
    """Docket of the import batch that brought this one."""


class DocketEvent(WorkingBase, table=True):
    """What was done in a case. Rows are only ever added.

    ``data`` holds the facts that the act set; folding all of them in order gives ``Docket.facts``.
    """

    __tablename__ = "docket_event"
    __table_args__ = (
        UniqueConstraint("docket_id", "ordinal"),
        Index("ix_docket_event_actor", "actor_id", "recorded_at"),
        Index("ix_docket_event_action", "action", "recorded_at"),
        Index("ix_docket_event_effective", "action", "effective_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    docket_id: int = Field(foreign_key="docket.id")
    ordinal: int
    """1, 2, 3 … within the docket; equals the docket's version after the act."""
    action: str
    from_state: str | None = None
    to_state: str
    actor_id: int | None = None
    """None when the registry itself acted, as at the end of a term."""
    acting_as: int | None = None
    """Account for which the actor stood in."""
    identities: list[int] = Field(default_factory=list, sa_type=json_column())
    """Accounts that counted as the actor for four eyes on that day."""
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    effective_on: date
    """The legal day from which the act counts; never after the day of recording."""
    reason: str = Field(default="", sa_column=Column(Text, nullable=False, default=""))
    data: dict[str, Any] = Field(default_factory=dict, sa_type=json_column())
    signature_name: str = ""


class DocketClock(WorkingBase, table=True):
    """A running or stopped deadline. Overdue is computed from the dates, never stored."""

    __tablename__ = "docket_clock"
    __table_args__ = (
        Index("ix_docket_clock_docket", "docket_id"),
        Index("ix_docket_clock_running", "stopped_on", "first_due", "docket_id"),
        Index("ix_docket_clock_code", "code", "stopped_on"),
        # What runs, in the order of a desk: a tenth of all clocks, and all that desks and figures
        # look at.
        Index(
            "ix_docket_clock_desk",
            "first_due",
            "id",
            "docket_id",
            "code",
            "breach_due",
            "provisional",
            "started_on",
            sqlite_where=text("stopped_on IS NULL"),
            postgresql_where=text("stopped_on IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    docket_id: int = Field(foreign_key="docket.id")
    code: str
    """A code of rules/deadlines."""
    started_on: date
    target_due: date | None = None
    """The shorter term, where a newer text sets one."""
    breach_due: date | None = None
    """The term whose passing is a breach."""
    first_due: date
    """The earlier of the two: by it the desks sort."""
    provisional: bool = False
    """Counted past the covered working-day calendar: nothing lapses on it."""
    stopped_on: date | None = None
    breach_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The exact end of a term in hours; ``breach_due`` is its day."""
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    noted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the registry learned that it runs, and (``stop_noted_at``) that it stopped: the days
    may lie before. Statistics count what was known at an instant. None: before this was kept."""
    stop_noted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DocketLapse(WorkingBase, table=True):
    """That a legal limit passed in a case and who let it lie. Rows are only ever added.

    The case then climbed to ``raised_to``, the next authority above; None where there is none.
    """

    __tablename__ = "docket_lapse"
    __table_args__ = (
        Index("ix_docket_lapse_docket", "docket_id", "clock_code"),
        Index("ix_docket_lapse_authority", "authority_id", "noted_on"),
        Index("ix_docket_lapse_raised", "raised_to", "docket_id"),
        Index("ix_docket_lapse_owner", "owner_id", "noted_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    docket_id: int = Field(foreign_key="docket.id")
    clock_code: str
    authority_id: int
    """The unit whose case it was, or to which it had been raised."""
    owner_id: int | None = None
    """The officer on whose desk it lay, at the first lapse."""
    due: date
    noted_on: date
    raised_to: int | None = None


class DocketEvidence(WorkingBase, table=True):
    """A file of the case; its bytes lie in the evidence directory under their SHA-256."""

    __tablename__ = "docket_evidence"
    __table_args__ = (Index("ix_docket_evidence_docket", "docket_id"),)

    id: int | None = Field(default=None, primary_key=True)
    docket_id: int = Field(foreign_key="docket.id")
    event_id: int | None = Field(default=None, foreign_key="docket_event.id")
    """The act that it served as proof; None until one did."""
    sha256: str = Field(index=True)
    name: str
    media_type: str
    size: int
    kind: str
    """A code of the kind's ``evidence`` section, or ``other``."""
    personal: bool = False
    """Holds personal data: reading it is audited."""
    added_by: int
    added_at: datetime = Field(sa_type=UtcDateTime)


class DocketParty(WorkingBase, table=True):
    """An enterprise, institution or person with a part in the case."""

    __tablename__ = "docket_party"
    __table_args__ = (
        UniqueConstraint("docket_id", "entity_id", "role"),
        Index("ix_docket_party_entity", "entity_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    docket_id: int = Field(foreign_key="docket.id")
    entity_id: int
    role: str
    """A code of rules/roles."""
    added_at: datetime = Field(sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DocketLink(WorkingBase, table=True):
    """``docket_id`` stands in ``relation`` to ``other_id``: a listing ``rests-on`` a penalty."""

    __tablename__ = "docket_link"
    __table_args__ = (
        UniqueConstraint("docket_id", "other_id", "relation"),
        Index("ix_docket_link_other", "other_id", "relation"),
    )

    id: int | None = Field(default=None, primary_key=True)
    docket_id: int = Field(foreign_key="docket.id")
    other_id: int = Field(foreign_key="docket.id")
    relation: str


class DocketDocument(WorkingBase, table=True):
    """A paper drawn up in the case: which one, by which act, and what it said.

    ``context`` is frozen when it is drawn up, so that the paper reads the same for ever. Full
    document numbers of persons are not in it: they are filled in, audited, when it is opened.
    """

    __tablename__ = "docket_document"
    __table_args__ = (Index("ix_docket_document_docket", "docket_id"),)

    id: int | None = Field(default=None, primary_key=True)
    docket_id: int = Field(foreign_key="docket.id")
    event_id: int = Field(foreign_key="docket_event.id")
    code: str
    number: str
    """文书号."""
    context: dict[str, Any] = Field(default_factory=dict, sa_type=json_column())
    drawn_up_at: datetime = Field(sa_type=UtcDateTime)
    personal: bool = False


class DocketSerial(WorkingBase, table=True):
    """The last serial number given out per authority, kind and year."""

    __tablename__ = "docket_serial"

    authority_id: int = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int


def _refuse_change(_mapper: Mapper[Any], _connection: object, target: DocketEvent) -> None:
    raise RuntimeError(f"event {target.id} of a docket may not be changed or deleted")


event.listen(DocketEvent, "before_update", _refuse_change)
event.listen(DocketEvent, "before_delete", _refuse_change)
