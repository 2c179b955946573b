"""How a row of the audit is hashed, and what may stand in one.

``hash = SHA-256(JCS{v, sequence, at, actor, action, subject, detail, previous})`` with JCS as in
RFC 8785. The first row's ``previous`` is ``GENESIS``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import rfc8785

from registry.core.clock import rfc3339

Plain = str | int | bool | None

GENESIS = "0" * 64

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_WORD = re.compile(r"[A-Za-z0-9_.:/+\-]{0,80}")
_SUBJECT = re.compile(r"[a-z][a-z0-9\-]*:[A-Za-z0-9_.\-]{1,64}")
_DOCUMENT_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[1-9][0-9]{5}(18|19|20)[0-9]{9}[0-9Xx](?![0-9A-Za-z])"
)


class UnfitForAudit(ValueError):  # noqa: N818
    """A value that the audit does not carry: free text, or something that looks like a person."""


@dataclass(frozen=True)
class Link:
    """One row of the chain, as it is hashed."""

    sequence: int
    at: datetime
    actor: int | None
    action: str
    subject: str
    detail: str
    previous: str

    @property
    def hash(self) -> str:
        """SHA-256 over the canonical form, hex."""
        body: dict[str, str | int | None] = {
            "v": 1,
            "sequence": self.sequence,
            "at": rfc3339(self.at),
            "actor": self.actor,
            "action": self.action,
            "subject": self.subject,
            "detail": self.detail,
            "previous": self.previous,
        }
        return hashlib.sha256(rfc8785.dumps(body)).hexdigest()


def canonical_detail(detail: Mapping[str, object]) -> str:
    """``detail`` as canonical JSON.

    Values are whole numbers, booleans, None, legal days, and words of ASCII letters, digits and
    ``_.:/+-`` (ids, codes, field names), or flat lists of these. Anything else, and anything of
    the shape of a resident's document number, raises ``UnfitForAudit``: what is typed by people
    is never copied into a record that cannot be erased.
    """
    return rfc8785.dumps({_key(key): _value(key, value) for key, value in detail.items()}).decode()


def checked_subject(subject: str) -> str:
    """``subject`` if it has the shape ``kind:id``; raises ``UnfitForAudit`` otherwise."""
    if not _SUBJECT.fullmatch(subject) or _DOCUMENT_NUMBER.search(subject):
        raise UnfitForAudit("the subject")
    return subject


def _key(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise UnfitForAudit(f"the key {key!r}")
    return key


def _value(key: str, value: object) -> Plain | list[Plain]:
    if isinstance(value, list | tuple):
        return [_plain(key, item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(key, item) for item in value), key=str)
    return _plain(key, value)


def _plain(key: str, value: object) -> Plain:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    fits = isinstance(value, str) and _WORD.fullmatch(value) and not _DOCUMENT_NUMBER.search(value)
    if not isinstance(value, str) or not fits:
        raise UnfitForAudit(f"the value of {key!r}")
    return value
