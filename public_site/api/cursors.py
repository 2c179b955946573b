"""``next``: where a page begins, opaque to the reader and bound to what he asked."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping

from public_site.api.kit import NotHere
from registry.core.i18n import N_


class UnknownPage(NotHere):
    """A cursor that this list never gave for this request."""

    code = "unknown-page"
    message = N_("There is no such page. `next` is only good for the request that it came from.")


def pack(place: str, asked: Mapping[str, object]) -> str:
    """The cursor for ``place`` of the list asked for by ``asked``."""
    text = json.dumps([_mark(asked), place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def unpack(cursor: str, asked: Mapping[str, object]) -> str | None:
    """The place in ``cursor``; None for an empty one. Raises ``UnknownPage``."""
    if not cursor:
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        mark, place = json.loads(text)
    except (ValueError, TypeError):
        raise UnknownPage from None
    if mark != _mark(asked) or not isinstance(place, str):
        raise UnknownPage
    return place


def number(cursor: str, asked: Mapping[str, object]) -> int:
    """The number in ``cursor``; 0 for an empty one. Raises ``UnknownPage``."""
    place = unpack(cursor, asked)
    if place is not None and not (place.isascii() and place.isdecimal() and len(place) < 19):
        raise UnknownPage
    return int(place or 0)


def _mark(asked: Mapping[str, object]) -> str:
    """What was asked, page and length of the page aside."""
    kept = {k: str(v) for k, v in asked.items() if k not in {"next", "limit"}}
    text = json.dumps(kept, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
