"""``registry import`` and ``registry export``: files in, files out."""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import IO

import click

from admin.cli.context import acting_as, as_account, open_office
from admin.cli.output import Bar, whole_file
from registry.core.clock import system_clock
from registry.core.errors import RegistryError
from registry.core.names import InvalidCreditCode, parse_credit_code
from registry.core.sheets import writers
from registry.core.sheets.limits import Limits, from_settings
from registry.office.enforcement.certificates import service as official
from registry.office.entities import vault
from registry.office.external import service as external
from registry.office.external.service import SnapshotRefused
from registry.office.imports import certificates
from registry.office.imports import report as reports
from registry.office.imports import service as imports
from registry.office.imports.context import Tools
from registry.office.imports.report import Report
from registry.office.worker.office import Office
from registry.public.gazette import datasets, double_publicity, files
from schemas.rows import Rows

OWN, DOUBLE_PUBLICITY = "own", "double-publicity"
DAY = click.DateTime(["%Y-%m-%d"])
SHOWN = 10
"""Problems told on the screen; the report has them all."""


class ImportRefused(RegistryError):  # noqa: N818 - reads as a sentence
    code = "import-refused"
    status = 422
    message = "Nothing was imported: {failed} of {rows} rows have errors."


def _percent(_context: click.Context, _option: click.Parameter, text: str) -> float:
    try:
        percent = float(text.strip().removesuffix("%"))
    except ValueError:
        percent = -1.0
    if not 0 <= percent <= 100:
        raise click.BadParameter("Give a percentage between 0 and 100.")
    return percent


@click.command("import")
@click.argument("kind", metavar="KIND")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", is_flag=True, help="Submit the batch (external lists: apply it).")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Problems as CSV.")
@click.option("--mapping", help="Column mapping; by default the one that fits the heading.")
@click.option(
    "--allow-removals",
    "allowed",
    default="5",
    show_default=True,
    metavar="N%",
    callback=_percent,
    help="External lists: refuse a snapshot that ends more entries than this.",
)
@as_account
def import_(
    kind: str,
    file: Path,
    apply: bool,
    report: Path | None,
    mapping: str | None,
    allowed: float,
    login: str,
) -> None:
    """Import FILE. Dry run by default.

    KIND: listings, entities, penalties, providers, reports, hazards, suspensions, closures,
    accidents, inspections, referrals, exposures, licences, certificates, external:NAME, and what
    kinds of case of your own say in their tables. A list of reports may name their PDFs, which lie
    beside it.

    An applied batch of our own kinds waits for a second officer's approval in
    the admin site; official certificates and an external snapshot are applied at once.
    """
    family, _, name = kind.partition(":")
    with open_office() as office:
        if family == certificates.KIND:
            _certificates(office, file, login, apply=apply, mapping=mapping, report=report)
        elif family == "external":
            _external(office, name, file, login, apply=apply, allowed=allowed, report=report)
        else:
            _batch(office, kind, file, login, apply=apply, mapping=mapping, report=report)


def _batch(
    office: Office,
    kind: str,
    file: Path,
    login: str,
    *,
    apply: bool,
    mapping: str | None,
    report: Path | None,
) -> None:
    """Try first, in a session that cannot change anything; what has errors is not even kept."""
    tools = Tools(
        office.settings.evidence_dir,
        vault.load(office.settings.key_dir),
        _limits(office),
        office.own_folders("mappings"),
        Rows(),
        beside=file.parent,
        largest_file=office.settings.max_report_bytes,
    )
    with office.working.read() as session, Bar("Checking") as bar:
        acting = acting_as(session, office, login)
        found = imports.dry_run(
            session, acting, kind, file, tools=tools, mapping=mapping, progress=bar.at
        )
    _tell(found, report)
    if found.failed:
        raise ImportRefused(failed=found.failed, rows=found.rows)
    if not found.ready:
        click.echo("The registry has all of it already: there is nothing to do.")
    elif apply:
        _submit(office, kind, file, login, tools, found.mapping)
    else:
        click.echo("Dry run: nothing was changed. Add --apply.")


def _submit(office: Office, kind: str, file: Path, login: str, tools: Tools, mapping: str) -> None:
    working = office.working
    with working.read() as reader, working.write() as session, Bar("Submitting") as bar:
        acting = acting_as(reader, office, login)
        kept = imports.store(
            session,
            acting,
            kind,
            file,
            tools=tools,
            mapping=mapping,
            progress=bar.at,
            reader=reader,
        )
        number = imports.submit(session, acting, kept.id or 0).number
    click.echo(f"Batch {number} waits for a second officer's approval.")


