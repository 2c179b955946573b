"""Pure parts: folding a log, redaction, permission, clocks on a day, papers, fields."""

from __future__ import annotations

import io
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import marshmallow as ma
import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from registry.core.i18n import Text
from registry.office.dockets import documents, kinds, permission, redaction, wordbuild
from registry.office.dockets.clockview import clock_state, clock_view
from registry.office.dockets.models import Docket, DocketClock, DocketEvent
from registry.office.dockets.replay import actors, came_from, merged, plain, replay, since
from registry.office.staff.models import Authority
from registry.office.staff.officer import Officer
from schemas.fields import Code, CreditCode, LegalDate, Money, TextLine

NOW = datetime(2026, 7, 1, 2, tzinfo=UTC)
TABLES = kinds.book().tables


def event(
    ordinal: int, action: str, to: str, before: str | None = None, **more: Any
) -> DocketEvent:
    values: dict[str, Any] = {
        "docket_id": 1, "ordinal": ordinal, "action": action, "from_state": before, "to_state": to,
        "actor_id": 1, "identities": [1], "recorded_at": NOW, "effective_on": date(2026, 7, 1),
        "data": {},
    }  # fmt: skip
    return DocketEvent(**{**values, **more})


LOG = [
    event(1, "open", "draft", data={"a": 1, "b": 2}),
    event(2, "notice", "noticed", "draft", data={"b": None, "c": 3}),
    event(3, "draft_decision", "drafted", "noticed"),
    event(4, "redact", "drafted", "drafted", data={"d": 4}),
]


def test_a_log_amounts_to_state_facts_and_version() -> None:
    told = replay(LOG)
    assert (told.state, told.version, told.facts) == ("drafted", 4, {"a": 1, "c": 3, "d": 4})


def test_where_a_docket_came_from_skips_acts_that_stay() -> None:
    assert came_from(LOG) == "noticed"
    assert [e.ordinal for e in since(LOG, "notice")] == [3, 4]
    assert actors(LOG, ["open"]) == {1}


_facts = st.dictionaries(st.sampled_from("abcdef"), st.none() | st.integers(), max_size=6)


@given(st.lists(_facts, max_size=8))
def test_folding_in_parts_gives_the_same(patches: list[dict[str, Any]]) -> None:
    whole: dict[str, Any] = {}
    for patch in patches:
        whole = merged(whole, patch)
    events = [event(i + 1, "x", "s", data=patch) for i, patch in enumerate(patches)]
    assert replay(events).facts == whole
    assert None not in whole.values()


def test_facts_are_plain() -> None:
    value = {"d": date(2026, 7, 1), "m": Decimal("1.50"), "l": (1, "x")}
    assert plain(value) == {"d": "2026-07-01", "m": "1.50", "l": [1, "x"]}
    with pytest.raises(TypeError):
        plain(object())


@pytest.mark.parametrize(
    "text",
    [
        "张三（990101197001010014）",
        "９９０１０１１９７００１０１００１４",
        "电话13800000000",
        "a@b.cn",
    ],
)
def test_personal_numbers_are_found_and_hidden(text: str) -> None:
    found = redaction.personal_numbers(text)
    assert found
    assert not redaction.personal_numbers(redaction.suggestion(text))


def test_a_credit_code_is_no_personal_number() -> None:
    assert redaction.personal_numbers("91990121XY00000126 罚款1200000.00元") == []
    assert redaction.suggestion("张样例违章指挥", ["张样例"]) == "张某违章指挥"


@given(st.text("甲乙 丙丁1２x*某", max_size=12), st.text("甲乙 丙丁1２x*某Z", max_size=16))
def test_check_30_a_redaction_only_takes_away(original: str, wording: str) -> None:
    """The wording comes as a text, never as places in one: there is no range to be out of bounds.
    What is left of it stands in the original, in its order, and nothing of it is longer."""
    if not redaction.only_takes_away(original, wording):
        return
    left = unicodedata.normalize("NFKC", original)
    for sign in unicodedata.normalize("NFKC", wording):
        if sign in "某*x" or sign.isspace():
            continue
        assert sign in left
        left = left[left.index(sign) + 1 :]


def test_check_30_what_a_redaction_adds_is_refused() -> None:
    assert redaction.only_takes_away("某矿瞒报事故。", "某某事故。")
    for wording in ("某矿如实报告事故。", "事故瞒报", "某矿瞒报事故。。"):
        assert not redaction.only_takes_away("某矿瞒报事故。", wording), wording


def officer(account: int = 1, path: str = "/1/", *roles: str, **more: Any) -> Officer:
    held = frozenset(roles or {"clerk", "reviewer", "approver", "publisher", "cashier", "finance"})
    return Officer(account, "o", "甲", 1, path, held, **more)


