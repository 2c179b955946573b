"""The numbered chain of intake: which envelope came before which, provable by anyone.

``entry = SHA-256("tip-intake/1" ‖ previous entry ‖ number ‖ day ‖ envelope hash)``, numbers from 1
in eight bytes, the day as ISO text; before the first entry stand 32 zero bytes. The head of each
day is a gazette record, so the log fixes it; the time of day of a tip stays sealed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

START = bytes(32)
_LABEL = b"tip-intake/1"


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the chain, as it is published."""

    number: int
    day: date
    envelope_hash: bytes
    entry: bytes


def entry(previous: bytes, number: int, day: date, envelope_hash: bytes) -> bytes:
    """The hash that stands at ``number``."""
    text = previous + number.to_bytes(8) + day.isoformat().encode() + envelope_hash
    return hashlib.sha256(_LABEL + text).digest()


def verify(links: Iterable[Link], *, previous: bytes = START, first: int = 1) -> bytes:
    """The head over ``links``, which follow ``previous``. Raises ``ValueError`` at a wrong one."""
    number = first
    for link in links:
        expected = entry(previous, number, link.day, link.envelope_hash)
        if link.number != number or link.entry != expected:
            raise ValueError(f"entry {number} of the intake chain does not follow")
        previous, number = link.entry, number + 1
    return previous
