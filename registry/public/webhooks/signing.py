"""Signatures of Standard Webhooks (v1, symmetric): HMAC-SHA-256 over ``id.timestamp.body``. Pure.

Specification: github.com/standard-webhooks/standard-webhooks, version 1.0.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from registry.core.errors import RegistryError
from registry.core.i18n import N_

PREFIX = "whsec_"
SECRET_BYTES = 32
WINDOW = timedelta(minutes=5)
"""How far a message's time may lie from the receiver's: an old one is a replayed one."""
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


class SignatureRefused(RegistryError):  # noqa: N818 - reads as a sentence
    """The message is forged, altered, or was sent before and is sent again."""

    code = "signature-refused"
    status = 401
    message = N_("The signature of this message does not hold: {why}")


def fresh_secret() -> str:
    """A new secret as its holder gets it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def headers(secret: str, message: str, body: bytes, now: datetime) -> dict[str, str]:
    """The three headers of a message sent at ``now``."""
    stamp = str(int(now.timestamp()))
    return {
        ID: message,
        TIMESTAMP: stamp,
        SIGNATURE: f"v1,{_signature(secret, message, stamp, body)}",
    }


def verify(known: Iterable[str], given: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of a message that one of the ``known`` secrets signed. Raises ``SignatureRefused``.

    Header names in lower case. Whoever receives keeps the ids of the last ``WINDOW`` and refuses
    one that comes again.
    """
    message, stamp = given.get(ID, ""), given.get(TIMESTAMP, "")
    if not message or not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        raise SignatureRefused(why="a header is missing")
    if abs(now.timestamp() - int(stamp)) > WINDOW.total_seconds():
        raise SignatureRefused(why="its time is too far from now")
    sent = [one[3:] for one in given.get(SIGNATURE, "").split() if one.startswith("v1,")]
    right = [_signature(secret, message, stamp, body) for secret in known]
    pairs = ((one.encode(), other.encode()) for one in sent for other in right)
    if not any(hmac.compare_digest(one, other) for one, other in pairs):
        raise SignatureRefused(why="no known secret made it")
    return message


def _signature(secret: str, message: str, stamp: str, body: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise SignatureRefused(why="the secret is not one") from None
    text = f"{message}.{stamp}.".encode() + body
    return base64.b64encode(hmac.digest(key, text, "sha256")).decode()
