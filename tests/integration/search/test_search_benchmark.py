"""The benchmark runs and measures what it says; its figures are taken elsewhere."""

from __future__ import annotations

from collections import Counter

from registry.public.search import benchmark, fiction


def test_it_runs() -> None:
    built, searches = benchmark.run(300, processes=1)
    assert (built.size, built.per_second > 0, built.bytes_on_disk > 0) == (300, True, True)
    assert 0 < searches.median <= searches.p95 <= searches.worst
    assert set(searches.by_class) == {"by_name", "by_code", "by_words", "filtered"}


def test_the_mix() -> None:
    classes = Counter(name for name, _ in benchmark.queries(1000, 200))
    assert classes == {"by_name": 100, "by_code": 40, "by_words": 40, "filtered": 20}


def test_the_reference_record() -> None:
    documents = list(fiction.corpus(500))
    lengths = [len(one.names[0]) for one in documents]
    texts = [len(one.texts[0]) for one in documents]
    assert 12 <= sum(lengths) / 500 <= 18
    assert 85 <= sum(texts) / 500 <= 130
    assert len({one.id for one in documents}) == 500
