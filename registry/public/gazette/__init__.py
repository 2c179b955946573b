"""The gazette: published records, the append-only log over them, and its proofs."""

from __future__ import annotations

from registry.public.gazette.entry import (
    REMOVAL_REASONS,
    AlreadyRemoved,
    Entry,
    Handle,
    KindChanged,
    NotPublished,
    WrongShape,
)
from registry.public.gazette.handles import handles_of, person_handle

__all__ = [
    "REMOVAL_REASONS",
    "AlreadyRemoved",
    "Entry",
    "Handle",
    "KindChanged",
    "NotPublished",
    "WrongShape",
    "handles_of",
    "person_handle",
]
