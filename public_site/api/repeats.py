"""``Idempotency-Key``: the same request sent again gives what came of the first one."""

from __future__ import annotations

from flask import request

from public_site import context
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.public.agencies.sealing import request_mark

LONGEST_KEY = 200
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": N_(
        "Yours, such as a UUID: the same request sent again gives the same answer; another request"
        " under the same key is refused (409)."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
}


def marks(*parts: bytes) -> tuple[str | None, str | None]:
    """Marks of the caller's key and of the request made of ``parts``; none where he gave no key."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None, None
    if not given or len(given) > LONGEST_KEY or not (given.isascii() and given.isprintable()):
        raise InvalidInput({"Idempotency-Key": [N_("Use 1 to 200 printable ASCII characters.")]})
    root = context.agency_key()
    return request_mark(root, given.encode()), request_mark(root, *parts)
