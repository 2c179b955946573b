"""JSON that came from outside: bounded in size and depth before any work is done on it."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from registry.core.errors import RegistryError
from registry.core.i18n import N_

LARGEST = 512 * 1024
"""Bytes of a body: 200 long names with room."""
DEEPEST = 12
"""Brackets within brackets; our deepest body has four."""
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")
_LONGEST_NUMBER = re.compile(rb"[0-9]{400}")


class UnreadableBody(RegistryError):  # noqa: N818 - the family reads as sentences
    """The body is not JSON in UTF-8."""

    code = "unreadable-body"
    status = 400
    message = N_("The body is not JSON in UTF-8.")


class TooDeep(RegistryError):  # noqa: N818
    """Brackets within brackets within brackets."""

    code = "too-deep"
    status = 400
    message = N_("The body is nested too deeply.")


class NotJson(RegistryError):  # noqa: N818
    """Another media type than the one that is read here."""

    code = "unsupported-media-type"
    status = 415
    message = N_("Send the body as {type}.")


def json_body() -> Any:
    """The request's body. Raises ``NotJson``, ``TooDeep``, ``UnreadableBody``, or 413."""
    if request.mimetype != "application/json":
        raise NotJson(type="application/json")
    return parse(raw_body())


def raw_body() -> bytes:
    """The bytes of the body, ``LARGEST`` at most."""
    request.max_content_length = LARGEST
    return request.get_data(cache=True)


def parse(data: bytes) -> Any:
    """``data`` as JSON: no NaN, no lone surrogates, at most ``DEEPEST`` levels."""
    if len(data) > LARGEST:
        raise RequestEntityTooLarge
    outside = _STRINGS.sub(b"", data)
    depth = 0
    for bracket in _BRACKETS.findall(outside):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST:
            raise TooDeep
    if _LONGEST_NUMBER.search(outside):
        raise UnreadableBody
    try:
        found = json.loads(data.decode(), parse_constant=_refuse)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise UnreadableBody from None
    return found


def _refuse(_: str) -> NoReturn:
    raise ValueError("not a JSON number")
