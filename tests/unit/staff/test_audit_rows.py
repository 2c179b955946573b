"""What may stand in a row of the audit, and how rows are chained: no database."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.office.audit import actions, chain

LINK = chain.Link(
    1,
    datetime(2026, 11, 20, 2, tzinfo=UTC),
    7,
    "staff:account:added",
    "account:8",
    '{"authority":1}',
    chain.GENESIS,
)


def test_every_tag_has_three_parts_and_stands_once() -> None:
    listed = [
        action
        for name, value in vars(actions).items()
        if isinstance(value, tuple) and name.isupper()
        for action in value
    ]
    assert len(listed) == len(set(listed)) == len(actions.ACTIONS)
    for action in listed:
        assert re.fullmatch(r"[a-z]+(:[a-z][a-z0-9\-]*){2}", action), action


def test_an_unknown_tag_is_refused() -> None:
    with pytest.raises(actions.UnknownAction):
        actions.known("staff:account:deleted")


def test_the_hash_covers_every_part() -> None:
    changed = {
        "sequence": 2,
        "at": datetime(2026, 11, 20, 3, tzinfo=UTC),
        "actor": None,
        "action": "staff:account:amended",
        "subject": "account:9",
        "detail": "{}",
        "previous": "1" * 64,
    }
    assert set(changed) == {field.name for field in dataclasses.fields(chain.Link)}
    hashes = {dataclasses.replace(LINK, **{k: v}).hash for k, v in changed.items()} | {LINK.hash}
    assert len(hashes) == len(changed) + 1


def test_the_hash_is_what_it_was() -> None:
    # A fixed value: a changed canonical form would break every chain already written.
    body = (
        '{"action":"staff:account:added","actor":7,"at":"2026-11-20T02:00:00Z",'
        '"detail":"{\\"authority\\":1}","previous":"' + "0" * 64 + '","sequence":1,'
        '"subject":"account:8","v":1}'
    )
    import hashlib

    assert LINK.hash == hashlib.sha256(body.encode()).hexdigest()


@pytest.mark.parametrize(
    "value",
    [
        "张样例",
        "two words",
        "99010119900101001X",
        "990101199001010014",
        1.5,
        {"nested": 1},
        b"bytes",
        ["ok", "张样例"],
        [["nested"]],
        "x" * 81,
    ],
)
def test_free_text_and_document_numbers_do_not_enter(value: object) -> None:
    with pytest.raises(chain.UnfitForAudit):
        chain.canonical_detail({"value": value})


@pytest.mark.parametrize("subject", ["account", "account:", "账户:1", "account:张", "a:b c"])
def test_a_subject_is_a_kind_and_an_id(subject: str) -> None:
    with pytest.raises(chain.UnfitForAudit):
        chain.checked_subject(subject)


def test_ids_codes_days_and_field_names_enter_in_canonical_order() -> None:
    detail = {"z": date(2026, 7, 1), "a": ["name", "code"], "n": 3, "t": True, "none": None}
    written = chain.canonical_detail(detail)
    assert written == '{"a":["name","code"],"n":3,"none":null,"t":true,"z":"2026-07-01"}'
    assert chain.canonical_detail({"s": {"b", "a"}}) == '{"s":["a","b"]}'


@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z_]{0,10}", fullmatch=True),
        st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1)),
    )
)
def test_detail_reads_back(detail: dict[str, object]) -> None:
    assert json.loads(chain.canonical_detail(detail)) == detail
