"""Packs of rules by which a reward for a report is reckoned, as frozen values.

Amounts are yuan. A pack holds in one region (``000000``: the whole country) and in its sectors;
the narrowest one that knows the kind of report is used. Everything that the texts leave open is a
choice of the pack with its own marker (``clauses``), so that an installation can change it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, cast

from registry.core.i18n import Text
from registry.core.rules.reader import Node
from registry.core.rules.values import Marker, Rule

Base = Literal["imposed", "collected"]
Fallback = Literal["floor", "nothing"]
Cite = Callable[[Node], Text]
MarkerOf = Callable[[Node], Marker]

CLAUSES = frozenset(
    {"share", "floor", "cap", "per_death", "base", "no_fine", "no_death"}
    | {"uplift_over_cap", "anonymous", "rounding"}
)
"""What a pack may cite apart from the whole."""


@dataclass(frozen=True, kw_only=True)
class Clause:
    """Where one choice of a pack comes from, and how certain that is."""

    code: str
    cite: Text
    marker: Marker

    def __str__(self) -> str:
        return f"{self.code}: {self.cite.zh} [{self.marker}]"


@dataclass(frozen=True, kw_only=True)
class RewardLevel:
    """A level of report: its share of the fine and its least amount."""

    code: str
    title: Text
    rate: Decimal
    floor_yuan: int

    def __str__(self) -> str:
        return f"{self.code} {self.title.zh}: {percent(self.rate)}, floor {self.floor_yuan:,}"


@dataclass(frozen=True, kw_only=True)
class PerDeath:
    """What each concealed death counts at one final level of the accident."""

    level: str
    yuan: int

    def __str__(self) -> str:
        return f"{self.level} {self.yuan:,}"


@dataclass(frozen=True, kw_only=True)
class RewardPack(Rule):
    """Rules of reward of one instrument."""

    region: str
    sectors: tuple[str, ...]
    """Sectors it is for; empty: all."""
    kinds: tuple[str, ...]
    """Kinds of report: T1 concealed accident, T2 major danger, T3 violation."""
    levels: tuple[RewardLevel, ...]
    cap_yuan: int
    """Per matter, not per informant."""
    per_death: tuple[PerDeath, ...]
    base: Base
    """Which fine counts: as imposed, or as collected so far."""
    no_fine: Fallback
    """What a verified report without a fine earns."""
    no_death: Fallback
    """What a verified concealment without a death earns where no fine was imposed either."""
    uplift_over_cap: bool
    anonymous: bool
    """Whether who does not give his name can be rewarded."""
    clauses: tuple[Clause, ...]

    def level(self, code: str = "") -> RewardLevel:
        """The level called ``code``, the first for none. Raises ``KeyError``."""
        if not code:
            return self.levels[0]
        found = next((level for level in self.levels if level.code == code), None)
        if found is None:
            raise KeyError(code)
        return found

    def death_yuan(self, accident_level: str) -> int:
        """Raises ``KeyError`` for a level that the pack does not know."""
        found = {one.level: one.yuan for one in self.per_death}
        return found[accident_level]

    def clause(self, code: str) -> Clause:
        """Where the choice ``code`` comes from; the whole pack's source where not said apart."""
        found = next((one for one in self.clauses if one.code == code), None)
        return found or Clause(code=code, cite=self.cite, marker=self.marker)


@dataclass(frozen=True, kw_only=True)
class RewardUplift(Rule):
    """By how much a province raises the reward of some informants."""

    region: str
    who: str
    """``employee`` of the unit reported, or ``informant``: a named safety informant (信息员)."""
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class RewardSpecial(Rule):
    """An award beside the reward by formula: a sum within a limit, for what a report prevented."""

    region: str
    who: tuple[str, ...]
    """Whom it is for: ``employee``, ``informant``; empty: every reporter."""
    most_yuan: int
    """The highest sum; nought where the place has set none, and none can be given."""


@dataclass(frozen=True, kw_only=True)
class RewardApproval(Rule):
    """Whose consent an award needs before it is approved, and from which sum on."""

    region: str
    from_yuan: int
    """The least sum that needs it, itself included."""


def percent(rate: Decimal) -> str:
    """``0.15`` as ``15%``."""
    return f"{(rate * 100).normalize():f}%"


def narrowest(
    packs: Iterable[RewardPack], kind: str, sector: str, regions: Iterable[str]
) -> RewardPack | None:
    """The pack for a report: its own region before the country, its own sector before all."""
    places = {*regions, "000000"}
    fitting = [
        pack
        for pack in packs
        if kind in pack.kinds
        and pack.region in places
        and (not pack.sectors or sector in pack.sectors)
    ]
    return max(fitting, key=_narrowness, default=None)


