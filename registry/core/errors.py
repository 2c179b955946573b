"""One family of errors. A boundary (page, API, command) renders them in the reader's language.

``message`` is an English sentence in ``str.format`` style and is the key in the gettext
catalogues; ``params`` fill its braces. Parameters never carry personal data: they reach logs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class RegistryError(Exception):
    """Something the caller asked for cannot be done, with the reason a user can act on."""

    code: ClassVar[str] = "error"
    """Stable, machine-readable; the last part of the problem ``type`` (RFC 9457)."""
    status: ClassVar[int] = 400
    """HTTP status at a web boundary."""
    message: ClassVar[str] = "The request cannot be carried out."

    def __init__(self, **params: object) -> None:
        self.params: Mapping[str, object] = params
        super().__init__(self.message.format_map(_Lenient(params)))


class _Lenient(dict[str, object]):
    """Leaves an unfilled brace visible instead of failing while an error is being reported."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class InvalidInput(RegistryError):  # noqa: N818 - the family reads as sentences
    """Fields of a form, body or row are wrong; nothing was changed.

    ``fields`` maps a dotted field path to messages (English keys, as for ``message``).
    """

    code = "invalid-input"
    status = 422
    message = "Some of what was entered cannot be accepted. Nothing was changed."

    def __init__(self, fields: Mapping[str, list[str]] | None = None, **params: object) -> None:
        self.fields: Mapping[str, list[str]] = fields or {}
        super().__init__(**params)


class NotFound(RegistryError):  # noqa: N818
    """There is no such thing, or the asker may not know of it."""

    code = "not-found"
    status = 404
    message = "There is nothing at this address."


class Forbidden(RegistryError):  # noqa: N818
    """The officer's role, authority or earlier part in the case forbids the act."""

    code = "forbidden"
    status = 403
    message = "You may not do this."


class Conflict(RegistryError):  # noqa: N818
    """Another officer changed the same thing first; his work is kept."""

    code = "conflict"
    status = 409
    message = "Someone else changed this in the meantime. Look at it again before you act."


class Misconfigured(RegistryError):  # noqa: N818
    """A setting or the installation is wrong; ``registry doctor`` names the cure."""

    code = "misconfigured"
    status = 500
    message = "The installation is not complete: {what}"