def _external(
    office: Office,
    name: str,
    file: Path,
    login: str,
    *,
    apply: bool,
    allowed: float,
    report: Path | None,
) -> None:
    begin = office.working.write if apply else office.working.read
    try:
        with begin() as session, Bar("Reading") as bar:
            done = external.import_snapshot(
                session,
                acting_as(session, office, login),
                name,
                file,
                apply=apply,
                allow_removals=allowed,
                limits=_limits(office),
                folders=office.own_folders("external"),
                progress=bar.at,
            )
    except SnapshotRefused as refusal:
        with office.working.write() as session:
            external.record_refusal(session, acting_as(session, office, login), name, refusal)
        raise
    told = f"{done.rows} rows: {done.added} new, {done.changed} changed, {done.ended} ended, "
    click.echo(f"{told}{done.unchanged} unchanged; list as of {done.source_date}.")
    _show(Report(kind=f"external:{name}", problems=list(done.problems)), report)
    if done.refusal is not None:
        raise done.refusal
    click.echo("Applied." if done.applied else "Dry run: nothing was changed. Add --apply.")


def _certificates(
    office: Office, file: Path, login: str, *, apply: bool, mapping: str | None, report: Path | None
) -> None:
    """Official data are applied at once, audited, as an external snapshot is."""
    keys = vault.load(office.settings.key_dir)
    tools = Tools(
        office.settings.evidence_dir, keys, _limits(office), office.own_folders("mappings")
    )
    with office.working.write() as session:
        acting = acting_as(session, office, login)
        rows, found = certificates.read(
            file, acting.rules, acting.today, tools=tools, mapping=mapping
        )
        _tell(found, report)
        if found.failed:
            raise ImportRefused(failed=found.failed, rows=found.rows)
        if not apply:
            click.echo("Dry run: nothing was changed. Add --apply.")
            return
        added, changed = official.take_over(
            session, acting, rows, source=found.mapping, as_of=acting.today, keys=keys
        )
    click.echo(f"Applied: {added} new, {changed} changed.")


def _limits(office: Office) -> Limits:
    return from_settings(office.settings.max_upload_bytes, office.settings.max_import_rows)


def _tell(found: Report, report: Path | None) -> None:
    told = f"{found.added} new, {found.amended} amended, {found.skipped} unchanged"
    click.echo(f"{found.rows} rows: {told}, {found.failed} with errors, {found.warnings} warnings.")
    _show(found, report)


def _show(found: Report, report: Path | None) -> None:
    for problem in found.problems[:SHOWN]:
        place = f"line {problem.line}, {problem.field}" if problem.field else f"line {problem.line}"
        click.echo(f"  {place}: {problem.message('en')}")
    if len(found.problems) > SHOWN:
        rest = len(found.problems) - SHOWN
        click.echo(f"  … and {rest} more; --report OUT.csv writes them all.")
    if report is not None:
        with whole_file(report) as part, part.open("w", encoding="utf-8", newline="") as file:
            reports.write_csv(found, file)


def _credit_code(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    try:
        return parse_credit_code(text).value if text else None
    except InvalidCreditCode as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@click.argument("dataset", type=click.Choice(datasets.NAMES))
@click.option("--format", "form", type=click.Choice(writers.FORMATS), default="csv")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--layout",
    type=click.Choice((OWN, DOUBLE_PUBLICITY)),
    default=OWN,
    show_default=True,
    help="Columns of our own, or those of the national standard for penalties and licences.",
)
@click.option("--since", type=DAY, help="Decided on this day or later (double-publicity).")
@click.option("--until", type=DAY, help="Decided on this day or before (double-publicity).")
@click.option(
    "--authority",
    metavar="CODE",
    callback=_credit_code,
    help="Credit code of the authority that decided (double-publicity).",
)
def export(
    dataset: str,
    form: str,
    output: Path | None,
    layout: str,
    since: datetime | None,
    until: datetime | None,
    authority: str | None,
) -> None:
    """Write a public dataset as published: the bytes that the public site gives out.

    With --layout double-publicity: penalties and licences in force as the file that a provincial
    credit platform takes.
    """
    if form == "xlsx" and output is None:
        raise click.UsageError("An XLSX file needs a place: -o FILE.")
    wanted = double_publicity.Wanted(
        since.date() if since else None,
        until.date() if until else None,
        frozenset({authority}) if authority else None,
    )
    _check_layout(dataset, layout, wanted)
    with open_office() as office, office.gazette.read() as session:

        def fill(file: IO[bytes]) -> None:
            if layout == OWN:
                files.write(session, dataset, form, system_clock(), file)
            else:
                now, book = system_clock(), office.book
                double_publicity.write(session, dataset, form, now, file, book, wanted)

        if output is not None:
            with whole_file(output) as part, part.open("w+b") as file:
                fill(file)
            return
        with tempfile.TemporaryFile() as file:
            fill(file)
            shutil.copyfileobj(file, sys.stdout.buffer)


def _check_layout(dataset: str, layout: str, wanted: double_publicity.Wanted) -> None:
    known = double_publicity.layouts()
    if layout == DOUBLE_PUBLICITY and dataset not in known:
        raise click.UsageError(f"The layout {layout} is for {' and '.join(known)}.")
    if layout == OWN and wanted != double_publicity.EVERYTHING:
        raise click.UsageError("--since, --until and --authority need --layout double-publicity.")
    if wanted.since and wanted.until and wanted.until < wanted.since:
        raise click.UsageError("--until lies before --since.")