def special_for(
    specials: Iterable[RewardSpecial], informant: str, regions: Iterable[str]
) -> RewardSpecial | None:
    """The special award of the narrowest region that such a reporter can be given."""
    places = {*regions, "000000"}
    fitting = [
        one
        for one in specials
        if one.region in places and one.most_yuan and (not one.who or informant in one.who)
    ]
    return max(fitting, key=lambda one: len(one.region.rstrip("0")), default=None)


def approval_for(
    approvals: Iterable[RewardApproval], amount: Decimal, regions: Iterable[str]
) -> RewardApproval | None:
    """The rule of the narrowest region, where ``amount`` yuan needs a consent by it."""
    places = {*regions, "000000"}
    fitting = [one for one in approvals if one.region in places]
    found = max(fitting, key=lambda one: len(one.region.rstrip("0")), default=None)
    return found if found is not None and amount >= found.from_yuan else None


def uplift_for(
    uplifts: Iterable[RewardUplift], who: str, regions: Iterable[str]
) -> RewardUplift | None:
    """The uplift of the narrowest region for such an informant, None where there is none."""
    places = {*regions, "000000"}
    fitting = [one for one in uplifts if one.who == who and one.region in places]
    return max(fitting, key=lambda one: len(one.region.rstrip("0")), default=None)


def _narrowness(pack: RewardPack) -> tuple[int, bool, str]:
    return len(pack.region.rstrip("0")), bool(pack.sectors), pack.since.isoformat()


def read_pack(head: Any, node: Node, cite: Cite, marker: MarkerOf) -> RewardPack:
    """A pack from its YAML. ``head``: what every rule says, read before."""
    levels = tuple(_level(code, below) for code, below in node.at("levels").items())
    if not levels:
        raise node.at("levels").fail("至少需要一个举报等级", "at least one level is needed")
    deaths, clauses = node.at("per_death"), node.at("clauses")
    return RewardPack(
        **head,
        region=node.at("region").string("000000"),
        sectors=node.at("sectors").strings(),
        kinds=node.at("kinds").strings(),
        levels=levels,
        cap_yuan=node.at("cap_yuan").number(),
        per_death=tuple(
            PerDeath(level=code, yuan=below.number())
            for code, below in (() if deaths.missing else deaths.items())
        ),
        base=cast("Base", node.at("base").choice(frozenset({"imposed", "collected"}))),
        no_fine=_fallback(node.at("no_fine")),
        no_death=_fallback(node.at("no_death")),
        uplift_over_cap=node.at("uplift_over_cap").flag(),
        anonymous=node.at("anonymous").flag(),
        clauses=tuple(
            _clause(code, below, cite, marker)
            for code, below in (() if clauses.missing else clauses.items())
        ),
    )


def read_uplift(head: Any, node: Node) -> RewardUplift:
    """An uplift from its YAML."""
    return RewardUplift(
        **head,
        region=node.at("region").string("000000"),
        who=node.at("who").choice(frozenset({"employee", "informant"})),
        rate=_rate(node.at("rate")),
    )


def read_special(head: Any, node: Node) -> RewardSpecial:
    """A special award from its YAML."""
    who = node.at("who").strings()
    if not set(who) <= {"employee", "informant"}:
        raise node.at("who").fail("应为 employee 或 informant", "employee or informant is expected")
    return RewardSpecial(
        **head,
        region=node.at("region").string("000000"),
        who=who,
        most_yuan=node.at("most_yuan").number(),
    )


def read_approval(head: Any, node: Node) -> RewardApproval:
    """Whose consent is needed, from its YAML."""
    return RewardApproval(
        **head,
        region=node.at("region").string("000000"),
        from_yuan=node.at("from_yuan").number(),
    )


def _level(code: str, node: Node) -> RewardLevel:
    node.keys(frozenset({"title", "rate", "floor_yuan"}))
    return RewardLevel(
        code=code,
        title=node.at("title").text(),
        rate=_rate(node.at("rate")),
        floor_yuan=node.at("floor_yuan").number(),
    )


def _clause(code: str, node: Node, cite: Cite, marker: MarkerOf) -> Clause:
    if code not in CLAUSES:
        raise node.fail(f"没有 {code} 这一项", f"there is no choice called {code}")
    node.keys(frozenset({"cite", "marker"}))
    return Clause(code=code, cite=cite(node.at("cite")), marker=marker(node.at("marker")))


def _fallback(node: Node) -> Fallback:
    return cast("Fallback", node.choice(frozenset({"floor", "nothing"})))


def _rate(node: Node) -> Decimal:
    text = node.string()
    digits = text.removesuffix("%")
    if digits == text or not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", digits, re.ASCII):
        raise node.fail("应为百分比，例如 15%", "a percentage such as 15% is expected")
    return Decimal(digits) / 100
