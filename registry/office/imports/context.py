"""What rows are judged against: the rules, the day, the authorities, and the file so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from sqlalchemy import or_
from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.names import fold
from registry.core.rules import Rules
from registry.core.sheets.limits import Limits
from registry.office.dockets.models import Docket
from registry.office.entities.models import Site
from registry.office.entities.vault import PersonKeys
from registry.office.imports.attached import Attached, Found
from registry.office.imports.fieldsets import FieldSets
from registry.office.imports.mapping import ColumnMapping
from registry.office.staff import queries as staff
from registry.office.staff.models import Authority
from registry.office.staff.officer import Acting

Progress = Callable[[int], None]
"""Called with the number of rows done so far."""


@dataclass(frozen=True)
class Tools:
    """What an import needs of the installation."""

    evidence_dir: Path
    keys: PersonKeys
    limits: Limits = field(default_factory=Limits)
    mapping_folders: Sequence[Path] = ()
    field_sets: FieldSets | None = None
    """Needed for cases that come in by their own field sets (``imports`` of a table)."""
    beside: Path | None = None
    """Folder of the files that a list may name; None where it came alone."""
    keep_files: bool = False
    """Whether these are kept, not only looked into."""
    attached: Mapping[str, Found] = field(default_factory=dict)
    """Files that were kept with the list before."""
    largest_file: int = 100 << 20
    """Bytes."""


class Context:
    """One run over one file."""

    def __init__(
        self,
        session: WorkingSession,
        acting: Acting,
        mapping: ColumnMapping,
        tools: Tools,
        columns: frozenset[str] = frozenset(),
    ) -> None:
        self.session = session
        self.acting = acting
        self.mapping = mapping
        self.tools = tools
        self.columns = columns
        self.made: list[Docket] = []
        """Cases of the file so far, as they would come in; none of them is stored."""
        self._sites: dict[str, list[Site]] = {}
        self.attached = Attached(
            beside=tools.beside,
            known=tools.attached,
            keep_in=tools.evidence_dir if tools.keep_files else None,
            largest=tools.largest_file,
        )
        self.seen: dict[object, int] = {}
        """Key of an entry to the line where it stood first."""

    @property
    def today(self) -> date:
        return self.acting.today

    def rules(self, day: date) -> Rules:
        """The rules of a day."""
        return self.acting.book.on(day)

    @cached_property
    def own_authority(self) -> Authority:
        """The officer's own."""
        return staff.authority(self.session, self.acting.officer.authority_id)

    @cached_property
    def _authorities(self) -> Mapping[str, list[Authority]]:
        found: dict[str, list[Authority]] = {}
        for authority in staff.authorities(self.session):
            for key in {fold(authority.name), authority.code}:
                found.setdefault(key, []).append(authority)
        return found

    def authority(self, name: str, code: str = "") -> Authority | None:
        """The one authority of this code, or of this name as the mapping or the registry has it."""
        if code:
            return self._one(code.strip().upper())
        mapped = self.mapping.value("authority", name)
        return self._one(mapped) if mapped else self._one(fold(name))

    def _one(self, key: str) -> Authority | None:
        found = self._authorities.get(key, [])
        return found[0] if len(found) == 1 else None

    def site(self, text: str) -> Site | None:
        """The one site with this public id or this name."""
        found = self._sites.get(text)
        if found is None:
            named = or_(col(Site.public_id) == text, col(Site.folded) == fold(text))
            found = list(self.session.exec(select(Site).where(named).limit(2)))
            self._sites[text] = found
        return found[0] if len(found) == 1 else None

    def first_line(self, key: object, line: int) -> int | None:
        """The earlier line of the file with this key; None when this is the first."""
        earlier = self.seen.setdefault(key, line)
        return None if earlier == line else earlier
