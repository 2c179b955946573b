"""The gate: how much these pages may cost, and how often one network may ask.

Deriving keys takes time and memory, so only so many may do it at once; looking up a receipt
always takes the same time, known or not, and only so many wait at once, so that other pages keep
their threads. Who asks how often is counted by a keyed hash of the network whose key is random,
in memory, and thrown away every hour: nothing links a count to an address afterwards.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import os
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

from registry.core.db import Store
from registry.core.errors import RegistryError
from registry.core.i18n import N_

T = TypeVar("T")
FLOOR = 0.4
"""Seconds that opening a mailbox takes at least."""
PATIENCE = 6.0
"""Seconds that a submission waits for its turn to derive."""
WAITING = 3
"""Look-ups under way at once in this process; a server thread each."""
LARGE = 4
"""Large bodies on their way at once in this process: half of the server's threads."""
PER_NETWORK = {"send": 120, "look": 240}
OVERALL = {"send": 3000, "look": 20_000}
"""Per hour and process."""
_MOST_NETWORKS = 100_000


class Busy(RegistryError):  # noqa: N818 - reads as a sentence
    """Too many at once. Nothing was lost; the page shows what was typed."""

    code = "busy"
    status = 503
    message = N_("Many people are using this page just now. Please send it again in a few seconds.")


class TooOften(RegistryError):  # noqa: N818
    """Too many from one network, or altogether."""

    code = "too-often"
    status = 429
    message = N_("Too much was sent from your network within an hour. Please try again later.")


def _give_way() -> None:
    # On Linux a thread has a priority of its own.
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


class Gate:
    """One per process."""

    def __init__(self, *, cores: int | None = None, floor: float = FLOOR) -> None:
        self._deriving = threading.BoundedSemaphore(max(1, (cores or os.cpu_count() or 2) - 1))
        self._waiting = threading.BoundedSemaphore(WAITING)
        self._large = threading.BoundedSemaphore(LARGE)
        self._gentle = ThreadPoolExecutor(1, "look-up", initializer=_give_way)
        self._floor = floor
        self._counts: Counter[bytes] = Counter()
        self._overall: Counter[str] = Counter()
        self._contents: Counter[bytes] = Counter()
        self._hour = -1
        self._key = b""
        self._lock = threading.Lock()
        self._writing = threading.Lock()

    @contextlib.contextmanager
    def deriving(self) -> Iterator[None]:
        """A turn to derive keys. Raises ``Busy`` where none comes in time."""
        if not self._deriving.acquire(timeout=PATIENCE):
            raise Busy
        try:
            yield
        finally:
            self._deriving.release()

    @contextlib.contextmanager
    def writing(self, store: Store[Any]) -> Iterator[Any]:
        """A session that writes. SQLite has one writer, and who finds it busy sleeps in growing
        steps; threads of one process therefore queue here, where they are woken at once."""
        with (
            self._writing if store.is_sqlite else contextlib.nullcontext(),
            store.write() as session,
        ):
            yield session

    def gently(self, work: Callable[[], T]) -> T:
        """``work``, one at a time and behind everything else that wants the processor: a flood of
        receipts then slows itself and no page. Raises ``Busy`` where it does not come to its turn.
        """
        try:
            return self._gentle.submit(work).result(timeout=PATIENCE)
        except TimeoutError:
            raise Busy from None

    @contextlib.contextmanager
    def even_time(self) -> Iterator[None]:
        """The block takes ``floor`` seconds, however soon it is done. Raises ``Busy`` at once
        where too many are waiting already."""
        if not self._waiting.acquire(blocking=False):
            raise Busy
        began = time.monotonic()
        try:
            yield
        finally:
            time.sleep(max(0.0, self._floor - (time.monotonic() - began)))
            self._waiting.release()

    def take_large(self) -> bool:
        """A turn to send a large body, given back with ``large_done``; False where all are taken:
        slow senders must not hold every thread of the server."""
        return self._large.acquire(blocking=False)

    def large_done(self) -> None:
        self._large.release()

    def count(self, what: str, address: str, now: datetime) -> None:
        """Count one request of ``address``. Raises ``TooOften``."""
        with self._lock:
            key = self._hourly(now)
            name = hashlib.blake2b(what.encode() + _network(address), key=key).digest()
            self._overall[what] += 1
            if len(self._counts) < _MOST_NETWORKS or name in self._counts:
                self._counts[name] += 1
            if self._overall[what] > OVERALL[what] or self._counts[name] > PER_NETWORK[what]:
                raise TooOften

    def seen_before(self, content: bytes, now: datetime) -> bool:
        """Whether the same content came within the hour. Kept as a hash under the same key."""
        with self._lock:
            name = hashlib.blake2b(content, key=self._hourly(now), person=b"content").digest()
            self._contents[name] += 1
            return self._contents[name] > 1

    def _hourly(self, now: datetime) -> bytes:
        hour = int(now.timestamp()) // 3600
        if hour != self._hour:
            self._hour, self._key = hour, secrets.token_bytes(32)
            for counts in (self._counts, self._overall, self._contents):
                counts.clear()
        return self._key


def _network(address: str) -> bytes:
    """The /24 or /48 of an address: a network, not a person."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return b"?"
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return mapped.packed[:3] if mapped else parsed.packed[:6]
    return parsed.packed[:3]
