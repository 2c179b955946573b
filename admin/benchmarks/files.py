"""Imports: a ministry's list checked in a dry run, then submitted and applied."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from admin.benchmarks.timing import rate, seconds
from registry.core.settings import office_settings
from registry.office.demo import listfile, service
from registry.office.demo.walk import World
from registry.office.entities import vault
from registry.office.imports import service as imports
from registry.office.imports.context import Tools
from registry.office.worker.office import Office, opened

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ROWS = 10_000


def run(size: int, runs: int) -> list[str]:
    """``ROWS`` rows (or ``size``, if that is fewer), on SQLite."""
    count = min(size, ROWS)
    dry, applied = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
            settings = office_settings({"REGISTRY_DATA_DIR": folder, "REGISTRY_DEMO": "1"})
            with opened(settings) as office:
                office.migrate()
                one, two = _once(office, Path(folder), count)
            dry.append(one)
            applied.append(two)
    return [f"dry run: {rate(count, dry)}", f"applied: {rate(count, applied)}"]


def _once(office: Office, folder: Path, count: int) -> tuple[float, float]:
    path = folder / "list.csv"
    with office.working.write() as session:
        world = service.people(office, session, NOW)
        listfile.write(world, path, count)
    tools = Tools(office.settings.evidence_dir, vault.load(office.settings.key_dir))
    with office.working.write() as session:
        drafted = world.acting("city.clerk", 0)
        dry = seconds(lambda: imports.dry_run(session, drafted, "listings", path, tools=tools))
        kept = imports.store(session, drafted, "listings", path, tools=tools)
        batch_id = imports.submit(session, drafted, kept.id or 0).id or 0
    return dry, seconds(lambda: _apply(office, world, batch_id, tools))


def _apply(office: Office, world: World, docket_id: int, tools: Tools) -> None:
    with office.working.write() as session:
        acting = world.acting("city.approver", 0)
        imports.approve(session, acting, docket_id, version=1, tools=tools)
