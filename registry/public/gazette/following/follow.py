"""Following a log from checkpoint to checkpoint, and verifying a copy or a whole log elsewhere.

The tree is computed here from every leaf, so a log that was rewritten anywhere shows at the next
checkpoint: its root differs, or the checkpoint is of fewer rows with another root (a fork, or a
rollback). The copy then keeps what it had, and the evidence goes to a folder beside it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nacl.signing import VerifyKey

from registry.core.clock import rfc3339
from registry.core.errors import RegistryError
from registry.core.i18n import N_
from registry.public.gazette import checkpoint, merkle
from registry.public.gazette.checkpoint import Checkpoint, InvalidCheckpoint
from registry.public.gazette.following.copy import Copy
from registry.public.gazette.following.rows import BadRow, Row, parse
from registry.public.gazette.following.source import PAGE, NotARegistry, Source

Progress = Callable[[int, int], None]
"""Rows done, and rows in all."""


class Forked(RegistryError):  # noqa: N818 - reads as a sentence
    """Two signed states of one log contradict each other: it was rewritten."""

    code = "log-forked"
    status = 409
    message = N_(
        "THE LOG WAS REWRITTEN: its signed checkpoint over {size} rows does not extend what was"
        " seen before. The copy was left as it was; the evidence is in {folder}."
    )


class OtherKey(RegistryError):  # noqa: N818
    """The checkpoint is signed by another key than the one that the copy trusts."""

    code = "log-other-key"
    status = 409
    message = N_("The checkpoint is not signed by the key that this copy trusts.")


@dataclass(frozen=True)
class Followed:
    """What one round did."""

    size: int
    added: int
    forgotten: int
    root: bytes
    behind: bool = False
    """The other side showed an older state of the same log, as a slow standby does."""


def follow(
    source: Source,
    copy: Copy,
    *,
    now: datetime,
    key: VerifyKey | None = None,
    progress: Progress = lambda done, whole: None,
) -> Followed:
    """Bring ``copy`` to the newest checkpoint of ``source``.

    The key is ``key``, else the one that the copy trusts, else the one that the site states at
    this first meeting. Raises ``Forked`` (evidence is kept), ``OtherKey``, ``BadRow``,
    ``NotARegistry``, ``Unreachable``. What was fetched before an interruption is not fetched again.
    """
    trusted = _trusted(source, copy, key)
    note = source.checkpoint()
    try:
        stated = checkpoint.verify(note, trusted)
    except InvalidCheckpoint:
        raise OtherKey from None
    with copy.writing():
        forgotten = copy.forget_ended(now)
    before = copy.size()
    if stated.size < _verified_size(copy):
        return _older(copy, stated, note, forgotten, now)
    try:
        _fetch(source, copy, stated.size, now, progress)
    except BadRow as error:
        _keep_evidence(copy, stated, note, b"", now, str(error))
        _take_back(copy)
        raise
    root = _root(copy, stated.size)
    if root != stated.root or not _extends(source, copy, stated):
        folder = _keep_evidence(copy, stated, note, root, now, "the root differs")
        _take_back(copy)
        raise Forked(size=stated.size, folder=folder)
    with copy.writing():
        copy.keep_checkpoint(stated.size, stated.root, note, now)
    return Followed(stated.size, max(0, stated.size - before), forgotten, root)


def _trusted(source: Source, copy: Copy, key: VerifyKey | None) -> VerifyKey:
    known = copy.fact("key")
    kept = VerifyKey(base64.b64decode(known)) if known else None
    if kept is not None and key is not None and bytes(kept) != bytes(key):
        raise OtherKey
    found = kept or key or source.key()
    if kept is None:
        with copy.writing():
            copy.note_fact("key", base64.b64encode(bytes(found)).decode())
            copy.note_fact("source", source.base)
    return found


def _verified_size(copy: Copy) -> int:
    found = copy.verified()
    return found[0] if found else 0


def _older(copy: Copy, stated: Checkpoint, note: str, forgotten: int, now: datetime) -> Followed:
    """An older checkpoint is a slow standby's if its root is ours at that size, else a fork."""
    root = _root(copy, stated.size)
    if root != stated.root:
        raise Forked(
            size=stated.size,
            folder=_keep_evidence(copy, stated, note, root, now, "an older root differs"),
        )
    return Followed(copy.size(), 0, forgotten, root, behind=True)


def _fetch(source: Source, copy: Copy, size: int, now: datetime, progress: Progress) -> None:
    while (done := copy.size()) < size:
        page = source.changes(done, min(PAGE, size - done))
        if not page:
            raise NotARegistry(what=f"changes since {done}")
        rows = [parse(one, done + place) for place, one in enumerate(page, start=1)]
        with copy.writing():
            for row in rows:
                copy.add(row, now)
        progress(done + len(rows), size)
    if done > size:
        # Fetched under a later checkpoint that was never reached: look at these anew.
        with copy.writing():
            copy.drop_after(size)


