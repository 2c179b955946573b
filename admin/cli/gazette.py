"""``registry gazette``, ``registry index`` and ``registry takedown``."""

from __future__ import annotations

from pathlib import Path

import click

from admin.cli import following
from admin.cli.context import acting_as, as_account, open_office
from admin.cli.publickey import key_option, read_key
from registry.core import keys
from registry.core.clock import legal_day, system_clock
from registry.core.codes.public_id import parse_public_id
from registry.core.errors import NotFound
from registry.office.publisher import takedown as takedowns
from registry.office.publisher.cross import verify_cross
from registry.office.worker.approvals import authority_path, expected, unapproved
from registry.office.worker.office import Office
from registry.public.gazette import checkpoint as checkpoints
from registry.public.gazette import queries as published
from registry.public.gazette.verify import verify_log
from registry.public.search import Indexer


class NothingAskedFor(NotFound):
    code = "no-takedown-asked-for"
    message = "No takedown of {id} waits for a confirmation."


@click.group()
def gazette() -> None:
    """The published, append-only log."""


@gazette.command()
@click.option("--cross", is_flag=True, help="Also hold every public row against its decision.")
@click.option("--from", "place", metavar="URL|DIR", help="Another site's log, or a copy of one.")
@key_option
@click.pass_context
def verify(context: click.Context, cross: bool, place: str | None, key_file: Path | None) -> None:
    """Verify the whole log: leaves, tree, checkpoints, removals, order."""
    if place is not None:
        if cross:
            raise click.UsageError("--cross needs the decisions: it is for the log kept here.")
        following.verify_elsewhere(place, key_file)
        return
    with open_office() as office:
        key = read_key(key_file) if key_file else keys.load_log_public(office.settings.key_dir)
        with office.gazette.read() as session:
            report = verify_log(session, key=key)
        problems = [str(problem) for problem in report.problems]
        click.echo(
            f"{report.size} rows, {report.with_content} with content, "
            f"{report.forgotten} forgotten, "
            f"{report.checkpoints} checkpoints; root {report.root.hex()}"
        )
        if cross:
            problems += _cross(office)
    for problem in problems:
        click.echo(problem, err=True)
    click.echo("The log verifies." if not problems else "The log does not verify.")
    context.exit(1 if problems else 0)


def _cross(office: Office) -> list[str]:
    now = system_clock()
    with office.working.read() as working, office.gazette.read() as session:
        # Listed first: the check lets go of the rows that it has gone through.
        public = list(expected(working, legal_day(now)))
        report = verify_cross(working, session, now=now, approval=unapproved, expected=public)
    click.echo(f"{report.rows} rows held against decisions, {len(report.waiting)} waiting.")
    return [str(problem) for problem in report.problems]


@gazette.command()
def checkpoint() -> None:
    """Sign a checkpoint over the log as it stands, and print it."""
    with open_office() as office, office.gazette.write() as session:
        row = checkpoints.sign_newest(session, office.settings.key_dir, now=system_clock())
        click.echo(row.note, nl=False)


gazette.add_command(following.follow)


@click.group()
def index() -> None:
    """The search index."""


@index.command("rebuild")
def rebuild_index() -> None:
    """Build the index anew from the gazette; readers keep the old one until it is done."""
    with open_office() as office:
        count = Indexer(office.gazette, office.index, files=office.settings.file_dir).rebuild(
            system_clock()
        )
    click.echo(f"{count} records indexed.")


@index.command()
def status() -> None:
    """Say how far the index is and whether it is behind."""
    with open_office() as office, office.gazette.read() as session:
        behind = max(0, published.state(session, system_clock()).sequence - office.index.position())
        click.echo(f"engine:   {office.settings.search_engine}")
        click.echo(f"records:  {office.index.size()}")
        click.echo(f"position: {office.index.position()} ({behind} behind)")


@click.command()
@click.argument("public_id", metavar="ID")
@click.option("--reason", default="", help="Why; required with the first request.")
@click.option("--confirm", is_flag=True, help="Confirm another officer's request.")
@as_account
def takedown(public_id: str, reason: str, confirm: bool, login: str) -> None:
    """Withdraw a record urgently: one officer asks, a second one confirms."""
    wanted = parse_public_id(public_id)
    if wanted is None:
        raise click.BadParameter("This is not the id of a public record.", param_hint="ID")
    with open_office() as office, office.working.write() as session:
        acting = acting_as(session, office, login)
        if confirm:
            asked = [one for one in takedowns.waiting(session, acting) if one.public_id == wanted]
            if not asked:
                raise NothingAskedFor(id=wanted)
            takedowns.confirm(session, asked[0].id or 0, acting)
        else:
            path = authority_path(session, wanted)
            takedowns.request(session, wanted, reason, acting, authority_path=path)
    # Said only once it is committed.
    if confirm:
        click.echo(f"{wanted} is withdrawn.")
    else:
        click.echo(f"Asked for. A second officer confirms: registry takedown {wanted} --confirm")
