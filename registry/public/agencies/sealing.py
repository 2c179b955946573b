"""Keys over what agencies hand in.

Root is the file ``agency.key``. A list is sealed (XChaCha20-Poly1305) under a key derived from it
and from 16 random bytes that stand with the job: when the job is deleted, what a copy of the store
may still hold of the list opens for nobody who has not that copy, too. Queries are remembered by a
keyed hash only, which cannot be turned back or tried out without the root.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import zlib
from dataclasses import dataclass, field
from typing import Any, Literal

from registry.core.keys import KEY_BYTES, Vault

SALT_BYTES = 16
Side = Literal["asked", "answered"]


def fresh_salt() -> str:
    """Salt of a new list, as it stands in the job's parameters."""
    return secrets.token_hex(SALT_BYTES)


@dataclass(frozen=True)
class ListSeal:
    """Seals the parts of one list. A part moved to another place or side does not open."""

    _vault: Vault = field(repr=False)

    @classmethod
    def of(cls, root: bytes, salt: str) -> ListSeal:
        return cls(Vault(_derived(root, b"list" + bytes.fromhex(salt)), b""))

    def seal(self, rows: list[Any], number: int, side: Side) -> bytes:
        packed = zlib.compress(json.dumps(rows, ensure_ascii=False).encode(), 6)
        return self._vault.seal(packed, _context(number, side))

    def open(self, sealed: bytes, number: int, side: Side) -> list[Any]:
        """The rows. Raises ``SealBroken``."""
        found: list[Any] = json.loads(
            zlib.decompress(self._vault.open(sealed, _context(number, side)))
        )
        return found


def vault(root: bytes, purpose: bytes) -> Vault:
    """What seals other content of agencies under the same root; ``purpose`` keeps them apart."""
    return Vault(_derived(root, purpose), b"")


def keyed_hash(root: bytes, *parts: str | None) -> bytes:
    """32 bytes by which equal ``parts`` are known again."""
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(_derived(root, b"query"), text.encode(errors="surrogatepass"), "sha256")


def request_mark(root: bytes, *parts: bytes) -> str:
    """By which a repeated request and its body are known again, in 64 hexadecimal digits."""
    mark = hmac.new(_derived(root, b"request"), digestmod="sha256")
    for part in parts:
        mark.update(len(part).to_bytes(8, "big") + part)
    return mark.hexdigest()


def _derived(root: bytes, purpose: bytes) -> bytes:
    return hashlib.blake2b(purpose, key=root, digest_size=KEY_BYTES).digest()


def _context(number: int, side: Side) -> bytes:
    return f"{side}/{number}".encode()
