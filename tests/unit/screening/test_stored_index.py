"""The index as a file: the same answers, nothing foreign taken for it, names wiped out of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.public.screening import stored
from registry.public.screening.index import NameIndex
from registry.public.screening.segment import Segment
from registry.public.screening.stored import State

NAMES = {
    "L-1": ["演示省虚岭县一号样例煤矿有限公司", "演示省旧岭煤业有限公司"],
    "L-2": ["演示省空谷县样例铁矿有限公司"],
    "L-3": ["演示省空谷县样例铜矿有限公司"],
    "X-1": ["SAMPLE, Johan Maria"],
    "X-3": ["Wuying Yangli Caishichang"],
}
STATE = State(7, "ab" * 32, 7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "names.idx"
    stored.write(target, Segment.build(NAMES.items()), STATE)
    return target


def _opened(path: Path) -> NameIndex:
    found = stored.read(path)
    assert found is not None
    return NameIndex.of(found.segment)


def test_a_file_answers_as_the_index_does(path: Path) -> None:
    index, read = NameIndex(NAMES.items()), _opened(path)
    assert stored.state_of(path) == STATE
    assert len(read) == len(index)
    for query in ("虚岭样例煤矿", "空谷样例", "johan sample", "无影样例采石场"):
        assert read.candidates(query) == index.candidates(query)
        assert read.likely(query, 0.6) == index.likely(query, 0.6)
    assert read.names("L-1") == tuple(NAMES["L-1"])


def test_what_a_reader_takes_out_is_gone_for_it_alone(path: Path) -> None:
    one, other = _opened(path), _opened(path)
    one.put("L-2", ["演示省新名铁业有限公司"])
    assert one.likely("新名铁业", 0.7) == ["L-2"]
    assert one.likely("空谷县样例铁矿", 0.7) == []
    assert other.likely("空谷县样例铁矿", 0.7) == ["L-2"]


def test_a_wiped_name_is_nowhere_in_the_file(path: Path) -> None:
    before = path.read_bytes()
    assert "虚岭".encode() in before
    reader = _opened(path)
    stored.erase(path, ["L-1", "L-404"], 9)
    after = path.read_bytes()
    assert len(after) == len(before)
    for part in ("虚岭", "旧岭"):
        assert part.encode() not in after
    assert stored.state_of(path) == State(7, "ab" * 32, 9)
    for index in (reader, _opened(path)):
        assert index.likely("演示省虚岭县一号样例煤矿", 0.7) == []
        assert index.likely("演示省空谷县样例铁矿有限公司", 0.7) == ["L-2"]
    found = stored.read(path)
    assert found is not None
    assert found.segment.references() == len(NAMES) - 1


def test_no_posting_leads_to_a_wiped_name(tmp_path: Path) -> None:
    path = tmp_path / "names.idx"
    # Every character and pair of the wiped name stands in another one, so none is its alone.
    entries = {"L-1": ["样例虚岭"], "L-2": ["样例虚岭范本"], "L-3": ["范本样例虚岭"]}
    stored.write(path, Segment.build(entries.items()), STATE)
    found = stored.read(path)
    assert found is not None
    number = found.segment.numbers("L-1")[0]
    assert number in found.segment.arrays.postings.tolist()
    stored.erase(path, ["L-1"], 9)
    again = stored.read(path)
    assert again is not None
    assert number not in again.segment.arrays.postings.tolist()
    assert set(_opened(path).likely("样例虚岭", 0.5)) <= {"L-2", "L-3"}


@pytest.mark.parametrize("member", ["format", "matcher"])
def test_a_file_of_another_program_is_not_read(path: Path, member: str) -> None:
    raw = path.read_bytes()
    head = json.loads(raw[:4096])
    head[member] = "other"
    path.write_bytes(json.dumps(head).encode().ljust(4096) + raw[4096:])
    assert stored.read(path) is None
    assert stored.erase(path, ["L-1"], 9) == 0


@pytest.mark.parametrize("raw", [b"", b"\0" * 5000, b"{}", b'{"format": 1}'.ljust(5000)])
def test_rubbish_and_halves_are_not_read(path: Path, raw: bytes) -> None:
    whole = path.read_bytes()
    path.write_bytes(raw)
    assert stored.read(path) is None
    path.write_bytes(whole[:-10])
    assert stored.read(path) is None
    path.unlink()
    assert stored.read(path) is None


pieces = st.sampled_from(
    [
        "演示",
        "虚岭",
        "空谷",
        "样例",
        "范本",
        "煤矿",
        "铁矿",
        "一号",
        "二号",
        "有限公司",
        "Sample",
        "Mine",
    ]
)
entries = st.dictionaries(
    st.sampled_from("abcdefgh"), st.lists(st.lists(pieces, min_size=1).map("".join), max_size=3)
)


@settings(max_examples=40, deadline=None)
@given(entries, st.sets(st.sampled_from("abcdefgh")))
def test_whatever_is_wiped_the_rest_is_found(
    tmp_path_factory: pytest.TempPathFactory, entries: dict[str, list[str]], gone: set[str]
) -> None:
    path = tmp_path_factory.mktemp("stored") / "names.idx"
    stored.write(path, NameIndex(entries.items()).merged(), STATE)
    stored.erase(path, gone, 8)
    rest = NameIndex((ref, names) for ref, names in entries.items() if ref not in gone)
    read = _opened(path)
    assert len(read) == len(rest)
    for names in entries.values():
        for name in names:
            assert set(read.likely(name, 0.7)) == set(rest.likely(name, 0.7))
