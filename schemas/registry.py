"""Field sets by the names that the tables of cases use, as ``dockets.Notice``.

A new kind registers its module with ``add``; ``check`` says what a table names in vain.
"""

from __future__ import annotations

from types import ModuleType

import marshmallow as ma

from registry.core.errors import NotFound
from registry.office.dockets import kinds
from registry.office.dockets.kinds import InvalidKind, KindBook, KindTable
from schemas import (
    accidents,
    awards,
    dockets,
    experts,
    exposures,
    findings,
    hazards,
    inspections,
    licences,
    listings,
    opinions,
    penalties,
    providers,
    referrals,
    reports,
    suspensions,
    tips,
    unit_records,
)

_MODULES: dict[str, ModuleType | type] = {
    "awards": awards,
    "dockets": dockets,
    "findings": findings,
    "accidents": accidents,
    "experts": experts,
    "exposures": exposures,
    "hazards": hazards,
    "inspections": inspections,
    "licences": licences,
    "referrals": referrals,
    "listings": listings,
    "opinions": opinions,
    "penalties": penalties,
    "providers": providers,
    "suspensions": suspensions,
    "unit_records": unit_records,
    "reports": reports,
    "tips": tips,
}


def add(name: str, module: ModuleType | type) -> None:
    """Make the field sets of ``module`` known as ``name.…``. Raises ``ValueError`` if taken."""
    if _MODULES.setdefault(name, module) is not module:
        raise ValueError(f"field sets called {name} are already known")


def find(name: str) -> type[ma.Schema]:
    """The field set called ``name``. Raises ``NotFound``."""
    head, _, tail = name.partition(".")
    found = getattr(_MODULES.get(head), tail, None)
    if not isinstance(found, type) or not issubclass(found, ma.Schema):
        raise NotFound
    return found


def schema(name: str) -> ma.Schema:
    """An instance of the field set called ``name``; of one without fields for an empty name."""
    return find(name)() if name else ma.Schema()


def check(book: KindBook | None = None) -> None:
    """Raises ``InvalidKind`` if a table names a field set that does not exist, or a field of it.

    The admin site and the worker ask at start, so that no table fails on an officer.
    """
    for table in (book or kinds.book()).tables.values():
        missing = []
        for name in sorted(table.schemas()):
            try:
                find(name)
            except NotFound:
                missing.append(f"unknown field set {name!r}")
        missing += [] if missing else _unfilled(table) + _unasked(table)
        if missing:
            raise InvalidKind(file=table.file.name, problems="; ".join(missing))


def _unfilled(table: KindTable) -> list[str]:
    """Facts that a procedure of the parties fills and that its act does not ask for."""
    return [
        f"procedure {code}: {offer.act} has no field {name!r}"
        for code, offer in table.procedures.procedures.items()
        if offer.act
        for name in offer.facts.keys() - schema(table.action(offer.act).schema).fields.keys()
    ]


def _unasked(table: KindTable) -> list[str]:
    """Facts by which cases are counted or from which they begin, and which no opening asks for."""
    named = {"counted_by": table.counted_by, "begins": table.begins}
    known = schema(table.schema).fields
    return [
        f"{key}: {table.schema} has no field {fact!r}"
        for key, fact in named.items()
        if fact and fact not in known
    ]
