"""Finding regions in names: 山西省, 山西, 太原市, 太原 and, below a named region, 小店.

A county's bare name is often a brand elsewhere (和平, 新华), so it counts only behind a region of
its own province; provinces, prefectures and county-level cities count wherever they lead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from registry.core.codes.regions import Region, all_regions
from registry.core.names.folding import fold

NATIONAL = frozenset({"中国", "全国", "国家", "中华"})
"""Words that stand where a region stands and claim the whole country."""
_KINDS = re.compile(r"(?:特别行政区|自治区|自治州|自治县|自治旗|地区|林区|新区|省|市|县|区|盟|旗)$")
_PEOPLES = re.compile(
    r"(?:各族|维吾尔族?|哈萨克族?|柯尔克孜族?|蒙古族?|塔吉克族?|锡伯族?|布依族|土家族|哈尼族|傈僳族|拉祜族|东乡族|"
    r"纳西族|景颇族|达斡尔族|仫佬族|布朗族|撒拉族|毛南族|仡佬族|普米族|鄂温克族|鄂伦春|保安族|裕固族|独龙族|朝鲜族|"
    r"[回藏苗彝壮满侗瑶白傣黎佤畲水羌土怒]族)+$"
)


class Place(NamedTuple):
    """A way to write a region. ``provinces`` are two-digit codes; several where names coincide."""

    stem: str
    provinces: frozenset[str]
    leads: bool
    """Whether it counts at the head of a name without a region before it."""
    exact: frozenset[tuple[str, str]] = frozenset()
    """Stem and code of the regions that are written so with their kind; none of a bare writing."""


@cache
def places() -> dict[str, Place]:
    """Writing to place, for all current regions and the demo's."""
    found: dict[str, Place] = {}
    for item in all_regions():
        name, stem = fold(item.zh), stem_of(item)
        leading = _bare_leads(item)
        writings = [(name, True), (stem, leading)]
        if "自治" in name and name[-1] in "州县旗":
            writings.append((stem + name[-1], True))
        if "州" in stem:
            # 漳洲 is the commonest slip in writing a place.
            writings += [(writing.replace("州", "洲"), leads) for writing, leads in writings]
        for writing, leads in writings:
            if len(writing) < 2:
                continue
            known = found.get(writing)
            provinces = {item.code[:2]} | (known.provinces if known else set())
            exact = {(stem, item.code)} if writing != stem else set()
            exact |= known.exact if known else set()
            leads_now = leads or bool(known and known.leads)
            found[writing] = Place(stem, frozenset(provinces), leads_now, frozenset(exact))
    for word in NATIONAL:
        found[word] = Place("中国", frozenset(), leads=True)
    return found


def stem_of(item: Region) -> str:
    """A region's name without its kind and peoples: 恩施 of 恩施土家族苗族自治州."""
    name = fold(item.zh)
    bare = _KINDS.sub("", name)
    shorter = _PEOPLES.sub("", bare) if "自治" in name else bare
    # 内蒙古 is no 内; 宁县, 矿区: one character is no name to find again.
    return next((form for form in (shorter, bare) if len(form) > 1), name)


def writings_of(stem: str) -> tuple[str, ...]:
    """All ways to write the regions with this stem, longest first."""
    return _writings().get(stem, ())


@cache
def _writings() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for writing, place in places().items():
        found.setdefault(place.stem, []).append(writing)
    return {
        stem: tuple(sorted(some, key=lambda writing: (-len(writing), writing)))
        for stem, some in found.items()
    }


def _bare_leads(item: Region) -> bool:
    return item.level != "county" or item.zh.endswith("市")


@cache
def _starts() -> dict[str, tuple[tuple[str, Place], ...]]:
    """First two characters to the regions whose writings begin so, longest writing first."""
    found: dict[str, list[tuple[str, Place]]] = {}
    for writing, place in sorted(places().items(), key=lambda one: -len(one[0])):
        found.setdefault(writing[:2], []).append((writing, place))
    return {start: tuple(some) for start, some in found.items()}


def place_at(text: str, start: int, provinces: frozenset[str]) -> tuple[str, Place] | None:
    """The longest writing of a region at ``start``; behind another only within ``provinces``."""
    for found in _starts().get(text[start : start + 2], ()):
        if text.startswith(found[0], start) and _fits(found[1], provinces):
            return found
    return None


def _fits(place: Place, provinces: frozenset[str]) -> bool:
    """Whether ``place`` may stand behind regions of ``provinces``: never in another province."""
    if not provinces:
        return place.leads
    return not place.provinces.isdisjoint(provinces) or (place.leads and not place.provinces)


class Regions(NamedTuple):
    """The regions that a name bears, in one; as ``Place`` has those of each."""

    stems: tuple[str, ...] = ()
    provinces: frozenset[str] = frozenset()
    exact: frozenset[tuple[str, str]] = frozenset()


def together(found: Sequence[Place]) -> Regions:
    """The places of one name, each stem once."""
    if not found:
        return Regions()
    if len(found) == 1:
        return Regions((found[0].stem,), found[0].provinces, found[0].exact)
    return Regions(
        tuple(dict.fromkeys([place.stem for place in found])),
        frozenset().union(*[place.provinces for place in found]),
        frozenset().union(*[place.exact for place in found]),
    )
