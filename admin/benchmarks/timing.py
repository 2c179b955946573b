"""Medians and percentiles of repeated runs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence


def seconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes once."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def shared(work: Callable[[], object]) -> tuple[float, float]:
    """How long ``work`` takes once, and of that how long this process computed.

    Where others use the machine, too, the second is what an idle one would take.
    """
    started, computed = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - computed


def latencies(values: Sequence[tuple[float, float]]) -> str:
    """As ``latency``, of ``shared`` runs: the whole, and what this process computed."""
    whole, computed = (list(column) for column in zip(*values, strict=True))
    return f"{latency(whole)}; computing {latency(computed)}"


def rate(count: int, runs: Sequence[float]) -> str:
    """``count`` things in the median of ``runs`` seconds, with the spread."""
    middle = statistics.median(runs)
    spread = f"{count / max(runs):,.0f} to {count / min(runs):,.0f}"
    return f"{count / middle:,.0f}/s ({spread})"


def latency(values: Sequence[float]) -> str:
    """Median and 95th percentile of ``values`` seconds, in milliseconds."""
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"median {statistics.median(ordered) * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms"
