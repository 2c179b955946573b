"""Definitions of indicators, read once from ``indicators.yaml``. Both sides of the registry use
them: the closed one counts (``Indicator.count`` says what), the open one shows.

An edition is the set of definitions that held together; an indicator belongs to all editions from
``since`` to ``until``. A stored snapshot names its edition and can so be computed again for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from registry.core.i18n import N_, Text
from registry.public.indicators.periods import LENGTHS, Length

FILE = Path(__file__).parent / "indicators.yaml"
Unit = Literal["cases", "deadlines", "persons", "yuan", "days", "minutes", "share"]
UNITS: tuple[Unit, ...] = get_args(Unit)
UNIT_TITLES: Mapping[Unit, str] = {
    "cases": N_("cases"),
    "deadlines": N_("deadlines"),
    "persons": N_("persons"),
    "yuan": N_("yuan"),
    "days": N_("days"),
    "minutes": N_("minutes"),
    "share": N_("per cent"),
}
WAYS = frozenset({"acts", "stock", "clocks", "lapses", "answers", "ratio"})
_KEYS = frozenset(
    {"group", "title", "what", "unit", "at_end", "chart", "public", "why_not", "small", "publish"}
    | {"rows", "since", "until", "count"}
)


class InvalidIndicators(ValueError):  # noqa: N818 - reads as a sentence
    """The file of indicators does not say what an indicator needs."""


@dataclass(frozen=True)
class Ratio:
    """Sum of the indicators ``of`` divided by the sum of ``by``."""

    of: tuple[str, ...]
    by: tuple[str, ...]


@dataclass(frozen=True)
class Indicator:
    """One indicator. Amounts are whole numbers: yuan in fen, shares and averages are ``ratio``."""

    code: str
    group: str
    title: Text
    what: Text
    """What is counted, and what is left out."""
    unit: Unit
    way: str
    """One of ``WAYS``."""
    count: Mapping[str, Any]
    at_end: bool = False
    """Stands for the end of the period's last day; such figures are never added up over time."""
    chart: bool = False
    public: bool = True
    why_not: Text | None = None
    hide_small: bool = False
    lengths: tuple[Length, ...] = LENGTHS
    """Periods for which it is published."""
    rows: bool = True
    """Whether officers see the cases behind it."""
    since: int = 1
    until: int | None = None

    @property
    def ratio(self) -> Ratio | None:
        if self.way != "ratio":
            return None
        return Ratio(tuple(self.count["of"]), tuple(self.count["by"]))


@dataclass(frozen=True)
class Indicators:
    """All indicators of one edition, in the order in which they are shown."""

    edition: int
    groups: Mapping[str, Text]
    all: Mapping[str, Indicator]
    below: int
    """Cells smaller than this are hidden where an indicator asks for it."""
    closing_days: int
    """Days after its end at which a period is counted."""

    def additive(self) -> list[Indicator]:
        """Those that are counted; the others follow from them."""
        return [one for one in self.all.values() if one.way != "ratio"]

    def published(self, length: Length) -> list[Indicator]:
        """Those that the public sees for periods of ``length``."""
        return [one for one in self.all.values() if one.public and length in one.lengths]

    def by_group(self) -> list[tuple[Text, list[Indicator]]]:
        """The groups with their indicators."""
        return [
            (title, [one for one in self.all.values() if one.group == code])
            for code, title in self.groups.items()
        ]


@cache
def load(edition: int | None = None) -> Indicators:
    """The definitions of ``edition``, by default of the present one.

    Raises ``KeyError`` for an edition that there never was, ``InvalidIndicators`` for a bad file.
    """
    return read(yaml.safe_load(FILE.read_text(encoding="utf-8")), edition)


def read(content: Mapping[str, Any], edition: int | None = None) -> Indicators:
    """As ``load``, from the content of a file."""
    present = int(content["edition"])
    wanted = present if edition is None else edition
    if not 1 <= wanted <= present:
        raise KeyError(edition)
    groups = {code: Text(**names) for code, names in content["groups"].items()}
    found: dict[str, Indicator] = {}
    for code, versions in content["indicators"].items():
        for row in versions if isinstance(versions, list) else [versions]:
            one = _indicator(code, row, groups)
            if one.since <= wanted and (one.until is None or wanted <= one.until):
                if code in found:
                    raise InvalidIndicators(f"{code}: two definitions in edition {wanted}")
                found[code] = one
    _check(found)
    return Indicators(
        wanted,
        groups,
        found,
        int(content["suppression"]["below"]),
        int(content["closing"]["days"]),
    )


def _indicator(code: str, row: Mapping[str, Any], groups: Mapping[str, Text]) -> Indicator:
    unknown = row.keys() - _KEYS
    count = row.get("count", {})
    if unknown or len(count) != 1 or not count.keys() <= WAYS:
        raise InvalidIndicators(f"{code}: {sorted(unknown) or 'count'}")
    if row["unit"] not in UNITS or row["group"] not in groups:
        raise InvalidIndicators(f"{code}: unit or group")
    if row.get("publish", LENGTHS[0]) not in LENGTHS or row.get("small", "hide") != "hide":
        raise InvalidIndicators(f"{code}: publish or small")
    public = row.get("public", True)
    if not public and "why_not" not in row:
        raise InvalidIndicators(f"{code}: why_not")
    ((way, spec),) = count.items()
    return Indicator(
        code=code,
        group=row["group"],
        title=Text(**row["title"]),
        what=Text(**row["what"]),
        unit=row["unit"],
        way=way,
        count=spec,
        at_end=row.get("at_end", False),
        chart=row.get("chart", False),
        public=public,
        why_not=Text(**row["why_not"]) if "why_not" in row else None,
        hide_small="small" in row,
        lengths=(row["publish"],) if "publish" in row else LENGTHS,
        rows=row.get("rows", True),
        since=row.get("since", 1),
        until=row.get("until"),
    )


def _check(found: Mapping[str, Indicator]) -> None:
    for one in found.values():
        for part in (*one.ratio.of, *one.ratio.by) if one.ratio else ():
            if part not in found or found[part].ratio:
                raise InvalidIndicators(f"{one.code}: {part} cannot be divided")
        # With one length only, no sum over time can give a hidden cell away.
        if one.hide_small and (len(one.lengths) != 1 or one.ratio):
            raise InvalidIndicators(f"{one.code}: small cells need one length of period")


def quotient(ratio: Ratio, amounts: Mapping[str, int | None]) -> tuple[int, int] | None:
    """Numerator and denominator; None where a part is hidden or there is nothing to divide by."""
    of = [amounts.get(code) for code in ratio.of]
    by = [amounts.get(code) for code in ratio.by]
    if None in of or None in by:
        return None
    total = sum(part for part in by if part)
    return (sum(part for part in of if part), total) if total else None
