"""The cases of ``tests/rules/*.yaml``: written to be read by a lawyer, run here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from registry.core.codes import regions
from registry.core.errors import InvalidInput
from registry.core.rules import Rulebook, Rules, load
from registry.core.rules.reward_formula import RewardCase, reckon, reckon_special, shares

FOLDER = Path(__file__).parents[2] / "rules"
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['case']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text("utf-8"))
]
KEYS = {"case", "law", "rules_of", "list", "events", "accident", "penalty", "reward", "expect"}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load()


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any], book: Rulebook) -> None:
    assert set(case) <= KEYS, "a case has a key that nobody checks"
    rules = book.on(case["rules_of"])
    expected = case["expect"]
    found = {}
    if "accident" in case:
        found["level"] = rules.accident_level(**case["accident"]).code
    if "penalty" in case:
        found |= _publication(book, rules, case)
    if "reward" in case:
        found |= _reward(rules, case)
    if "list" in case:
        found |= _term(book, rules, case)
    for code in expected.keys() & rules.deadlines.keys():
        found[code] = _clock(book, rules, code, case["events"], expected[code])
    assert {key: found.get(key) for key in expected} == expected


def _clock(
    book: Rulebook, rules: Rules, code: str, events: dict[str, date], asked: dict[str, Any]
) -> dict[str, Any]:
    clock = book.clock(rules.deadline(code), events)
    dues = {"target": clock.target, "breach": clock.breach}
    answer: dict[str, Any] = {name: due.day for name, due in dues.items() if due}
    provisional = any(due.provisional for due in dues.values() if due)
    return answer | ({"provisional": provisional} if provisional or "provisional" in asked else {})


def _term(book: Rulebook, rules: Rules, case: dict[str, Any]) -> dict[str, Any]:
    kind = rules.list_kind(case["list"])
    events = case["events"]
    found = {"until": book.due(events[kind.term_from], kind.term).day}
    if kind.early_removal_after:
        found["early_removal_from"] = book.due(events["listed"], kind.early_removal_after).day
    return found


def _reward(rules: Rules, case: dict[str, Any]) -> dict[str, Any]:
    given = dict(case["reward"])
    place = regions.region_path(given.pop("region"))
    if "special" in given:
        return _special(rules, case["rules_of"], given, place)
    sector, weights = given.pop("sector"), given.pop("shares", None)
    for name in ("fine_imposed", "fine_collected"):
        if name in given:
            given[name] = Decimal(given[name])
    pack = rules.reward_pack(given["kind"], sector, place)
    uplift = rules.reward_uplift(given.get("informant", ""), place)
    done = reckon(pack, RewardCase(received_on=case["rules_of"], **given), uplift)
    found: dict[str, Any] = {
        "pack": done.pack,
        "amount": f"{done.amount:f}",
        "steps": [step.code for step in done.steps],
        "clauses": [step.cite.zh for step in done.steps],
    }
    consent = rules.reward_approval(done.amount, place)
    found["consent"] = consent.code if consent else "none"
    if weights:
        found["shares"] = [f"{one:.2f}" for one in shares(done.amount, weights)]
    return found


def _special(
    rules: Rules, day: date, given: dict[str, Any], place: Sequence[str]
) -> dict[str, Any]:
    rule = rules.reward_special(given.get("informant", ""), place)
    if rule is None:
        return {"special": "none"}
    amount = Decimal(given.pop("special"))
    try:
        done = reckon_special(rule, RewardCase(received_on=day, **given), amount)
    except InvalidInput:
        return {"special": rule.code, "amount": "refused"}
    consent = rules.reward_approval(done.amount, place)
    return {
        "special": rule.code,
        "amount": f"{done.amount:f}",
        "steps": [step.code for step in done.steps],
        "consent": consent.code if consent else "none",
    }


def _publication(book: Rulebook, rules: Rules, case: dict[str, Any]) -> dict[str, Any]:
    tier = rules.seriousness(**case["penalty"])
    term = rules.publication_terms[tier]
    start = case["rules_of"]
    return {
        "tier": tier,
        "published": term.published,
        "shown_from": book.due(start, term.minimum).day if term.minimum else None,
        "shown_until": book.due(start, term.maximum).day,
    }
