"""Public ids: readable, forgiving, and telling nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.codes.public_id import CROCKFORD, PREFIXES, new_public_id, parse_public_id


def test_prefixes_are_distinct() -> None:
    assert len(set(PREFIXES.values())) == len(PREFIXES)


@given(st.sampled_from(sorted(PREFIXES)))
def test_a_fresh_id_reads_as_itself(kind: str) -> None:
    id = new_public_id(kind)
    assert id.startswith(f"{PREFIXES[kind]}-")
    assert parse_public_id(id) == id
    assert parse_public_id(f"  {id.lower()} ") == id
    assert new_public_id(kind) != id


@given(st.text(alphabet=CROCKFORD, min_size=10, max_size=10))
def test_look_alikes_are_forgiven(symbols: str) -> None:
    written = symbols.replace("0", "o").replace("1", "l")
    assert parse_public_id(f"l-{written}") == f"L-{symbols}"


@pytest.mark.parametrize(
    "text", ["", "L", "L-", "L-123456789", "L-12345678901", "L-U000000000", "7-0000000000",
             "L-000000000!", "L-00000 0000"],
)  # fmt: skip
def test_what_is_no_id(text: str) -> None:
    assert parse_public_id(text) is None


@given(st.text(max_size=20))
def test_any_text_is_survived(text: str) -> None:
    found = parse_public_id(text)
    assert found is None or parse_public_id(found) == found
