"""Passwords: Argon2id (RFC 9106), bounded work, and what may be one (NIST SP 800-63B-4 §3.1.1).

No rules of composition and no forced change by age: length, and nothing easily guessed.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_

SHORTEST = 12
LONGEST = 128

_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=2, type=Type.ID)
# A hash of a discarded random password: an unknown login costs what a known one does.
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=2"
    "$vCahr2+FM67ytUU73naP3w$7dvOwk72r9oWcJoYXR640olMLI4seSHm5pcSVeD8i9c"
)
_SLOTS = BoundedSemaphore(max(1, (os.cpu_count() or 2) - 1))
_WAIT_SECONDS = 5.0


class Busy(RegistryError):  # noqa: N818
    """Too many passwords are being checked at once; nothing was counted against anyone."""

    code = "busy"
    status = 503
    message = N_("The site is busy. Try again in a few seconds.")


@contextmanager
def slot() -> Iterator[None]:
    """One of the few places for a hash at a time. Raises ``Busy``."""
    # Each hash takes 64 MiB: a flood of sign-ins must not take the machine's memory.
    if not _SLOTS.acquire(timeout=_WAIT_SECONDS):
        raise Busy
    try:
        yield
    finally:
        _SLOTS.release()


def _normal(password: str) -> str:
    # RFC 8265: a password typed on another keyboard must give the same bytes.
    return unicodedata.normalize("NFC", password)


def hash_password(password: str) -> str:
    """The Argon2id hash of ``password`` as a PHC string. Raises ``Busy``."""
    with slot():
        return _HASHER.hash(_normal(password))


def verify_password(hashed: str | None, password: str) -> bool:
    """Whether ``password`` belongs to ``hashed``; None (an unknown login) costs the same.

    Raises ``Busy``.
    """
    with slot():
        try:
            return (
                _HASHER.verify(hashed or _NOBODY, _normal(password)[:1024]) and hashed is not None
            )
        except (VerifyMismatchError, InvalidHashError):
            return False


def outdated(hashed: str) -> bool:
    """Whether ``hashed`` was made with other costs than today's."""
    return _HASHER.check_needs_rehash(hashed)


def check_new(password: str, *, field: str, login: str, name: str) -> None:
    """Raise ``InvalidInput`` on ``field`` unless ``password`` may become the password."""
    normal = _normal(password)
    folded = normal.casefold()
    problems: list[str] = []
    if len(normal) < SHORTEST:
        problems.append(N_("A password has at least 12 characters."))
    elif len(normal) > LONGEST:
        problems.append(N_("A password has at most 128 characters."))
    elif login.casefold() in folded or (len(name) > 1 and name.casefold() in folded):
        problems.append(N_("A password does not contain the login or the name."))
    elif len(set(folded)) < 5 or _is_run(folded) or _is_common(folded):
        problems.append(N_("This password is too easily guessed."))
    if problems:
        raise InvalidInput({field: problems})


# What stands at the top of every list of leaked passwords that reaches twelve characters.
_COMMON = ("password", "123456789", "qwertyuiop", "1qaz2wsx", "111111", "admin123", "5201314")


def _is_common(text: str) -> bool:
    # A sentence may hold such a word; a password made of one and a year is no sentence.
    return any(word in text and len(text.replace(word, "")) < 8 for word in _COMMON)


def _is_run(text: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps in ({1}, {-1})
