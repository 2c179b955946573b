"""Choosing a region and a unit without a script: what was typed, and what it may mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from public_site import context
from registry.core.codes import regions
from registry.core.codes.regions import Region
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.core.web.locale import language
from registry.core.web.moment import now
from registry.public.inbox.content import TipSubject
from registry.public.search.service import SearchRequest, search

MOST = 12
_CODE = re.compile(r"\d{6}", re.ASCII)


@dataclass(frozen=True)
class Unit:
    """A unit that is published here."""

    name: str
    code: str
    region: str


def matching_regions(text: str) -> Sequence[Region]:
    """Current regions that ``text`` may mean, the demo's only in a demo."""
    found = regions.search_regions(text, limit=200)
    return [one for one in found if _offered(one)][:MOST]


def _offered(one: Region) -> bool:
    return context.settings().demo or not one.demo


@cache
def _by_name() -> Mapping[str, Sequence[Region]]:
    """Current regions by their whole name, in both languages: the table, nothing that was typed."""
    found: dict[str, list[Region]] = {}
    for one in regions.all_regions():
        for name in {one.zh, one.en}:
            found.setdefault(name, []).append(one)
    return found


def resolve_region(text: str, chosen: str) -> str:
    """The code of the region meant. Raises ``InvalidInput`` where several fit, or none.

    ``chosen`` is the code picked from the list, if it still fits what is typed.
    """
    named = [one for one in _by_name().get(text, ()) if _offered(one)]
    if len(named) == 1:
        return named[0].code
    found = matching_regions(text)
    if chosen and any(one.code == chosen for one in found):
        return chosen
    if _CODE.fullmatch(text) and found and found[0].code == text:
        return text
    if len(found) == 1:
        return found[0].code
    if not found:
        raise InvalidInput({"region": [N_("No region of this name is known. Try another name.")]})
    raise InvalidInput({"region": [N_("Several regions fit. Choose one from the list.")]})


def region_choices(text: str) -> list[tuple[str, str]]:
    """``(code, full name)`` of what ``text`` may mean; none where there is nothing to choose."""
    found = matching_regions(text) if text else ()
    if len(found) < 2:
        return []
    return [(one.code, regions.full_name(one.code, language())) for one in found]


def units(text: str) -> list[Unit]:
    """Units that are published here and fit ``text``: the index answers ids, the gazette names."""
    if not text:
        return []
    answer = search(context.gazette(), context.index(), SearchRequest(q=text, size=40), now())
    found: dict[str, Unit] = {}
    for record in answer.records:
        subject = record.payload.get("subject")
        if isinstance(subject, dict) and subject.get("kind") != "person" and subject.get("code"):
            unit = Unit(subject["name"], subject["code"], str(subject.get("region", "")))
            found.setdefault(unit.code, unit)
    return list(found.values())[:MOST]


def resolve_subject(text: str, chosen: str) -> TipSubject:
    """The subject as typed, with the code of the unit picked from the list if it still fits."""
    if chosen:
        for unit in units(text):
            if unit.code == chosen:
                return {"name": unit.name, "code": unit.code}
    return {"name": text}
