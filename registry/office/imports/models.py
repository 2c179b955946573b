"""Files that came in for an import, from whom, and the entities that an applied batch touched."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field

from registry.core.db import UtcDateTime, WorkingBase, json_column


class ImportFile(WorkingBase, table=True):
    """An uploaded file; its bytes lie in the evidence directory under their SHA-256.

    ``report`` is the dry run's, values masked. ``docket_id`` is the batch made of it.
    """

    __tablename__ = "import_file"

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(index=True)
    name: str
    size: int
    kind: str
    mapping: str | None = None
    report: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(json_column(), nullable=False)
    )
    docket_id: int | None = Field(default=None, index=True)
    uploaded_by: int = Field(index=True)
    uploaded: datetime = Field(sa_type=UtcDateTime, index=True)
    erased: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the bytes were erased (see ``retention``); the report stays."""


class DeliveredFile(WorkingBase, table=True):
    """Which file came of a delivery through the API, by its id. A repeat finds it here."""

    __tablename__ = "delivered_file"
    __table_args__ = (Index("ix_delivered_file_open", "open", "file_id"),)

    token: str = Field(primary_key=True)
    file_id: int = Field(foreign_key="import_file.id", index=True)
    told: int = 0
    """Version of the batch of which whoever sent the rows was told last; 0 while there is none."""
    open: bool = True
    """Something may follow."""


class ImportedEntity(WorkingBase, table=True):
    """An entity that a batch added or amended. ``before`` holds what an amendment replaced."""

    __tablename__ = "imported_entity"
    __table_args__ = (UniqueConstraint("docket_id", "entity_id"),)

    id: int | None = Field(default=None, primary_key=True)
    docket_id: int
    entity_id: int = Field(foreign_key="entity.id", index=True)
    line: int
    added: bool
    before: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(json_column(), nullable=False)
    )
