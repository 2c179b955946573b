"""Regions of GB/T 2260 at province, prefecture and county level, in Chinese and English.

``regions.csv`` holds the ministry's list and the codes abolished since 2003 (a code once written
into a credit code or an identity number stays there), ``demo_regions.yaml`` the fictional
province 99. Source and licence: ``regions-SOURCE.txt``.
"""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

_FOLDER = Path(__file__).parent
DEMO_PREFIX = "99"

Level = Literal["province", "prefecture", "county"]


@dataclass(frozen=True, slots=True)
class Region:
    """One region. ``last_listed`` is empty while the code is in force, else a year.

    ``last_listed`` is the year of the last national list known here that had the code.
    """

    code: str
    zh: str
    en: str
    last_listed: str = ""
    demo: bool = False

    @property
    def level(self) -> Level:
        return level_of(self.code)

    @property
    def parent(self) -> str | None:
        """The code of the next region above that exists, None for a province."""
        path = region_path(self.code)
        return path[-2] if len(path) > 1 else None

    @property
    def current(self) -> bool:
        return not self.last_listed

    def name(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


def level_of(code: str) -> Level:
    """The level that the shape of ``code`` tells."""
    if code.endswith("0000"):
        return "province"
    return "prefecture" if code.endswith("00") else "county"


@cache
def _regions() -> dict[str, Region]:
    found: dict[str, Region] = {}
    with (_FOLDER / "regions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["code"]] = Region(row["code"], row["zh"], row["en"], row["last_listed"])
    demo = yaml.safe_load((_FOLDER / "demo_regions.yaml").read_text(encoding="utf-8"))
    for code, names in demo["regions"].items():
        found[code] = Region(code, names["zh"], names["en"], demo=True)
    return found


@cache
def _children() -> dict[str | None, tuple[Region, ...]]:
    below: dict[str | None, list[Region]] = {}
    for item in _regions().values():
        if item.current:
            below.setdefault(item.parent, []).append(item)
    return {code: tuple(items) for code, items in below.items()}


def all_regions(*, current: bool = True) -> tuple[Region, ...]:
    """All regions in order of code; with ``current=False`` the abolished ones too."""
    return tuple(r for r in _regions().values() if r.current or not current)


def region(code: str) -> Region | None:
    """The region of ``code`` (six digits), abolished ones included, or None."""
    return _regions().get(code)


def region_path(code: str) -> tuple[str, ...]:
    """The codes of the regions above and of ``code`` itself, from the province down.

    Levels that do not exist are left out (``("429004",)`` lies directly in Hubei). A code that
    no list has still yields its own code and whatever stands above it, so that a filter by
    province finds it; text that is not six digits yields nothing.
    """
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return ()
    known = _regions()
    above = (f"{code[:2]}0000", f"{code[:4]}00")
    return (*(c for c in above if c != code and c in known), code)


def children(code: str | None = None) -> tuple[Region, ...]:
    """The current regions directly below ``code``; the provinces for None."""
    return _children().get(code, ())


def full_name(code: str, language: str = "zh") -> str:
    """Names along the path: ``山西省太原市小店区``, or ``Xiaodian District, Taiyuan City, …``."""
    names = [item.name(language) for c in region_path(code) if (item := region(c))]
    # The municipalities have a prefecture of their own name.
    names = [n for i, n in enumerate(names) if i == 0 or n != names[i - 1]]
    return "".join(names) if language == "zh" else ", ".join(reversed(names))


def search_regions(text: str, *, limit: int = 20) -> tuple[Region, ...]:
    """Current regions whose code, Chinese or English name begins with or contains ``text``.

    Exact and leading hits first, higher levels before lower ones. Case and width do not matter.
    """
    wanted = unicodedata.normalize("NFKC", text).strip().casefold()
    if not wanted:
        return ()
    ranked: list[tuple[int, int, str, Region]] = []
    for item in all_regions():
        rank = min(_rank(wanted, key) for key in (item.code, item.zh, item.en.casefold()))
        if rank < 9:
            ranked.append((rank, _LEVELS.index(item.level), item.code, item))
    return tuple(entry[3] for entry in sorted(ranked, key=lambda entry: entry[:3])[:limit])


_LEVELS: tuple[Level, ...] = ("province", "prefecture", "county")


def _rank(wanted: str, key: str) -> int:
    if key == wanted:
        return 0
    if key.startswith(wanted):
        return 1
    return 2 if wanted in key else 9
