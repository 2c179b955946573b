"""``registry serve`` and ``registry work``: the long-running processes."""

from __future__ import annotations

import os
import signal
import threading

import click

from admin.cli.context import open_office
from admin.cli.process import run_together, server_command, site_environment
from registry.core.clock import system_clock
from registry.office.worker.service import Worker


@click.command()
@click.argument("site", type=click.Choice(["public", "admin"]))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="8000 or 8001.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@click.pass_context
def serve(context: click.Context, site: str, host: str, port: int | None, workers: int) -> None:
    """Serve one site with a production server."""
    rates = os.environ.get("REGISTRY_RATE_LIMIT_URL", "memory://")
    if workers > 1 and rates.startswith("memory"):
        raise click.UsageError(
            "Several workers need a shared count of requests: set REGISTRY_RATE_LIMIT_URL "
            "to a redis:// address."
        )
    chosen = port or {"public": 8000, "admin": 8001}[site]
    command = server_command(site, host=host, port=chosen, workers=workers)
    context.exit(run_together({site: (command, site_environment(site, os.environ))}))


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
def work(once: bool) -> None:
    """Publish, index, erase, expire, and run jobs; any number may run."""
    with open_office() as office:
        worker = Worker(office)
        if once:
            worker.drain(system_clock())
            return
        stopping = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: stopping.set())
        worker.run(stopping, clock=system_clock)
