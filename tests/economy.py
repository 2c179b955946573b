"""What makes the tests quick without making them prove less.

Nothing here is a stand-in for our own code. A run has a place of its own, in memory where there is
room, that goes with it; passwords are hashed at the lowest cost that Argon2 knows (that the real
cost is what it should be is tested in ``tests/unit/staff``); templates, addresses and statements
are compiled once per process, not once per site or store under test; and what was loaded before the
first test is left out of garbage collections.
"""

from __future__ import annotations

import gc
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import CodeType
from typing import Any

from argon2 import PasswordHasher, Type
from flask import Flask
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

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


def _share_addresses() -> None:
    """Compile how an address is put together once per rule, not once per site and rule.

    Werkzeug writes and compiles two functions for each of the 200 addresses of a site.
    """
    compiled = Rule._compile_builder
    known: dict[Hashable, Callable[..., tuple[str, str]]] = {}

    def shared(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if self.defaults:
            return compiled(self, append_unknown)
        key = self.rule, tuple(self._trace), append_unknown
        if key not in known:
            known[key] = compiled(self, append_unknown)
        return known[key]

    Rule._compile_builder = shared


def _share_statements() -> None:
    """Compile a statement once per kind of database, not once per store under test.

    SQLAlchemy keeps what it compiled with the engine and its dialect; every test opens stores of
    its own. All engines of ours are made alike (``core.db``), so that one's text is the other's.
    """
    compiled: LRUCache[Any, Any] = LRUCache(5000)
    Engine._compiled_cache = property(lambda _: compiled, lambda *_: None)  # type: ignore[assignment]
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
        dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]


def spare() -> None:
    """Lower costs, share what is compiled; before any test module is read."""
    COSTS.lower()
    _share_statements()
    Flask.jinja_options = {"bytecode_cache": Compiled()}
    _share_addresses()


def settle() -> None:
    """Leave what was loaded until now out of garbage collections, and have fewer of them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
