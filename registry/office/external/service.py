"""Applying a snapshot: what is new or changed is published, what is gone is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from sqlalchemy import delete, insert, select, update
from sqlmodel import col

from registry.core.codes.public_id import new_public_id
from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, RegistryError
from registry.core.i18n import N_
from registry.core.sheets.limits import Limits
from registry.core.sheets.problems import Problem
from registry.office.external import entry, reading
from registry.office.external.description import ListDescription, describe
from registry.office.external.entry import Entry
from registry.office.external.models import ExternalEntry, ExternalSnapshot
from registry.office.external.reading import Progress, Snapshot
from registry.office.publisher import service as publisher
from registry.office.staff.auditing import audited
from registry.office.staff.officer import CASEWORK, Acting

CHUNK = 500
DEFAULT_REMOVALS = 5.0
"""Percent of the present entries that a snapshot may end without consent."""


class SnapshotRefused(RegistryError):  # noqa: N818 - the family reads as sentences
    """The snapshot is not applied; nothing was changed."""

    code = "snapshot-refused"
    status = 409
    message = N_("This snapshot is not applied.")


class EmptySnapshot(SnapshotRefused):
    """There is not one entry in it: the source's feed is broken more often than its list empty."""

    code = "empty-snapshot"
    message = N_("This snapshot has no entries. It is refused without explicit consent.")


class TooManyRemovals(SnapshotRefused):
    """More entries would end than is plausible."""

    code = "too-many-removals"
    message = N_(
        "This snapshot would end {ended} of {present} entries ({percent} %); allowed are "
        "{allowed} %. It is refused without explicit consent."
    )


class OlderSnapshot(SnapshotRefused):
    """A newer one was applied already."""

    code = "older-snapshot"
    message = N_("A snapshot of {newest} was applied already; this one is of {day}.")


class FaultySnapshot(SnapshotRefused):
    """A row that cannot be read would look like an entry that ended."""

    code = "faulty-snapshot"
    message = N_("{count} rows cannot be read, the first in line {line}. Nothing was changed.")


@dataclass(frozen=True)
class Outcome:
    """What a snapshot does, or would do when ``applied`` is False."""

    list: str
    source_date: date
    rows: int
    added: int
    changed: int
    ended: int
    unchanged: int
    applied: bool
    problems: Sequence[Problem] = field(default_factory=tuple)
    refusal: SnapshotRefused | None = None
    """Why it would be refused, on a dry run."""


@dataclass(frozen=True)
class _Plan:
    """A snapshot against the entries that stand."""

    description: ListDescription
    snapshot: Snapshot
    day: date
    added: list[tuple[str, Entry]]
    """With a fresh public id each."""
    changed: list[tuple[ExternalEntry, Entry]]
    ended: list[ExternalEntry]
    present: int


def import_snapshot(
    session: WorkingSession,
    acting: Acting,
    name: str,
    path: Path,
    *,
    apply: bool = False,
    allow_removals: float = DEFAULT_REMOVALS,
    source_date: date | None = None,
    file_name: str = "",
    limits: Limits | None = None,
    folders: Sequence[Path] = (),
    progress: Progress | None = None,
) -> Outcome:
    """Compare a full snapshot with the entries that stand, and with ``apply`` make it so.

    ``allow_removals`` in percent; 100 consents even to an empty one. ``source_date`` is taken
    from ``file_name`` (by default the path's) where the list says how, else it is today. Raises
    ``SnapshotRefused`` when applied, ``UnusableFile``, ``UnknownList``, ``Forbidden``.
    """
    if not acting.officer.has(*CASEWORK):
        raise Forbidden
    description = describe(name, folders)
    snapshot = reading.read(path, description, limits or Limits(), progress)
    named = entry.date_in_name(description, file_name or path.name)
    day = source_date or named or acting.today
    plan = _compare(session, description, snapshot, day)
    refusal = _refusal(session, plan, allow_removals)
    if apply and refusal is not None:
        raise refusal
    if apply:
        _apply(session, acting, plan, progress)
    return Outcome(
        list=description.code,
        source_date=day,
        rows=snapshot.rows,
        added=len(plan.added),
        changed=len(plan.changed),
        ended=len(plan.ended),
        unchanged=len(snapshot.entries) - len(plan.added) - len(plan.changed),
        applied=apply,
        problems=tuple(snapshot.problems),
        refusal=refusal,
    )


