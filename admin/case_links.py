"""Relating a case to others by their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import marshmallow as ma

from admin.context import acting, working
from registry.core.errors import InvalidInput
from registry.core.i18n import N_, translate
from registry.core.web.locale import language
from registry.office import dockets
from registry.office.dockets import kinds, queries
from registry.office.dockets.kinds import KindTable
from registry.office.dockets.models import Docket
from schemas.dockets import line

PREFIX = "link_"
RELATIONS = {
    "rests-on": N_("Rests on the case"),
    "follows": N_("Follows the case"),
    "about": N_("Concerns the hidden danger"),
    "found-by": N_("Found by the inspection"),
    "for-hazard": N_("Because of the hidden danger"),
    "for-penalty": N_("Beside the penalty"),
    "after-accident": N_("After the accident"),
    "concerns": N_("Concerns the penalty"),
    "for-listing": N_("Beside the listing"),
    "about-penalty": N_("Tells of the penalty"),
    "about-referral": N_("Tells of the referral"),
    "about-listing": N_("Tells of the listing"),
}
"""Names of relations; one that a new kind brings shows its code until it is named here."""


def title(relation: str, outward: bool) -> str:
    """What a related case is to this one; ``outward``: the relation leads from here to there."""
    if relation == "rests-on":
        return N_("Rests on") if outward else N_("Basis of")
    return RELATIONS.get(relation, N_("Related")) if outward else N_("Related")


def fields_for(
    relations: Iterable[str], numbers: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> dict[str, ma.fields.Field[Any]]:
    """A field for a case number per relation; its hint names the cases that it could be."""
    return {
        PREFIX + name: line(
            RELATIONS.get(name, name), hint=_hint(numbers.get(name, ())), required=False
        )
        for name in relations
    }


def _hint(numbers: Sequence[str]) -> str:
    if not numbers:
        return N_("Its case number, if there is one.")
    told = N_("Its case number, if there is one. Of the same subject: {numbers}")
    return translate(language(), told, numbers="\u3000".join(numbers))


def candidates(table: KindTable, subject_id: int) -> dict[str, list[str]]:
    """By relation the newest cases of the same subject to which a new one could stand in it."""
    officer = acting().officer
    return {
        name: [one.number for one in queries.about(working(), officer, subject_id, other.kind)[:5]]
        for name, other in table.relations.items()
    }


def open_relations(docket: Docket) -> list[str]:
    """Relations that may still be added: later than the draft only one that the case rests on."""
    table = kinds.get(docket.kind)
    drafting = docket.state == table.initial
    return [name for name, one in table.relations.items() if drafting or one.stands]


def links(data: dict[str, Any]) -> Iterator[dockets.Link]:
    """Takes the numbers of related cases out of ``data``. Raises ``InvalidInput``."""
    for name in [name for name in data if name.startswith(PREFIX)]:
        number = data.pop(name)
        if not number:
            continue
        found = queries.by_number(working(), acting().officer, number)
        if found is None or found.id is None:
            raise InvalidInput({name: [N_("There is no such case to link to.")]})
        yield dockets.Link(name.removeprefix(PREFIX), found.id)


def link(docket: Docket, data: dict[str, Any]) -> Docket:
    """Relate the case to those whose numbers were given. Raises ``InvalidInput`` for none."""
    wanted = list(links(data))
    if not wanted:
        raise InvalidInput({PREFIX + open_relations(docket)[0]: [N_("This must be filled in.")]})
    version = data["version"]
    for one in wanted:
        try:
            dockets.link(working(), docket, acting(), to=one, version=version)
        except InvalidInput as error:
            told = error.fields.get("link") or error.fields.get(f"link.{one.relation}")
            raise InvalidInput({PREFIX + one.relation: told or []}) from error
        version = docket.version
    return docket
