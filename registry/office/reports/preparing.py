"""What the worker does with files of reports, outside every request.

It lets a child make public copy and text of each file that waits, one at a time and without
waiting for it; puts copies where the public site reads them once their report is accepted;
discloses the report then; and takes away what may no longer be read.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from registry.core import papers
from registry.core.db import Store, WorkingSession, exclusive
from registry.core.errors import RegistryError
from registry.core.papers.child import prepared
from registry.core.rules import Rulebook
from registry.office.dockets import checks, engine
from registry.office.dockets.models import Docket
from registry.office.publisher.models import OutboxRow
from registry.office.reports import queries
from registry.office.reports.disclosure import OFFERED
from registry.office.reports.models import ReportFile
from registry.public.files.store import FileStore

CHUNK = 100
SWEEP_EVERY = timedelta(seconds=10)
log = structlog.get_logger()


@dataclass
class _Running:
    """A child at work on one file."""

    file_id: int
    process: subprocess.Popen[bytes]
    copy: Path
    text: Path


class Preparer:
    """The files of one installation. ``step`` never waits for a child."""

    def __init__(
        self, working: Store[WorkingSession], *, kept: Path, out: Path, lock_dir: Path
    ) -> None:
        self.working = working
        self.kept, self.out = FileStore(kept), FileStore(out)
        self.lock_dir = lock_dir
        self._running: _Running | None = None
        self._swept: datetime | None = None

    def step(self, now: datetime, book: Rulebook) -> bool:
        """Whatever can be done now; gives whether something was."""
        with exclusive(self.working, "report-files", lock_dir=self.lock_dir) as held:
            if not held:
                return False
            done = self._collect() if self._running else False
            if self._running is None:
                self._begin()
            return any([done, self._disclose(now, book), self._sweep(now)])

    def finish(self, now: datetime, book: Rulebook) -> None:
        """Until nothing waits: for the demonstration and for ``registry work --once``."""
        while self.step(now, book) or self._running:
            if self._running:
                self._running.process.wait()

    def _sweep(self, now: datetime) -> bool:
        """What goes through all files that are out: now and then, not in every round."""
        if self._swept is not None and self._swept <= now < self._swept + SWEEP_EVERY:
            return False
        self._swept = now
        return any([self._restore(now), self._withdraw()])

    def _begin(self) -> None:
        query = select(ReportFile).where(ReportFile.state == "waiting").order_by(col(ReportFile.id))
        with self.working.read() as session:
            row = session.exec(query.limit(1)).first()
            if row is None or row.id is None:
                return
            source, number = self.kept.path(row.sha256), row.id
        copy, text = (self.kept.draft(f"{number}.{kind}") for kind in ("copy", "text"))
        self._running = _Running(number, papers.start("prepare", source, copy, text), copy, text)

    def _collect(self) -> bool:
        running = self._running
        assert running is not None  # noqa: S101 - asked for only then
        if running.process.poll() is None:
            return False
        self._running = None
        try:
            found = prepared(running.process)
            with running.copy.open("rb") as copy, running.text.open("rb") as text:
                digest, words = self.kept.store(copy), self.kept.store(text)
            self._note(running, found, digest, words)
        except (RegistryError, OSError) as error:
            log.warning("file not prepared", file=running.file_id, error=type(error).__name__)
            self._fail(running.file_id)
        finally:
            running.copy.unlink(missing_ok=True)
            running.text.unlink(missing_ok=True)
        return True

    def _note(self, running: _Running, found: papers.Prepared, copy: str, words: str) -> None:
        with self.working.write() as session:
            row = session.get(ReportFile, running.file_id)
            if row is None:
                return
            row.state, row.pages, row.characters = "ready", found.pages, found.characters
            row.public_sha256, row.public_size = copy, running.copy.stat().st_size
            row.text_sha256 = words if found.characters else None
            session.add(row)

    def _fail(self, file_id: int) -> None:
        with self.working.write() as session:
            row = session.get(ReportFile, file_id)
            if row is not None:
                row.state = "failed"
                session.add(row)

    def _disclose(self, now: datetime, book: Rulebook) -> bool:
        """Accepted reports whose files are ready become public; what they replace is replaced."""
        query = select(Docket.id).where(Docket.kind == "report", Docket.state == "accepted")
        with self.working.read() as session:
            waiting = session.exec(query.order_by(col(Docket.id)).limit(CHUNK)).all()
        return any([self._disclose_one(one, now, book) for one in waiting if one is not None])

    def _disclose_one(self, docket_id: int, now: datetime, book: Rulebook) -> bool:
        with self.working.write() as session:
            docket = session.get(Docket, docket_id)
            return docket is not None and self.disclose(session, docket, now, book)

    def disclose(
        self, session: WorkingSession, docket: Docket, now: datetime, book: Rulebook
    ) -> bool:
        """Make one accepted report public if its files are ready; whether it was done."""
        if self._bring_out(session, docket, now):
            try:
                engine.act_as_registry(session, docket, "disclose", now=now, book=book)
                for old_id in checks.links_of(session, docket).get("replaces", ()):
                    old = session.get(Docket, old_id)
                    if old is not None and old.state in {"valid", "inaccurate"}:
                        engine.act_as_registry(session, old, "replace", now=now, book=book)
            except RegistryError as error:
                log.warning("report not disclosed", docket=docket.id, error=error.code)
                return False
            return True
        return False

    def _bring_out(self, session: WorkingSession, docket: Docket, now: datetime) -> bool:
        """Put the public copies where the public site reads them; whether all are there."""
        files = queries.files(session, docket.id or 0)
        shown = [files.get("redacted") or files.get("original")]
        shown += queries.images(session, docket.id or 0)
        if any(one is None or one.state != "ready" for one in [*files.values(), *shown]):
            return False
        for one in shown:
            for digest in (one.public_sha256, one.text_sha256) if one is not None else ():
                if digest and not self.out.has(digest):
                    with self.kept.open(digest) as source:
                        self.out.store(source)
        for row in (*files.values(), *queries.images(session, docket.id or 0)):
            row.out = row.out or now
            session.add(row)
        session.flush()
        return True

    def _restore(self, now: datetime) -> bool:
        """Bring back what is offered again, as after a finding was annulled."""
        query = (
            select(Docket)
            .join(ReportFile, col(ReportFile.docket_id) == col(Docket.id))
            .where(
                col(ReportFile.out).is_(None),
                col(ReportFile.replaced).is_(False),
                ReportFile.state == "ready",
                col(Docket.state).in_(OFFERED),
                col(Docket.public_id).is_not(None),
                col(Docket.public_id).not_in(_taken_down()),
            )
            .limit(CHUNK)
        )
        with self.working.read() as session:
            if session.exec(query.limit(1)).first() is None:
                return False
        with self.working.write() as session:
            found = session.exec(query).unique().all()
            return any([self._bring_out(session, docket, now) for docket in found])

    def _withdraw(self) -> bool:
        """Take away copies of reports that are no longer offered, or were taken down."""
        gone = col(Docket.public_id).is_(None) | col(Docket.state).not_in(OFFERED)
        taken = col(Docket.public_id).in_(_taken_down())
        query = (
            select(ReportFile)
            .join(Docket, col(Docket.id) == col(ReportFile.docket_id))
            .where(
                col(ReportFile.out).is_not(None),
                (gone & (col(Docket.state) != "accepted")) | taken,
            )
            .limit(CHUNK)
        )
        with self.working.read() as session:
            if session.exec(query.limit(1)).first() is None:
                return False
        with self.working.write() as session:
            rows = session.exec(query).all()
            for row in rows:
                row.out = None
                session.add(row)
            session.flush()
            for row in rows:
                for digest in (row.public_sha256, row.text_sha256):
                    if digest and not _still_out(session, digest):
                        self.out.remove(digest)
        return bool(rows)


def _taken_down() -> SelectOfScalar[str]:
    return select(OutboxRow.public_id).where(OutboxRow.op == "DEL")


def _still_out(session: WorkingSession, digest: str) -> bool:
    """Whether another report shows the same file."""
    query = select(ReportFile.id).where(
        (col(ReportFile.public_sha256) == digest) | (col(ReportFile.text_sha256) == digest),
        col(ReportFile.out).is_not(None),
    )
    return session.exec(query.limit(1)).first() is not None
