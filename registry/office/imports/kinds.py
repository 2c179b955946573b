"""The kinds of files that can be imported, and what a row of each means.

Registers and published lists have judges of their own; any kind of case may say in its table
what a file of it holds (``imports``) and needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from registry.core.db import WorkingSession
from registry.core.i18n import N_, Text
from registry.office.dockets import kinds
from registry.office.dockets.shape import FileImport
from registry.office.imports import cases, listings, penalties, providers, registers, reports
from registry.office.imports.context import Context, Tools
from registry.office.imports.judged import Judged
from registry.office.imports.mapping import ColumnMapping, choose
from registry.office.imports.problems import UnknownKind
from registry.office.imports.table import Row
from registry.office.staff.officer import Acting

Finish = Callable[[WorkingSession, Acting, Sequence[int]], None]


@dataclass(frozen=True)
class Kind:
    """``case`` is the kind of docket that a row becomes; empty where it becomes an entity only."""

    code: str
    title: Text | str
    """A text of its own, or a message of the catalogue."""
    judge: Callable[[Row, Context], Judged]
    case: str = ""
    withdrawn_state: str = ""
    """Where a docket of it goes when the batch is undone."""
    finish: Finish | None = None
    """Completes cases that were just taken over, by their ids."""
    file: FileImport | None = None
    """What the table of the case says of such files, where it does."""

    def mappings(self, name: str | None, tools: Tools) -> list[ColumnMapping]:
        """Column mappings that may fit: the one called ``name``, or all. ``UnknownMapping``."""
        if self.file is None:
            return choose(self.code, name, tools.mapping_folders)
        known = choose(self.code, None, tools.mapping_folders)
        return choose(self.code, name, (), cases.columns(self.file, known, tools))


_OWN: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("listings", N_("Listings"), listings.judge, "listing", "removed"),
        Kind("entities", N_("Entities"), registers.judge),
        Kind("penalties", N_("Penalties"), penalties.judge, "penalty", "withdrawn"),
        Kind("providers", N_("Service organizations"), providers.judge, "provider", "withdrawn"),
        Kind("reports", N_("Reports"), reports.judge, "report", "discarded", finish=reports.finish),
    )
}
EXTERNAL = "external:"


def known() -> Mapping[str, Kind]:
    """All kinds of files, by code."""
    found = dict(_OWN)
    for table in kinds.book().tables.values():
        for file in table.imports.values():
            judge = partial(cases.judge, table=table, file=file)
            found[file.code] = Kind(
                file.code, file.title, judge, table.code, file.undone, file=file
            )
    return found


def kind_of(code: str) -> Kind:
    """The kind called ``code``. Raises ``UnknownKind``.

    ``external:NAME`` is not one of these: see ``registry.office.external``.
    """
    found = known()
    if code in found:
        return found[code]
    raise UnknownKind(kind=code, known=", ".join((*found, f"{EXTERNAL}NAME")))
