"""``registry key``: keys of agencies, by whoever runs the machine (audited as its doing)."""

from __future__ import annotations

from datetime import datetime

import click

from admin.cli.context import open_office
from admin.cli.staff import NoSuchAuthority
from registry.core.clock import legal_day, publish_until, rfc3339, system_clock
from registry.core.db import WorkingSession
from registry.core.errors import Conflict, NotFound
from registry.core.names import parse_credit_code
from registry.office.staff import agencies as arranging
from registry.office.staff import queries as staff
from registry.public.agencies import queries
from registry.public.agencies.keys import SCOPES, good
from registry.public.agencies.models import AgencyRow, KeyRow


class NoSuchAgency(NotFound):
    code = "no-such-agency"
    message = "There is no agency with the code {agency} yet; give its name with --name."


class UnknownAgency(NotFound):
    code = "unknown-agency"
    message = "There is no agency with the code {agency} yet; admit it with registry key add."


class BoundElsewhere(Conflict):
    code = "bound-elsewhere"
    message = (
        "Another authority, or none, answers for the known agency {agency}: change that first "
        "with registry key bind."
    )


class NoSuchKey(NotFound):
    code = "no-such-key"
    message = "There is no key {prefix}."


@click.group()
def key() -> None:
    """Keys with which agencies use the API."""


@key.command()
@click.argument("agency_code")
@click.option("--name", help="Name of the agency, where it is new here.")
@click.option(
    "--authority",
    metavar="CODE",
    help="Credit code of the authority that answers for the agency, where it is new here; "
    "rows (scope imports) come in below it.",
)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(list(SCOPES)),
    help="What the key is good for; may be given several times.",
)
@click.option("--label", default="", help="What the agency uses it for.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day. Default: no end.")
def add(
    agency_code: str,
    name: str | None,
    authority: str | None,
    scopes: tuple[str, ...],
    label: str,
    until: datetime | None,
) -> None:
    """Issue a key to the agency with AGENCY_CODE and print it, this once."""
    now = system_clock()
    value = parse_credit_code(agency_code).value
    with (
        open_office() as office,
        office.intake.write() as intake,
        office.working.write() as working,
    ):
        known = queries.by_code(intake, value)
        if known is None and not name:
            raise NoSuchAgency(agency=value)
        above = _authority(working, authority) if authority else None
        if known is not None and above is not None:
            _check_bound(working, known, above)
        agency = known or arranging.admit(
            working, intake, None, name=name or "", code=value, authority_id=above, now=now
        )
        _row, token = arranging.issue(
            working,
            intake,
            None,
            agency.id or 0,
            scopes=scopes,
            label=label,
            expires=publish_until(until.date()) if until else None,
            now=now,
        )
    _shown(token)


def _check_bound(session: WorkingSession, known: AgencyRow, above: int) -> None:
    """A key is no way to move a known agency unseen. Raises ``BoundElsewhere``."""
    if known.authority != staff.authority(session, above).public_id:
        raise BoundElsewhere(agency=known.code)


@key.command()
@click.argument("agency_code")
@click.option(
    "--authority",
    metavar="CODE",
    required=True,
    help="Credit code of the authority that answers for the agency from now on.",
)
def bind(agency_code: str, authority: str) -> None:
    """Have an authority answer for the known agency with AGENCY_CODE.

    Its keys stay as they are. Rows (scope imports) come in below that authority from now on; what
    the agency handed in before stays where it is.
    """
    value = parse_credit_code(agency_code).value
    with (
        open_office() as office,
        office.intake.write() as intake,
        office.working.write() as working,
    ):
        known = queries.by_code(intake, value)
        if known is None:
            raise UnknownAgency(agency=value)
        above = _authority(working, authority)
        arranging.bind(working, intake, None, known.id or 0, authority_id=above, now=system_clock())
    click.echo(f"The authority {authority} answers for the agency {value}.")


def _authority(session: WorkingSession, code: str) -> int:
    found = staff.authority_by_code(session, code)
    if found is None or found.id is None:
        raise NoSuchAuthority(authority=code)
    return found.id


@key.command(name="list")
def list_() -> None:
    """Agencies and their keys; never a secret."""
    now = system_clock()
    with open_office() as office, office.intake.read() as intake:
        for holder in queries.holders(intake):
            click.echo(f"{holder.agency.code}  {holder.agency.name}")
            for row in holder.keys:
                click.echo(f"  {row.prefix}  {_state(row, now):<28} {' '.join(row.scopes)}")


@key.command()
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """End the key PREFIX (see `registry key list`) at once."""
    with (
        open_office() as office,
        office.intake.write() as intake,
        office.working.write() as working,
    ):
        try:
            arranging.revoke(working, intake, None, prefix, system_clock())
        except NotFound:
            raise NoSuchKey(prefix=prefix) from None
    click.echo(f"The key {prefix} is revoked.")


@key.command()
@click.argument("prefix")
def rotate(prefix: str) -> None:
    """Issue a key like PREFIX, which stays good for seven days more."""
    with (
        open_office() as office,
        office.intake.write() as intake,
        office.working.write() as working,
    ):
        try:
            _row, token = arranging.rotate(working, intake, None, prefix, system_clock())
        except NotFound:
            raise NoSuchKey(prefix=prefix) from None
    _shown(token)


def _shown(token: str) -> None:
    click.echo(token)
    click.echo("Shown this once. Send it as: Authorization: Bearer …", err=True)


def _state(row: KeyRow, now: datetime) -> str:
    if row.revoked:
        return f"revoked {legal_day(row.revoked)}"
    if not good(row, now):
        return "expired"
    until = f", until {rfc3339(row.expires)[:10]}" if row.expires else ""
    return f"last used {row.last_used or 'never'}{until}"