def docket(**more: Any) -> Docket:
    values: dict[str, Any] = {
        "kind": "listing", "number": "1", "year": 2026, "serial": 1, "state": "draft",
        "authority_id": 1, "region": "990121", "drafted_by": 9, "title": "t", "opened_at": NOW,
    }  # fmt: skip
    return Docket(**{**values, **more})


AUTHORITY = Authority(
    public_id="A", name="a", code="c", kind="k", level="county", region="990121", path="/1/",
    created=NOW,
)  # fmt: skip
EVERY = [(t.code, a.code) for t in TABLES.values() for a in t.actions.values()]
DOUBLE = [pair for pair in EVERY if TABLES[pair[0]].actions[pair[1]].four_eyes]


@pytest.mark.parametrize(("kind", "code"), EVERY)
def test_every_action_is_closed_to_other_roles(kind: str, code: str) -> None:
    action = TABLES[kind].actions[code]
    for role in ("clerk", "reviewer", "approver", "publisher", "auditor", "administrator"):
        who = officer(7, "/1/", role)
        found = permission.refusal(action, docket(), AUTHORITY, officer=who, events=[])
        expected = (
            permission.SYSTEM_ONLY
            if action.system
            else None
            if role in action.roles
            else permission.WRONG_ROLE
        )
        assert (found and found.message) == expected


@pytest.mark.parametrize(("kind", "code"), DOUBLE)
def test_every_action_with_four_eyes_refuses_the_first_pair(kind: str, code: str) -> None:
    action = TABLES[kind].actions[code]
    for earlier in action.four_eyes:
        for who, log in (
            (officer(1), [event(1, earlier, "x")]),
            # He who stood in for the officer then, or for whom the officer stands in now.
            (officer(2), [event(1, earlier, "x", acting_as=2)]),
            (officer(3, deputising_for=frozenset({1})), [event(1, earlier, "x")]),
            (officer(4), [event(1, earlier, "x", identities=[1, 4])]),
        ):
            found = permission.refusal(action, docket(), AUTHORITY, officer=who, events=log)
            assert found is not None and found.message == permission.FOUR_EYES
    other = officer(5)
    log = [event(1, earlier, "x") for earlier in action.four_eyes]
    assert permission.refusal(action, docket(), AUTHORITY, officer=other, events=log) is None


def test_a_small_office_is_approved_by_the_one_above() -> None:
    small = AUTHORITY.model_copy(update={"small_office": True, "path": "/1/2/"})
    approve = TABLES["listing"].actions["decide"]
    own = permission.refusal(approve, docket(), small, officer=officer(5, "/1/2/"), events=[])
    assert own is not None and own.message == permission.PARENT_APPROVES
    above = permission.refusal(approve, docket(), small, officer=officer(6, "/1/"), events=[])
    assert above is None


def clock(**more: Any) -> DocketClock:
    values: dict[str, Any] = {
        "docket_id": 1, "code": "repair.accept", "started_on": date(2026, 8, 10),
        "target_due": date(2026, 8, 13), "breach_due": date(2026, 8, 17),
        "first_due": date(2026, 8, 13),
    }  # fmt: skip
    return DocketClock(**{**values, **more})


@pytest.mark.parametrize(
    ("day", "more", "state"),
    [
        ("2026-08-01", {}, "running"),
        ("2026-08-11", {}, "due"),
        ("2026-08-13", {}, "due"),
        ("2026-08-14", {}, "target-missed"),
        ("2026-08-17", {}, "target-missed"),
        ("2026-08-18", {}, "breached"),
        ("2026-08-18", {"provisional": True}, "target-missed"),
        ("2026-09-01", {"stopped_on": date(2026, 8, 17)}, "met"),
        ("2026-09-01", {"stopped_on": date(2026, 8, 18)}, "late"),
    ],
)
def test_clocks_on_a_day(day: str, more: dict[str, Any], state: str) -> None:
    assert clock_state(clock(**more), date.fromisoformat(day)) == state


def test_the_bar_of_a_clock_stays_in_its_frame() -> None:
    for day in ("2026-08-01", "2026-08-12", "2027-01-01"):
        assert 0 <= clock_view(clock(), date.fromisoformat(day), None).done <= 100


PAPERS = [(t.code, paper) for t in TABLES.values() for paper in t.documents]
CONTEXT: dict[str, Any] = {
    "case": {"number": "案1", "title": "t"},
    "paper": {"number": "文1"},
    "authority": {"name": "样例局<甲>", "code": "11990121XY00000A64"},
    "subject": {"kind": "enterprise", "name": "样例煤矿&公司", "code": "91990121XY00000126"},
    "persons": [{"name": "张样例", "role": "主要负责人", "document": "990101********0014"}],
    "facts": {
        "fine_yuan": "200000.00", "until": "2029-07-01", "since": "2026-07-01",
        "decided_on": "2026-07-01", "decision_number": "决1", "decision_served_on": "2026-07-02",
    },
    "drawn_up": "2026-07-01",
    "measures": ["公示"],
    "repair": {"after": "12个月", "conditions": ["履行义务"]},
    "remedies": [{"title": "行政复议", "within": "60日"}],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "code"), PAPERS)
