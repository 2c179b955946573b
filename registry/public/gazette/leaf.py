"""From an event to its leaf: RFC 8785 text, salted commitment, RFC 9162 leaf hash.

``event = JCS{v, sequence, op, kind, id, effective, recorded, payload}``;
``commitment = SHA-256(salt ‖ event)``; ``leaf_hash = SHA-256(0x00 ‖ commitment)``.
Without the salt the commitment tells nothing about the event, so the tree outlives the content.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import cast

import rfc8785

from registry.core.clock import rfc3339

EVENT_VERSION = 1
SALT_BYTES = 32
_EXACT = 2**53
_BEYOND = re.compile("[\U00010000-\U0010ffff]")


def canonical(value: Mapping[str, object]) -> str:
    """``value`` as RFC 8785 text. Raises ``ValueError`` for what JSON cannot carry.

    Also for a float that is written as a whole number beyond 2**53: its text reads back as an
    integer outside the domain of RFC 8785, so it could not be verified.
    """
    if not _is_plain(value):
        return rfc8785.dumps(value).decode()  # type: ignore[arg-type] # checked at run time there
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    text.encode()
    if _BEYOND.search(text):
        return rfc8785.dumps(value).decode()  # type: ignore[arg-type]
    return text


def _is_plain(value: object) -> bool:
    """Whether Python's own encoder, fifty times as fast, writes ``value`` as RFC 8785 does.

    It does for texts, small integers, lists and objects; not for floats. Keys beyond the basic
    plane it sorts otherwise, which ``canonical`` looks at afterwards.
    """
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is dict:
        pairs = cast(dict[object, object], value).items()
        return all(type(key) is str and _is_plain(one) for key, one in pairs)
    if kind is list:
        return all(_is_plain(one) for one in cast(list[object], value))
    if kind is int:
        return abs(cast(int, value)) < _EXACT
    if isinstance(value, float) and abs(value) >= _EXACT:
        raise ValueError("a number is too large to be read back exactly")
    return False


def is_canonical(text: str) -> bool:
    """Whether ``text`` is the one RFC 8785 form of what it says."""
    try:
        return canonical(json.loads(text)) == text
    except (ValueError, RecursionError):
        return False


def new_salt() -> bytes:
    """32 random bytes; never derived from anything."""
    return secrets.token_bytes(SALT_BYTES)


def event(
    *,
    sequence: int,
    op: str,
    kind: str,
    id: str,
    effective: datetime,
    recorded: datetime,
    payload: str,
) -> bytes:
    """The canonical event. ``payload`` is canonical text and enters it byte for byte.

    RFC 8785 sorts the keys of every object on its own, so the members around the payload can be
    written in their sorted order and the payload put between them.
    """
    head = rfc8785.dumps({"effective": rfc3339(effective), "id": id, "kind": kind, "op": op})
    tail = rfc8785.dumps({"recorded": rfc3339(recorded), "sequence": sequence, "v": EVENT_VERSION})
    return head[:-1] + b',"payload":' + payload.encode() + b"," + tail[1:]


def commitment(salt: bytes, event_bytes: bytes) -> bytes:
    """SHA-256(salt ‖ event)."""
    return hashlib.sha256(salt + event_bytes).digest()
