"""Backup, and restore into an empty place: nothing is lost, and nothing comes back to light."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cli_house import Command
from sqlalchemy import create_engine, text
from sqlmodel import select

from registry.core import keys
from registry.core.settings import OfficeSettings, office_settings
from registry.office.audit import queries as audit
from registry.office.publisher import service as publisher
from registry.office.publisher.cross import verify_cross
from registry.office.staff import service as staff
from registry.office.staff.models import Account, Authority
from registry.office.worker import backup as copies
from registry.office.worker.approvals import expected
from registry.office.worker.office import Office, opened
from registry.office.worker.service import Worker
from registry.public.gazette import queries
from registry.public.gazette.verify import verify_log

A, B, C = "X-000000000A", "X-000000000B", "X-000000000C"
demo_group = pytest.mark.xdist_group("cli-demo")


@demo_group
def test_a_restored_demonstration_is_the_same(demo: Command, tmp_path: Path) -> None:
    place = tmp_path / "copy"
    assert demo("backup", place).status == 0
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    other = Command(tmp_path / "other", {"REGISTRY_DEMO": "1"})
    told = other("restore", place)
    assert told.status == 0, told.err
    assert "0 removals replayed" in told.out
    assert other("index", "rebuild").status == 0
    for command in (("audit", "verify"), ("gazette", "verify"), ("export", "listings")):
        assert other(*command).out == demo(*command).out
    assert other("gazette", "verify", "--cross").status == 0
    assert "search index" not in other("doctor").out
    for name in keys.SECRET_FILES:
        assert stat.S_IMODE((other.folder / "keys" / name).stat().st_mode) == 0o600
    evidence = [path for path in (demo.folder / "evidence").rglob("*") if path.is_file()]
    assert evidence
    for path in evidence:
        kept = other.folder / "evidence" / path.relative_to(demo.folder / "evidence")
        assert kept.read_bytes() == path.read_bytes()


@demo_group
def test_what_was_removed_since_stays_removed(demo: Command, tmp_path: Path) -> None:
    """With the outbox of the copy alone it would be shown; the surviving gazette knows better."""
    place = tmp_path / "copy"
    assert demo("backup", place).status == 0
    id = next(
        line.split(",")[0]
        for line in demo("export", "listings").lines[1:]
        if "虚岭县样例应急管理局" in line
    )
    assert demo("takedown", id, "--reason", "误", "--as", "approver").status == 0
    assert demo("takedown", id, "--confirm", "--as", "publisher").status == 0
    assert demo("work", "--once").status == 0
    newer = f"sqlite:///{demo.folder / 'gazette.db'}"
    other = Command(tmp_path / "other", {"REGISTRY_DEMO": "1"})
    told = other("restore", place, "--newer-gazette", newer)
    assert told.status == 0, told.err
    assert "1 removals replayed" in told.out
    assert id not in other("export", "listings").out
    cross = other("gazette", "verify", "--cross")
    assert cross.status == 0, cross.err
    # The installation goes on: the next act, the next publication, the next removal.
    assert other("user", "reset", "clerk").status == 0
    assert other("work", "--once").status == 0
    assert other("gazette", "verify", "--cross").status == 0


def test_refusals(installed: Command, tmp_path: Path) -> None:
    place, other = tmp_path / "copy", Command(tmp_path / "other")
    (place / "x").mkdir(parents=True)
    assert "not empty" in installed.refused("backup", place)
    assert "no manifest" in other.refused("restore", place)
    assert "does not exist" in other.refused("restore", tmp_path / "none", status=2)
    shutil.rmtree(place)
    assert installed("backup", place).status == 0
    assert "not empty" in installed.refused("restore", place)
    newer = ("--newer-gazette", f"sqlite:///{tmp_path / 'none.db'}")
    assert "newer gazette" in Command(tmp_path / "third").refused("restore", place, *newer)
    manifest = place / "manifest.json"
    honest = json.loads(manifest.read_text())
    for wrong, why in (
        ("{", "damaged"),
        (json.dumps({**honest, "format": 2}), "another version"),
        (json.dumps({**honest, "revisions": {**honest["revisions"], "working": "9999"}}), "newer"),
        (json.dumps({**honest, "tables": {**honest["tables"], "gazette": ["log_row"]}}), "kind"),
    ):
        manifest.write_text(wrong)
        assert why in other.refused("restore", place)
    manifest.write_text(json.dumps(honest))
    (place / "gazette.db").unlink()
    assert "gazette.db is missing" in other.refused("restore", place)
    assert other("doctor").out.count("store is empty") == 3, "nothing was half restored"


def test_the_publisher_is_held_still(installed: Command, tmp_path: Path) -> None:
    """The copy waits for a publisher at work, and gives up in the end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copies, "PATIENCE", 2)
        with installed.office() as office, ExitStack() as stack:
            lock = copies.exclusive(office.working, "publisher", lock_dir=office.settings.lock_dir)
            assert stack.enter_context(lock)
            assert "publisher is at work" in installed.refused("backup", tmp_path / "copy")


@pytest.fixture
def offices(
    backend: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Office, Office]]:
    """Two installations on one kind of database: one migrated, with keys; one empty."""
    with ExitStack() as stack:
        made = []
        for name in ("old", "new"):
            settings = office_settings({"REGISTRY_DATA_DIR": str(tmp_path / name)})
            if backend == "postgresql":
                settings = stack.enter_context(_schemas(request, settings, name))
            made.append(stack.enter_context(opened(settings)))
        keys.ensure_keys(made[0].settings.key_dir)
        made[0].migrate()
        yield made[0], made[1]


