"""``registry user``, ``registry audit`` and ``registry deadlines``."""

from __future__ import annotations

from datetime import date, datetime

import click

from admin.cli.context import NoSuchAccount, open_office
from registry.core import keys
from registry.core.clock import SHANGHAI, legal_day, system_clock
from registry.core.db import WorkingSession
from registry.core.errors import NotFound
from registry.office.accountability import overdue as answerable
from registry.office.accountability.leaders import queries as leaders
from registry.office.accountability.standings import Span
from registry.office.audit import queries as audit_queries
from registry.office.dockets import overdue
from registry.office.staff import queries, resets, service
from registry.office.staff.models import Account
from registry.office.staff.officer import ROLES


class NoSuchAuthority(NotFound):
    code = "no-such-authority"
    message = "There is no authority with the code {authority}."


class NothingAsked(NotFound):
    code = "nothing-asked"
    message = "No reset of {login} is asked for."


@click.group()
def user() -> None:
    """Staff accounts, by whoever runs the machine (audited as the command line's doing)."""


@user.command()
@click.argument("login")
@click.option("--name", required=True)
@click.option("--authority", help="Credit code of the officer's authority; not for the only one.")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES))
def add(login: str, name: str, authority: str | None, roles: tuple[str, ...]) -> None:
    """Add an officer and print the one-time password."""
    with open_office() as office, office.working.write() as session:
        _account, password = service.add_account(
            session,
            None,
            login=login,
            name=name,
            authority_id=_authority(session, authority),
            grant=roles,
            now=system_clock(),
        )
    click.echo(f"One-time password for {login}: {password}")


@user.command()
@click.argument("login")
@click.option("--device", is_flag=True, help="The second factor is lost, too.")
@click.option(
    "--complete", is_flag=True, help="Carry out what was asked for, where nobody else could."
)
@click.option("--withdraw", is_flag=True, help="Withdraw what was asked for.")
def reset(login: str, device: bool, complete: bool, withdraw: bool) -> None:
    """Ask for a new one-time password: a second administrator confirms it.

    The first half of the password is printed here, the administrator gets the second one at the
    staff desk. Where no administrator could confirm, run it again after a day with --complete. An
    account that nobody has used yet is reset at once.
    """
    now = system_clock()
    with open_office() as office, office.working.write() as session:
        account = _account(session, login)
        vault = keys.load_vault(office.settings.key_dir)
        if withdraw:
            resets.refuse(session, None, _asked(session, login, account, now), now)
            told = f"The reset of {login} is withdrawn."
        elif complete:
            asked = _asked(session, login, account, now)
            half = resets.confirm(session, vault, None, asked, now)[1]
            told = f"Second half of the one-time password for {login}: {half}"
        else:
            told = _told(login, resets.ask(session, vault, None, account, device=device, now=now))
    click.echo(told)


def _asked(session: WorkingSession, login: str, account: int, now: datetime) -> int:
    pending = resets.pending_of(session, account, now)
    if pending is None or pending.id is None:
        raise NothingAsked(login=login)
    return pending.id


def _told(login: str, asked: resets.Asked) -> str:
    if asked.done:
        return f"One-time password for {login}: {asked.shown}"
    when = asked.reset.alone_from.astimezone(SHANGHAI)
    return (
        f"First half of the one-time password for {login}: {asked.shown}\n"
        "An administrator confirms the reset at the staff desk and gets the second half. Where "
        f"there is none: registry user reset {login} --complete, from {when:%Y-%m-%d %H:%M} on."
    )


@user.command()
@click.argument("login")
def disable(login: str) -> None:
    """Disable an account at once; its sessions end."""
    with open_office() as office, office.working.write() as session:
        service.disable(session, None, _account(session, login), system_clock())
    click.echo(f"{login} is disabled.")


def _authority(session: WorkingSession, code: str | None) -> int:
    if code is not None:
        found = queries.authority_by_code(session, code)
    else:
        known = list(queries.authorities(session))
        if len(known) != 1:
            raise click.UsageError("There are several authorities: say which with --authority.")
        found = known[0]
    if found is None or found.id is None:
        raise NoSuchAuthority(authority=code)
    return found.id


def _account(session: WorkingSession, login: str) -> int:
    found: Account | None = queries.account_by_login(session, login)
    if found is None or found.id is None:
        raise NoSuchAccount(login=login)
    return found.id


@click.group()
def audit() -> None:
    """The staff audit chain."""


@audit.command()
@click.pass_context
def verify(context: click.Context) -> None:
    """Verify the hash chain over everything that officers did and read."""
    with open_office() as office, office.working.read() as session:
        report = audit_queries.verify(session)
    if not report.intact:
        click.echo(
            f"The audit chain is broken at row {report.broken} ({report.problem}).", err=True
        )
        context.exit(1)
    click.echo(f"The audit chain is intact: {report.rows} rows, head {report.head.hash}.")


@click.command()
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="Default: today.")
@click.option("--summary", is_flag=True, help="Overdue cases by the unit answerable and kind.")
def deadlines(as_of: datetime | None, summary: bool) -> None:
    """What is due, overdue or expired, by authority and officer."""
    today = legal_day(system_clock())
    day: date = as_of.date() if as_of else today
    with open_office() as office, office.working.read() as session:
        if summary:
            lines = answerable.report(session, Span(day, today, day))
            for line in answerable.as_rows(lines, day, "zh"):
                click.echo("  ".join(line))
            click.echo(f"{sum(one.cases for one in lines)} overdue as of {day}.", err=True)
            return
        count = 0
        for row in overdue.deadlines(session, day):
            count += 1
            place = f"{row.authority}  {row.officer or '-'}"
            click.echo(f"{row.due}  {row.state:<13} {place}  {row.number}  {row.what.zh}")
        rule = office.book.on(day).deadlines.get(leaders.RULE)
        for late in leaders.under(session, "/", office.book, day) if rule else ():
            if rule and late.duty.overdue:
                count += 1
                who = f"{late.authority}  {late.leader.name}"
                click.echo(f"{late.duty.due}  {'breached':<13} {who}  -  {rule.title.zh}")
    click.echo(f"{count} due, late or expired as of {day}.", err=True)
