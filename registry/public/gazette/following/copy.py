"""The copy: one SQLite file that keeps every row's hashes for ever, and content while it may.

Only what holds now keeps its content: a newer row of the same id, a removal, or the end of its
term erases it, with SQLite's ``secure_delete`` and without a write-ahead journal to keep it.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from registry.core.errors import Misconfigured
from registry.public.gazette.following.rows import Row

FILE = "copy.db"
_TABLES = """
CREATE TABLE IF NOT EXISTS row (
  sequence INTEGER PRIMARY KEY, op TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
  effective TEXT NOT NULL, recorded TEXT NOT NULL, commitment BLOB NOT NULL,
  leaf_hash BLOB NOT NULL, payload TEXT, salt BLOB, publish_until TEXT);
CREATE INDEX IF NOT EXISTS row_id ON row (id);
CREATE INDEX IF NOT EXISTS row_until ON row (publish_until) WHERE publish_until IS NOT NULL;
CREATE TABLE IF NOT EXISTS checkpoint (
  tree_size INTEGER PRIMARY KEY, root BLOB NOT NULL, note TEXT NOT NULL, seen TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_COLUMNS = (
    "sequence, op, kind, id, effective, recorded, commitment, leaf_hash, payload, salt,"
    " publish_until"
)


class Copy:
    """The copy in a directory. One process at a time: SQLite's own lock sees to it."""

    def __init__(self, folder: Path, *, make: bool) -> None:
        path = folder / FILE
        if not make and not path.exists():
            raise Misconfigured(what=f"{folder} holds no copy of a log")
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._db = sqlite3.connect(path, isolation_level=None, timeout=10)
        self._db.execute("PRAGMA journal_mode=DELETE")
        self._db.execute("PRAGMA secure_delete=ON")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        self._db.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """What is done inside is done whole or not at all."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def fact(self, name: str) -> str:
        found = self._db.execute("SELECT value FROM fact WHERE name = ?", [name]).fetchone()
        return found[0] if found else ""

    def note_fact(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", [name, value])

    def size(self) -> int:
        """How many rows were fetched; the newest of them may not be covered by a checkpoint."""
        found = self._db.execute("SELECT max(sequence) FROM row").fetchone()[0]
        return int(found or 0)

    def verified(self) -> tuple[int, bytes, str] | None:
        """Size, root and note of the newest checkpoint that the copy was held against."""
        query = "SELECT tree_size, root, note FROM checkpoint ORDER BY tree_size DESC LIMIT 1"
        found = self._db.execute(query).fetchone()
        return (found[0], bytes(found[1]), found[2]) if found else None

    def keep_checkpoint(self, size: int, root: bytes, note: str, now: datetime) -> None:
        seen = now.astimezone(UTC).isoformat()
        self._db.execute(
            "INSERT OR IGNORE INTO checkpoint VALUES (?, ?, ?, ?)", [size, root, note, seen]
        )

    def add(self, row: Row, now: datetime) -> None:
        """Put ``row`` at the end; what stood before under its id loses its content."""
        self._db.execute(
            "UPDATE row SET payload = NULL, salt = NULL WHERE id = ? AND payload IS NOT NULL",
            [row.id],
        )
        kept = row.shown(now)
        values = (
            row.sequence, row.op, row.kind, row.id, row.effective, row.recorded, row.commitment,
            row.leaf_hash, row.payload if kept else None, row.salt if kept else None,
            _utc(row.publish_until),
        )  # fmt: skip
        marks = ", ".join("?" * len(values))
        self._db.execute(f"INSERT INTO row ({_COLUMNS}) VALUES ({marks})", values)  # noqa: S608

    def forget_ended(self, now: datetime) -> int:
        """Erase the content of what may no longer be shown; how many rows that were."""
        ended = self._db.execute(
            "UPDATE row SET payload = NULL, salt = NULL"
            " WHERE publish_until <= ? AND payload IS NOT NULL",
            [now.astimezone(UTC).isoformat()],
        )
        return ended.rowcount

    def drop_after(self, size: int) -> None:
        """Take back rows that no checkpoint bore out."""
        self._db.execute("DELETE FROM row WHERE sequence > ?", [size])

    def leaves(self) -> Iterator[tuple[int, bytes]]:
        """Sequence and leaf hash of every row, in order."""
        query = "SELECT sequence, leaf_hash FROM row ORDER BY sequence"
        for sequence, leaf_hash in self._db.execute(query):
            yield sequence, bytes(leaf_hash)

    def rows(self, after: int = 0) -> Iterator[Row]:
        """Every row after ``after`` as it stands here, in order."""
        query = f"SELECT {_COLUMNS} FROM row WHERE sequence > ? ORDER BY sequence"  # noqa: S608
        for found in self._db.execute(query, [after]):
            yield _row(found)

    def present(self, now: datetime) -> dict[str, Row]:
        """What is published now, by id: the snapshot that the deltas add up to."""
        query = f"SELECT {_COLUMNS} FROM row WHERE payload IS NOT NULL AND op = 'PUT'"  # noqa: S608
        found = (_row(one) for one in self._db.execute(query))
        return {row.id: row for row in found if row.shown(now)}


def _row(found: Sequence[object]) -> Row:
    values = [bytes(one) if isinstance(one, memoryview) else one for one in found]
    return Row(*values)  # type: ignore[arg-type] # the columns in the order of the fields


def _utc(text: str | None) -> str | None:
    """As written to be compared: all instants of the file in one form."""
    return datetime.fromisoformat(text).astimezone(UTC).isoformat() if text else None
