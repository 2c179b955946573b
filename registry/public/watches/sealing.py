"""How a watched counterparty is kept: sealed under a key derived from ``agency.key``."""

from __future__ import annotations

import hashlib
import json

from registry.core.keys import KEY_BYTES, Vault
from registry.public.agencies.sealing import keyed_hash
from registry.public.screening import CheckRequest


def seal(root: bytes, token: str, asked: CheckRequest) -> bytes:
    """Name, code and region, bound to the watch."""
    said = json.dumps([asked.name, asked.code, asked.region], ensure_ascii=False)
    return _vault(root).seal(said.encode(), token.encode())


def unseal(root: bytes, token: str, sealed: bytes) -> CheckRequest:
    """What was sealed. Raises ``SealBroken``."""
    name, code, region = json.loads(_vault(root).open(sealed, token.encode()))
    return CheckRequest(name=name, code=code, region=region)


def code_hash(root: bytes, code: str) -> bytes:
    """By which the watches of a code are found."""
    return keyed_hash(root, "watch-code", code)


def _vault(root: bytes) -> Vault:
    return Vault(hashlib.blake2b(b"watch", key=root, digest_size=KEY_BYTES).digest(), b"")
