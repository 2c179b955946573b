"""Tables of the room: entities with dated names, sealed documents, sites, merge proposals."""

from datetime import date, datetime

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from registry.core.db import UtcDateTime, WorkingBase, json_column

ENTITY_KINDS = ("enterprise", "institution", "person")
NAME_KINDS = ("current", "former", "short", "english")
DOCUMENT_KINDS = ("resident-id", "passport", "permit", "other")
OPERATOR_ROLES = ("main", "contractor")
LICENCE_STATES = ("in-force", "suspended", "revoked", "cancelled")
MERGE_STATES = ("proposed", "merged", "dismissed")


class Entity(WorkingBase, table=True):
    """A subject of cases. ``kind`` is one of ``ENTITY_KINDS``.

    ``credit_code`` (GB 32100, 18 characters) and ``registration_number`` (15 digits, before
    2015) are unique where present; an organization with neither is flagged until one is found.
    ``merged_into`` leads to the entity that was kept. ``version`` guards against lost updates.
    """

    __tablename__ = "entity"
    __table_args__ = (Index("ix_entity_kind_folded", "kind", "folded"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)
    name: str
    folded: str = Field(index=True)
    credit_code: str | None = Field(default=None, unique=True)
    registration_number: str | None = Field(default=None, unique=True)
    region: str | None = Field(default=None, index=True)
    address: str | None = None
    legal_representative: str | None = None
    industry: str | None = None
    note: str | None = None
    merged_into: int | None = Field(default=None, foreign_key="entity.id", index=True)
    version: int = 1
    created: datetime = Field(sa_type=UtcDateTime)
    created_by: int | None = None
    updated: datetime = Field(sa_type=UtcDateTime, index=True)
    changed_by: int | None = None
    """Who changed it last; None for one never changed. He may not publish the change."""

    @property
    def code(self) -> str | None:
        """The identifier shown: the credit code, else the registration number."""
        return self.credit_code or self.registration_number

    @property
    def lacks_code(self) -> bool:
        """Whether an organization still has no identifier."""
        return self.kind != "person" and self.code is None


class EntityName(WorkingBase, table=True):
    """A name of an entity. ``since`` and ``until`` are its first and last legal day, if known."""

    __tablename__ = "entity_name"

    id: int | None = Field(default=None, primary_key=True)
    entity_id: int = Field(foreign_key="entity.id", index=True)
    kind: str
    name: str
    folded: str = Field(index=True)
    since: date | None = None
    until: date | None = None


class PersonDocument(WorkingBase, table=True):
    """A natural person's identity document. Only the sealed form holds the full number.

    ``fingerprint`` is a keyed HMAC for matching inside the office; ``handle`` is the keyed HMAC
    of name and number by which the public check finds him (see registry.public.gazette). All
    three are None where only a masked number was ever known.
    """

    __tablename__ = "person_document"
    __table_args__ = (UniqueConstraint("kind", "fingerprint"),)

    id: int | None = Field(default=None, primary_key=True)
    entity_id: int = Field(foreign_key="entity.id", unique=True)
    kind: str
    masked: str
    sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    fingerprint: str | None = None
    handle: str | None = None


class Site(WorkingBase, table=True):
    """A mine, quarry or tailings pond: a place, not its company. ``type`` is a rules code."""

    __tablename__ = "site"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    type: str
    name: str
    folded: str = Field(index=True)
    name_en: str | None = None
    region: str = Field(index=True)
    place: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    published: datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = 1
    created: datetime = Field(sa_type=UtcDateTime)
    created_by: int | None = None
    updated: datetime = Field(sa_type=UtcDateTime)


class SiteLicence(WorkingBase, table=True):
    """A licence of a site. ``number`` is normalised, ``written`` is as the paper has it."""

    __tablename__ = "site_licence"
    __table_args__ = (UniqueConstraint("kind", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id", index=True)
    kind: str
    number: str
    written: str
    issuer: str | None = None
    since: date | None = None
    until: date | None = None
    status: str = "in-force"


class SiteLicenceChange(WorkingBase, table=True):
    """From which day a licence was suspended, revoked or in force again. Rows are only added."""

    __tablename__ = "site_licence_change"
    __table_args__ = (Index("ix_site_licence_change_licence", "licence_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    licence_id: int = Field(foreign_key="site_licence.id")
    status: str
    """One of ``LICENCE_STATES``."""
    on: date
    """The legal day from which it counts."""
    docket_id: int | None = None
    """The case that brought it about; None where an officer set it at the site."""


class SiteOperator(WorkingBase, table=True):
    """Who works a site from ``since`` to ``until`` (inclusive; open where None)."""

    __tablename__ = "site_operator"

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id", index=True)
    entity_id: int = Field(foreign_key="entity.id", index=True)
    role: str = "main"
    since: date | None = None
    until: date | None = None
    reason: str | None = None


class EntityMerge(WorkingBase, table=True):
    """Two entities that may be one: proposed by the machine, decided by a person.

    ``low_id`` < ``high_id``. ``signals`` names what agrees. ``moved`` keeps what a merge
    repointed, by table, so that the history stays readable.
    """

    __tablename__ = "entity_merge"
    __table_args__ = (UniqueConstraint("low_id", "high_id"),)

    id: int | None = Field(default=None, primary_key=True)
    low_id: int = Field(foreign_key="entity.id", index=True)
    high_id: int = Field(foreign_key="entity.id", index=True)
    signals: list[str] = Field(sa_column=Column(json_column(), nullable=False))
    state: str = Field(default="proposed", index=True)
    kept_id: int | None = Field(default=None, foreign_key="entity.id")
    reason: str | None = None
    decided: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: int | None = None
    moved: dict[str, list[int]] = Field(
        default_factory=dict, sa_column=Column(json_column(), nullable=False)
    )
    proposed: datetime = Field(sa_type=UtcDateTime)


class DocumentReading(WorkingBase, table=True):
    """Someone read a full document number, and why. The audit entry names this row."""

    __tablename__ = "document_reading"

    id: int | None = Field(default=None, primary_key=True)
    document_id: int = Field(foreign_key="person_document.id", index=True)
    account_id: int
    reason: str
    at: datetime = Field(sa_type=UtcDateTime)
