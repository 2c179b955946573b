"""Candidates: recall, order, change and size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.core.names import anatomy
from registry.public.screening import THRESHOLD, compare
from registry.public.screening.index import NameIndex
from registry.public.screening.segment import Segment
from registry.public.screening.signature import query_of

NAMES = {
    "L-1": ["演示省虚岭县一号样例煤矿有限公司", "演示省旧岭煤业有限公司"],
    "L-2": ["演示省空谷县样例铁矿有限公司"],
    "L-3": ["深圳市范本物业发展（集团）股份有限公司"],
    "X-1": ["SAMPLE, Johan Maria"],
    "X-2": ["AEROSAMPLE AIRLINES CO., LTD."],
    "X-3": ["Wuying Yangli Caishichang"],
}


@pytest.fixture
def index() -> NameIndex:
    return NameIndex(NAMES.items())


@pytest.mark.parametrize(
    ("query", "ref"),
    [
        ("演示省虚岭县一号样例煤矿有限公司", "L-1"),
        ("樣例煤礦", "L-1"),
        ("旧岭", "L-1"),
        ("空谷", "L-2"),
        ("深物业A", "L-3"),
        ("johan sample", "X-1"),
        ("Aerosampel Airlines", "X-2"),
        ("yanshisheng konggu yangli tiekuang", "L-2"),
        ("虚岭样例煤矿", "L-1"),
    ],
)
def test_the_first_candidate(index: NameIndex, query: str, ref: str) -> None:
    assert index.candidates(query, 3)[0].ref == ref


def test_chinese_finds_its_pinyin(index: NameIndex) -> None:
    assert "X-3" in [each.ref for each in index.candidates("无影样例采石场", 5)]


@pytest.mark.parametrize("query", ["", "（）", "龘", "zzzz"])
def test_nothing_in_common_finds_nothing(index: NameIndex, query: str) -> None:
    assert index.candidates(query) == []


def test_a_reference_is_replaced_and_removed(index: NameIndex) -> None:
    index.put("L-2", ["演示省新名铁业有限公司"])
    assert index.candidates("空谷样例铁矿", 1)[0].ref != "L-2"
    assert index.candidates("新名铁业", 1)[0].ref == "L-2"
    index.remove("L-2")
    assert "L-2" not in [each.ref for each in index.candidates("新名铁业")]
    assert index.names("L-2") == ()
    held = b"".join(segment.arrays.text.tobytes() for segment in index._segments)
    assert "新名铁业".encode() not in held
    assert "空谷".encode() not in held
    assert len(index) == len(NAMES) - 1


def test_many_additions_are_built_in(index: NameIndex) -> None:
    for number in range(40):
        index.put(f"N-{number}", [f"演示省第{number}范式工厂"])
    index.remove("N-3")
    for number in (0, 5, 9, 39):
        assert index.candidates(f"第{number}范式工厂", 1)[0].ref == f"N-{number}"
        assert index.likely(f"第{number}范式工厂", 0.7) == [f"N-{number}"]
    assert "N-3" not in [each.ref for each in index.candidates("第3范式工厂")]
    assert index.likely("第3范式工厂", 0.7) == []
    assert len(index) == len(NAMES) + 39
    # Segments are melted together, so that a query asks few of them.
    assert len(index._segments) <= 5


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.text(min_size=1), st.lists(st.text(max_size=20), max_size=3), max_size=5))
def test_any_names_can_be_kept(entries: dict[str, list[str]]) -> None:
    index = NameIndex(entries.items())
    for ref, names in entries.items():
        assert set(index.names(ref)) == {name for name in names if name.strip()}
        for name in names:
            index.candidates(name)
            if compare(name, name).match:
                assert ref in index.likely(name, THRESHOLD)


names_of_few_letters = st.lists(
    st.text("甲乙丙丁戊样例煤矿", min_size=1, max_size=6), min_size=2, max_size=12, unique=True
)


@settings(max_examples=60, deadline=None)
@given(names_of_few_letters, st.sets(st.integers(0, 11)), st.booleans())
def test_a_name_gains_the_rarity_of_each_gram_once(
    names: list[str], wiped: set[int], strict: bool
) -> None:
    segment = Segment.build([(f"{place:02}", [name]) for place, name in enumerate(names)])
    for place in wiped:
        segment.wipe(f"{place:02}")
    query = query_of(anatomy(names[0]), across=False)
    order = list(range(len(query.grams)))
    rarity = [1.0 + place / 7 for place in order]
    numbers, totals = segment.collect(query, order, rarity, strict=strict, limit=99)
    plain: dict[int, np.float32] = {}
    starts, ends = segment.spans(query.grams)
    for place in order:
        # Where a name was wiped out, its neighbour stands twice in a list.
        for number in set(segment.arrays.postings[starts[place] : ends[place]].tolist()):
            plain[number] = plain.get(number, np.float32(0)) + np.float32(rarity[place])
    found = dict(zip(numbers.tolist(), totals.tolist(), strict=True))
    assert len(found) == len(numbers)
    assert found.items() <= {number: float(total) for number, total in plain.items()}.items()
    kept = {number for number in plain if segment.arrays.alive[number]}
    assert found.keys() == kept if not strict else found.keys() <= kept


def test_memory_per_name_is_small() -> None:
    count = 20_000
    places = ["演示", "虚岭", "空谷", "无影", "回音", "静水", "幻海", "石梦"]
    brands = [f"{chr(0x4E00 + i)}{chr(0x5E00 + i % 977)}" for i in range(count)]
    names = [f"{places[i % 8]}{brand}矿业有限公司" for i, brand in enumerate(brands)]
    index = NameIndex((f"L-{i:010}", [name]) for i, name in enumerate(names))
    assert index.memory() / count < 400