def _extends(source: Source, copy: Copy, stated: Checkpoint) -> bool:
    """Whether the site's own proof also shows that this checkpoint extends the last one."""
    last = copy.verified()
    if last is None or not last[0] or last[0] == stated.size:
        return last is None or not last[0] or last[1] == stated.root
    proof = source.consistency(last[0], stated.size)
    return merkle.verify_consistency(last[0], stated.size, last[1], stated.root, proof)


def _root(copy: Copy, size: int) -> bytes:
    frontier = merkle.Frontier()
    for sequence, leaf_hash in copy.leaves():
        if sequence > size:
            break
        frontier.push(leaf_hash)
    return frontier.root()


def _take_back(copy: Copy) -> None:
    with copy.writing():
        copy.drop_after(_verified_size(copy))


def _keep_evidence(
    copy: Copy, stated: Checkpoint, note: str, root: bytes, now: datetime, why: str
) -> Path:
    """Both signed notes, the hashes of the new rows, what was computed from them; no content."""
    folder = copy.folder / f"fork-{rfc3339(now).replace(':', '')}-{stated.root.hex()[:8]}"
    folder.mkdir(exist_ok=True)
    last = copy.verified()
    (folder / "checkpoint-now.txt").write_text(note, encoding="utf-8")
    (folder / "checkpoint-before.txt").write_text(last[2] if last else "", encoding="utf-8")
    told = {
        "why": why,
        "seen": rfc3339(now),
        "source": copy.fact("source"),
        "stated_size": stated.size,
        "stated_root": stated.root.hex(),
        "computed_root": root.hex(),
        "verified_size": last[0] if last else 0,
        "verified_root": last[1].hex() if last else "",
    }
    text = json.dumps(told, indent=2)
    (folder / "evidence.json").write_text(text, encoding="utf-8")
    with (folder / "rows.jsonl").open("w", encoding="utf-8") as file:
        for row in copy.rows(after=last[0] if last else 0):
            said = {
                "sequence": row.sequence,
                "op": row.op,
                "id": row.id,
                "commitment": row.commitment.hex(),
                "leaf_hash": row.leaf_hash.hex(),
            }
            file.write(json.dumps(said) + "\n")
    return folder


@dataclass(frozen=True)
class Verified:
    """A log that verifies."""

    size: int
    root: bytes
    with_content: int
    forgotten: int
    origin: str


def verify_rows(rows: Iterator[Row], stated: Checkpoint) -> Verified:
    """Hold rows, their order and their tree against a checkpoint. ``BadRow`` or ``Forked``."""
    frontier = merkle.Frontier()
    removed: set[str] = set()
    recorded, with_content = "", 0
    for row in rows:
        if row.sequence != frontier.size + 1:
            raise BadRow(sequence=frontier.size + 1, why="it is missing or out of order")
        row.verify()
        if row.id in removed:
            raise BadRow(sequence=row.sequence, why="something follows a removal")
        if recorded and datetime.fromisoformat(row.recorded) < datetime.fromisoformat(recorded):
            raise BadRow(sequence=row.sequence, why="it was recorded before the row ahead of it")
        recorded = row.recorded
        with_content += row.payload is not None
        if row.op == "DEL":
            removed.add(row.id)
        frontier.push(row.leaf_hash)
        if frontier.size == stated.size:
            break
    if frontier.size != stated.size or frontier.root() != stated.root:
        raise BadRow(sequence=frontier.size, why="the tree is not the one that was signed")
    forgotten = frontier.size - with_content
    return Verified(frontier.size, frontier.root(), with_content, forgotten, stated.origin)


def verify_source(
    source: Source, key: VerifyKey | None, progress: Progress = lambda done, whole: None
) -> Verified:
    """Verify a log elsewhere without keeping anything of it."""
    try:
        stated = checkpoint.verify(source.checkpoint(), key or source.key())
    except InvalidCheckpoint:
        raise OtherKey from None
    return verify_rows(_stream(source, stated.size, progress), stated)


def _stream(source: Source, size: int, progress: Progress) -> Iterator[Row]:
    done = 0
    while done < size:
        page = source.changes(done, min(PAGE, size - done))
        if not page:
            raise NotARegistry(what=f"changes since {done}")
        for place, one in enumerate(page, start=1):
            yield parse(one, done + place)
        done += len(page)
        progress(done, size)


def verify_copy(copy: Copy, key: VerifyKey | None) -> Verified:
    """Verify a copy against the newest checkpoint that it was held against."""
    last = copy.verified()
    if last is None:
        raise NotARegistry(what="no checkpoint")
    trusted = key or VerifyKey(base64.b64decode(copy.fact("key")))
    try:
        stated = checkpoint.verify(last[2], trusted)
    except InvalidCheckpoint:
        raise OtherKey from None
    return verify_rows(copy.rows(), stated)
