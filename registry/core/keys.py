"""Keys: one file each, mode 0600, each process loads only its own.

=====================  ==============================================  =====================
file                   what                                            read by
=====================  ==============================================  =====================
log.key                Ed25519 seed; signs checkpoints                 worker
log.pub                its public half, mode 0644                      everyone
certificate.key        Ed25519 seed; signs certificates                public site
certificate.endorsed   the log key's signature over its public half    everyone
person.key             HMAC key of the handles of natural persons      public site, office
vault.key              seals personal data in the working store; what  office
                       parties file online is sealed to a key from it
receipt.key            salt and pepper of tip receipts and of the      public site, office
                       codes on served papers; losing it makes every
                       one of them worthless
agency.key             seals lists that agencies hand in, and hashes   public site, office
                       what they ask
public.secret          signs the public site's cookies                 public site
admin.secret           signs the admin site's cookies                  admin
=====================  ==============================================  =====================

Every file holds base64 text. A key that others than its owner may read is refused.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import BadSignatureError, CryptoError
from nacl.public import PrivateKey
from nacl.signing import SigningKey, VerifyKey

from registry.core.errors import Misconfigured, RegistryError
from registry.core.i18n import N_

KEY_BYTES = 32
SECRET_FILES = (
    "log.key",
    "certificate.key",
    "person.key",
    "vault.key",
    "receipt.key",
    "agency.key",
    "public.secret",
    "admin.secret",
)
_ENDORSEMENT = b"credit-registry/certificate-key/v1\n"
_NONCE_BYTES = 24
_VAULT_VERSION = b"\x01"


class SealBroken(RegistryError):  # noqa: N818 - reads as a sentence
    """Sealed data is damaged, or was sealed with another key or for another place."""

    code = "seal-broken"
    status = 500
    message = N_("Sealed data cannot be opened: it is damaged or the vault key is another one.")


@dataclass(frozen=True)
class Vault:
    """Seals personal data in the working store (XChaCha20-Poly1305).

    ``context`` binds a seal to its place (for instance ``b"person_document:17"``): moved
    elsewhere it does not open.
    """

    key: bytes = field(repr=False)
    handle_key: bytes = field(repr=False)
    """The person key: shared with the public check, never used to seal."""

    def seal(self, data: bytes, context: bytes = b"") -> bytes:
        """``data`` encrypted and authenticated; a fresh random nonce each time."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = crypto_aead_xchacha20poly1305_ietf_encrypt(data, context, nonce, self.key)
        return _VAULT_VERSION + nonce + sealed

    def open(self, sealed: bytes, context: bytes = b"") -> bytes:
        """What was sealed. Raises ``SealBroken``."""
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if sealed[:1] != _VAULT_VERSION or len(nonce) != _NONCE_BYTES:
            raise SealBroken
        try:
            return crypto_aead_xchacha20poly1305_ietf_decrypt(body, context, nonce, self.key)
        except CryptoError:
            raise SealBroken from None

    def sealing_key(self, purpose: bytes) -> PrivateKey:
        """The office's own X25519 key for ``purpose`` (at most 16 bytes), from the vault key.

        Its public half may be handed to whoever seals something that the office alone opens.
        """
        seed = hashlib.blake2b(b"sealing", key=self.key, person=purpose, digest_size=KEY_BYTES)
        return PrivateKey(seed.digest())

    def fingerprint(self, data: bytes) -> str:
        """A keyed hash by which equal values are found without opening them (64 hex digits)."""
        subkey = hashlib.blake2b(b"fingerprint", key=self.key, digest_size=KEY_BYTES).digest()
        return hmac.new(subkey, data, hashlib.sha256).hexdigest()


