"""``registry check`` and ``registry screen``: counterparties against the published lists."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from admin.cli.context import open_office
from registry.core.clock import rfc3339, system_clock
from registry.core.names import is_identifier
from registry.core.sheets import writers
from registry.core.sheets.limits import from_settings
from registry.public.screening import CheckRequest, bulk, load_index
from registry.public.screening import check as screen_one
from registry.public.screening.bulk import RowOutcome

COLUMNS = ("line", "name", "code", "outcome", "record", "matched_name", "score", "error")


@click.command()
@click.argument("name_or_code")
def check(name_or_code: str) -> None:
    """Check one counterparty by name or credit code."""
    now = system_clock()
    by_code = is_identifier(name_or_code)
    request = CheckRequest(
        name=None if by_code else name_or_code, code=name_or_code if by_code else None
    )
    with open_office() as office, office.gazette.read() as session:
        result = screen_one(session, request, index=load_index(session, now), now=now)
    click.echo(f"{result.outcome}  (as of sequence {result.sequence}, {rfc3339(result.as_of)})")
    for match in result.matches:
        click.echo(f"  {match.score:.2f}  {match.kind:<9} {match.id}  {match.name}")
    if result.outcome == "clear":
        click.echo("  Not found in these lists at this sequence. That is all that it says.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--name", "name_column", default="", help="Title of the column of names.")
@click.option("--code", "code_column", default="", help="Title of the column of credit codes.")
def screen(file: Path, output: Path | None, name_column: str, code_column: str) -> None:
    """Check every row of FILE (CSV, XLSX, ODS); one outcome per row."""
    now = system_clock()
    with open_office() as office, office.gazette.read() as session:
        limits = from_settings(office.settings.max_upload_bytes, office.settings.max_import_rows)
        index = load_index(session, now)
        outcomes = bulk.screen(
            session, index, file, limits, now, name_column=name_column, code_column=code_column
        )
        counts: dict[str, int] = {}
        rows = _rows(outcomes, counts)
        _write(rows, output)
    told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    click.echo(f"{sum(counts.values())} rows: {told or 'none'}", err=True)


def _rows(outcomes: Iterator[RowOutcome], counts: dict[str, int]) -> Iterator[Sequence[object]]:
    with click.progressbar(outcomes, label="Screening", file=sys.stderr) as bar:
        for one in bar:
            outcome = one.result.outcome if one.result else "error"
            counts[outcome] = counts.get(outcome, 0) + 1
            best = one.result.matches[0] if one.result and one.result.matches else None
            yield (
                one.line,
                one.name,
                one.code,
                outcome,
                best.id if best else "",
                best.name if best else "",
                f"{best.score:.3f}" if best else "",
                one.error,
            )


def _write(rows: Iterator[Sequence[object]], output: Path | None) -> None:
    if output is None:
        writers.write_csv(sys.stdout, COLUMNS, rows)
    elif output.suffix == ".xlsx":
        writers.write_xlsx(output, COLUMNS, rows)
    else:
        with output.open("w", encoding="utf-8", newline="") as target:
            writers.write_csv(target, COLUMNS, rows)
