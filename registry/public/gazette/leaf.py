"""From an event to its leaf: RFC 8785 text, salted commitment, RFC 9162 leaf hash.

``event = JCS{v, sequence, op, kind, id, effective, recorded, payload}``;
``commitment = SHA-256(salt ‖ event)``; ``leaf_hash = SHA-256(0x00 ‖ commitment)``.
Without the salt the commitment tells nothing about the event, so the tree outlives the content.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime

import rfc8785

from registry.core.clock import rfc3339

EVENT_VERSION = 1
SALT_BYTES = 32
_EXACT = 2**53


def canonical(value: Mapping[str, object]) -> str:
    """``value`` as RFC 8785 text. Raises ``ValueError`` for what JSON cannot carry.

    Also for a float that is written as a whole number beyond 2**53: its text reads back as an
    integer outside the domain of RFC 8785, so it could not be verified.
    """
    if _too_large(value):
        raise ValueError("a number is too large to be read back exactly")
    return rfc8785.dumps(value).decode()  # type: ignore[arg-type] # checked at run time there


def _too_large(value: object) -> bool:
    if isinstance(value, float):
        return abs(value) >= _EXACT
    if isinstance(value, Mapping):
        return any(_too_large(one) for one in value.values())
    if isinstance(value, list | tuple):
        return any(_too_large(one) for one in value)
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
