"""Tables of the gazette: the log, its content, the tree over it, and the present state.

``log_row`` and ``tree_node`` are only ever inserted into. What can be forgotten stands apart, in
``content`` (payload and salt) and ``handle``. These two grow at their end only and are erased by
overwriting in place (see ``erasure`` for why), so a forgotten row stays as blanks.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, text
from sqlmodel import Field

from registry.core.db import CanonicalText, GazetteBase, UtcDateTime

_NOT_REMOVED = text("reason IS NULL")
_PRESENT: Any = {"sqlite_where": _NOT_REMOVED, "postgresql_where": _NOT_REMOVED}
_BIG = BigInteger().with_variant(Integer, "sqlite")


class LogRow(GazetteBase, table=True):
    """One event. ``sequence`` starts at 1 and has no gaps; its leaf index is ``sequence - 1``."""

    __tablename__ = "log_row"

    sequence: int = Field(sa_column=Column(_BIG, primary_key=True, autoincrement=False))
    event_id: UUID = Field(unique=True)
    op: str = Field(max_length=3)
    """``PUT`` or ``DEL``."""
    kind: str = Field(max_length=20)
    id: str = Field(max_length=16, index=True)
    effective: datetime = Field(sa_type=UtcDateTime)
    recorded: datetime = Field(sa_type=UtcDateTime)
    """When it entered the log. Never runs backwards."""
    publish_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    commitment: bytes = Field(sa_type=LargeBinary)
    leaf_hash: bytes = Field(sa_type=LargeBinary)


class Content(GazetteBase, table=True):
    """What a row says. ``payload`` is RFC 8785 text, byte for byte; blanks once ``erased``."""

    __tablename__ = "content"

    sequence: int = Field(sa_column=Column(_BIG, primary_key=True, autoincrement=False))
    payload: str = Field(sa_type=CanonicalText)
    salt: bytes = Field(sa_type=LargeBinary)
    erased: bool = False


class RecordRow(GazetteBase, table=True):
    """The present state of one public id. ``reason`` is set once it has been removed."""

    __tablename__ = "record"
    __table_args__ = (
        Index("ix_record_newest", "kind", "first_sequence", **_PRESENT),
        Index("ix_record_figures", "kind", "list", "publish_until", **_PRESENT),
    )

    id: str = Field(primary_key=True, max_length=16)
    kind: str = Field(max_length=20)
    sequence: int = Field(sa_column=Column(_BIG, nullable=False, unique=True))
    """Of the row that says what holds now."""
    first_sequence: int = Field(sa_column=Column(_BIG, nullable=False))
    effective: datetime = Field(sa_type=UtcDateTime)
    published: datetime = Field(sa_type=UtcDateTime)
    """When the first row was recorded."""
    updated: datetime = Field(sa_type=UtcDateTime)
    """When the present row was recorded."""
    publish_until: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    list: str | None = Field(default=None, max_length=64)
    reason: str | None = Field(default=None, max_length=20)


class HandleRow(GazetteBase, table=True):
    """An exact way to a record (see ``entry.Handle``); blanks once the record is removed.

    Only ``bucket`` is indexed, so that names and hashes of persons stand in one place only.
    """

    __tablename__ = "handle"

    id: int | None = Field(default=None, sa_column=Column(_BIG, primary_key=True))
    bucket: int = Field(index=True)
    type: str = Field(max_length=8)
    value: str
    record_id: str = Field(max_length=16, index=True)


class TreeNode(GazetteBase, table=True):
    """Hash of a complete subtree over leaves ``[index << level, (index + 1) << level)``.

    Level 0 is ``log_row.leaf_hash``; here stand the levels above. Level 8k is the k-th tile
    level of C2SP tlog-tiles.
    """

    __tablename__ = "tree_node"

    level: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    index: int = Field(sa_column=Column(_BIG, primary_key=True, autoincrement=False))
    hash: bytes = Field(sa_type=LargeBinary)


class CheckpointRow(GazetteBase, table=True):
    """A signed statement of size and root (C2SP tlog-checkpoint), as it was given out."""

    __tablename__ = "checkpoint"

    tree_size: int = Field(sa_column=Column(_BIG, primary_key=True, autoincrement=False))
    root: bytes = Field(sa_type=LargeBinary)
    signed: datetime = Field(sa_type=UtcDateTime)
    note: str = Field(sa_type=CanonicalText)


class Erasure(GazetteBase, table=True):
    """That the rows of an id before ``sequence`` were forgotten, and when physically so.

    ``recorded`` is when the DEL or the correction was recorded: from then on no reader shows
    them. ``finished`` is when their bytes had left the file and its journal.
    """

    __tablename__ = "erasure"

    sequence: int = Field(sa_column=Column(_BIG, primary_key=True, autoincrement=False))
    record_id: str = Field(max_length=16, index=True)
    recorded: datetime = Field(sa_type=UtcDateTime)
    finished: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    seconds: float | None = None
    """From ``recorded`` to ``finished``."""
