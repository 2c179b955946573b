"""Checkpoints: what the log's size and root were, signed (C2SP tlog-checkpoint, signed-note).

A checkpoint is a note of three lines (origin, size, base64 root), an empty line and signature
lines ``— NAME BASE64(key id ‖ Ed25519 signature)``. The key's name is the origin.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey
from sqlmodel import col, select

from registry.core import keys
from registry.core.db import GazetteSession
from registry.core.errors import RegistryError
from registry.core.i18n import N_
from registry.public.gazette import tree
from registry.public.gazette.models import CheckpointRow, LogRow

_ED25519 = b"\x01"
_MARK = "— "
_ROOT_BYTES = 32
_LARGEST = 1_000_000


class InvalidCheckpoint(RegistryError):  # noqa: N818
    """A text is not a checkpoint of this log, or its signature is not the log key's.

    The parameter ``why`` tells a developer more, in English.
    """

    code = "invalid-checkpoint"
    status = 422
    message = N_("This is not a checkpoint that the key of this log has signed.")


@dataclass(frozen=True)
class Checkpoint:
    """The first ``size`` rows of the log ``origin`` have the root ``root``."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def origin_of(key: VerifyKey) -> str:
    """The log's name, from its key: unique without configuration, and moving house keeps it."""
    return f"credit-registry/{hashlib.sha256(bytes(key)).hexdigest()[:16]}"


def key_id(name: str, key: VerifyKey) -> bytes:
    """SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key), first four bytes (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + bytes(key)).digest()[:4]


def verifier_key(name: str, key: VerifyKey) -> str:
    """The key as tools of the C2SP family take it: ``name+keyid+base64``."""
    encoded = base64.b64encode(_ED25519 + bytes(key)).decode()
    return f"{name}+{key_id(name, key).hex()}+{encoded}"


def sign(checkpoint: Checkpoint, key: SigningKey) -> str:
    """The signed note."""
    name = checkpoint.origin
    if not name or "+" in name or any(char.isspace() for char in name):
        raise ValueError("an origin is not empty and has neither spaces nor plus signs")
    signature = key.sign(checkpoint.text.encode()).signature
    line = base64.b64encode(key_id(name, key.verify_key) + signature).decode()
    return f"{checkpoint.text}\n{_MARK}{name} {line}\n"


def parse(note: str) -> Checkpoint:
    """The checkpoint that a note states, its signature not looked at.

    Raises ``InvalidCheckpoint``. Extension lines after the root are refused: this log writes none.
    """
    body, found, _signatures = note.partition("\n\n")
    lines = body.split("\n")
    if not found or len(lines) != 3 or not lines[0] or len(note) > _LARGEST:
        raise InvalidCheckpoint(why="it has not the three lines of a checkpoint")
    if not note.endswith("\n"):
        raise InvalidCheckpoint(why="it was cut off")
    origin, size, encoded = lines
    if not (size.isascii() and size.isdigit()) or (size[0] == "0" and size != "0"):
        raise InvalidCheckpoint(why="its size is not a number")
    try:
        root = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        root = b""
    if len(root) != _ROOT_BYTES or base64.b64encode(root).decode() != encoded:
        raise InvalidCheckpoint(why="its root is not 32 bytes of base64")
    return Checkpoint(origin, int(size), root)


def verify(note: str, key: VerifyKey, origin: str = "") -> Checkpoint:
    """The checkpoint of a note that ``key`` signed for ``origin`` (the key's own by default).

    Signatures of other keys (witnesses) are passed over, as signed-note demands.
    Raises ``InvalidCheckpoint``.
    """
    origin = origin or origin_of(key)
    checkpoint = parse(note)
    if checkpoint.origin != origin:
        raise InvalidCheckpoint(why="it is of another log")
    wanted = key_id(origin, key)
    for line in note.partition("\n\n")[2].split("\n"):
        name, _, encoded = line.removeprefix(_MARK).partition(" ")
        if not line.startswith(_MARK) or name != origin:
            continue
        try:
            blob = base64.b64decode(encoded, validate=True)
            if blob[:4] != wanted:
                continue
            if base64.b64encode(blob).decode() != encoded:
                # The spare bits of its last symbol are set: one signature, one writing.
                raise ValueError
            key.verify(checkpoint.text.encode(), blob[4:])
        except (binascii.Error, BadSignatureError, ValueError):
            raise InvalidCheckpoint(why="its signature is wrong") from None
        return checkpoint
    raise InvalidCheckpoint(why="it is not signed by the log key")


def sign_newest(session: GazetteSession, key_dir: Path, *, now: datetime) -> CheckpointRow:
    """Sign the log as it stands and keep the note. The same size gives the note kept before."""
    key = keys.load_log_key(key_dir)
    query = select(LogRow.sequence).order_by(col(LogRow.sequence).desc()).limit(1)
    size = session.exec(query).first() or 0
    kept = session.get(CheckpointRow, size)
    if kept is not None:
        return kept
    root = tree.root(session, size)
    note = sign(Checkpoint(origin_of(key.verify_key), size, root), key)
    row = CheckpointRow(tree_size=size, root=root, signed=now, note=note)
    session.add(row)
    session.flush()
    return row


def latest(session: GazetteSession, *, most: int | None = None) -> CheckpointRow | None:
    """The newest checkpoint that was signed; with ``most``, over at most so many rows."""
    query = select(CheckpointRow).order_by(col(CheckpointRow.tree_size).desc()).limit(1)
    if most is not None:
        query = query.where(CheckpointRow.tree_size <= most)
    return session.exec(query).first()
