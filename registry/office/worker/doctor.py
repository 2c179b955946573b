"""What is wrong with an installation, one finding a line, each with its cure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from registry.core import i18n, keys
from registry.core.clock import legal_day
from registry.core.db import database_time
from registry.core.errors import Misconfigured, RegistryError
from registry.migrations import service as migrations
from registry.office.audit import queries as audit
from registry.office.publisher import queries as publisher
from registry.office.staff import queries as staff
from registry.office.worker import heartbeat
from registry.office.worker.approvals import expected
from registry.office.worker.office import Office
from registry.public.gazette import queries as gazette
from registry.public.gazette.erasure import pending
from registry.public.gazette.verify import verify_log
from registry.public.search import ENGINES

LOW_DISK = 1 << 30
CLOCK_SKEW = timedelta(minutes=2)
MOST_TOLD = 5
STALE_OUTBOX = timedelta(minutes=5)
ERASURE_LIMIT = {True: timedelta(seconds=60), False: timedelta(hours=24)}
"""Keyed by whether the gazette is SQLite (design: 60 s) or PostgreSQL (24 h)."""


@dataclass(frozen=True)
class Finding:
    """Something wrong and what to do about it."""

    problem: str
    cure: str


Check = Callable[[Office, datetime], Iterator[Finding]]


def examine(office: Office, now: datetime) -> list[Finding]:
    """All findings. It ends early where there is no installation or a store cannot be read."""
    if not office.settings.data_dir.is_dir():
        return [Finding(f"there is no directory {office.settings.data_dir}", "run: registry init")]
    if not os.access(office.settings.data_dir, os.R_OK | os.X_OK):
        return list(_data_dir(office, now))
    found: list[Finding] = []
    for check in (_program, _data_dir, _folders, _settings, _keys, _rules):
        found.extend(check(office, now))
    stores = list(_stores(office, now))
    found.extend(stores)
    if stores:
        return found
    for check in (_clock, _worker, _staff, _flow, _index, _audit, _log):
        try:
            found.extend(check(office, now))
        except SQLAlchemyError as error:
            reason = type(error).__name__
            found.append(Finding(f"a store is damaged ({reason})", "restore from a backup"))
    return found


def _program(_office: Office, _now: datetime) -> Iterator[Finding]:
    yield from open_to_all(Path(__file__).parents[2])


def open_to_all(folder: Path) -> Iterator[Finding]:
    """Whoever can change the program below ``folder`` has everything that it can open."""
    if any(path.stat().st_mode & 0o002 for path in (folder, *folder.rglob("*.py"))):
        yield Finding(
            f"the program itself, {folder}, can be changed by every user of this machine",
            f"chmod -R o-w {folder}",
        )


def _data_dir(office: Office, _now: datetime) -> Iterator[Finding]:
    folder = office.settings.data_dir
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(
            f"{folder} cannot be read and written", "give it to the user who runs the registry"
        )
        return
    if folder.stat().st_mode & 0o007:
        yield Finding(f"{folder} is open to every user of this machine", f"chmod o-rwx {folder}")
    if shutil.disk_usage(folder).free < LOW_DISK:
        yield Finding(f"less than 1 GiB is free below {folder}", "free some disk space")


def _folders(office: Office, _now: datetime) -> Iterator[Finding]:
    """Directories below the data directory, or beside it where settings put them."""
    settings = office.settings
    private = (settings.key_dir, settings.evidence_dir, settings.sealed_dir)
    shared = (settings.file_dir, settings.index_dir, settings.lock_dir)
    for folder in (*private, *shared):
        try:
            mode = folder.stat().st_mode
        except FileNotFoundError:
            continue
        except PermissionError:
            mode = 0
        if not mode or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            yield Finding(
                f"{folder} cannot be read and written",
                "give it to the user who runs the registry, with mode 0700",
            )
        elif folder in private and mode & 0o007:
            yield Finding(f"{folder} is open to every user of this machine", f"chmod 700 {folder}")


def _settings(office: Office, _now: datetime) -> Iterator[Finding]:
    settings = office.settings
    for language in settings.languages:
        try:
            i18n.catalogue(language)
        except KeyError:
            yield Finding(
                f"there is no catalogue for the language {language}",
                f"take {language} out of REGISTRY_LANGUAGES",
            )
    if settings.search_engine not in ENGINES:
        yield Finding(
            f"there is no search engine {settings.search_engine}",
            f"set REGISTRY_SEARCH_ENGINE to one of: {', '.join(ENGINES)}",
        )
    if not settings.https and settings.base_url.startswith("https:"):
        yield Finding("cookies are sent without HTTPS", "set REGISTRY_HTTPS=1")


def _keys(office: Office, _now: datetime) -> Iterator[Finding]:
    folder = office.settings.key_dir
    told = set()
    for load in (
        keys.load_log_key,
        keys.load_log_public,
        keys.load_certificate_key,
        keys.load_certificate_endorsement,
        keys.load_vault,
        keys.load_receipt_key,
        lambda place: keys.load_site_secret(place, "public"),
        lambda place: keys.load_site_secret(place, "admin"),
    ):
        try:
            load(folder)
        except Misconfigured as error:
            told.add(str(error.params["what"]))
    for what in sorted(told):
        problem, _, cure = what.partition("; ")
        yield Finding(problem, cure or "see Keys in docs/operations.md")
    if not told and keys.load_log_key(folder).verify_key != keys.load_log_public(folder):
        yield Finding("log.pub is not the public half of log.key", "restore both from a backup")


def _rules(office: Office, now: datetime) -> Iterator[Finding]:
    try:
        book = office.book
    except RegistryError as error:
        yield Finding(str(error), "mend the file, or empty REGISTRY_RULES_DIR")
        return
    horizon = legal_day(now) + timedelta(days=60)
    if book.calendar.add_working_days(horizon, 1).provisional:
        yield Finding(
            "the working-day calendar ends within 60 days; working-day deadlines are provisional",
            "add the State Council's notice for next year to calendar.yaml in REGISTRY_RULES_DIR",
        )


def _stores(office: Office, _now: datetime) -> Iterator[Finding]:
    for name in office.stores:
        try:
            at = office.revision(name)
        except Misconfigured as error:
            problem, _, cure = str(error.params["what"]).partition("; ")
            yield Finding(problem, cure)
            continue
        if at is None:
            yield Finding(f"the {name} store is empty", "run: registry init")
        elif at != migrations.head(name):
            yield Finding(f"the {name} store is not up to date", "run: registry migrate")


def _clock(office: Office, now: datetime) -> Iterator[Finding]:
    """A clock that runs behind lets terms end late and dates what is decided wrongly."""
    with office.working.read() as session:
        newest = [audit.newest(session)]
        served = database_time(session)
    with office.gazette.read() as session:
        newest.append(gazette.state(session, now).recorded)
    last = max((one for one in newest if one is not None), default=None)
    if last is not None and last - now > CLOCK_SKEW:
        yield Finding(
            f"this machine's clock is behind what was recorded at {last:%Y-%m-%d %H:%M} UTC",
            "set the clock by a time server (NTP), then look at what was recorded meanwhile",
        )
    if served is not None and abs(served - now) > CLOCK_SKEW:
        yield Finding(
            f"the clocks of this machine and of the database are {abs(served - now)} apart",
            "set both by a time server (NTP)",
        )


def _worker(office: Office, now: datetime) -> Iterator[Finding]:
    seen = heartbeat.last(office.settings.lock_dir)
    if seen is not None and now - seen > STALE_OUTBOX:
        yield Finding(
            f"the worker of this machine last went round at {seen:%Y-%m-%d %H:%M} UTC and did"
            " not stop in order",
            "look at its log, and run: registry work",
        )


def _staff(office: Office, _now: datetime) -> Iterator[Finding]:
    roles = (("administrator", "administer the staff"), ("approver", "approve a case"))
    with office.working.read() as session:
        lacking = [pair for pair in roles if not staff.active_with_role(session, pair[0])]
    for role, what in lacking:
        yield Finding(f"nobody can {what}", f"run: registry user add LOGIN --role {role} ...")


def _flow(office: Office, now: datetime) -> Iterator[Finding]:
    with office.working.read() as session:
        oldest = publisher.oldest_waiting(session)
        if oldest is not None and now - oldest > STALE_OUTBOX:
            yield Finding(
                "decisions wait to be published since more than five minutes", "run: registry work"
            )
        held = set(expected(session, legal_day(now)))
        refused = [row for row in publisher.refused(session) if row.public_id in held]
    for row in refused[:MOST_TOLD]:
        yield Finding(
            f"the log refused {row.public_id} ({row.refused}), which its case holds to be public",
            "look at the case",
        )
    with office.gazette.read() as session:
        limit = ERASURE_LIMIT[office.gazette.is_sqlite]
        if any(now - removed > limit for removed in pending(session)):
            yield Finding("removed records are not yet erased from disk", "run: registry work")


def _index(office: Office, now: datetime) -> Iterator[Finding]:
    if office.settings.search_engine not in ENGINES:
        return
    try:
        position = office.index.position()
    except (OSError, RegistryError):
        yield Finding("the search index cannot be read", "run: registry index rebuild")
        return
    with office.gazette.read() as session:
        behind = gazette.state(session, now).sequence - position
    if behind < 0:
        yield Finding("the search index is of another gazette", "run: registry index rebuild")
    elif behind > 0:
        yield Finding(f"the search index is {behind} publications behind", "run: registry work")


def _audit(office: Office, _now: datetime) -> Iterator[Finding]:
    with office.working.read() as session:
        report = audit.verify(session)
    if not report.intact:
        yield Finding(
            f"the audit chain is broken at row {report.broken}",
            "stop, keep the disk, and restore from a backup: somebody changed the audit",
        )


def _log(office: Office, _now: datetime) -> Iterator[Finding]:
    try:
        key = keys.load_log_public(office.settings.key_dir)
    except Misconfigured:
        key = None  # told already
    with office.gazette.read() as session:
        report = verify_log(session, key=key)
    for problem in report.problems[:MOST_TOLD]:
        yield Finding(
            f"the published log does not verify: {problem}",
            "stop publishing and restore from a backup",
        )
