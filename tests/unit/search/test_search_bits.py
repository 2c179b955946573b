from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from registry.public.search.whoosh_engine import bits

COUNT = st.integers(1, 700)


@given(COUNT, st.data())
def test_sets_and_lists(count: int, data: st.DataObject) -> None:
    chosen = sorted(data.draw(st.sets(st.integers(0, count - 1))))
    made = bits.from_documents(chosen, count)
    assert list(bits.documents(made, count)) == chosen
    assert made & ~bits.full(count) == 0
    assert list(bits.flags(made, count)) == [int(n in chosen) for n in range(count)]
    packed = bits.pack(chosen, count)
    assert bits.unpack(packed, count) == made
    assert bits.packed_size(packed) == len(chosen)


@given(COUNT, st.data())
def test_unions(count: int, data: st.DataObject) -> None:
    several = data.draw(st.lists(st.sets(st.integers(0, count - 1)), max_size=4))
    packed = [bits.pack(sorted(one), count) for one in several]
    assert list(bits.documents(bits.unite(packed, count), count)) == sorted(set().union(*several))
