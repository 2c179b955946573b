"""Checking that what is to be published has the shape of its kind, and nothing beside it.

Everything in a payload is public for ever after its commitment: a key that nobody meant to
publish must stop at the door, and a missing one must not stop the publisher later.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from registry.public.gazette.entry import WrongShape
from registry.public.gazette.kinds import KINDS


def check_payload(kind: str, id: str, payload: Mapping[str, Any]) -> None:
    """Raise ``WrongShape``, naming the first field that is wrong, unless the shape is right.

    Values are not repeated in the error: they may be a person's.
    """
    if kind not in KINDS:
        raise WrongShape(id=id, kind=kind, field="kind")
    try:
        _adapter(kind).validate_python(payload, extra="forbid")
    except ValidationError as error:
        place = error.errors(include_input=False, include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in place["loc"])
        raise WrongShape(id=id, kind=kind, field=field) from None


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(KINDS[kind].shape)
