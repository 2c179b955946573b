"""Sealing: what is handed in is encrypted before it touches a disk, to keys not on this machine.

*Envelope*: ``version ‖ count ‖ count × (key id ‖ sealed content key) ‖ nonce ‖ ciphertext``. The
content is canonical JSON, padded to blocks of 4 KiB, under XChaCha20-Poly1305 with a fresh key;
that key is in a SealedBox (X25519) for each recipient. The associated data are tip id, kind and
version: an envelope moved to another tip, or passed off as another kind, does not open.

*Tip*: every tip has a key pair of its own. Its envelopes are sealed to the public half; the
private half is in a SealedBox per duty officer and one for recovery ("wrapped"), and then
forgotten. To hand a tip on is to wrap the private half anew; nothing else changes.

*File*: see ``filesealing``.

Nothing here knows a store, a request or the time.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import rfc8785
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
    sodium_pad,
    sodium_unpad,
)
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from registry.core.errors import RegistryError
from registry.core.i18n import N_

VERSION = 1
BLOCK = 4096
"""Envelopes are padded to multiples of this, so that their length tells little."""
ID_BYTES = 16
KEY_ID_BYTES = 8
MOST_RECIPIENTS = 255
_NONCE = 24
_SEALED_KEY = 32 + 48
_ENTRY = KEY_ID_BYTES + _SEALED_KEY


class SealRefused(RegistryError):  # noqa: N818 - reads as a sentence
    """An envelope or wrapped key does not open: damaged, moved, or for someone else."""

    code = "seal-refused"
    status = 422
    message = N_("This cannot be opened: it is damaged, or it was sealed for someone else.")


class NoRecipient(RegistryError):  # noqa: N818
    """There is no key to seal to. Nothing is ever taken in unsealed."""

    code = "no-recipient"
    status = 503
    message = N_("There is nobody here who could open this, so it was not taken in.")


@dataclass(frozen=True)
class TipKey:
    """A tip's own key pair: made at submission, known afterwards only to who can unwrap it."""

    private: PrivateKey = field(repr=False)

    @property
    def public(self) -> PublicKey:
        return self.private.public_key


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A tip's private key in a SealedBox for the holder of key ``key_id`` (16 hex digits)."""

    key_id: str
    sealed: bytes


def new_id() -> str:
    """A random id: 32 hex digits, never sequential."""
    return secrets.token_hex(ID_BYTES)


def key_id(key: PublicKey) -> str:
    """The short name of a public key: first 8 bytes of its BLAKE2b, as hex."""
    return hashlib.blake2b(bytes(key), digest_size=KEY_ID_BYTES).hexdigest()


def new_tip_key() -> TipKey:
    return TipKey(PrivateKey.generate())


def wrap(tip: TipKey, recipients: Iterable[PublicKey]) -> tuple[Wrapped, ...]:
    """The tip's private half for each recipient. Raises ``NoRecipient`` for none."""
    wrapped = tuple(
        Wrapped(key_id(key), SealedBox(key).encrypt(bytes(tip.private)))
        for key in dict.fromkeys(recipients)
    )
    if not wrapped:
        raise NoRecipient
    return wrapped


def unwrap(wrapped: Iterable[Wrapped], private: PrivateKey) -> TipKey:
    """The tip key, opened with one recipient's private key. Raises ``SealRefused``."""
    mine = key_id(private.public_key)
    for one in wrapped:
        if one.key_id == mine:
            return TipKey(PrivateKey(_unbox(one.sealed, private)))
    raise SealRefused


def rewrap(
    wrapped: Iterable[Wrapped], private: PrivateKey, recipients: Iterable[PublicKey]
) -> tuple[Wrapped, ...]:
    """The tip key handed on to ``recipients``: transfer, rotation, recovery."""
    return wrap(unwrap(wrapped, private), recipients)


