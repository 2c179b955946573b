"""Officers' private keys: under the password at rest, under the cookie's secret in a session.

Pure. At rest: Argon2id(password, 64 MiB, t=3) over a salt of its own, then a secret box; the
login's hash has another salt, so it opens nothing. In a session the server holds the key only
under a secret that is in the officer's cookie and, hashed otherwise, nowhere else here: a copied
store opens no tip. The recovery key needs two passphrases of two people at once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import unicodedata

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey
from nacl.pwhash import argon2id
from nacl.secret import SecretBox
from nacl.utils import random as random_bytes

from registry.core.errors import RegistryError
from registry.core.i18n import N_
from registry.office.staff import passwords

OPERATIONS = 3
MEMORY = 64 * 1024 * 1024
_HEAD = "registry-recovery-key-v1"
_LINE = 64


class WrongPassphrase(RegistryError):  # noqa: N818
    """The password, passphrase or cookie does not open this key, or the key is damaged."""

    code = "wrong-passphrase"
    status = 403
    message = N_("This does not open the key.")


def protect(private: PrivateKey, password: str) -> bytes:
    """``private`` under ``password``: salt and secret box."""
    salt = random_bytes(argon2id.SALTBYTES)
    return salt + SecretBox(_stretched(password, salt)).encrypt(bytes(private))


def unprotect(protected: bytes, password: str) -> PrivateKey:
    """Raises ``WrongPassphrase``."""
    salt, box = protected[: argon2id.SALTBYTES], protected[argon2id.SALTBYTES :]
    return _opened(_stretched(password, salt), box)


def to_session(private: PrivateKey, token: str) -> bytes:
    """``private`` under the secret in the officer's cookie."""
    return bytes(SecretBox(_of_token(token)).encrypt(bytes(private)))


def from_session(wrapped: bytes, token: str) -> PrivateKey:
    """Raises ``WrongPassphrase``."""
    return _opened(_of_token(token), wrapped)


def protect_twice(private: PrivateKey, first: str, second: str) -> str:
    """The recovery key as a text file that only both passphrases together open."""
    salts = random_bytes(argon2id.SALTBYTES), random_bytes(argon2id.SALTBYTES)
    box = SecretBox(_joined((first, second), salts)).encrypt(bytes(private))
    text = base64.b64encode(b"".join(salts) + box).decode()
    lines = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
    return "\n".join([_HEAD, *lines, ""])


def unprotect_twice(file: str, first: str, second: str) -> PrivateKey:
    """Raises ``WrongPassphrase``, also for a file that is none."""
    head, _, rest = file.strip().partition("\n")
    try:
        content = base64.b64decode("".join(rest.split()), validate=True)
    except binascii.Error:
        content = b""
    size = argon2id.SALTBYTES
    if head.strip() != _HEAD or len(content) <= 2 * size:
        raise WrongPassphrase
    salts = content[:size], content[size : 2 * size]
    return _opened(_joined((first, second), salts), content[2 * size :])


def _joined(words: tuple[str, str], salts: tuple[bytes, bytes]) -> bytes:
    parts = [_stretched(word, salt) for word, salt in zip(words, salts, strict=True)]
    return hashlib.blake2b(b"".join(parts), person=b"recovery-key", digest_size=32).digest()


def _stretched(password: str, salt: bytes) -> bytes:
    # As the login's own hash does: typed on another keyboard it must give the same bytes.
    normal = unicodedata.normalize("NFC", password).encode()
    if len(salt) != argon2id.SALTBYTES:
        raise WrongPassphrase
    with passwords.slot():
        return argon2id.kdf(32, normal, salt, opslimit=OPERATIONS, memlimit=MEMORY)


def _of_token(token: str) -> bytes:
    return hashlib.blake2b(token.encode(), person=b"officer-key", digest_size=32).digest()


def _opened(key: bytes, box: bytes) -> PrivateKey:
    try:
        return PrivateKey(SecretBox(key).decrypt(box))
    except (CryptoError, ValueError, TypeError):
        raise WrongPassphrase from None
