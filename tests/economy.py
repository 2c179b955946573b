"""What makes the tests quick without making them prove less.

Nothing here is a stand-in for our own code, and no library is changed. A run has a place of its
own, in memory where there is room, that goes with it; passwords are hashed at the lowest cost that
Argon2 knows (that the real cost is what it should be is tested in ``tests/unit/staff``); templates
are compiled once per process, not once per site under test; and what was loaded before the first
test is left out of garbage collections.
"""

from __future__ import annotations

import gc
import os
import re
import shutil
import tempfile
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import CodeType

from argon2 import PasswordHasher, Type
from flask import Flask
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket

from registry.office.staff import keyring, passwords

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
ROOM = 3 << 30
"""Bytes that a run may need; containers often have 64 MiB of shared memory only."""
_NAME = re.compile(r"registry-tests-(\d+)-\w+")


@contextmanager
def place() -> Iterator[Path]:
    """A folder for all that this run writes; everything temporary goes there from now on.

    Synced commits to memory cost nothing: on a disk they are half the time of a quiet run. Whoever
    sets ``TMPDIR`` chooses another place. What a killed run left behind is removed.
    """
    above = Path(tempfile.gettempdir())
    if "TMPDIR" not in os.environ and _has_room(MEMORY):
        above = MEMORY
    for left in above.glob("registry-tests-*"):
        owner = _NAME.fullmatch(left.name)
        if owner and not Path(f"/proc/{owner[1]}").exists():
            shutil.rmtree(left, ignore_errors=True)
    own = Path(tempfile.mkdtemp(prefix=f"registry-tests-{os.getpid()}-", dir=above))
    # PostgreSQL does not run as root, and has to pass through to its own folder.
    own.chmod(0o711)
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"], tempfile.tempdir = str(own), None
    try:
        yield own
    finally:
        os.environ.pop("TMPDIR") if before is None else os.environ.update(TMPDIR=before)
        tempfile.tempdir = None
        shutil.rmtree(own, ignore_errors=True)


def _has_room(folder: Path) -> bool:
    with suppress(OSError):
        return os.access(folder, os.W_OK | os.X_OK) and shutil.disk_usage(folder).free >= ROOM
    return False


class Costs:
    """The costs of hashing a password and of stretching it to a key."""

    def __init__(self) -> None:
        self._real = (passwords._HASHER, passwords._NOBODY, keyring.OPERATIONS, keyring.MEMORY)

    def lower(self) -> None:
        """The least that the algorithm admits: 16 KiB, one pass."""
        cheap = PasswordHasher(time_cost=1, memory_cost=16, parallelism=2, type=Type.ID)
        self._set(cheap, cheap.hash("of nobody"), 1, 8192)

    def restore(self) -> None:
        """Those of the program."""
        self._set(*self._real)

    @staticmethod
    def _set(hasher: PasswordHasher, nobody: str, operations: int, memory: int) -> None:
        passwords._HASHER, passwords._NOBODY = hasher, nobody
        keyring.OPERATIONS, keyring.MEMORY = operations, memory


COSTS = Costs()


class Compiled(BytecodeCache):
    """Compiled templates of this process, by source and by how it is to be read."""

    def __init__(self) -> None:
        self._known: dict[Hashable, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get(_identity(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._known[_identity(bucket)] = bucket.code


def _identity(bucket: Bucket) -> Hashable:
    env: Environment = bucket.environment
    # Every site has a method of its own that says what is escaped; all are the same method.
    escaped = getattr(env.autoescape, "__qualname__", env.autoescape)
    reading = (env.trim_blocks, env.lstrip_blocks, env.keep_trailing_newline, escaped)
    return bucket.key, bucket.checksum, tuple(env.extensions), *reading


def spare() -> None:
    """Lower costs, share what is compiled; before any test module is read."""
    COSTS.lower()
    Flask.jinja_options = {"bytecode_cache": Compiled()}


def settle() -> None:
    """Leave what was loaded until now out of garbage collections, and have fewer of them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
