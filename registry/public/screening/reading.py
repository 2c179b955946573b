"""The records that some requests need, read from the gazette together, each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from registry.core.db import GazetteSession
from registry.public.gazette import queries
from registry.public.gazette.entry import Handle
from registry.public.gazette.queries import Record
from registry.public.screening.subjects import ScreenedSubject, subject_of


@dataclass(slots=True)
class Wanted:
    """What one request needs: records by id, and those that answer to a handle."""

    ids: list[str]
    handles: list[Handle]


@dataclass(slots=True)
class Readings:
    """Records as they may be shown at the time of reading; nothing else is ever answered from."""

    _records: Mapping[str, Record]
    _handles: Mapping[Handle, Sequence[str]]
    _subjects: dict[str, ScreenedSubject | None] = field(default_factory=dict)

    @classmethod
    def of(cls, session: GazetteSession, wanted: Sequence[Wanted], now: datetime) -> Readings:
        """Reads all that is ``wanted``."""
        asked = {handle: None for one in wanted for handle in one.handles}
        handles = queries.ids_under(session, list(asked))
        ids = {id: None for one in wanted for id in one.ids}
        ids |= {id: None for some in handles.values() for id in some}
        return cls(queries.many(session, list(ids), now), handles)

    def record(self, id: str) -> Record | None:
        """The record, unless it may not be shown."""
        return self._records.get(id)

    def under(self, handle: Handle) -> list[Record]:
        """The records that answer to ``handle`` exactly, newest first."""
        found = (self._records.get(id) for id in self._handles.get(handle, ()))
        return sorted((one for one in found if one), key=lambda one: -one.sequence)

    def subject(self, record: Record) -> ScreenedSubject | None:
        """Whom the record is about; None for kinds that are not screened."""
        if record.id not in self._subjects:
            self._subjects[record.id] = subject_of(record.kind, record.payload)
        return self._subjects[record.id]
