"""What every search engine must do, on real files. One line in ``ENGINES`` runs all of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from search_truth import counts, truth

from registry.core.clock import publish_until
from registry.core.errors import Misconfigured
from registry.public.search import fiction
from registry.public.search.documents import FACETS, IndexDocument
from registry.public.search.engine import ENGINES, IndexBusy, SearchIndex, open_index
from registry.public.search.parsing import parse_query
from registry.public.search.query import (
    EVERYTHING,
    And,
    Dated,
    Filter,
    Ids,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
)

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def index(engine: str, tmp_path: Path) -> Iterator[SearchIndex]:
    opened = open_index(engine, tmp_path)
    yield opened
    opened.close()


def body(id: str, *names: str, **more: object) -> IndexDocument:
    return IndexDocument(id=id, kind="listing", sequence=1, names=names, **more)  # type: ignore[arg-type]


def fill(index: SearchIndex, *documents: IndexDocument, position: int = 1) -> None:
    index.put(documents)
    index.commit(position)


def found(index: SearchIndex, text: str, now: datetime = NOW) -> set[str]:
    query = parse_query(text)
    ids = index.find(query, now, limit=1000).ids
    assert len(ids) == len(set(ids)) == index.count(query, now)
    return set(ids)


EXAMPLES = (
    body("a", "演示省虚岭县一号样例煤矿有限公司", "虚岭煤矿厂", texts=("瞒报事故，伪造现场。",)),
    body(
        "b", "華潤(演示)煤業有限公司", "Huarun Demo Coal Co., Ltd.", codes=("91990121XY00000126",)
    ),
    body("c", "重庆样例矿山安全評價有限公司", texts=("出具虚假安全\n评价报告",)),
    body("d", "Acme Mining Société Anonyme", "ACME-9 Holding", numbers=("(演)煤安罚〔2026〕12号",)),
    body("e", "华夏润泽石料厂", texts=("未取得安全生产许可证",)),
)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("虚岭县一号", "a"),
        ("华润", "b"),
        ("華潤", "b"),
        ("ＨＵＡＲＵＮ", "b"),
        ("演示煤业", "b"),
        ("华润(演示)煤业有限公司", "b"),
        ("虚岭煤矿厂", "a"),
        ("安全", "ce"),
        ("安全评价", "c"),
        ("矿", "ac"),
        ("厂", "ae"),
        ("有限公司", "abc"),
        ("有限公司 -煤矿", "bc"),
        ("有限公司 NOT 煤矿", "bc"),
        ("虚岭 OR 石料", "ae"),
        ("虚岭|石料", ""),
        ("虚岭 | 石料", "ae"),
        ("瞒报 虚岭", "a"),
        ("“事故，伪造”", "a"),
        ("“事故伪造”", ""),
        ("mining", "d"),
        ("minin*", "d"),
        ('"minin"', ""),
        ('"acme mining"', "d"),
        ('"mining acme"', ""),
        ("societe", "d"),
        ("9199", "b"),
        ("代码:91990121XY00000126", "b"),
        ("91990121 XY0000", ""),
        ("煤安罚[2026]12号", "d"),
        ("文号：2026", "d"),
        ("名称:安全", "c"),
        ("正文:安全", "ce"),
        ("text:安全 -name:评价", "e"),
        ("huarun", "b"),
        ("hrys", "b"),
        ("chongqing", "c"),
        ("kuangshan", "c"),
        ("uangshan", ""),
        ("cqyl", "c"),
        ("", "abcde"),
        ("-华润", "acde"),
        ("“", "abcde"),
    ],
)
def test_what_users_type(index: SearchIndex, text: str, ids: str) -> None:
    fill(index, *EXAMPLES)
    assert found(index, text) == set(ids)


@pytest.mark.parametrize("word", ["安全", "华润", "煤", "事故", "公司", "限公", "号"])
def test_short_words_find_all_that_contain_them(index: SearchIndex, word: str) -> None:
    documents = list(fiction.corpus(400))
    fill(index, *documents)
    like = {
        one.id
        for one in documents
        if any(word in text for text in (*one.names, *one.texts, *one.numbers))
    }
    assert found(index, word) == like


# Against the truth, on whatever is thinkable

CHARACTERS = "安全华潤润煤矿号 　（）(-，。“\nabAＡ19é〔\U00020000山"
words = st.text(CHARACTERS, max_size=7)
days = st.dates(date(2025, 1, 1), date(2025, 1, 9))
keywords = st.fixed_dictionaries({
    "kind": st.just(("listing",)),
    "region": st.sampled_from([("990000",), ("990000", "990100"), ("990000", "990200"), ()]),
    "authority": st.sampled_from([("虚岭县样例应急管理局",), ("Demo Bureau", "矿监"), ()]),
})  # fmt: skip
instants = st.sampled_from([None, NOW, NOW + timedelta(microseconds=1), NOW - timedelta(days=1)])
documents = st.builds(
    IndexDocument,
    id=st.text("ABC123", min_size=1, max_size=4),
    kind=st.just("listing"),
    sequence=st.just(1),
    names=st.lists(words, max_size=3).map(tuple),
    codes=st.lists(st.text("19aXY", max_size=6), max_size=2).map(tuple),
    numbers=st.lists(words, max_size=2).map(tuple),
    texts=st.lists(words, max_size=3).map(tuple),
    keywords=keywords,
    date=st.none() | days,
    publish_until=instants,
)
texts = st.text("安全华润煤矿号山a1 （，b", min_size=1, max_size=4)
fields = st.sampled_from([None, None, "name", "code", "number", "text", "authority"])
leaves: st.SearchStrategy[Query] = st.one_of(
    st.builds(Phrase, texts, fields),
    st.builds(Prefix, texts, fields),
    st.builds(Prefix, st.sampled_from(["an", "anquan", "hr", "meik", "ha", "km"]), fields),
    st.builds(Filter, st.just("region"), st.sampled_from([("990100",), ("990000", "x"), ()])),
    st.builds(Dated, st.none() | days, st.none() | days),
    st.builds(Ids, st.lists(st.text("ABC123", min_size=1, max_size=2), max_size=3).map(tuple)),
)
trees = st.recursive(
    leaves,
    lambda part: st.one_of(
        st.builds(And, st.lists(part, max_size=3).map(tuple)),
        st.builds(Or, st.lists(part, max_size=3).map(tuple)),
        st.builds(Not, part),
    ),
    max_leaves=5,
)
thorough = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@thorough
@given(
    corpus=st.lists(documents, max_size=14, unique_by=lambda one: one.id),
    asked=st.lists(trees, min_size=1, max_size=8),
    pieces=st.integers(1, 3),
)
def test_answers_are_the_truth(
    engine: str, corpus: list[IndexDocument], asked: list[Query], pieces: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = open_index(engine, Path(folder))
        for piece in range(pieces):
            fill(index, *corpus[piece::pieces], position=piece + 1)
        for query in asked:
            expected = truth(corpus, query, NOW)
            for sort in ("relevance", "newest", "oldest"):
                assert set(index.find(query, NOW, sort=sort, limit=99).ids) == expected, query
            assert index.count(query, NOW) == len(expected)
            facets = index.facets(query, FACETS, NOW)
            for facet in FACETS:
                assert dict(facets[facet]) == counts(corpus, expected, facet)
        index.close()


@thorough
@given(text=st.text(max_size=60) | st.text('“”"-:*|name名称 ORNOT安a', max_size=40))
def test_no_text_is_an_error(engine: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = open_index(engine, Path(folder))
        fill(index, *EXAMPLES)
        query = parse_query(text)
        assert set(index.find(query, NOW).ids) == truth(EXAMPLES, query, NOW)
        index.suggest(text, 3, NOW)
        index.close()


# Order and pages


def test_closer_names_come_first(index: SearchIndex) -> None:
    fill(
        index,
        body("text", "他社", texts=("华润煤业",), date=date(2026, 1, 1)),
        body("branch", "华润煤业有限公司空谷分公司"),
        body("inside", "演示华润煤业"),
        body("whole", "演示", "华润煤业"),
        body("begins", "华润煤业有限公司"),
    )
    order = index.find(parse_query("华润煤业"), NOW).ids
    assert order == ("whole", "begins", "branch", "inside", "text")


def test_by_date(index: SearchIndex) -> None:
    dated = [body(f"d{n}", "样例", date=date(2026, 1, n)) for n in (3, 1, 2)]
    fill(index, *dated, body("none", "样例"))
    query = parse_query("样例")
    assert index.find(query, NOW, sort="newest").ids == ("d3", "d2", "d1", "none")
    assert index.find(query, NOW, sort="oldest").ids == ("none", "d1", "d2", "d3")


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize("text", ["煤业", "虚岭 事故", "", "ry"])
def test_pages_are_one_order_cut_in_pieces(index: SearchIndex, sort: str, text: str) -> None:
    for piece in range(3):
        fill(index, *fiction.corpus(120, first=piece * 120), position=piece + 1)
    query = parse_query(text)
    whole = index.find(query, NOW, sort=sort, limit=1000).ids  # type: ignore[arg-type]
    by_number: list[str] = []
    by_mark: list[str] = []
    after = None
    while page := index.find(query, NOW, sort=sort, limit=7, skip=len(by_number)).ids:  # type: ignore[arg-type]
        by_number += page
    while True:
        hits = index.find(query, NOW, sort=sort, limit=7, after=after)  # type: ignore[arg-type]
        by_mark += hits.ids
        after = hits.next
        if after is None:
            break
    assert tuple(by_number) == tuple(by_mark) == whole


def test_a_page_goes_on_where_it_stopped_though_others_come_and_go(index: SearchIndex) -> None:
    fill(index, *fiction.corpus(60))
    query = parse_query("公司")
    stays = index.find(query, NOW, limit=100).ids
    first = index.find(query, NOW, limit=20)
    index.remove(stays[10:12])
    fill(index, *fiction.corpus(30, first=60), position=2)
    seen = list(first.ids)
    after = first.next
    while after:
        hits = index.find(query, NOW, limit=20, after=after)
        seen += hits.ids
        after = hits.next
    assert len(seen) == len(set(seen))
    assert set(stays) <= set(seen)


@pytest.mark.parametrize("mark", ["", "x", "AAAA", "WzFd", "é", "WyJyZWxldmFuY2UiLDEsMiwzLDRd"])
def test_a_mark_nobody_gave_is_ignored(index: SearchIndex, mark: str) -> None:
    fill(index, *EXAMPLES)
    assert len(index.find(EVERYTHING, NOW, after=mark).ids) == len(EXAMPLES)


# Time, removal, commits


def test_gone_at_midnight_without_any_job(index: SearchIndex) -> None:
    until = publish_until(date(2026, 11, 20))
    fill(index, body("a", "样例煤矿", keywords={"kind": ("listing",)}, publish_until=until))
    query = parse_query("样例")
    before, midnight = until - timedelta(microseconds=1), until
    assert (index.count(query, before), index.count(query, midnight)) == (1, 0)
    assert index.find(query, midnight).ids == ()
    assert index.facets(query, ("kind",), midnight)["kind"] == {}
    assert (index.suggest("样列煤矿", 3, before), index.suggest("样列煤矿", 3, midnight)) == (
        ("a",),
        (),
    )


def test_what_is_removed_leaves_the_files(index: SearchIndex, tmp_path: Path) -> None:
    marker, word = "罕见之名饕餮", "zxqvmarker"
    secret = body(
        "GONE", marker, word, codes=("91QQ77",), numbers=(f"{word}9",), texts=(marker, "饕餮"),
        keywords={"authority": (f"{marker}局",)},
    )  # fmt: skip
    fill(index, secret, *fiction.corpus(300))
    traces = [
        text.encode(code)
        for text in (marker, word, "饕餮", "GONE", "91qq77", "taotie", "TaoTie")
        for code in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le")
    ]

    def remains() -> bool:
        data = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        return any(trace in data for trace in traces)

    assert remains()
    index.remove(["GONE"])
    index.commit(2)
    assert index.find(EVERYTHING, NOW, limit=999).ids.count("GONE") == 0
    assert index.has_remains()
    index.compact()
    assert not index.has_remains()
    assert not remains()
    assert (index.size(), index.position()) == (300, 2)
    assert found(index, "饕餮") == set()


def test_the_last_put_counts(index: SearchIndex) -> None:
    fill(index, body("a", "旧名煤矿"), body("a", "新名煤矿"))
    fill(index, body("a", "后名煤矿"), position=2)
    assert (found(index, "煤矿"), found(index, "新名"), index.size()) == ({"a"}, set(), 1)
    index.put([body("a", "再名")])
    index.remove(["a"])
    index.commit(3)
    assert (index.size(), found(index, "再名")) == (0, set())


def test_nothing_is_seen_before_the_commit(index: SearchIndex, engine: str, tmp_path: Path) -> None:
    fill(index, body("a", "样例"))
    reader = open_index(engine, tmp_path)
    index.put([body("b", "样例")])
    index.remove(["a"])
    assert (found(reader, "样例"), reader.position()) == ({"a"}, 1)
    index.commit(2)
    assert (found(reader, "样例"), reader.position()) == ({"b"}, 2)
    index.clear()
    index.commit(3)
    assert (reader.size(), reader.position()) == (0, 3)
    reader.close()


def test_an_index_survives_its_process(index: SearchIndex, engine: str, tmp_path: Path) -> None:
    fill(index, *EXAMPLES, position=17)
    again = open_index(engine, tmp_path)
    assert (again.position(), found(again, "华润")) == (17, {"b"})
    again.close()


def test_many_small_commits_stay_few_files(index: SearchIndex, tmp_path: Path) -> None:
    for number, document in enumerate(fiction.corpus(60)):
        fill(index, document, position=number + 1)
    assert index.size() == 60
    assert len(list(tmp_path.iterdir())) < 40


def test_readers_outlive_merges(index: SearchIndex, engine: str, tmp_path: Path) -> None:
    """A reader opened long ago answers while everything under it is written anew."""
    fill(index, *fiction.corpus(50))
    reader = open_index(engine, tmp_path)
    query = parse_query("煤业")
    reader.count(query, NOW)
    for turn in range(12):
        index.remove([fiction.public_id(turn)])
        index.commit(turn + 2)
        index.compact()
        assert reader.count(query, NOW) == index.count(query, NOW)
        assert fiction.public_id(turn) not in reader.find(EVERYTHING, NOW, limit=99).ids
    reader.close()


def test_rebuilding_replaces_everything(index: SearchIndex) -> None:
    fill(index, body("old", "旧"))
    shares = [partial(fiction.documents, 40, 0), partial(fiction.documents, 40, 40)]
    index.rebuild(shares, 9, processes=2)
    assert (index.size(), index.position(), found(index, "旧")) == (80, 9, set())
    assert not index.has_remains()


def test_two_writers_do_not_mix(index: SearchIndex, engine: str, tmp_path: Path) -> None:
    fill(index, body("a", "样例"))
    other = open_index(engine, tmp_path)

    def meddling() -> Iterator[IndexDocument]:
        other.put([body("c", "样例")])
        with pytest.raises(IndexBusy):
            other.commit(99)
        yield body("b", "样例")

    index.rebuild([meddling], 2)
    assert (found(other, "样例"), other.position()) == ({"b"}, 2)
    other.commit(3)
    assert found(other, "样例") == {"b"}, "what was refused is forgotten, not written later"
    other.close()


def test_an_empty_index_answers(index: SearchIndex) -> None:
    assert index.find(EVERYTHING, NOW).ids == ()
    assert (index.count(EVERYTHING, NOW), index.position(), index.size()) == (0, 0, 0)
    assert index.suggest("样例", 3, NOW) == ()
    assert not index.has_remains()
    index.compact()


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(Misconfigured):
        open_index("lucene", Path())


# Suggestions


@pytest.mark.parametrize(
    "typed", ["华闰煤业", "华润煤也", "花润煤业有限公司", "華潤煤業有线公司", "华润业煤有限公司"]
)
def test_a_misspelt_name_is_suggested(index: SearchIndex, typed: str) -> None:
    fill(index, body("right", "演示省华润煤业有限公司", "华润煤业有限公司"), *fiction.corpus(300))
    assert index.suggest(typed, 3, NOW)[:1] == ("right",)


def test_nothing_like_it_suggests_nothing(index: SearchIndex) -> None:
    fill(index, *EXAMPLES)
    assert index.suggest("完全不同的事物", 3, NOW) == ()
