"""What the built-in rules say, by day."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path

import pytest

from registry.core.i18n import Text, catalogue
from registry.core.names import mask_document
from registry.core.rules import ListKind, UnknownRule, load
from registry.core.rules.document import SECTIONS, render
from registry.core.rules.values import Rule

BOOK = load()
TODAY = BOOK.on(date(2026, 11, 20))
CHINESE = re.compile("[\u4e00-\u9fff]")
ROOT = Path(__file__).parents[3]


def test_all_nine_grounds_of_order_11() -> None:
    kind = TODAY.list_kind("work-safety")
    assert list(kind.grounds) == [
        *(f"G6-{n}" for n in range(1, 6)),
        *(f"G7-{n}" for n in (1, 2, 3, 4)),
    ]
    assert kind.ground("G6-5").listed == ("principal",)
    assert kind.ground("G7-2").basis == Text(
        "应急管理部令第11号第七条第二项", "MEM Order 11, art. 7(2)"
    )
    assert kind.measures == ("M1", "M2", "M3", "M4", "M5", "M6")
    assert [remedy.deadline for remedy in kind.remedies] == [
        "remedy.reconsideration",
        "remedy.lawsuit",
    ]


def test_the_repealed_list_can_be_shown_but_not_entered() -> None:
    assert "work-safety-2017" not in TODAY.list_kinds
    legacy = TODAY.list_kind("work-safety-2017")
    assert len(legacy.grounds) == 10
    assert not legacy.in_force(date(2023, 10, 1))
    last_day = BOOK.on(date(2023, 9, 30))
    assert "work-safety-2017" in last_day.list_kinds
    assert "work-safety" not in last_day.list_kinds
    with pytest.raises(UnknownRule):
        last_day.list_kind("work-safety")


def test_both_clocks_where_the_texts_differ() -> None:
    decide = TODAY.deadline("repair.decide")
    assert (str(decide.target), decide.target_from) == ("10 working-days", "applied")
    assert (str(decide.breach), decide.breach_from) == ("20 working-days", "accepted")
    assert decide.first == decide.target
    clock = BOOK.clock(decide, {"applied": date(2026, 8, 10)})
    assert clock.breach is None
    assert clock.first == clock.target


def test_measures_say_who_executes_them() -> None:
    assert [code for code in TODAY.measures if code.startswith("JP")] == [
        f"JP{n:02}" for n in range(1, 16)
    ]
    assert TODAY.measure("JP12").departments == ("ndrc", "csrc", "pboc", "nfra")
    assert TODAY.measure("JP02").departments_marker == "U"


def test_every_rule_is_dated_cited_and_titled_in_both_languages() -> None:
    for table, codes in BOOK.versions.items():
        assert codes, f"{table} is empty"
        for versions in codes.values():
            assert list(versions) == sorted(versions, key=lambda rule: rule.since)
            for rule in versions:
                for text in (rule.title, rule.cite):
                    assert text.zh, rule
                    assert not CHINESE.search(text.en), text.en


def test_codes_the_payloads_rely_on() -> None:
    assert set(TODAY.removal_reasons) == {
        *("expired", "early-removal", "revoked", "suspended"),
        *("annulled", "ended", "takedown", "merged"),
    }
    assert {"coal-mine", "metal-mine", "quarry", "tailings-pond"} <= set(TODAY.site_types)
    assert {"principal", "legal-representative", "safety-deputy", "direct-person"} <= set(
        TODAY.roles
    )
    assert set(TODAY.publication_terms) == {"minor", "general", "serious"}
    assert str(TODAY.publication_term("serious")) == "3 years"


def test_masking_hides_positions_7_to_14() -> None:
    assert TODAY.mask("resident-id", "990101199001010014") == "990101********0014"
    assert TODAY.mask("operation-card", "T990101199001010014") == "T990101********0014"
    assert TODAY.mask("passport", "E1") == "*" * 2
    with pytest.raises(UnknownRule):
        TODAY.mask("library-card", "1")


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("resident-id", "99010119900101001X"),
        ("resident-id-15", "990101900101001"),
        ("operation-card", "T990101199001010014"),
        ("passport", "E12345678"),
        ("mainland-travel-permit", "H12345678"),
        ("foreigner-id", "911990199001010014"),
        ("foreigner-id-15", "USA990101010101"),
    ],
)
def test_masking_by_kind_agrees_with_masking_by_form(kind: str, number: str) -> None:
    assert re.fullmatch(TODAY.masking[kind].pattern, number)
    assert TODAY.mask(kind, number) == mask_document(number)


def test_every_table_is_on_the_page() -> None:
    assert {"list_kinds", *(table for table, _ in SECTIONS)} == set(BOOK.versions)


def test_a_provinces_own_competence_comes_first() -> None:
    national = TODAY.competence("listing", "coal", ("140000", "140100"))
    own = TODAY.competence("listing", "coal", ("990000", "990100", "990121"))
    assert "coal-industry" in national.authority_kinds
    assert own.authority_kinds == ("emergency-management", "mine-safety")
    assert TODAY.competence("listing", "non-coal", ("990000",)).region == "000000"
    with pytest.raises(UnknownRule):
        TODAY.competence("pardon", "coal", ())


def test_service_by_public_notice_changed_with_the_law() -> None:
    before = BOOK.on(date(2021, 12, 31)).service_methods["announcement"].deemed_after
    after = BOOK.on(date(2022, 1, 1)).service_methods["announcement"].deemed_after
    assert (str(before), str(after)) == ("60 days", "30 days")


def test_without_demo_the_fictional_province_is_unknown() -> None:
    bare = load(demo=False)
    rules = bare.on(date(2026, 11, 20))
    assert set(rules.list_kinds) == {"work-safety"}
    assert not any(
        rule.demo for codes in bare.versions.values() for v in codes.values() for rule in v
    )
    assert {kind.code for kind in TODAY.list_kinds.values() if kind.demo} == {"local-99-tailings"}


def test_values_are_frozen_and_hashable() -> None:
    kind = TODAY.list_kind("work-safety")
    assert isinstance(kind, ListKind)
    for rule in (kind, TODAY.deadline("listing.entry"), TODAY.measure("M1")):
        assert isinstance(rule, Rule)
        assert {rule: 1}[rule] == 1
    with pytest.raises(FrozenInstanceError):
        kind.code = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        kind.grounds["G9"] = kind.grounds["G6-1"]  # type: ignore[index]
    with pytest.raises(TypeError):
        TODAY.roles["chief"] = Text("", "")  # type: ignore[index]


def test_days_of_the_same_rules_share_them() -> None:
    assert BOOK.on(date(2026, 11, 20)) is BOOK.on(date(2026, 11, 21))
    assert BOOK.on(date(2026, 3, 31)) is not BOOK.on(date(2023, 9, 30))
    assert load() is BOOK


def test_messages_are_translated() -> None:
    error = UnknownRule(table="roles", rule="x")
    assert error.message in catalogue("zh")


def test_the_page_is_what_the_rules_say() -> None:
    page = (ROOT / "docs" / "rules.md").read_text("utf-8")
    assert page == render(BOOK), "run: python -m registry.core.rules.document > docs/rules.md"


def test_loading_is_quick() -> None:
    code = (
        "import time; from registry.core.rules import load\n"
        "times = []\n"
        "for _ in range(3):\n"
        "    from registry.core.rules import loader; loader._load.cache_clear()\n"
        "    start = time.process_time(); load(); times.append(time.process_time() - start)\n"
        "print(min(times))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(run.stdout) < 0.15