class _schemas:  # noqa: N801 - a context manager
    """Schemas of one installation on the server of the tests, dropped afterwards."""

    def __init__(self, request: pytest.FixtureRequest, settings: OfficeSettings, name: str) -> None:
        urls: dict[str, str] = request.getfixturevalue("postgres_urls")
        self.names = {store: f"{name}_{store}" for store in urls}
        self.urls = {
            store: url.replace(f"%3D{store}", f"%3D{self.names[store]}")
            for store, url in urls.items()
        }
        base = urls["working"].replace("postgresql://", "postgresql+psycopg://", 1)
        self.engine = create_engine(base)
        self.settings = settings

    def __enter__(self) -> OfficeSettings:
        with self.engine.begin() as connection:
            for name in self.names.values():
                connection.execute(text(f"CREATE SCHEMA {name}"))
        return replace(
            self.settings,
            working_url=self.urls["working"],
            gazette_url=self.urls["gazette"],
            intake_url=self.urls["intake"],
        )

    def __exit__(self, *_: object) -> None:
        with self.engine.begin() as connection:
            for name in self.names.values():
                connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
        self.engine.dispose()


def external(number: int) -> dict[str, Any]:
    return {
        "list": "sdn",
        "reference": str(number),
        "name": f'样例, "quoted"\n{number}',
        "type": "organization",
        "source_date": "2026-01-01",
    }


def publish(office: Office, id: str, now: datetime) -> None:
    with office.working.write() as session:
        publisher.publish(
            session,
            kind="external",
            id=id,
            payload=external(1),
            effective=now,
            publish_until=None,
            now=now,
            docket_id=None,
            origin="external:sdn",
        )


def withdraw(office: Office, id: str, now: datetime) -> None:
    with office.working.write() as session:
        publisher.withdraw(
            session,
            kind="external",
            id=id,
            reason="ended",
            effective=now,
            now=now,
            docket_id=None,
            origin="external:sdn",
        )


def carry(office: Office, now: datetime) -> None:
    while publisher.run_once(
        office.working, office.gazette, now=now, lock_dir=office.settings.lock_dir
    ):
        pass


def test_every_row_comes_back(
    offices: tuple[Office, Office], tmp_path: Path, now: datetime
) -> None:
    old, new = offices
    with old.working.write() as session:
        staff.bootstrap(session, name="上级,机关", code="", region="000000", now=now)
        first = session.exec(select(Authority.id)).one()
        staff.add_authority(
            session, None, name="下级\"机关\"", code="11990121XY00000A64",
            kind="emergency-management", level="county", region="990121", parent_id=first, now=now,
        )  # fmt: skip
    publish(old, A, now)
    publish(old, B, now)
    carry(old, now)
    withdraw(old, B, now)
    carry(old, now)
    publish(old, C, now)
    copies.backup(old, tmp_path / "copy", now=now)
    copies.restore(new, tmp_path / "copy")
    for name, store in old.stores.items():
        assert rows(store) == rows(new.stores[name]), name
    assert copies.replay_removals(new, None, now=now) == 0
    with new.gazette.read() as session:
        assert set(queries.many(session, [A, B, C], now)) == {A, C}
        assert verify_log(session, key=keys.load_log_public(new.settings.key_dir)).ok
    with new.working.read() as session:
        assert audit.verify(session).intact
    # Counters stand behind what was filled in: the next rows get numbers of their own.
    with new.working.write() as session:
        authority = session.exec(select(Authority.id).order_by(Authority.id)).first()  # type: ignore[arg-type]
        staff.add_account(
            session, None, login="li", name="李样例", authority_id=authority or 0, now=now
        )
    publish(new, "X-000000000D", now)
    carry(new, now)
    with new.working.read() as session:
        assert len(set(session.exec(select(Account.id)))) == 2
        with new.gazette.read() as shown:
            assert verify_cross(session, shown, now=now, expected=expected(session, now.date())).ok


def rows(store: Any) -> dict[str, list[str]]:
    """Everything in a store as text."""
    with store.engine.connect() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(table.select()))
            for table in store.metadata.sorted_tables
        }


def test_removals_since_the_copy(
    offices: tuple[Office, Office], tmp_path: Path, now: datetime
) -> None:
    """A stands in the copied gazette, B waits in the copied outbox; both were removed since."""
    old, new = offices
    publish(old, A, now)
    carry(old, now)
    publish(old, B, now)
    copies.backup(old, tmp_path / "copy", now=now)
    carry(old, now)
    later = now + timedelta(hours=1)
    for id in (A, B):
        withdraw(old, id, later)
    publish(old, C, later)
    withdraw(old, C, later)
    carry(old, later)
    copies.restore(new, tmp_path / "copy")
    newer = old.settings.gazette_url
    assert copies.replay_removals(new, newer, now=later) == 2
    assert copies.replay_removals(new, newer, now=later) == 0, "a second time changes nothing"
    with new.gazette.read() as session:
        assert queries.many(session, [A, B, C], later) == {}
        assert verify_log(session).ok
        with new.working.read() as inside:
            assert verify_cross(inside, session, now=later).ok
    Worker(new).drain(later)
    with new.gazette.read() as session:
        assert verify_log(session, key=keys.load_log_public(new.settings.key_dir)).ok


def test_removals_that_waited_in_the_copied_outbox(
    offices: tuple[Office, Office], tmp_path: Path, now: datetime
) -> None:
    old, new = offices
    publish(old, A, now)
    carry(old, now)
    withdraw(old, A, now)
    copies.backup(old, tmp_path / "copy", now=now)
    copies.restore(new, tmp_path / "copy")
    with new.gazette.read() as session:
        assert A in queries.many(session, [A], now)
    assert copies.replay_removals(new, None, now=now) == 1
    with new.gazette.read() as session:
        assert queries.many(session, [A], now) == {}
