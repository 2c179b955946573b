"""``registry statistics``: dated snapshots of the indicators, made and counted again."""

from __future__ import annotations

import click

from admin.cli.context import open_office
from registry.core.clock import SHANGHAI, system_clock
from registry.office.statistics import publication, queries, service
from registry.office.statistics.models import Snapshot
from registry.office.statistics.service import Verification
from registry.public.indicators import periods
from registry.public.indicators.definition import load


@click.group()
def statistics() -> None:
    """Indicators with fixed definitions, counted from the cases (docs/statistics.md)."""


@statistics.command()
@click.argument("period")
@click.option("--publish", is_flag=True, help="Put it on public view, once the period is over.")
def snapshot(period: str, publish: bool) -> None:
    """Count all indicators over PERIOD (2026-09, 2026-Q3, 2026-H2, 2026) and keep the figures.

    The worker does so by itself, and publishes, some days after each period has ended.
    """
    wanted, now = periods.parse(period), system_clock()
    with (
        open_office() as office,
        office.working.read() as reader,
        office.working.write() as session,
    ):
        made = service.make(session, wanted, service.settled(now), reader=reader)
        public = publication.publish(session, made, now, office.settings) if publish else None
        click.echo(_line(made))
    if public:
        click.echo(f"It goes on public view as {public}.")


@statistics.command("list")
def list_() -> None:
    """All snapshots, newest first."""
    with open_office() as office, office.working.read() as session:
        for one in queries.snapshots(session):
            click.echo(_line(one))


@statistics.command()
@click.argument("period", required=False)
@click.pass_context
def verify(context: click.Context, period: str | None) -> None:
    """Count snapshots again (all, or those of PERIOD) and compare.

    Status 1 where one does not follow from what was known when it was taken. What has come in
    since is told and is no error.
    """
    code = periods.parse(period).code if period else None
    with open_office() as office, office.working.read() as session:
        now, wrong = system_clock(), 0
        for one in queries.snapshots(session, code):
            found = service.verify(session, one, now)
            wrong += not found.same
            _tell(found)
    if wrong:
        context.exit(1)


def _line(one: Snapshot) -> str:
    at = one.computed_at.astimezone(SHANGHAI)
    return f"{one.period:<8} as of {at:%Y-%m-%d %H:%M}  edition {one.edition}  {one.digest[:16]}"


def _tell(found: Verification) -> None:
    click.echo(f"{_line(found.snapshot)}  {'the same' if found.same else 'NOT THE SAME'}")
    for indicator, authority_id, region in found.moved:
        click.echo(f"  {indicator} (authority {authority_id}, {region}) is not what the log gives")
    titles = load(found.snapshot.edition).all
    for one in found.differences:
        parts = [
            (one.later, "entered later"),
            (one.gone, "annulled since"),
            (one.changed, "corrected since"),
        ]
        why = ", ".join(f"{count} {word}" for count, word in parts if count)
        place = f"(authority {one.authority_id}, {one.region})"
        click.echo(f"  {titles[one.indicator].title.en} {place}: {one.stored} -> {one.now}: {why}")
