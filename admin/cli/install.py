"""``registry init | migrate | backup | restore | doctor``: the installation itself."""

from __future__ import annotations

from pathlib import Path

import click

from admin.cli.context import open_office
from registry.core import keys
from registry.core.clock import system_clock
from registry.core.codes import regions
from registry.core.db import Store, WorkingSession
from registry.core.names import parse_credit_code
from registry.office.audit import queries as audit
from registry.office.staff import service as staff
from registry.office.worker import backup as copies
from registry.office.worker.doctor import examine
from registry.public.gazette.verify import verify_log


@click.command()
@click.option("--authority", default="Registry authority", help="Name of the first authority.")
@click.option("--authority-code", default="", help="Its credit code.")
@click.option("--region", default="000000", show_default=True, help="Its region (GB/T 2260).")
def init(authority: str, authority_code: str, region: str) -> None:
    """Create the stores, keys and first administrator; print the one-time password."""
    if region != "000000" and regions.region(region) is None:
        raise click.BadParameter("There is no region with this code.", param_hint="--region")
    if authority_code:
        authority_code = parse_credit_code(authority_code).value
    with open_office(checked=False, make=True) as office:
        keys.ensure_keys(office.settings.key_dir)
        office.migrate()
        password = _first_administrator(office.working, authority, authority_code, region)
    click.echo(f"Stores and keys are ready below {office.settings.data_dir}.")
    if password:
        click.echo("First administrator: admin")
        click.echo(f"One-time password:   {password}")
        click.echo("Shown this once; the first sign-in asks for a new one and a second factor.")


def _first_administrator(
    working: Store[WorkingSession], name: str, code: str, region: str
) -> str | None:
    with working.write() as session:
        return staff.bootstrap(session, name=name, code=code, region=region, now=system_clock())


@click.command()
def migrate() -> None:
    """Bring the schema of all stores up to date."""
    with open_office(checked=False, make=True) as office:
        office.migrate()
    click.echo("The stores are up to date.")


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def backup(directory: Path) -> None:
    """Write a consistent copy of all stores, keys and files to an empty DIRECTORY."""
    with open_office() as office:
        copies.backup(office, directory, now=system_clock())
    click.echo(f"Copied to {directory}. Keep it 30 days at most: it holds what must be forgotten.")


@click.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--newer-gazette",
    metavar="URL",
    help="A gazette store that survived: what was removed since the copy is removed here, too.",
)
@click.pass_context
def restore(context: click.Context, directory: Path, newer_gazette: str | None) -> None:
    """Fill empty stores from a copy; replay removals; verify the audit chain and the log."""
    with open_office(checked=False, make=True) as office:
        copies.restore(office, directory)
        replayed = copies.replay_removals(office, newer_gazette, now=system_clock())
        click.echo(f"{replayed} removals replayed.")
        with office.working.read() as session:
            chain = audit.verify(session)
        with office.gazette.read() as session:
            log = verify_log(session, key=keys.load_log_public(office.settings.key_dir))
    click.echo(f"Audit chain: {'intact' if chain.intact else 'BROKEN'}. ", nl=False)
    click.echo(f"Log: {'verified' if log.ok else 'DOES NOT VERIFY'}.")
    click.echo("Run `registry index rebuild` before serving.")
    if not (chain.intact and log.ok):
        context.exit(1)


@click.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Say what is wrong with this installation, one line each, with the cure."""
    with open_office(checked=False) as office:
        findings = examine(office, system_clock())
    for finding in findings:
        click.echo(f"{finding.problem}. Cure: {finding.cure}")
    if not findings:
        click.echo("Nothing is wrong.")
    context.exit(1 if findings else 0)