def seal(
    content: Mapping[str, Any], recipients: Iterable[PublicKey], *, tip_id: str, kind: str
) -> bytes:
    """``content`` (JSON values) as an envelope that each of ``recipients`` can open.

    Raises ``NoRecipient`` where there is none.
    """
    keys = list(dict.fromkeys(recipients))
    if not keys or len(keys) > MOST_RECIPIENTS:
        raise NoRecipient
    content_key = secrets.token_bytes(32)
    nonce = secrets.token_bytes(_NONCE)
    padded = sodium_pad(rfc8785.dumps(dict(content)), BLOCK)
    body = crypto_aead_xchacha20poly1305_ietf_encrypt(
        padded, _bound_to(tip_id, kind), nonce, content_key
    )
    return _head(content_key, keys) + nonce + body


def open_envelope(
    envelope: bytes, private: PrivateKey, *, tip_id: str, kind: str
) -> dict[str, Any]:
    """What was sealed. Raises ``SealRefused``."""
    content_key, rest = _content_key(envelope, private)
    nonce, body = rest[:_NONCE], rest[_NONCE:]
    try:
        padded = crypto_aead_xchacha20poly1305_ietf_decrypt(
            body, _bound_to(tip_id, kind), nonce, content_key
        )
        content = json.loads(sodium_unpad(padded, BLOCK))
    except (CryptoError, ValueError):
        raise SealRefused from None
    if not isinstance(content, dict):
        raise SealRefused
    return content


def reseal(envelope: bytes, private: PrivateKey, recipients: Iterable[PublicKey]) -> bytes:
    """The same envelope for other recipients; the content stays as it is, unread.

    For the identity envelope, when another custodian takes over. Raises ``SealRefused``.
    """
    keys = list(dict.fromkeys(recipients))
    if not keys or len(keys) > MOST_RECIPIENTS:
        raise NoRecipient
    content_key, rest = _content_key(envelope, private)
    return _head(content_key, keys) + rest


def recipients_of(envelope: bytes) -> tuple[str, ...]:
    """Ids of the keys that open an envelope. Raises ``SealRefused`` for what is none."""
    return tuple(name.hex() for name, _ in _entries(envelope)[0])


def digest(envelope: bytes) -> bytes:
    """SHA-256 of an envelope: what the intake chain numbers and the receipt page shows."""
    return hashlib.sha256(envelope).digest()


def blocks(envelope: bytes) -> int:
    """How long the content is, in padded blocks."""
    return max(1, (len(envelope) - _NONCE) // BLOCK)


def size_bucket(blocks_used: int) -> int:
    """The next power of two: all that stands in clear about a tip's length."""
    return 1 << max(0, blocks_used - 1).bit_length()


def _bound_to(tip_id: str, kind: str) -> bytes:
    if len(tip_id) != 2 * ID_BYTES:
        raise ValueError("a tip id has 32 hex digits")
    return bytes.fromhex(tip_id) + kind.encode() + bytes([0, VERSION])


def _head(content_key: bytes, keys: Sequence[PublicKey]) -> bytes:
    entries = [bytes.fromhex(key_id(key)) + SealedBox(key).encrypt(content_key) for key in keys]
    return bytes([VERSION, len(entries)]) + b"".join(entries)


def _entries(envelope: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """``(key id, sealed content key)`` per recipient, and what follows them."""
    if len(envelope) < 2 or envelope[0] != VERSION or not envelope[1]:
        raise SealRefused
    end = 2 + envelope[1] * _ENTRY
    if len(envelope) < end + _NONCE:
        raise SealRefused
    starts = range(2, end, _ENTRY)
    found = [
        (envelope[s : s + KEY_ID_BYTES], envelope[s + KEY_ID_BYTES : s + _ENTRY]) for s in starts
    ]
    return found, envelope[end:]


def _content_key(envelope: bytes, private: PrivateKey) -> tuple[bytes, bytes]:
    entries, rest = _entries(envelope)
    mine = bytes.fromhex(key_id(private.public_key))
    for name, sealed in entries:
        if name == mine:
            return _unbox(sealed, private), rest
    raise SealRefused


def _unbox(sealed: bytes, private: PrivateKey) -> bytes:
    try:
        opened = SealedBox(private).decrypt(sealed)
    except (CryptoError, ValueError):
        raise SealRefused from None
    if len(opened) != 32:
        raise SealRefused
    return opened
