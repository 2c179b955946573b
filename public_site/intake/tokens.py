"""Sealed form tokens: all that these pages remember between two requests is in the form itself.

No cookie, no session in a store. A token is encrypted and authenticated under a key of this site
and bound to its kind, so one made for tracking is worth nothing as a session, and the other way
round. It tells the age of its form, counts tries and carries what was sealed so far.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from flask import current_app
from limits.storage import MemoryStorage, Storage, storage_from_string
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from registry.core.errors import RegistryError
from registry.core.i18n import N_

Kind = Literal["new", "track", "session", "receipt", "code", "case", "status"]
LIFETIME: Mapping[Kind, timedelta] = {
    "new": timedelta(hours=24),
    "track": timedelta(hours=2),
    "session": timedelta(minutes=30),
    "receipt": timedelta(minutes=30),
    "code": timedelta(hours=2),
    "case": timedelta(hours=24),
    "status": timedelta(hours=2),
}
LONGEST_SESSION = timedelta(hours=2)
_NONCE = 24
_LONGEST = 32 * 1024


class StaleForm(RegistryError):  # noqa: N818 - reads as a sentence
    """The token is missing, damaged, of another kind, or too old."""

    code = "stale-form"
    status = 422
    message = N_("The form was open for too long. What you wrote is still here: send it again.")


def seal(kind: Kind, content: Mapping[str, Any], *, now: datetime) -> str:
    """A token of ``kind`` that holds ``content`` and the instant it was made."""
    text = json.dumps({**content, "at": now.timestamp()}).encode()
    nonce = secrets.token_bytes(_NONCE)
    sealed = crypto_aead_xchacha20poly1305_ietf_encrypt(text, kind.encode(), nonce, _key())
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def peek(kind: Kind, token: str) -> dict[str, Any]:
    """What a token holds, however old. Raises ``StaleForm`` for what is no token of ``kind``."""
    if not token or len(token) > _LONGEST:
        raise StaleForm
    try:
        raw = base64.b64decode(token.encode(), altchars=b"-_", validate=True)
        opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
            raw[_NONCE:], kind.encode(), raw[:_NONCE], _key()
        )
    except (binascii.Error, CryptoError, ValueError, TypeError):
        raise StaleForm from None
    content: dict[str, Any] = json.loads(opened)
    return content


def unseal(kind: Kind, token: str, *, now: datetime) -> dict[str, Any]:
    """As ``peek``, and not older than its kind may be."""
    content = peek(kind, token)
    if not timedelta(0) <= age(content, now) <= LIFETIME[kind]:
        raise StaleForm
    return content


def age(content: Mapping[str, Any], now: datetime) -> timedelta:
    return timedelta(seconds=now.timestamp() - float(content["at"]))


class Spent:
    """Ids of tokens that were used, in the store of the rate limits: where that is shared, every
    process of the site knows of every try. A key is forgotten when its token is too old anyway,
    and says nothing: the id is random. While the store cannot be reached, this process counts."""

    def __init__(self, url: str) -> None:
        self._store = cast(Storage, storage_from_string(url))
        self._here = MemoryStorage()

    def use(self, token_id: str, lifetime: timedelta) -> bool:
        """Whether this is the first use of ``token_id``, also among parallel ones."""
        name, seconds = f"tip-form/{token_id}", int(lifetime.total_seconds()) + 60
        errors = self._store.base_exceptions
        try:
            return int(self._store.incr(name, seconds)) == 1
        except errors:
            return int(self._here.incr(name, seconds)) == 1


def _key() -> bytes:
    secret = str(current_app.secret_key).encode()
    return hashlib.blake2b(secret, person=b"tip-form-token", digest_size=32).digest()
