"""A row of ``changes`` as it comes from elsewhere: nothing in it is believed. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registry.core.errors import RegistryError
from registry.core.i18n import N_
from registry.public.gazette import leaf, merkle

_HEX = re.compile(r"[0-9a-f]{64}")
_TEXTS = ("kind", "id", "effective", "recorded")


class BadRow(RegistryError):  # noqa: N818 - reads as a sentence
    """The other side sent a row that is none, or whose content is not what was committed to."""

    code = "bad-row"
    status = 422
    message = N_("Row {sequence} of the other side's log is wrong: {why}")


@dataclass(frozen=True, slots=True)
class Row:
    """A row whose hashes fit. ``payload`` is canonical text; None where it is forgotten."""

    sequence: int
    op: str
    kind: str
    id: str
    effective: str
    recorded: str
    commitment: bytes
    leaf_hash: bytes
    payload: str | None = None
    salt: bytes | None = None
    publish_until: str | None = None

    def shown(self, now: datetime) -> bool:
        """Whether its content may be kept at ``now``."""
        until = self.publish_until
        return self.payload is not None and (until is None or datetime.fromisoformat(until) > now)

    def verify(self) -> None:
        """Hold leaf and content against the commitment. Raises ``BadRow``."""
        if merkle.leaf_hash(self.commitment) != self.leaf_hash:
            raise BadRow(sequence=self.sequence, why="its leaf is not the hash of its commitment")
        if self.payload is None or self.salt is None:
            return
        event = leaf.event(
            sequence=self.sequence,
            op=self.op,
            kind=self.kind,
            id=self.id,
            effective=datetime.fromisoformat(self.effective),
            recorded=datetime.fromisoformat(self.recorded),
            payload=self.payload,
        )
        if leaf.commitment(self.salt, event) != self.commitment:
            raise BadRow(sequence=self.sequence, why="its content is not what was committed to")


def parse(given: Any, expected: int) -> Row:
    """The row that an answer holds at the place ``expected``. Raises ``BadRow``."""
    if not isinstance(given, Mapping) or given.get("sequence") != expected:
        raise BadRow(sequence=expected, why="it is missing or out of order")
    if not all(isinstance(given.get(name), str) for name in _TEXTS):
        raise BadRow(sequence=expected, why="a field is missing")
    if given.get("op") not in {"PUT", "DEL"}:
        raise BadRow(sequence=expected, why="it neither publishes nor removes")
    try:
        for name in ("effective", "recorded"):
            _instant(given[name])
        until = given.get("publish_until")
        row = Row(
            sequence=expected,
            op=given["op"],
            kind=given["kind"],
            id=given["id"],
            effective=given["effective"],
            recorded=given["recorded"],
            commitment=_digest(given.get("commitment")),
            leaf_hash=_digest(given.get("leaf_hash")),
            payload=leaf.canonical(given["payload"]) if "payload" in given else None,
            salt=_salt(given.get("salt")) if "payload" in given else None,
            publish_until=_instant(until) if until is not None else None,
        )
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        raise BadRow(sequence=expected, why="a field is wrong") from None
    row.verify()
    return row


def _instant(text: Any) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("an instant without a zone")
    return str(text)


def _digest(text: Any) -> bytes:
    if not isinstance(text, str) or not _HEX.fullmatch(text):
        raise ValueError("not a hash")
    return bytes.fromhex(text)


def _salt(text: Any) -> bytes:
    try:
        found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if len(found) != leaf.SALT_BYTES:
        raise ValueError("not a salt")
    return found
