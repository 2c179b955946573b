"""``registry import`` and ``registry export``: files in, files out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import click

from admin.cli.context import acting_as, open_office
from registry.core.clock import system_clock
from registry.core.db import WorkingSession
from registry.core.errors import RegistryError
from registry.core.sheets import writers
from registry.core.sheets.limits import Limits, from_settings
from registry.office.entities import vault
from registry.office.external import service as external
from registry.office.external.service import SnapshotRefused
from registry.office.imports import report as reports
from registry.office.imports import service as imports
from registry.office.imports.context import Tools
from registry.office.imports.report import Report
from registry.office.staff.officer import Acting
from registry.office.worker.office import Office
from registry.public.gazette import datasets
from registry.public.gazette.queries import Record


class ImportRefused(RegistryError):  # noqa: N818 - reads as a sentence
    code = "import-refused"
    status = 422
    message = "Nothing was imported: {failed} of {rows} rows have errors."


@click.command("import")
@click.argument("kind", metavar="KIND")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", is_flag=True, help="Submit the batch (external lists: apply it).")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Problems as CSV.")
@click.option("--mapping", help="Column mapping; by default the one that fits the heading.")
@click.option(
    "--allow-removals",
    default="5",
    show_default=True,
    metavar="N%",
    help="External lists: refuse a snapshot that ends more entries than this.",
)
@click.option("--as", "login", required=True, metavar="ACCOUNT", help="The officer who acts.")
@click.pass_context
def import_(
    context: click.Context,
    kind: str,
    file: Path,
    apply: bool,
    report: Path | None,
    mapping: str | None,
    allow_removals: str,
    login: str,
) -> None:
    """Import FILE. KIND: listings, entities, penalties, external:NAME. Dry run by default.

    An applied batch of listings, entities or penalties waits for a second officer's approval in
    the admin site; an external snapshot is applied at once.
    """
    with open_office() as office:
        if kind.startswith("external:"):
            allowed = _percent(allow_removals)
            _external(office, kind.partition(":")[2], file, apply, allowed, login, report)
            return
        found = _batch(office, kind, file, apply, mapping, login)
    _tell(found, report)
    if found.failed:
        raise ImportRefused(failed=found.failed, rows=found.rows)
    context.exit(0)


def _batch(
    office: Office, kind: str, file: Path, apply: bool, mapping: str | None, login: str
) -> Report:
    limits = from_settings(office.settings.max_upload_bytes, office.settings.max_import_rows)
    tools = Tools(office.settings.evidence_dir, vault.load(office.settings.key_dir), limits)
    with office.working.write() as session, _Bar("Checking") as bar:
        acting = acting_as(session, office, login)
        given: dict[str, Any] = {
            "tools": tools,
            "mapping": mapping,
            "file_name": file.name,
            "progress": bar.at,
        }
        if not apply:
            return imports.dry_run(session, acting, kind, file, **given)
        return _submit(session, acting, kind, file, given)


def _submit(
    session: WorkingSession, acting: Acting, kind: str, file: Path, given: dict[str, Any]
) -> Report:
    kept = imports.store(session, acting, kind, file, **given)
    found = Report.from_json(kept.report)
    if found.is_clean:
        docket = imports.submit(session, acting, kept.id or 0)
        click.echo(f"Batch {docket.number} waits for a second officer's approval.")
    return found


def _external(
    office: Office,
    name: str,
    file: Path,
    apply: bool,
    allowed: float,
    login: str,
    report: Path | None,
) -> None:
    limits = Limits(rows=office.settings.max_import_rows)
    try:
        with office.working.write() as session, _Bar("Reading") as bar:
            acting = acting_as(session, office, login)
            done = external.import_snapshot(
                session,
                acting,
                name,
                file,
                apply=apply,
                allow_removals=allowed,
                limits=limits,
                progress=bar.at,
            )
    except SnapshotRefused as refusal:
        with office.working.write() as session:
            external.record_refusal(session, acting_as(session, office, login), name, refusal)
        raise
    told = f"{done.rows} rows: {done.added} new, {done.changed} changed, {done.ended} ended, "
    click.echo(f"{told}{done.unchanged} unchanged; list as of {done.source_date}.")
    if report is not None:
        _write_problems(Report(kind=f"external:{name}", problems=list(done.problems)), report)
    if done.refusal is not None:
        raise done.refusal
    click.echo("Applied." if done.applied else "Dry run: nothing was changed. Add --apply.")


def _tell(found: Report, report: Path | None) -> None:
    told = f"{found.added} new, {found.amended} amended, {found.skipped} unchanged"
    click.echo(f"{found.rows} rows: {told}, {found.failed} with errors, {found.warnings} warnings.")
    for problem in found.problems[:10]:
        click.echo(f"  line {problem.line}, {problem.field or '-'}: {problem.message('en')}")
    if len(found.problems) > 10:
        click.echo(f"  … and {len(found.problems) - 10} more; --report OUT.csv writes them all.")
    if report is not None:
        _write_problems(found, report)


def _write_problems(found: Report, target: Path) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        reports.write_csv(found, file)


def _percent(text: str) -> float:
    try:
        return float(text.removesuffix("%"))
    except ValueError as error:
        raise click.BadParameter(
            "give a number of percent", param_hint="--allow-removals"
        ) from error


class _Bar:
    """A progress bar that only learns how many rows are done."""

    def __init__(self, label: str) -> None:
        self._bar = click.progressbar(length=0, label=label, show_eta=False, file=sys.stderr)

    def __enter__(self) -> _Bar:
        self._bar.__enter__()
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.__exit__(None, None, None)

    def at(self, done: int) -> None:
        """``done`` rows so far."""
        self._bar.length = max(self._bar.length or 0, done)
        self._bar.update(done - self._bar.pos)


@click.command()
@click.argument("dataset", type=click.Choice(datasets.NAMES))
@click.option("--format", "form", type=click.Choice(writers.FORMATS), default="csv")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
def export(dataset: str, form: str, output: Path | None) -> None:
    """Write a public dataset as published."""
    now = system_clock()
    if form == "xlsx" and output is None:
        raise click.UsageError("An XLSX file needs a place: -o FILE.")
    with open_office() as office, office.gazette.read() as session:
        records = datasets.records(session, dataset, now)
        if form == "xlsx" and output is not None:
            writers.write_xlsx(output, datasets.COLUMNS, map(datasets.row, records))
            return
        if output is None:
            _write(sys.stdout, form, records)
            return
        with output.open("w", encoding="utf-8", newline="") as target:
            _write(target, form, records)


def _write(target: TextIO, form: str, records: Iterator[Record]) -> None:
    if form == "jsonl":
        writers.write_jsonl(target, map(datasets.document, records))
    else:
        writers.write_csv(target, datasets.COLUMNS, map(datasets.row, records))