def test_every_paper_is_made_as_word_and_page(kind: str, code: str) -> None:
    spec = documents.spec_of(TABLES[kind], code)
    made = documents.word(spec, CONTEXT, overrides=None, authority="11990121XY00000A64")
    word = Document(io.BytesIO(made))
    text = "\n".join(p.text for p in word.paragraphs)
    text += "\n".join(c.text for t in word.tables for row in t.rows for c in row.cells)
    subject = "样例煤矿&公司" if TABLES[kind].subject != "none" else spec.title
    assert spec.title in text and subject in text and "样例局<甲>" in text
    assert "{{" not in text and "{%" not in text
    blocks = documents.page(spec, CONTEXT)
    shown = spec.title
    shown += "".join(b.text + "".join(c for row in b.rows for c in row) for b in blocks)
    assert subject in shown and "{{" not in shown
    for piece in (b.text for b in blocks if b.kind == "p"):
        assert piece in text


@pytest.mark.parametrize(("kind", "code"), PAPERS)
def test_the_checked_in_template_is_that_of_the_description(
    kind: str, code: str, tmp_path: Path
) -> None:
    spec = documents.spec_of(TABLES[kind], code)
    source = spec.template.with_suffix(".yaml")
    copy = tmp_path / source.name
    copy.write_bytes(source.read_bytes())
    fresh, kept = Document(str(wordbuild.build(copy))), Document(str(spec.template))
    assert [p.text for p in fresh.paragraphs] == [p.text for p in kept.paragraphs]
    cells = [[c.text for t in d.tables for r in t.rows for c in r.cells] for d in (fresh, kept)]
    assert cells[0] == cells[1]


def test_an_authority_may_have_its_own_template(tmp_path: Path) -> None:
    spec = documents.spec_of(TABLES["listing"], "listing-notice")
    own = tmp_path / "11990121XY00000A64" / "listing-notice.docx"
    own.parent.mkdir()
    document = Document()
    document.add_paragraph("本局格式：{{ subject.name }}")
    document.save(str(own))
    made = documents.word(spec, CONTEXT, overrides=tmp_path, authority="11990121XY00000A64")
    assert Document(io.BytesIO(made)).paragraphs[0].text == "本局格式：样例煤矿&公司"
    other = documents.word(spec, CONTEXT, overrides=tmp_path, authority="11990000XY00000B4C")
    assert Document(io.BytesIO(other)).paragraphs[0].text != "本局格式：样例煤矿&公司"


def test_a_template_from_outside_cannot_run_code(tmp_path: Path) -> None:
    from jinja2.exceptions import SecurityError

    spec = documents.spec_of(TABLES["listing"], "listing-notice")
    document = Document()
    document.add_paragraph("{{ ''.__class__.__mro__[1].__subclasses__() }}")
    document.save(str(tmp_path / "listing-notice.docx"))
    with pytest.raises(SecurityError):
        documents.word(spec, CONTEXT, overrides=tmp_path, authority="11990121XY00000A64")


@pytest.mark.parametrize(
    ("field", "typed", "meant"),
    [
        (Money(), "1,234.5", Decimal("1234.50")),
        (Money(), "２０００", Decimal("2000.00")),
        (LegalDate(), "2026-07-01", date(2026, 7, 1)),
        (CreditCode(), " 91990121xy00000126 ", "91990121XY00000126"),
        (TextLine(), " 样例 ", "样例"),
    ],
)
def test_fields_bring_into_canonical_form(field: Any, typed: str, meant: object) -> None:
    assert field.deserialize(typed) == meant


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        (Money(), "-1"),
        (Money(), "1.234"),
        (Money(), "NaN"),
        (Money(), "1e99"),
        (Money(), "十元"),
        (LegalDate(), "2026-02-30"),
        (LegalDate(), "1.7.2026"),
        (LegalDate(), "9999-01-01"),
        (CreditCode(), "91990121XY00000127"),
        (TextLine(required=True), "  "),
        (TextLine(), "a\x00b"),
        (TextLine(), "a\u202eb"),
        (TextLine(), "a\nb"),
        (TextLine(maximum=3), "abcd"),
        (Code([("a", Text("甲", "A"))], metadata={}), "b"),
    ],
)
def test_fields_refuse_with_a_message(field: Any, typed: str) -> None:
    with pytest.raises(ma.ValidationError) as wrong:
        field.deserialize(typed)
    assert all(isinstance(message, str) and message for message in wrong.value.messages)
