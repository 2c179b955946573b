"""How fast a search engine is on the fictional register.

Reference record: a name of 14 characters, a decision of 100 characters, ten fields. Reference
mix: 50 % names, 20 % codes, 20 % two or three common words of decisions, 10 % filters. Every
query asks what a result page asks: a page of ids, the count, and all facets.
"""

from __future__ import annotations

import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from registry.core.names import initials, pinyin
from registry.public.search.documents import FACETS, IndexDocument, document
from registry.public.search.engine import SearchIndex, open_index
from registry.public.search.fiction import (
    GROUNDS,
    LISTS,
    PLACES,
    body,
    documents,
    public_id,
    record,
)
from registry.public.search.parsing import parse_query
from registry.public.search.query import And, Filter, Query

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
_COMMON = (
    "事故 瞒报 安全生产 停产整顿 许可证 罚款 重大事故隐患 瓦斯 超能力 传感器 尾矿库 评价报告 "
    "死亡 逾期 擅自组织生产 主要负责人 通风系统 特种作业 伪造 越界开采"
)


def queries(size: int, number: int, seed: int = 1) -> list[tuple[str, Query]]:
    """``number`` queries of the reference mix over a corpus of ``size``, with their class."""
    chance = random.Random(seed)  # noqa: S311
    makers: list[Callable[[random.Random, int], Query]] = [_by_name] * 5
    makers += [_by_code] * 2 + [_by_words] * 2 + [_filtered]
    found = []
    for index in range(number):
        maker = makers[index % len(makers)]
        found.append((maker.__name__.strip("_"), maker(chance, size)))
    chance.shuffle(found)
    return found


def _by_name(chance: random.Random, size: int) -> Query:
    of = body(chance.randrange(size))
    core = of.name[of.name.index("县") + 1 :]
    choices = (
        of.name, of.name, of.brand, core, core[:4], f"{of.name[3:6]} {of.brand}",
        pinyin(of.brand), initials(core[:6]),
    )  # fmt: skip
    return parse_query(chance.choice(choices))


def _by_code(chance: random.Random, size: int) -> Query:
    code = body(chance.randrange(size)).code
    return parse_query(chance.choice((code, code, code[:12])))


def _by_words(chance: random.Random, _size: int) -> Query:
    return parse_query(" ".join(chance.sample(_COMMON.split(), chance.choice((2, 2, 3)))))


def _filtered(chance: random.Random, size: int) -> Query:
    facet, values = chance.choice((
        ("ground", GROUNDS), ("list", LISTS), ("region", (body(chance.randrange(size)).region,)),
    ))  # fmt: skip
    words = parse_query(chance.choice(("", "煤业", "事故", chance.choice(PLACES))))
    return And((words, Filter(facet, (chance.choice(values),))))


@dataclass(frozen=True, slots=True)
class Build:
    """``seconds`` from documents to a committed index."""

    size: int
    processes: int
    seconds: float
    bytes_on_disk: int

    @property
    def per_second(self) -> float:
        return self.size / self.seconds


@dataclass(frozen=True, slots=True)
class Searches:
    """Milliseconds over a query mix; ``by_class`` holds ``(median, p95)``."""

    number: int
    median: float
    p95: float
    worst: float
    by_class: dict[str, tuple[float, float]]
    update_seconds: float
    compact_seconds: float
    peak_memory: int
    """Bytes of resident memory of this process at its highest."""


def build(
    size: int, directory: Path, *, engine: str = "whoosh", processes: int = 2
) -> tuple[SearchIndex, Build]:
    """Index the corpus. The time that its invention takes is measured and left out."""
    share = -(-size // processes)
    parts = [(min(share, size - first), first) for first in range(0, size, share)]
    started = time.perf_counter()
    for one in documents(*parts[0]):
        del one
    invention = time.perf_counter() - started
    sources = [partial(documents, count, first) for count, first in parts]
    index = open_index(engine, directory)
    started = time.perf_counter()
    index.rebuild(sources, size, processes=processes)
    seconds = time.perf_counter() - started - invention
    used = sum(path.stat().st_size for path in directory.iterdir())
    return index, Build(size, processes, seconds, used)


def measure(index: SearchIndex, size: int, number: int = 400, *, seed: int = 1) -> Searches:
    """Answer the query mix once to warm up with other queries, then once with the clock on."""
    for _, query in queries(size, 50, seed + 1):
        answer(index, query)
    times: dict[str, list[float]] = {}
    for name, query in queries(size, number, seed):
        started = time.perf_counter()
        answer(index, query)
        times.setdefault(name, []).append((time.perf_counter() - started) * 1000)
    every = sorted(one for found in times.values() for one in found)
    update = _timed(lambda: _update(index, [document(record(size + 1))], size))
    index.remove([public_id(7)])
    index.commit(size)
    return Searches(
        number=number,
        median=statistics.median(every),
        p95=_percentile(every, 0.95),
        worst=every[-1],
        by_class={
            name: (statistics.median(found), _percentile(sorted(found), 0.95))
            for name, found in sorted(times.items())
        },
        update_seconds=update,
        compact_seconds=_timed(index.compact),
        peak_memory=_peak_memory(),
    )


def answer(index: SearchIndex, query: Query) -> int:
    """What a result page needs of the engine."""
    index.find(query, NOW, limit=20)
    index.facets(query, FACETS, NOW)
    return index.count(query, NOW)


def _update(index: SearchIndex, documents: Iterable[IndexDocument | None], position: int) -> None:
    index.put(one for one in documents if one is not None)
    index.commit(position)
    index.size()


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _peak_memory() -> int:
    import resource  # noqa: PLC0415 - POSIX only

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def run(
    size: int = 100_000, *, engine: str = "whoosh", processes: int = 2
) -> tuple[Build, Searches]:
    """Build and measure in a directory of its own."""
    directory = Path(tempfile.mkdtemp(prefix="registry-search-"))
    try:
        index, built = build(size, directory, engine=engine, processes=processes)
        searches = measure(index, size)
        index.close()
        return built, searches
    finally:
        shutil.rmtree(directory, ignore_errors=True)
