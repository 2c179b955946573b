"""What a verified report earns: every step with its clause, exact to the fen.

``min(cap, max(floor, rate × fine))``, raised by the uplift before or after the cap as the pack
says; for a concealed accident so much per concealed death, by the final level of the accident,
at most the cap. Amounts are ``Decimal`` yuan. Only the last step rounds: to the fen, half up.
The record of a reckoning (inputs, steps, result) is canonical JSON (RFC 8785) with its SHA-256,
so that whoever pays can see that what he pays is what was approved.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import rfc8785

from registry.core.errors import InvalidInput
from registry.core.i18n import N_, Text
from registry.core.rules.rewards import (
    Clause,
    RewardPack,
    RewardSpecial,
    RewardUplift,
    percent,
)
from registry.core.rules.values import Marker

FEN = Decimal("0.01")
CONCEALED = "T1"
MOST_YUAN = Decimal(1_000_000_000_000)

STEPS: Mapping[str, str] = {
    "anonymous": N_("The rule does not reward anonymous reports."),
    "base_imposed": N_("The fine that counts is the one imposed."),
    "base_collected": N_("The fine that counts is what was collected."),
    "share": N_("{rate} of the fine of {base} yuan."),
    "no_fine": N_("No fine was imposed; the least amount applies."),
    "no_fine_nothing": N_("No fine was imposed; the rule gives nothing then."),
    "per_death": N_("{deaths} concealed deaths at {each} yuan each, by the final accident level."),
    "no_death": N_("No death was concealed; the least amount applies."),
    "no_death_nothing": N_("No death was concealed and no fine imposed; the rule gives nothing."),
    "floor": N_("Raised to the least amount of {floor} yuan."),
    "uplift": N_("Raised by {rate} for this kind of informant."),
    "cap": N_("Limited to the highest amount of {cap} yuan."),
    "special": N_("A special award of {amount} yuan; the highest is {most}."),
    "rounding": N_("Rounded to the fen, half up."),
}
"""What each step says; the braces are filled from its ``params``."""


@dataclass(frozen=True, kw_only=True)
class RewardCase:
    """What the reckoning starts from. Sums in yuan; ``None``: no fine was imposed."""

    kind: str
    """T1 concealed accident, T2 major danger, T3 violation."""
    received_on: date
    """The day the report was received; by its rules the reward is reckoned."""
    level: str = ""
    """Level of the report under the pack; empty for the first."""
    fine_imposed: Decimal | None = None
    fine_collected: Decimal | None = None
    concealed_deaths: int = 0
    accident_level: str = ""
    """Final level of the accident, a code of rules/accident_levels."""
    anonymous: bool = False
    informant: str = ""
    """``employee``, ``informant`` or empty."""


@dataclass(frozen=True, kw_only=True)
class RewardStep:
    """One step: what was done, by which clause, and the amount after it."""

    code: str
    amount: Decimal
    cite: Text
    marker: Marker
    params: Mapping[str, str]

    @property
    def message(self) -> str:
        """The step in words (a catalogue key)."""
        return STEPS[self.code]


@dataclass(frozen=True, kw_only=True)
class Reckoning:
    """A reward with the way to it."""

    pack: str
    pack_since: date
    amount: Decimal
    steps: tuple[RewardStep, ...]
    record: bytes
    """Canonical JSON of inputs, steps and result."""

    @property
    def hash(self) -> str:
        """SHA-256 of the record, 64 hex digits."""
        return hashlib.sha256(self.record).hexdigest()


def check(pack: RewardPack, case: RewardCase) -> None:
    """Raises ``InvalidInput`` for what cannot be a case of the pack."""
    problems: dict[str, list[str]] = {}
    if case.kind not in pack.kinds:
        problems["kind"] = [N_("This is not one of the choices.")]
    if case.level and case.level not in {level.code for level in pack.levels}:
        problems["level"] = [N_("This is not one of the choices.")]
    for name, sum_ in (
        ("fine_imposed", case.fine_imposed),
        ("fine_collected", case.fine_collected),
    ):
        if sum_ is not None and not (sum_.is_finite() and 0 <= sum_ < MOST_YUAN):
            problems[name] = [N_("This is not an amount of money.")]
    if not 0 <= case.concealed_deaths <= 10_000:
        problems["concealed_deaths"] = [N_("This is not one of the choices.")]
    known = {one.level for one in pack.per_death}
    if case.kind == CONCEALED and case.concealed_deaths and case.accident_level not in known:
        problems["accident_level"] = [N_("Give the final level of the accident.")]
    if problems:
        raise InvalidInput(problems)


def reckon(pack: RewardPack, case: RewardCase, uplift: RewardUplift | None = None) -> Reckoning:
    """What ``case`` earns under ``pack``. Raises ``InvalidInput``."""
    check(pack, case)
    steps = _Steps(pack)
    if case.anonymous and not pack.anonymous:
        steps.add("anonymous", Decimal(0))
    else:
        _amount(steps, case, uplift)
    amount = steps.amount.quantize(FEN, ROUND_HALF_UP)
    if amount != steps.amount:
        steps.add("rounding", amount)
    done = tuple(steps.done)
    return Reckoning(
        pack=pack.code,
        pack_since=pack.since,
        amount=amount,
        steps=done,
        record=_record(pack, case, uplift, amount, done),
    )


def reckon_special(rule: RewardSpecial, case: RewardCase, amount: Decimal) -> Reckoning:
    """A special award of ``amount`` yuan under ``rule``, recorded like a reward by formula.

    Raises ``InvalidInput`` on ``special_yuan`` for a sum that is none, or beyond the rule's.
    """
    good = amount.is_finite() and amount == amount.quantize(FEN) and 0 < amount <= rule.most_yuan
    if not good:
        raise InvalidInput({"special_yuan": [N_("This is nothing, or more than the rule allows.")]})
    step = RewardStep(
        code="special",
        amount=amount.quantize(FEN),
        cite=rule.cite,
        marker=rule.marker,
        params={"amount": _money(amount), "most": str(rule.most_yuan)},
    )
    record: dict[str, Any] = {
        "v": 1,
        "special": rule.code,
        "special_since": rule.since.isoformat(),
        "inputs": {**_inputs(case), "special_yuan": _money(amount)},
        "steps": [_told(step)],
        "amount": _money(amount),
    }
    return Reckoning(
        pack=rule.code,
        pack_since=rule.since,
        amount=step.amount,
        steps=(step,),
        record=rfc8785.dumps(record),
    )


class _Steps:
    """The steps so far, and the amount after the last."""

    def __init__(self, pack: RewardPack) -> None:
        self.pack = pack
        self.done: list[RewardStep] = []
        self.amount = Decimal(0)

    def add(self, code: str, amount: Decimal, clause: Clause | None = None, **params: str) -> None:
        found = clause or self.pack.clause(code.removesuffix("_nothing"))
        self.amount = amount
        self.done.append(
            RewardStep(
                code=code, amount=amount, cite=found.cite, marker=found.marker, params=params
            )
        )


def _amount(steps: _Steps, case: RewardCase, uplift: RewardUplift | None) -> None:
    pack = steps.pack
    if case.kind == CONCEALED and case.concealed_deaths:
        each = pack.death_yuan(case.accident_level)
        steps.add(
            "per_death",
            Decimal(case.concealed_deaths * each),
            deaths=str(case.concealed_deaths),
            each=str(each),
        )
    else:
        _share(steps, case)
    if pack.uplift_over_cap:
        _cap(steps)
        _raise(steps, uplift)
    else:
        _raise(steps, uplift)
        _cap(steps)


def _share(steps: _Steps, case: RewardCase) -> None:
    pack, level = steps.pack, steps.pack.level(case.level)
    fine = case.fine_imposed if pack.base == "imposed" else case.fine_collected
    floor = Decimal(level.floor_yuan)
    if not fine:
        _without_fine(steps, case, floor)
        return
    base = pack.clause("base")
    steps.add(f"base_{pack.base}", fine, base)
    steps.add("share", fine * level.rate, rate=percent(level.rate), base=_money(fine))
    if steps.amount < floor:
        steps.add("floor", floor, floor=str(level.floor_yuan))


def _without_fine(steps: _Steps, case: RewardCase, floor: Decimal) -> None:
    code = "no_death" if case.kind == CONCEALED else "no_fine"
    rule = steps.pack.no_death if case.kind == CONCEALED else steps.pack.no_fine
    if rule == "floor":
        steps.add(code, floor)
    else:
        steps.add(f"{code}_nothing", Decimal(0))


def _raise(steps: _Steps, uplift: RewardUplift | None) -> None:
    if uplift is None or not uplift.rate or not steps.amount:
        return
    clause = Clause(code="uplift", cite=uplift.cite, marker=uplift.marker)
    steps.add("uplift", steps.amount * (1 + uplift.rate), clause, rate=percent(uplift.rate))


def _cap(steps: _Steps) -> None:
    cap = Decimal(steps.pack.cap_yuan)
    if steps.amount > cap:
        steps.add("cap", cap, cap=str(steps.pack.cap_yuan))


def shares(amount: Decimal, weights: Sequence[int]) -> tuple[Decimal, ...]:
    """``amount`` among joint reporters by weight, in fen; the sum is ``amount`` exactly.

    What rounding down leaves over goes fen by fen to those from whom most was cut, the earlier
    first (largest remainder). Raises ``ValueError`` for weights that are none.
    """
    if not weights or any(weight <= 0 for weight in weights):
        raise ValueError("every share has a weight above nought")
    total, fen = sum(weights), int(amount.quantize(FEN, ROUND_HALF_UP) * 100)
    down = [fen * weight // total for weight in weights]
    cut = sorted(range(len(weights)), key=lambda n: (-(fen * weights[n] % total), n))
    for place in cut[: fen - sum(down)]:
        down[place] += 1
    return tuple(Decimal(one) / 100 for one in down)


def _money(amount: Decimal) -> str:
    return f"{amount.quantize(FEN, ROUND_HALF_UP):f}"


def _record(
    pack: RewardPack,
    case: RewardCase,
    uplift: RewardUplift | None,
    amount: Decimal,
    steps: Sequence[RewardStep],
) -> bytes:
    content: dict[str, Any] = {
        "v": 1,
        "pack": pack.code,
        "pack_since": pack.since.isoformat(),
        "uplift": uplift.code if uplift else None,
        "inputs": {**_inputs(case), "level": pack.level(case.level).code},
        "steps": [_told(step) for step in steps],
        "amount": _money(amount),
    }
    return rfc8785.dumps(content)


def _inputs(case: RewardCase) -> dict[str, Any]:
    return {
        "kind": case.kind,
        "received_on": case.received_on.isoformat(),
        "level": case.level,
        "fine_imposed": None if case.fine_imposed is None else _money(case.fine_imposed),
        "fine_collected": None if case.fine_collected is None else _money(case.fine_collected),
        "concealed_deaths": case.concealed_deaths,
        "accident_level": case.accident_level,
        "anonymous": case.anonymous,
        "informant": case.informant,
    }


def _told(step: RewardStep) -> dict[str, Any]:
    return {
        "step": step.code,
        "amount": f"{step.amount:f}",
        "clause": step.cite.zh,
        "marker": step.marker,
        "params": dict(step.params),
    }
