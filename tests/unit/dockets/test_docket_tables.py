"""The tables of the kinds: those that come with the package, and what the reader refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from registry.office.dockets import kinds
from registry.office.dockets.kinds import InvalidKind, KindBook, UnknownKind
from schemas import registry as field_sets

KIND: dict[str, Any] = {
    "kind": "sample",
    "title": {"zh": "样例", "en": "Sample"},
    "number_word": "样",
    "roles": ["clerk"],
    "initial": "draft",
    "states": {
        "draft": {"title": {"zh": "草拟", "en": "Draft"}},
        "done": {"title": {"zh": "办结", "en": "Done"}, "closed": True},
    },
    "actions": {
        "finish": {
            "title": {"zh": "办结", "en": "Finish"},
            "from": ["draft"],
            "to": "done",
            "roles": ["approver"],
            "four_eyes": ["open"],
        }
    },
}


def read(tmp_path: Path, **changes: Any) -> kinds.KindTable:
    path = tmp_path / "sample.yaml"
    path.write_text(yaml.safe_dump({**KIND, **changes}, allow_unicode=True), encoding="utf-8")
    return KindBook().add(path)


def finish(**changes: Any) -> dict[str, Any]:
    return {"actions": {"finish": {**KIND["actions"]["finish"], **changes}}}


def test_the_sample_reads(tmp_path: Path) -> None:
    table = read(tmp_path)
    assert table.actions["finish"].four_eyes == ("open",)
    assert table.open_states() == ("draft",)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"colour": "red"}, "unknown key 'colour'"),
        ({"initial": "nowhere"}, "unknown state 'nowhere'"),
        ({"title": {"zh": "样例"}}, "needs both zh and en"),
        ({"roles": ["king"]}, "unknown role 'king'"),
        ({"guards": ["no-such-guard"]}, "unknown guard"),
        ({"effects": ["no-such-effect"]}, "unknown effect"),
        ({"clocks": ["no.such.clock"]}, "unknown deadline of the rules"),
        ({"subject": "perhaps"}, "subject: must be"),
        ({"context": "nothing"}, "unknown context"),
        ({"adoption": {"states": ["away"]}}, "unknown state 'away'"),
        (
            {"states": {**KIND["states"], "island": {"title": {"zh": "孤", "en": "Island"}}}},
            "state island: cannot be reached",
        ),
        (
            {"states": {**KIND["states"], "done": {"title": {"zh": "办结", "en": "Done"}}}},
            "nothing leads out of it",
        ),
        (finish(**{"from": ["away"]}), "unknown state 'away'"),
        (finish(to="away"), "unknown state 'away'"),
        (finish(roles=[]), "needs roles, or is the system's"),
        (finish(system=True), "needs roles, or is the system's"),
        (finish(four_eyes=["never"]), "unknown action in four_eyes"),
        (finish(after=["never"]), "unknown action in after"),
        (finish(approval=True, four_eyes=[]), "must name whose draft it approves"),
        (finish(evidence=["paper"]), "unknown evidence"),
        (finish(documents=["paper"]), "unknown document"),
        (finish(stops=["listing.entry"]), "unknown clock"),
        (finish(starts={"listing.entry": "decided"}), "unknown clock"),
        (finish(publish={"op": "publish", "payload": "x"}), "unknown payload"),
        (finish(publish={"op": "withdraw", "reason": "because"}), "closed list"),
        (finish(publish={"op": "shout"}), "must be publish, amend or withdraw"),
        (finish(chain=["never"]), "unknown action in chain"),
        (finish(signature="yes"), "must be true or false"),
    ],
)
def test_what_cannot_be_right_is_named(
    tmp_path: Path, changes: dict[str, Any], problem: str
) -> None:
    with pytest.raises(InvalidKind) as wrong:
        read(tmp_path, **changes)
    assert problem in str(wrong.value)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidKind) as wrong:
        read(tmp_path, guards=["one"], effects=["two"], initial="three")
    assert all(word in str(wrong.value) for word in ("one", "two", "three"))


def test_a_clock_starts_with_its_own_event_only(tmp_path: Path) -> None:
    changes = finish(starts={"listing.entry": "applied"})
    with pytest.raises(InvalidKind, match="is not started by 'applied'"):
        read(tmp_path, clocks=["listing.entry"], **changes)


def test_a_field_set_that_does_not_exist_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sample.yaml"
    content = {**KIND, "schema": "listings.Nothing"}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    book = KindBook()
    book.add(path)
    with pytest.raises(InvalidKind, match=r"unknown field set 'listings\.Nothing'"):
        field_sets.check(book)


def test_the_packaged_kinds_are_whole() -> None:
    field_sets.check()
    assert {"penalty", "listing"} <= set(kinds.book().tables)
    with pytest.raises(UnknownKind):
        kinds.get("unheard-of")


@pytest.mark.parametrize("code", sorted(kinds.book().tables))
def test_whatever_reaches_the_public_is_seen_by_two(code: str) -> None:
    """Every change of what is published follows an act that a second officer approved."""
    table = kinds.get(code)
    approved = {a.to for a in table.actions.values() if a.approval}
    for action in table.actions.values():
        if action.publish is None or action.approval or action.system:
            continue
        where = action.from_states
        if action.publish.if_public:
            # Where nothing can be public yet, nothing public changes.
            where &= _after_publication(table)
        assert _behind(table, where, approved), action.code


def _after_publication(table: kinds.KindTable) -> set[str]:
    """States in which a record may stand: those that a publication leads to."""
    first = [a for a in table.actions.values() if a.publish and a.publish.op == "publish"]
    queue = [state for a in first for state in ([a.to] if a.to else a.from_states)]
    seen = set(queue)
    while queue:
        for action in table.from_state(queue.pop()):
            if action.to and action.to not in seen | {kinds.BACK}:
                seen.add(action.to)
                queue.append(action.to)
    return seen


def _behind(table: kinds.KindTable, states: frozenset[str], approved: set[str]) -> bool:
    """Whether every way from the start to ``states`` passes an approved state."""
    seen, queue = {table.initial}, [table.initial]
    while queue:
        for action in table.from_state(queue.pop()):
            if action.to and action.to != kinds.BACK and action.to not in seen | approved:
                seen.add(action.to)
                queue.append(action.to)
    return seen.isdisjoint(states)


@pytest.mark.parametrize("code", sorted(kinds.book().tables))
def test_drafting_never_escapes_four_eyes(code: str) -> None:
    """The decision names every drafting act among those whose author may not approve."""
    table = kinds.get(code)
    decide = table.actions.get("decide")
    if decide is None:
        pytest.skip("this kind decides nothing")
    drafting = {a.code for a in table.actions.values() if a.drafts}
    assert drafting <= set(decide.four_eyes)


def test_the_clock_module_is_the_only_one_that_asks_the_time() -> None:
    folder = Path(kinds.__file__).parent
    paths = sorted(folder.glob("*.py"))
    assert len(paths) > 30
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert "datetime.now(" not in text and "date.today(" not in text, path.name
