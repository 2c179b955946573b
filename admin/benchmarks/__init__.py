"""Benchmarks of ``registry bench``: each takes a size and a number of runs, and gives lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from admin.benchmarks import (
    counting,
    desks,
    files,
    filing,
    matching,
    publishing,
    reporting,
    searching,
    serving,
    tracing,
    watching,
)

Benchmark = Callable[[int, int], list[str]]

BENCHMARKS: Mapping[str, Benchmark] = {
    "search": searching.run,
    "names": matching.run,
    "publish": publishing.run,
    "import": files.run,
    "serve": serving.run,
    "start": serving.start,
    "tips": reporting.run,
    "backtrack": tracing.run,
    "reports": filing.run,
    "watches": watching.run,
    "desks": desks.run,
    "figures": counting.run,
}
