"""Names: how well they are told apart by kind of variant, and how fast they are found and checked.

Everything is made of invented names; with ``BENCH_NAMES`` also of real pairs. The peers are
run side by side where they are installed (``nomenklatura``; ``rapidfuzz`` always is).
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence

from rapidfuzz import fuzz, process

from admin.benchmarks import looks, peers, realnames, throughput
from admin.benchmarks.invented import Invented, several
from admin.benchmarks.timing import latency
from admin.benchmarks.variants import NEAR, SAME, Variant, in_pinyin
from registry.core.names import NameAnatomy
from registry.core.names.anatomy import take_apart
from registry.public.screening import THRESHOLD, compare
from registry.public.screening.chinese import may_meet
from registry.public.screening.comparison import reaches
from registry.public.screening.index import NameIndex

EACH = 400
"""Names of which each kind of variant is made."""
SMALL = 200_000
"""Names above which only times and sizes are taken: the rest says the same at any size."""
QUERIES = 300
"""Queries against brute force."""


def run(size: int, runs: int) -> list[str]:
    """Quality by kind; the candidate step against brute force; figures for ``size`` names."""
    bodies = list(several(size))
    index, built = _built(bodies)
    if size > SMALL:
        taken = _times(
            lambda query: index.likely(query, THRESHOLD), list(_queries(bodies, QUERIES))
        )
        lines = [f"one query among {size:,}: {latency(taken)}"]
        lines.append(f"index: {built}, {index.memory() / size:.0f} bytes a name")
        return lines + throughput.run(bodies, 1)
    lines = [*_kinds(), *_found(bodies, index), *_recall(bodies, index)]
    lines.append(f"index: {built}, {index.memory() / len(bodies):.0f} bytes a name")
    lines += throughput.run(bodies, runs)
    lines += looks.run([one.name for one in bodies[:4_000]])
    lines += realnames.run()
    return lines


def _built(bodies: Sequence[Invented]) -> tuple[NameIndex, str]:
    take_apart(bodies[0].name)
    NameIndex([("warm", [bodies[0].name])])
    started = time.process_time()
    index = NameIndex((str(place), [one.name]) for place, one in enumerate(bodies))
    taken = time.process_time() - started
    return index, f"built at {len(bodies) / taken:,.0f} names/s of processor time on one core"


def _kinds() -> Iterator[str]:
    """Recall of each kind of variant, false hits of each kind of near miss, peers beside."""
    bodies = list(several(EACH, seed=1))
    matchers = {"registry": _match, **peers.available()}
    yield f"at the default threshold of each ({', '.join(matchers)}):"
    for title, kinds in (("same body, found", SAME), ("other body, wrongly hit", NEAR)):
        for kind, made in kinds.items():
            pairs = list(_pairs(bodies, made))
            shares = [statistics.mean(hit(*pair) for pair in pairs) for hit in matchers.values()]
            told = " ".join(f"{share:7.1%}" for share in shares)
            yield f"  {title}: {kind:<32} {told}  of {len(pairs)}"
    low = [compare(*pair).score >= 0.5 for pair in _pairs(bodies, in_pinyin)]
    yield f"  same body, pinyin at threshold 0.5: {statistics.mean(low):.1%}, at 0.70 none by rule"


def _pairs(bodies: Sequence[Invented], made: Variant) -> Iterator[tuple[str, str]]:
    chance = random.Random(2)  # noqa: S311 - a workload, not a secret
    for one in bodies:
        other = made(one, chance)
        if other is not None:
            yield other, one.name


def _match(query: str, candidate: str) -> bool:
    return compare(query, candidate).score >= THRESHOLD


def _found(bodies: Sequence[Invented], index: NameIndex) -> Iterator[str]:
    """Whether the whole index, asked by a variant, gives the right body among the first five."""
    chance = random.Random(3)  # noqa: S311
    some = [chance.randrange(len(bodies)) for _ in range(200)]
    every: list[bool] = []
    for made in SAME.values():
        for place in some[:40]:
            query = made(bodies[place], chance)
            if query is not None and _match(query, bodies[place].name):
                every.append(str(place) in index.likely(query, THRESHOLD)[:20])
    yield f"variants that match, found among {len(bodies):,} names: {statistics.mean(every):.2%}"


def _recall(bodies: Sequence[Invented], index: NameIndex) -> Iterator[str]:
    """The candidate step against comparing with every name; and rapidfuzz's brute force in time."""
    names = [one.name for one in bodies[:20_000]]
    apart = [take_apart(name) for name in names]
    small = NameIndex((str(place), [name]) for place, name in enumerate(names))
    queries = list(_queries(bodies[:20_000], QUERIES))
    wanted = found = 0
    for query in queries:
        true = _brute(take_apart(query), apart)
        given = small.likely(query, THRESHOLD)
        wanted += min(len(true), 20)
        found += min(len(true & set(given)), 20)
    share = f"{found} of {wanted}, {found / wanted:.2%}"
    yield f"candidates against brute force over {len(names):,} names: {share}"
    every = [one.name for one in bodies]
    ours = _times(lambda query: index.likely(query, THRESHOLD), queries)
    theirs = _times(
        lambda query: process.extract(query, every, scorer=fuzz.ratio, limit=20), queries[:20]
    )
    yield f"one query among {len(every):,}: {latency(ours)}; rapidfuzz {latency(theirs)}"


def _brute(query: NameAnatomy, apart: Sequence[NameAnatomy]) -> set[str]:
    return {
        str(place)
        for place, one in enumerate(apart)
        if may_meet(query, one) and reaches(query, one, THRESHOLD)
    }


def _queries(bodies: Sequence[Invented], count: int) -> Iterator[str]:
    """Names as they are, variants of them, and names that are nobody's."""
    chance = random.Random(4)  # noqa: S311
    kinds = list(SAME.values())
    for stranger in several(count, seed=5):
        body = chance.choice(bodies)
        made = chance.choice(kinds)(body, chance) if chance.random() < 0.7 else stranger.name
        yield made or body.name


def _times(ask: Callable[[str], object], queries: Sequence[str]) -> list[float]:
    taken = []
    for query in queries:
        started = time.process_time()
        ask(query)
        taken.append(time.process_time() - started)
    return taken
