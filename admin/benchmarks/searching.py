"""Search in process: building the index, and the reference mix of queries."""

from __future__ import annotations

import statistics

from registry.public.search import benchmark


def run(size: int, runs: int) -> list[str]:
    """Build and query ``runs`` times."""
    outcomes = [benchmark.run(size) for _ in range(runs)]
    builds = [built.per_second for built, _ in outcomes]
    searches = [found for _, found in outcomes]
    lines = [
        f"build: {statistics.median(builds):,.0f} records/s with {outcomes[0][0].processes} "
        f"processes, {outcomes[0][0].bytes_on_disk / 2**20:.0f} MiB on disk",
        f"reference mix: median {statistics.median(s.median for s in searches):.1f} ms, "
        f"p95 {statistics.median(s.p95 for s in searches):.1f} ms",
        f"one update visible after {statistics.median(s.update_seconds for s in searches):.2f} s, "
        f"peak memory {max(s.peak_memory for s in searches) / 2**20:.0f} MiB",
    ]
    for name, (median, p95) in sorted(searches[-1].by_class.items()):
        lines.append(f"  {name}: median {median:.1f} ms, p95 {p95:.1f} ms")
    return lines
