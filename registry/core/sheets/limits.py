"""How much of a file is worked on before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds that are checked before or while a file is read, never after.

    ``ratio`` bounds how far a compressed file may grow; ``inflated_bytes`` how far at all.
    ``heading_rows`` is how many rows may stand above the column names.
    """

    bytes: int = 50 * MIB
    inflated_bytes: int = 256 * MIB
    ratio: int = 100
    rows: int = 200_000
    columns: int = 200
    cell_characters: int = 32_768
    heading_rows: int = 30
    problems: int = 10_000


def from_settings(max_upload_bytes: int, max_import_rows: int) -> Limits:
    """The installation's own bounds."""
    return Limits(bytes=max_upload_bytes, rows=max_import_rows)
