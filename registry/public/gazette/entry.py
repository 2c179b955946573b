"""What may be appended to the log, how a record is found, and why an append is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args, get_type_hints
from uuid import UUID

from registry.core.errors import Conflict, InvalidInput, RegistryError
from registry.core.i18n import N_
from registry.public.gazette.payloads import RemovalPayload

Operation = Literal["PUT", "DEL"]
HandleType = Literal["name", "code", "number", "person", "site", "entity", "region", "record"]
REMOVAL_REASONS: tuple[str, ...] = get_args(get_type_hints(RemovalPayload)["reason"])
"""The closed list of reasons for a DEL."""

_BUCKETS = 1 << 20
_FIRST_BUCKET = 1 << 16
NO_BUCKET = (1 << 23) - 1
"""Of a handle that has been forgotten. All buckets take three bytes in SQLite, see erasure."""


@dataclass(frozen=True, slots=True)
class Handle:
    """One exact way to a record.

    ``name`` a folded name of a unit, ``code`` a credit code, ``number`` a folded decision or
    reference number, ``person`` a keyed hash (see ``person_handle``), ``site`` the public id of a
    site that the record is or concerns, ``entity`` the code of a unit that the record is not
    about but belongs to (the operator of a site), ``region`` the code of the region that a
    record of the intake is for, ``record`` the public id of another record that this one names as
    of the same case.
    """

    type: HandleType
    value: str

    @property
    def bucket(self) -> int:
        """Where a lookup starts: 20 bits of a hash, so that the index names nobody by itself."""
        digest = hashlib.sha256(f"{self.type}\0{self.value}".encode()).digest()
        return _FIRST_BUCKET + int.from_bytes(digest[:4]) % _BUCKETS


@dataclass(frozen=True, slots=True)
class Entry:
    """A publication (PUT) or removal (DEL) on its way into the log.

    ``event_id`` makes the append idempotent. ``publish_until`` is the first instant at which the
    record is no longer shown (None: no term). ``handles`` are those that cannot be read from the
    payload, that is natural persons'; the others come from ``handles_of``. A PUT replaces all
    handles of its record. ``forget_previous`` erases what earlier rows of the id said.
    """

    event_id: UUID
    op: Operation
    kind: str
    id: str
    effective: datetime
    payload: Mapping[str, object]
    publish_until: datetime | None = None
    handles: tuple[Handle, ...] = ()
    forget_previous: bool = False


class AlreadyRemoved(Conflict):
    """A DEL is terminal: nothing can follow it under the same id."""

    code = "already-removed"
    message = N_(
        "{id} has been removed and cannot be published again. A new record needs a new id."
    )


class NotPublished(RegistryError):  # noqa: N818 - reads as a sentence
    """A DEL for an id that the log does not know."""

    code = "not-published"
    status = 404
    message = N_("{id} has never been published.")


class KindChanged(Conflict):
    """An id keeps its kind for ever."""

    code = "kind-changed"
    message = N_("{id} was published as another kind of record.")


class WrongShape(RegistryError):  # noqa: N818
    """A payload lacks a field of its kind, or has one that is not to be published."""

    code = "wrong-shape"
    status = 422
    message = N_("What was to be published as {kind} {id} is wrong in the field {field}.")


def check_removal_reason(reason: object) -> str:
    """``reason`` if the closed list has it. Raises ``InvalidInput`` for the field ``reason``."""
    if reason not in REMOVAL_REASONS:
        raise InvalidInput({"reason": [N_("This is not one of the reasons for a removal.")]})
    return str(reason)
