"""The log's public key as a file: what verifying without an installation rests on."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

import click
from nacl.signing import VerifyKey

from registry.core import keys

key_option = click.option(
    "--key",
    "key_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Public key of the log (log.pub, or its verifier key). Default: this installation's.",
)


def read_key(path: Path) -> VerifyKey:
    """The key in a file: base64 of 32 bytes, or ``name+id+base64`` as C2SP tools write it."""
    text = path.read_bytes()[:1000].decode("ascii", "replace").strip()
    found = _decoded(text)
    if len(found) != keys.KEY_BYTES and text.count("+") >= 2:
        # In a verifier key a byte for the algorithm stands before the key.
        found = _decoded(text.split("+", 2)[2]).removeprefix(b"\x01")
    if len(found) != keys.KEY_BYTES:
        raise click.BadParameter("This file holds no public key of a log.", param_hint="--key")
    return VerifyKey(found)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
