"""``registry bench``: figures with the machine they were taken on; ratios where a peer is there."""

from __future__ import annotations

import os
import platform

import click

from admin.benchmarks import BENCHMARKS


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME …]")
@click.option("--size", type=click.IntRange(min=100), default=100_000, show_default=True)
@click.option("--runs", type=click.IntRange(1, 50), default=3, show_default=True)
def bench(names: tuple[str, ...], size: int, runs: int) -> None:
    """Run benchmarks (all, or those named) and print medians over several runs."""
    unknown = sorted(set(names) - BENCHMARKS.keys())
    if unknown:
        known = ", ".join(BENCHMARKS)
        raise click.UsageError(f"There is no benchmark {unknown[0]}. There are: {known}")
    click.echo(
        f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    )
    for name in names or tuple(BENCHMARKS):
        click.echo(f"{name} (size {size}, median of {runs})")
        for line in BENCHMARKS[name](size, runs):
            click.echo(f"  {line}")
