"""An installation's own rule files: what they may add and change, and how errors are named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.core.errors import Misconfigured
from registry.core.i18n import describe
from registry.core.rules import InvalidRuleFile, Rulebook, load

DAY = date(2026, 11, 20)
Overlay = Callable[[str], Rulebook]


@pytest.fixture
def overlay(tmp_path: Path) -> Overlay:
    """Loads the built-in rules with one more file."""

    def write(text: str) -> Rulebook:
        (tmp_path / "own.yaml").write_text(text, "utf-8")
        return load(tmp_path)

    return write


DEADLINE = """
deadlines:
  listing.defence_window:
    since: 2026-05-01
    cite: {zh: 某省规定第三条, en: Provincial rule art. 3}
    source: none
    marker: V
    breach: 7 working-days
"""


def test_a_later_version_holds_from_its_day_and_inherits_the_rest(overlay: Overlay) -> None:
    book = overlay(DEADLINE)
    before = book.on(date(2026, 4, 30)).deadline("listing.defence_window")
    after = book.on(date(2026, 5, 1)).deadline("listing.defence_window")
    assert (str(before.breach), before.marker) == ("5 working-days", "U")
    assert (str(after.breach), after.marker) == ("7 working-days", "V")
    assert after.title == before.title
    assert after.binds == "subject"
    assert after.note is None, "a note belongs to the version it was written for"


def test_an_overlay_version_of_the_same_day_holds(overlay: Overlay) -> None:
    book = overlay(DEADLINE.replace("2026-05-01", "2023-10-01"))
    assert str(book.on(DAY).deadline("listing.defence_window").breach) == "7 working-days"


def test_an_earlier_overlay_version_does_not_displace_a_later_one(overlay: Overlay) -> None:
    text = """
publication_terms:
  serious:
    - {since: 2016-01-01, cite: registry, source: none, marker: D, maximum: 9 years,
       title: {zh: 严重, en: Serious}}
"""
    book = overlay(text)
    assert str(book.on(DAY).publication_term("serious")) == "3 years"
    assert str(book.on(date(2017, 1, 1)).publication_term("serious")) == "9 years"


def test_a_version_with_an_end_gives_way_to_the_one_before(overlay: Overlay) -> None:
    book = overlay(DEADLINE.replace("    breach", "    until: 2026-06-30\n    breach"))
    days = [date(2026, 6, 30), date(2026, 7, 1)]
    found = [str(book.on(day).deadline("listing.defence_window").breach) for day in days]
    assert found == ["7 working-days", "5 working-days"]


NEW_KIND = """
defaults: {since: 2026-01-01, source: none, marker: D}
instruments:
  prov-1:
    title: {zh: 某省令第1号, en: Province Order 1}
    name: {zh: 某办法, en: Some measures}
    cite: registry
roles:
  dam-keeper: {title: {zh: 巡坝员, en: Dam keeper}, cite: prov-1 art. 4}
measures:
  P1:
    title: {zh: 驻库监管, en: Resident inspector}
    cite: prov-1 art. 9
    departments: [safety-regulator]
    targets: [unit]
deadlines:
  pond.check:
    title: {zh: 复查, en: Check}
    cite: prov-1 art. 21
    from: listed
    binds: authority
    breach: 2 months
    rolls: true
list_kinds:
  pond-watch:
    title: {zh: 尾矿库重点名单, en: Tailings pond watch list}
    order: {zh: 某办法, en: Some measures}
    cite: prov-1
    basis: prov-1 art. 2
    scope: {zh: 尾矿库, en: Tailings ponds}
    region: "140000"
    term: 2 years
    measures: [P1, M1]
    grounds:
      P-1:
        title: {zh: 未巡坝, en: No patrol}
        basis: prov-1 art. 105(12)
        listed: [unit, dam-keeper]
"""


def test_a_list_kind_with_its_grounds_measure_and_deadline_is_yaml_alone(overlay: Overlay) -> None:
    book = overlay(NEW_KIND)
    rules = book.on(DAY)
    kind = rules.list_kinds["pond-watch"]
    assert kind.ground("P-1").basis.zh == "某省令第1号第一百零五条第十二项"
    assert rules.measure("P1").departments == ("safety-regulator",)
    assert rules.roles["dam-keeper"].en == "Dam keeper"
    assert book.due(date(2026, 8, 3), rules.deadline("pond.check").breach or kind.term).day == date(
        2026, 10, 8
    )
    assert "pond-watch" not in load().on(DAY).list_kinds


def test_a_ground_can_be_added_to_and_taken_from_a_list(overlay: Overlay) -> None:
    text = """
list_kinds:
  work-safety:
    since: 2026-06-01
    cite: mem-11
    source: none
    marker: U
    term: 3 years
    grounds:
      G7-5: {title: {zh: 新情形, en: New ground}, basis: mem-11 art. 7(5), listed: [unit]}
      G7-4: null
"""
    book = overlay(text)
    grounds = book.on(DAY).list_kind("work-safety").grounds
    assert "G7-5" in grounds
    assert "G7-4" not in grounds
    assert "G6-1" in grounds
    assert "G7-4" in book.on(date(2026, 5, 31)).list_kind("work-safety").grounds


def test_the_next_years_holidays_end_what_was_provisional(overlay: Overlay) -> None:
    text = """
calendar:
  "2027":
    title: {zh: 2027年, en: Year 2027}
    cite: {zh: 某通知, en: Some notice}
    source: none
    marker: D
    since: 2026-11-20
    days_off: [2027-01-01..2027-01-03, 2027-02-05..2027-02-11]
    worked: [2027-01-31]
