"""``registry check`` and ``registry screen``: counterparties against the published lists."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click

from admin.cli.context import open_office
from admin.cli.output import progress, whole_file
from registry.core.clock import legal_day, rfc3339, system_clock
from registry.core.db import GazetteSession
from registry.core.errors import RegistryError
from registry.core.sheets import writers
from registry.core.sheets.limits import from_settings
from registry.office.worker.office import Office
from registry.public.certificates import service as certificates
from registry.public.certificates.service import Issued
from registry.public.gazette import snapshot
from registry.public.screening import CheckRequest, CheckResult, ScreeningIndex, bulk, load_index
from registry.public.screening import check as screen_one
from registry.public.screening.bulk import RowOutcome
from registry.public.screening.loading import path_in

COLUMNS = ("line", "name", "code", "outcome", "record", "matched_name", "score", "error")


@click.command()
@click.argument("name_or_code")
@click.option(
    "--certificate",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write a signed certificate of the check to this file (JSON).",
)
def check(name_or_code: str, certificate: Path | None) -> None:
    """Check one counterparty by name or credit code."""
    now = system_clock()
    request = CheckRequest(name=name_or_code)
    with open_office() as office, office.gazette.read() as session:
        snapshot.pin(session)
        result = screen_one(session, request, index=_index(office, session, now), now=now)
        issued = _certify(office, session, request, result) if certificate else None
    if issued and certificate:
        with whole_file(certificate) as part:
            part.write_text(issued.text, encoding="utf-8")
    click.echo(f"{result.outcome}  (as of sequence {result.sequence}, {rfc3339(result.as_of)})")
    for match in result.matches:
        click.echo(f"  {match.score:.2f}  {match.kind:<9} {match.id}  {match.name}")
    if result.outcome == "clear":
        click.echo("  Not found in these lists at this sequence. That is all that it says.")
    if issued:
        click.echo(f"  certificate {issued.id} in {certificate}")


def _index(office: Office, session: GazetteSession, now: datetime) -> ScreeningIndex:
    return load_index(session, now, path_in(office.settings.index_dir))


def _certify(
    office: Office, session: GazetteSession, request: CheckRequest, result: CheckResult
) -> Issued:
    """A certificate of the check, which the registry will know again."""
    issuer = certificates.load_issuer(office.settings.key_dir, office.settings.base_url)
    rules = office.book.on(legal_day(result.as_of))
    with office.intake.write() as intake:
        return certificates.issue(intake, session, issuer, request, result, rules)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--name", "name_column", default="", help="Title of the column of names.")
@click.option("--code", "code_column", default="", help="Title of the column of credit codes.")
def screen(file: Path, output: Path | None, name_column: str, code_column: str) -> None:
    """Check every row of FILE (CSV, XLSX, ODS); one outcome per row.

    Exit status 1 when a row could not be checked.
    """
    now = system_clock()
    counts: Counter[str] = Counter()
    with open_office() as office, office.gazette.read() as session:
        limits = from_settings(office.settings.max_upload_bytes, office.settings.max_import_rows)
        outcomes = bulk.screen(
            session,
            _index(office, session, now),
            file,
            limits,
            now,
            name_column=name_column,
            code_column=code_column,
        )
        with progress("Screening", outcomes) as bar:
            _write((_row(one, counts) for one in bar), output)
    told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    click.echo(f"{counts.total()} rows: {told or 'none'}", err=True)
    if counts["error"]:
        raise RowsNotChecked(count=counts["error"])


class RowsNotChecked(RegistryError):  # noqa: N818 - reads as a sentence
    code = "rows-not-checked"
    status = 422
    message = "{count} rows could not be checked; the column “error” says why."


def _row(one: RowOutcome, counts: Counter[str]) -> Sequence[object]:
    outcome = one.result.outcome if one.result else "error"
    counts[outcome] += 1
    best = one.result.matches[0] if one.result and one.result.matches else None
    found = (best.id, best.name, f"{best.score:.3f}") if best else ("", "", "")
    return (one.line, one.name, one.code, outcome, *found, one.message("en"))


def _write(rows: Iterator[Sequence[object]], output: Path | None) -> None:
    if output is None:
        writers.write_csv(sys.stdout, COLUMNS, rows)
        return
    with whole_file(output) as part:
        if output.suffix.lower() == ".xlsx":
            writers.write_xlsx(part, COLUMNS, rows)
        else:
            with part.open("w", encoding="utf-8", newline="") as target:
                writers.write_csv(target, COLUMNS, rows)
