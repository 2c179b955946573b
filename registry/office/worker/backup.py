"""Consistent copies of all stores and files, and their way back.

The publisher is held still while the copy is made, so that no decision can be in the gazette's
copy without being in the working store's: what was copied unmarked is published again after a
restore and recognised by its event id.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from registry.core.clock import rfc3339
from registry.core.db import GazetteSession, Store, WorkingSession, exclusive
from registry.core.errors import RegistryError
from registry.migrations import service as migrations
from registry.office.publisher import service as publisher
from registry.office.publisher.models import OutboxRow
from registry.office.worker import copying
from registry.office.worker.approvals import RESTORE
from registry.office.worker.office import Office
from registry.public.gazette import erasure
from registry.public.gazette import restore as gazette
from registry.public.gazette.restore import Removal

MANIFEST = "manifest.json"
FORMAT = 1
FOLDERS = ("keys", "files", "evidence", "sealed")
PATIENCE = 100
"""Tenths of a second to wait for the publisher to come to rest."""


class BackupRefused(RegistryError):  # noqa: N818 - reads as a sentence
    code = "backup-refused"
    status = 409
    message = "The copy cannot be made or read: {why}"


@dataclass(frozen=True)
class Manifest:
    """What a copy holds. ``tables`` in the order in which they can be filled; None for SQLite."""

    made: str
    revisions: Mapping[str, str]
    tables: Mapping[str, list[str] | None]


def backup(office: Office, target: Path, *, now: datetime) -> None:
    """Write a copy of every store, key and file below ``target``, which must be empty.

    The manifest comes last: without it, as after a crash, nothing is taken for a copy.
    """
    if target.exists() and any(target.iterdir()):
        raise BackupRefused(why=f"{target} is not empty")
    target.mkdir(parents=True, exist_ok=True)
    # It holds the keys and personal data, whatever the directory was before.
    target.chmod(0o700)
    revisions, tables = {}, {}
    with _publisher_at_rest(office):
        for name, store in office.stores.items():
            revisions[name] = migrations.current(store)
            tables[name] = copying.copy_out(store, target / name)
    for folder in FOLDERS:
        source = _place(office, folder)
        if source.is_dir():
            shutil.copytree(source, target / folder)
    manifest = {"format": FORMAT, "made": rfc3339(now), "revisions": revisions, "tables": tables}
    (target / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _place(office: Office, folder: str) -> Path:
    settings = office.settings
    return settings.sealed_dir if folder == "sealed" else settings.data_dir / folder


@contextmanager
def _publisher_at_rest(office: Office) -> Iterator[None]:
    for attempt in range(PATIENCE):
        if attempt:
            time.sleep(0.1)
        with exclusive(office.working, "publisher", lock_dir=office.settings.lock_dir) as held:
            if held:
                yield
                return
    raise BackupRefused(why="the publisher is at work; try again in a moment")


def restore(office: Office, source: Path) -> Manifest:
    """Fill empty stores from ``source``. The caller replays removals and verifies.

    Raises ``BackupRefused`` where there is no whole copy, where it is of another kind of
    database, or where a store is not empty; then nothing has been changed.
    """
    manifest = read_manifest(source)
    _check(office, source, manifest)
    for name, store in office.stores.items():
        try:
            copying.copy_in(
                name, store, source / name, manifest.revisions[name], manifest.tables[name]
            )
        except (SQLAlchemyError, copying.DriverError) as error:
            raise BackupRefused(
                why=f"the copy of the {name} store is damaged ({type(error).__name__}); "
                "empty the stores before you try another copy"
            ) from None
    for folder in FOLDERS:
        if (source / folder).is_dir():
            shutil.copytree(source / folder, _place(office, folder), dirs_exist_ok=True)
    office.migrate()
    return manifest


def read_manifest(source: Path) -> Manifest:
    """What the copy in ``source`` says of itself. Raises ``BackupRefused``."""
    path = source / MANIFEST
    if not path.is_file():
        raise BackupRefused(why=f"{source} holds no manifest")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise BackupRefused(why=f"{source} was made by another version of this program")
        tables = {
            name: None if some is None else [str(one) for one in some]
            for name, some in content["tables"].items()
        }
        return Manifest(str(content["made"]), dict(content["revisions"]), tables)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupRefused(why=f"the manifest in {source} is damaged") from None


def _check(office: Office, source: Path, manifest: Manifest) -> None:
    for name, store in office.stores.items():
        revision = manifest.revisions.get(name)
        if revision is None or name not in manifest.tables:
            raise BackupRefused(why=f"the manifest says nothing of the {name} store")
        if not _is_known(name, revision):
            raise BackupRefused(why="the copy was made by a newer version of this program")
        if (manifest.tables[name] is None) != store.is_sqlite:
            raise BackupRefused(why=f"the copy of the {name} store is of another kind of database")
        missing = copying.missing(source / name, manifest.tables[name])
        if missing:
            raise BackupRefused(why=f"{missing[0]} is missing in it")
        if office.revision(name) is not None:
            raise BackupRefused(why=f"the {name} store is not empty")


def _is_known(name: str, revision: str) -> bool:
    files = (migrations.HERE / "versions" / name).glob("*.py")
    return any(file.name.startswith(f"{revision}_") for file in files)


def replay_removals(office: Office, newer_gazette: str | None, *, now: datetime) -> int:
    """Carry out every removal that the restored gazette lacks; gives how many records.

    First what waits in the restored outbox goes out, as after any stop of the publisher. Then
    what a newer gazette, where one survived, has removed since is withdrawn here, too: through
    the outbox, so that a publication still waiting there cannot come after it.
    """
    found = _removals(newer_gazette)
    with office.gazette.read() as session:
        before = {one.id for one in gazette.removals(session)}
    _publish_all(office, now)
    with office.working.write() as session:
        _withdraw(session, found, now)
    _publish_all(office, now)
    with office.gazette.read() as session:
        after = {one.id for one in gazette.removals(session)}
    erasure.finish(office.gazette, now=now)
    return len(after - before)


def _removals(newer_gazette: str | None) -> list[Removal]:
    if newer_gazette is None:
        return []
    try:
        newer = Store(newer_gazette, GazetteSession, read_only=True)
        try:
            with newer.read() as session:
                return gazette.removals(session)
        finally:
            newer.close()
    except (SQLAlchemyError, ImportError, ValueError) as error:
        reason = type(error).__name__
        raise BackupRefused(why=f"the newer gazette cannot be read ({reason})") from None


def _withdraw(session: WorkingSession, removals: list[Removal], now: datetime) -> None:
    for one in removals:
        sent = select(OutboxRow.id).where(OutboxRow.public_id == one.id).limit(1)
        if session.exec(sent).first() is not None:
            publisher.withdraw(
                session,
                kind=one.kind,
                id=one.id,
                reason=one.reason,
                effective=one.effective,
                now=now,
                docket_id=None,
                origin=RESTORE,
            )


def _publish_all(office: Office, now: datetime) -> None:
    lock_dir = office.settings.lock_dir
    while publisher.run_once(office.working, office.gazette, now=now, lock_dir=lock_dir):
        pass