def record_refusal(
    session: WorkingSession, acting: Acting, name: str, refusal: SnapshotRefused
) -> None:
    """Audit that a snapshot was refused; in a transaction of its own, the other was rolled back."""
    audited(session, acting, "external:snapshot:refused", f"external:{name}", {"why": refusal.code})


def newest(session: WorkingSession, name: str) -> ExternalSnapshot | None:
    """The snapshot applied last."""
    query = select(ExternalSnapshot).where(col(ExternalSnapshot.list) == name)
    return session.scalars(query.order_by(col(ExternalSnapshot.id).desc()).limit(1)).first()


def _compare(
    session: WorkingSession, description: ListDescription, snapshot: Snapshot, day: date
) -> _Plan:
    standing = session.scalars(
        select(ExternalEntry).where(col(ExternalEntry.list) == description.code)
    )
    present = {row.reference: row for row in standing}
    added, changed = [], []
    for reference, item in snapshot.entries.items():
        row = present.get(reference)
        if row is None:
            added.append((new_public_id("external"), item))
        elif row.digest != item.digest:
            changed.append((row, item))
    ended = [row for reference, row in present.items() if reference not in snapshot.entries]
    return _Plan(description, snapshot, day, added, changed, ended, len(present))


def _refusal(session: WorkingSession, plan: _Plan, allowed: float) -> SnapshotRefused | None:
    faults = plan.snapshot.problems
    if faults:
        return FaultySnapshot(count=len(faults), line=faults[0].line)
    if not plan.snapshot.entries and allowed < 100:
        return EmptySnapshot()
    last = newest(session, plan.description.code)
    if last is not None and plan.day < last.source_date:
        newer = last.source_date.isoformat()
        return OlderSnapshot(newest=newer, day=plan.day.isoformat())
    removed = sum(row.until is None or row.until >= plan.day for row in plan.ended)
    percent = 100 * removed / plan.present if plan.present else 0.0
    if percent > allowed:
        return TooManyRemovals(
            ended=removed,
            present=plan.present,
            percent=f"{percent:.1f}",
            allowed=f"{allowed:g}",
        )
    return None


def _apply(session: WorkingSession, acting: Acting, plan: _Plan, progress: Progress | None) -> None:
    origin = f"external:{plan.description.code}"
    for row in plan.ended:
        publisher.withdraw(
            session,
            kind="external",
            id=row.public_id,
            reason="ended",
            effective=acting.now,
            now=acting.now,
            docket_id=None,
            origin=origin,
        )
    known = [(row.public_id, item) for row, item in plan.changed]
    wanted = (
        publisher.Publication(
            kind="external",
            id=public_id,
            payload={**item.payload, "source_date": plan.day.isoformat()},
            effective=acting.now,
            publish_until=None,
            docket_id=None,
            origin=origin,
        )
        for public_id, item in (*plan.added, *known)
    )
    done = 0
    while part := list(islice(wanted, CHUNK)):
        publisher.publish_many(session, part, now=acting.now)
        done += len(part)
        if progress is not None:
            progress(done)
    _keep(session, plan)
    _note(session, acting, plan)


def _keep(session: WorkingSession, plan: _Plan) -> None:
    gone = [row.id for row in plan.ended]
    for start in range(0, len(gone), 500):
        part = gone[start : start + 500]
        session.execute(delete(ExternalEntry).where(col(ExternalEntry.id).in_(part)))
    changes = [
        {"id": row.id, "digest": item.digest, "until": item.until} for row, item in plan.changed
    ]
    fresh = [
        {
            "list": plan.description.code,
            "reference": item.reference,
            "public_id": public_id,
            "digest": item.digest,
            "until": item.until,
        }
        for public_id, item in plan.added
    ]
    if changes:
        session.execute(update(ExternalEntry), changes)
    if fresh:
        session.execute(insert(ExternalEntry), fresh)


def _note(session: WorkingSession, acting: Acting, plan: _Plan) -> None:
    counts = {
        "rows": plan.snapshot.rows,
        "added": len(plan.added),
        "changed": len(plan.changed),
        "ended": len(plan.ended),
    }
    applied = ExternalSnapshot(
        list=plan.description.code,
        source_date=plan.day,
        sha256=plan.snapshot.sha256,
        applied=acting.now,
        applied_by=acting.officer.account_id,
        **counts,
    )
    session.add(applied)
    session.flush()
    audited(
        session,
        acting,
        "external:snapshot:applied",
        f"external:{plan.description.code}",
        {**counts, "day": plan.day.isoformat(), "sha256": plan.snapshot.sha256},
    )