"""
    calendar = overlay(text).calendar
    assert not calendar.add_working_days(date(2026, 12, 30), 2).provisional
    assert calendar.add_working_days(date(2026, 12, 31), 1).day == date(2027, 1, 4)
    assert calendar.is_working_day(date(2027, 1, 31))


ENTRY = "{since: 2026-11-20, title: {zh: a, en: a}, cite: registry, source: none, marker: D"
CITE = "{zh: 某省规定第三条, en: Provincial rule art. 3}"


def changed(old: str, new: str, text: str = DEADLINE) -> str:
    assert old in text
    return text.replace(old, new)


def kind(old: str, new: str) -> str:
    return changed(old, new, NEW_KIND)


BAD = {
    "not YAML": ("deadlines: [", "own.yaml", "line"),
    "tab": ("deadlines:\n\tx: 1", "own.yaml", "line 2"),
    "twice": ("roles:\n  a: {}\n  a: {}", "line 3", "given twice"),
    "key is no text": ("? [a, b]\n: 1", "line 1", "unhashable key"),
    "endless": ("[" * 5000, "own.yaml", ""),
    "several documents": ("roles: {}\n---\nroles: {}", "line 2", "another document"),
    "tag": ("roles: !!python/object:os.system {}", "line 1", "python/object"),
    "list at the top": ("- 1", "own.yaml", "mapping"),
    "unknown table": ("deadlnes: {}", "deadlnes", "did you mean deadlines"),
    "unknown field": (changed("breach:", "breech:"), "breech", "did you mean breach"),
    "bad term": (changed("7 working-days", "3 weeks"), "listing.defence_window/breach", "3 weeks"),
    "number for a term": (changed("7 working-days", "7"), "/breach", "text is expected"),
    "no date": (changed("    since: 2026-05-01\n", ""), "/since", "a date"),
    "time for a date": (changed("2026-05-01", "2026-05-01 10:00:00"), "/since", "a date"),
    "impossible date": (changed("2026-05-01", "2026-13-01"), "own.yaml", "month"),
    "ends first": (
        changed("since:", "until: 2020-01-01\n    since:"),
        "/until",
        "before it begins",
    ),
    "marker": (changed("marker: V", "marker: X"), "/marker", "D, K, U, V"),
    "source": (changed("source: none", "source: S99"), "/source", "no S99 in sources"),
    "instrument": (changed(CITE, "mem-99 art. 3"), "/cite", "unknown instrument mem-99"),
    "article": (changed(CITE, "mem-11 art. 3("), "/cite", "list of articles"),
    "half a text": (changed(", en: Provincial rule art. 3", ""), "/cite/en", "text is expected"),
    "measure": (kind("[P1, M1]", "[P1, M77]"), "pond-watch/measures", "no M77 in measures"),
    "role": (kind("[unit, dam-keeper]", "[keeper]"), "grounds/P-1/listed", "no keeper in roles"),
    "nobody listed": (kind("[unit, dam-keeper]", "[]"), "grounds/P-1/listed", "who goes"),
    "no ground": (kind("P-1:", "P-1: null\n      P-1:"), "line", "given twice"),
    "number as code": ("calendar:\n  2027: {}", "calendar", "quoted"),
    "weekday worked": (
        f"calendar:\n  '2027': {ENTRY}, worked: [2027-01-04]}}",
        "/worked",
        "not a Saturday",
    ),
    "days run backwards": (
        f"calendar:\n  '2027': {ENTRY}, days_off: [2027-01-04..2027-01-02]}}",
        "/days_off/0",
        "range",
    ),
    "nothing to count": (
        f"deadlines:\n  x: {ENTRY}, from: listed, binds: authority}}",
        "deadlines/x",
        "target or breach",
    ),
    "pattern": (
        f"masking:\n  x: {ENTRY}, pattern: '(', shown_start: 1, shown_end: 1}}",
        "masking/x/pattern",
        "regular expression",
    ),
    "version is text": ("roles:\n  chief: boss", "roles/chief", "mapping"),
}


@pytest.mark.parametrize(("text", "place", "problem"), BAD.values(), ids=BAD)
def test_errors_name_file_place_and_problem(
    overlay: Overlay, text: str, place: str, problem: str
) -> None:
    with pytest.raises(InvalidRuleFile) as caught:
        overlay(text)
    assert isinstance(caught.value, Misconfigured)
    message = str(caught.value)
    assert "own.yaml" in message
    assert place in message
    assert problem in message
    assert "\n" not in message
    assert "规则文件 own.yaml" in describe(caught.value, "zh")


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidRuleFile, match="no such directory"):
        load(tmp_path / "absent")


def test_an_empty_directory_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("# nothing yet\n", "utf-8")
    assert load(tmp_path).versions == load().versions


yaml_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    st.sampled_from(["deadlines", "roles", "calendar", "list_kinds", "masking", "competence"]),
    yaml_like,
)
def test_any_content_loads_or_is_named(
    tmp_path_factory: pytest.TempPathFactory, table: str, content: object
) -> None:
    import yaml

    folder = tmp_path_factory.mktemp("overlay")
    (folder / "own.yaml").write_text(yaml.safe_dump({table: content}, allow_unicode=True), "utf-8")
    try:
        load(folder)
    except InvalidRuleFile as error:
        assert "own.yaml" in str(error)
