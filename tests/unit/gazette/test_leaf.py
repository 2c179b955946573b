"""From event to leaf, written out independently of the product's short cuts."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from registry.public.gazette import leaf, merkle

words = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)
floats = st.floats(-(2.0**53), 2.0**53, exclude_min=True, exclude_max=True)
numbers = st.integers(-(2**53) + 1, 2**53 - 1) | floats
values = st.recursive(
    st.none() | st.booleans() | numbers | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
payloads = st.dictionaries(words, values, max_size=4)
instants = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis wants naive bounds
    datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]),
)


@given(payloads, instants, instants, st.integers(1, 2**40))
def test_event_is_the_rfc8785_form_of_the_whole(
    payload: dict[str, object], effective: datetime, recorded: datetime, sequence: int
) -> None:
    text = leaf.canonical(payload)
    event = leaf.event(
        sequence=sequence,
        op="PUT",
        kind="listing",
        id="L-7K3M9Q2X4T",
        effective=effective,
        recorded=recorded,
        payload=text,
    )
    whole = {
        "v": 1,
        "sequence": sequence,
        "op": "PUT",
        "kind": "listing",
        "id": "L-7K3M9Q2X4T",
        "effective": effective.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "recorded": recorded.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "payload": json.loads(text),
    }
    assert event == rfc8785.dumps(whole)


@given(payloads)
def test_the_fast_way_writes_what_rfc8785_writes(payload: dict[str, object]) -> None:
    assert leaf.canonical(payload).encode() == rfc8785.dumps(payload)


def test_keys_beyond_the_basic_plane_sort_as_utf16() -> None:
    payload = {"\U00010000": 1, "\uffee": 2}
    assert leaf.canonical(payload).encode() == rfc8785.dumps(payload)
    assert leaf.canonical(payload).index("\U00010000") < leaf.canonical(payload).index("\uffee")


def test_known_leaf() -> None:
    salt = bytes(range(32))
    event = leaf.event(
        sequence=1,
        op="DEL",
        kind="listing",
        id="L-7K3M9Q2X4T",
        effective=datetime(2026, 1, 1, tzinfo=UTC),
        recorded=datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC),
        payload=leaf.canonical({"reason": "expired"}),
    )
    assert event == (
        b'{"effective":"2026-01-01T00:00:00Z","id":"L-7K3M9Q2X4T","kind":"listing","op":"DEL",'
        b'"payload":{"reason":"expired"},"recorded":"2026-01-01T00:00:01Z","sequence":1,"v":1}'
    )
    commitment = leaf.commitment(salt, event)
    assert commitment == hashlib.sha256(salt + event).digest()
    assert merkle.leaf_hash(commitment) == hashlib.sha256(b"\x00" + commitment).digest()


@given(payloads)
def test_canonical_form_is_recognised(payload: dict[str, object]) -> None:
    text = leaf.canonical(payload)
    assert leaf.is_canonical(text)
    assert not leaf.is_canonical(" " + text)


@pytest.mark.parametrize("text", ['{"b":1,"a":2}', '{"a": 1}', '{"a":1.0}', "{", '{"a":1,"a":2}'])
def test_other_forms_are_not_canonical(text: str) -> None:
    assert not leaf.is_canonical(text)


def test_what_json_cannot_carry_is_refused() -> None:
    bad: list[object] = [{1: "x"}, {"a": {None: 1}}, {1, 2}]
    for value in (*bad, float("nan"), float("inf"), 2**60, 2.0**53, [2.0**60], "\ud800", b"x"):
        with pytest.raises(ValueError, match=r"."):
            leaf.canonical({"a": value})


def test_salts_are_32_bytes_and_never_the_same() -> None:
    salts = {leaf.new_salt() for _ in range(100)}
    assert len(salts) == 100
    assert {len(salt) for salt in salts} == {32}