def ensure_keys(key_dir: Path) -> list[Path]:
    """Make every key that is missing; gives the files made. Existing ones are left alone.

    Safe when two processes start at once: a file appears whole or not at all, and only one wins.
    """
    key_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = []
    for name in SECRET_FILES:
        if _create(key_dir / name, secrets.token_bytes(KEY_BYTES), 0o600):
            made.append(key_dir / name)
    log = load_log_key(key_dir)
    if _create(key_dir / "log.pub", bytes(log.verify_key), 0o644):
        made.append(key_dir / "log.pub")
    endorsed = endorse(log, load_certificate_key(key_dir).verify_key)
    if _create(key_dir / "certificate.endorsed", endorsed, 0o644):
        made.append(key_dir / "certificate.endorsed")
    return made


def load_log_key(key_dir: Path) -> SigningKey:
    """The key that signs checkpoints: the worker's alone."""
    return SigningKey(_secret(key_dir / "log.key"))


def load_log_public(key_dir: Path) -> VerifyKey:
    """By which anyone verifies checkpoints."""
    return VerifyKey(_read(key_dir / "log.pub", KEY_BYTES))


def load_certificate_key(key_dir: Path) -> SigningKey:
    """The key that signs certificates: the public site's."""
    return SigningKey(_secret(key_dir / "certificate.key"))


def load_certificate_endorsement(key_dir: Path) -> bytes:
    """The log key's signature (64 bytes) over the certificate key's public half."""
    return _read(key_dir / "certificate.endorsed", 64)


def load_person_key(key_dir: Path) -> bytes:
    """The key of ``gazette.handles.person_handle``."""
    return _secret(key_dir / "person.key")


def load_receipt_key(key_dir: Path) -> bytes:
    """From which ``public.inbox.receipt`` takes salt and pepper."""
    return _secret(key_dir / "receipt.key")


def load_agency_key(key_dir: Path) -> bytes:
    """Root of the keys of lists, and of the hash of what agencies ask."""
    return _secret(key_dir / "agency.key")


def load_vault(key_dir: Path) -> Vault:
    """What seals personal data in the working store: the office's."""
    return Vault(_secret(key_dir / "vault.key"), load_person_key(key_dir))


def load_site_secret(key_dir: Path, site: Literal["public", "admin"]) -> str:
    """What signs a site's cookies, as text for Flask."""
    return base64.b64encode(_secret(key_dir / f"{site}.secret")).decode()


def endorse(log: SigningKey, certificate: VerifyKey) -> bytes:
    """The log key's statement that ``certificate`` may sign certificates."""
    return log.sign(_ENDORSEMENT + bytes(certificate)).signature


def is_endorsed(certificate: VerifyKey, endorsement: bytes, log: VerifyKey) -> bool:
    """Whether the log key vouches for the certificate key."""
    try:
        log.verify(_ENDORSEMENT + bytes(certificate), endorsement)
    except (BadSignatureError, ValueError):
        return False
    return True


def _secret(path: Path) -> bytes:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        raise _missing(path) from None
    except PermissionError:
        raise _shut(path) from None
    if mode & 0o077:
        cure = f"others may read the key file {path.name} (mode {mode:04o}); run: chmod 600 {path}"
        raise Misconfigured(what=cure)
    return _read(path, KEY_BYTES)


def _read(path: Path, length: int) -> bytes:
    try:
        value = base64.b64decode(path.read_bytes().strip(), validate=True)
    except FileNotFoundError:
        raise _missing(path) from None
    except PermissionError:
        raise _shut(path) from None
    except binascii.Error:
        value = b""
    if len(value) != length:
        raise Misconfigured(what=f"the key file {path} is damaged; restore it from a backup")
    return value


def _missing(path: Path) -> Misconfigured:
    return Misconfigured(what=f"the key file {path} is missing; run: registry init")


def _shut(path: Path) -> Misconfigured:
    cure = "give it and its directory to the user who runs the registry"
    return Misconfigured(what=f"this process may not read the key file {path}; {cure}")


def _create(path: Path, value: bytes, mode: int) -> bool:
    if path.exists():
        return False
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(value) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        # A link fails where the name is taken: whoever comes second keeps the first one's key.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
            return True
        return False
    finally:
        draft.unlink()
