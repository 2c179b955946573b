"""The names that are watched, opened once and held in memory for as long as the worker runs.

A change of the log asks here which watches it could concern: one question per changed name, not
one per watch. Nothing of it is written; what an agency takes back is gone at the next look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import func
from sqlmodel import col, select

from registry.core.db import IntakeSession
from registry.core.keys import SealBroken
from registry.public.screening import THRESHOLD
from registry.public.screening.index import NameIndex
from registry.public.watches import sealing
from registry.public.watches.models import Watch

_TOGETHER = 2_000


class WatchedNames:
    """Tokens of watches by name. For one thread."""

    def __init__(self) -> None:
        self._index = NameIndex()
        self._known: set[str] = set()
        self._newest: str | None = None

    def __len__(self) -> int:
        """How many names are held."""
        return len(self._index)

    def refresh(self, session: IntakeSession, root: bytes) -> None:
        """Takes in the watches that came, forgets those that went."""
        named = col(Watch.named).is_(True)
        # By token: SQLite gives the number of a watch that went to the next one.
        last = select(Watch.token).where(named).order_by(col(Watch.id).desc()).limit(1)
        count = session.exec(select(func.count(col(Watch.id))).where(named)).one()
        newest = session.exec(last).first()
        if (count, newest) == (len(self._known), self._newest):
            return
        there = set(session.exec(select(Watch.token).where(named)))
        for gone in self._known - there:
            self._index.remove(gone)
        self._index.put_all(_opened(session, root, sorted(there - self._known)))
        self._known, self._newest = there, newest

    def like(self, names: Iterable[str]) -> set[str]:
        """The watches whose name reaches the threshold with one of ``names``."""
        return {
            token
            for name in names
            for token in self._index.likely(name, THRESHOLD, compared=len(self._index))
        }


def _opened(
    session: IntakeSession, root: bytes, tokens: Sequence[str]
) -> Iterator[tuple[str, list[str]]]:
    for start in range(0, len(tokens), _TOGETHER):
        some = col(Watch.token).in_(tokens[start : start + _TOGETHER])
        # Columns, not entities: the session is a writer's, and need not hold them all.
        for token, asked in session.exec(select(Watch.token, Watch.asked).where(some)):
            try:
                name = sealing.unseal(root, token, asked).name
            except SealBroken:
                continue
            yield token, [name or ""]
