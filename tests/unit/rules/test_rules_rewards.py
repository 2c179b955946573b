"""Properties of the reward formula: bounds, order, exact shares, and a record that cannot move."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.core.errors import InvalidInput
from registry.core.i18n import catalogue
from registry.core.rules import InvalidRuleFile, RewardPack, load
from registry.core.rules.reward_formula import FEN, STEPS, RewardCase, reckon, shares

DAY = date(2026, 9, 1)
RULES = load().on(DAY)
PACKS = [cast(RewardPack, pack) for pack in RULES.table("reward_packs").values()]
LEVELS = ["general", "larger", "major", "especially-major"]

packs = st.sampled_from(PACKS)
fines = st.decimals(0, 100_000_000, places=2, allow_nan=False)
uplifts = st.sampled_from([RULES.reward_uplift("employee", ["990000"]), None])


def case(fine: Decimal | None, **more: object) -> RewardCase:
    given = {"kind": "T2", "received_on": DAY, "fine_imposed": fine, "fine_collected": fine, **more}
    return RewardCase(**given)  # type: ignore[arg-type]


@settings(deadline=None)
@given(packs, fines)
def test_between_floor_and_cap(pack: RewardPack, fine: Decimal) -> None:
    for level in pack.levels:
        amount = reckon(pack, case(fine, level=level.code)).amount
        if fine:
            assert level.floor_yuan <= amount <= pack.cap_yuan
        assert amount == amount.quantize(FEN)


@settings(deadline=None)
@given(packs, fines, fines, uplifts)
def test_a_higher_fine_never_earns_less(
    pack: RewardPack, one: Decimal, other: Decimal, uplift: object
) -> None:
    low, high = sorted((one, other))
    earned = [reckon(pack, case(fine), uplift).amount for fine in (low, high)]  # type: ignore[arg-type]
    assert earned == sorted(earned)


@settings(deadline=None)
@given(packs, fines)
def test_an_uplift_never_lowers_and_exceeds_the_cap_only_where_it_may(
    pack: RewardPack, fine: Decimal
) -> None:
    uplift = RULES.reward_uplift("employee", ["990000"])
    assert uplift is not None
    plain, raised = reckon(pack, case(fine)).amount, reckon(pack, case(fine), uplift).amount
    assert plain <= raised <= (plain * (1 + uplift.rate)).quantize(FEN) + FEN
    assert pack.uplift_over_cap or raised <= pack.cap_yuan


@settings(deadline=None)
@given(st.integers(1, 60), st.sampled_from(LEVELS))
def test_each_death_and_each_level_counts_up_to_the_cap(deaths: int, level: str) -> None:
    pack = RULES.reward_pack("T1", "coal", ())
    earned = [
        reckon(pack, case(None, kind="T1", concealed_deaths=n, accident_level=level)).amount
        for n in (deaths, deaths + 1)
    ]
    assert earned == sorted(earned)
    assert earned[0] == min(deaths * pack.death_yuan(level), pack.cap_yuan)


@settings(deadline=None)
@given(fines, st.lists(st.integers(1, 1000), min_size=1, max_size=20))
def test_shares_sum_exactly_and_are_fair(amount: Decimal, weights: list[int]) -> None:
    found = shares(amount, weights)
    assert sum(found) == amount
    for share, weight in zip(found, weights, strict=True):
        assert abs(share - amount * weight / sum(weights)) < FEN
    equal = shares(amount, [1] * len(weights))
    assert max(equal) - min(equal) <= FEN


@pytest.mark.parametrize("weights", [[], [0], [1, -1]])
def test_shares_without_weight_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weight"):
        shares(Decimal(1), weights)


@settings(deadline=None)
@given(packs, fines)
def test_the_record_is_canonical_and_holds_the_last_step(pack: RewardPack, fine: Decimal) -> None:
    done = reckon(pack, case(fine))
    record = json.loads(done.record)
    assert record["amount"] == f"{done.amount:f}"
    assert Decimal(record["steps"][-1]["amount"]) == done.amount
    assert all(step["clause"] for step in record["steps"])
    assert reckon(pack, case(fine)).hash == done.hash
    assert reckon(pack, case(fine + FEN)).hash != done.hash


def test_every_step_has_words_in_both_languages() -> None:
    for code, words in STEPS.items():
        assert words in catalogue("zh"), code


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("kind", case(None, kind="T9")),
        ("level", case(None, level="9")),
        ("fine_imposed", case(Decimal("NaN"))),
        ("fine_imposed", case(Decimal("-1"))),
        ("fine_collected", replace(case(None), fine_collected=Decimal("Infinity"))),
        ("concealed_deaths", case(None, kind="T1", concealed_deaths=-1)),
        ("accident_level", case(None, kind="T1", concealed_deaths=1)),
        ("accident_level", case(None, kind="T1", concealed_deaths=1, accident_level="huge")),
    ],
)
def test_what_is_no_case_is_named(field: str, wrong: RewardCase) -> None:
    with pytest.raises(InvalidInput) as caught:
        reckon(RULES.reward_pack("T2", "coal", ()), wrong)
    assert field in caught.value.fields


PACK = """
reward_packs:
  own: {since: 2026-01-01, title: {zh: 甲, en: A}, cite: registry, source: none, marker: D,
    region: "140000", kinds: [T2],
    levels: {"1": {title: {zh: 级, en: L}, rate: 10%, floor_yuan: 1}},
    cap_yuan: 9, base: imposed, no_fine: floor, no_death: floor}
"""


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("10%", "'0.10'", "levels/1/rate"),
        ("10%", "1e3%", "levels/1/rate"),
        ("base: imposed", "base: guessed", "base"),
        ("no_fine: floor", "no_fine: half", "no_fine"),
        ("cap_yuan: 9", "cap_yuan: -1", "cap_yuan"),
        ("no_death: floor", "no_death: floor, sectors: [moon]", "sectors"),
        ("no_death: floor", "no_death: floor, per_death: {tiny: 1}", "per_death"),
        (
            "no_death: floor",
            "no_death: floor, clauses: {x: {cite: registry, marker: D}}",
            "clauses",
        ),
    ],
)
def test_a_pack_that_is_wrong_is_named(tmp_path: Path, old: str, new: str, place: str) -> None:
    (tmp_path / "own.yaml").write_text(PACK.replace(old, new), "utf-8")
    with pytest.raises(InvalidRuleFile) as caught:
        load(tmp_path)
    assert place in str(caught.value)


def test_an_installations_own_pack_holds_in_its_region(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(PACK, "utf-8")
    rules = load(tmp_path).on(DAY)
    assert rules.reward_pack("T2", "other", ["140000"]).code == "own"
    assert rules.reward_pack("T3", "other", ["140000"]).code == "national-2018"
    assert rules.reward_pack("T2", "other", ["150000"]).code == "national-2018"
