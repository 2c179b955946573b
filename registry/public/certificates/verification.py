"""Verifying a certificate offline, with nothing but the log's public key. Pure.

Steps: the file is one JSON object of the right members; its key is the one that the log key
endorsed; the signature is that key's; the checkpoint is the log key's and the tree extends it;
every match stands in the tree. The first step that fails is the answer.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NoReturn

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from pydantic import TypeAdapter, ValidationError

from registry.core import keys
from registry.core.errors import RegistryError
from registry.core.i18n import N_
from registry.public.certificates import certificate as format
from registry.public.certificates.certificate import Certificate
from registry.public.gazette import checkpoint, merkle

LARGEST = 200_000
"""Bytes of a file. Twenty matches with their proofs in a log of a thousand million rows: 60 kB."""
DEEPEST = 8
CLOCK_SKEW = timedelta(minutes=5)
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")
_NUMBERS = re.compile(rb"[0-9]{17}")


class Broken(RegistryError):  # noqa: N818 - reads as a sentence
    """The file is not a certificate that can be relied on; the subclass says why."""

    code = "certificate-broken"
    status = 409
    message = N_("This file is not a certificate of this registry.")


class TooLarge(Broken):
    code = "certificate-too-large"
    message = N_("This file is larger than any certificate.")


class Unreadable(Broken):
    code = "certificate-unreadable"
    message = N_("This file cannot be read as a certificate: it is cut off, or not one at all.")


class OtherVersion(Broken):
    code = "certificate-other-version"
    message = N_("This is a certificate of another kind or version than is known here.")


class Incomplete(Broken):
    code = "certificate-incomplete"
    message = N_("This certificate lacks something or has more than it should: {field}")


class OtherLog(Broken):
    code = "certificate-other-log"
    message = N_("This certificate was issued by another registry, or names another log.")


class NotEndorsed(Broken):
    code = "certificate-not-endorsed"
    message = N_("The key that signed this certificate is not one that the registry vouches for.")


class Altered(Broken):
    code = "certificate-altered"
    message = N_("The content does not fit the signature: the certificate was altered or forged.")


class ProofFails(Broken):
    code = "certificate-proof-fails"
    message = N_("A proof in this certificate does not hold: it does not fit the public log.")


class FromTheFuture(Broken):
    code = "certificate-from-the-future"
    message = N_("This certificate speaks of a time or a state of the log that has not come yet.")


def read(data: bytes) -> Certificate:
    """The certificate that a file holds; nothing is verified but its shape. Raises ``Broken``."""
    if len(data) > LARGEST:
        raise TooLarge
    found = _parse(data)
    if not isinstance(found, dict) or "type" not in found:
        raise Unreadable
    if found["type"] != format.TYPE:
        raise OtherVersion
    try:
        return _shape().validate_python(found, strict=True, extra="forbid")
    except ValidationError as error:
        place = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise Incomplete(field=".".join(str(part) for part in place["loc"])[:80]) from None


def verify(data: bytes, log: VerifyKey, *, now: datetime) -> Certificate:
    """The certificate, if every step holds. Raises ``Broken``."""
    found = read(data)
    if found["issuer"]["origin"] != checkpoint.origin_of(log):
        raise OtherLog
    key = _key(found["key"])
    if key is None or not keys.is_endorsed(key, _bytes(found["endorsement"]), log):
        raise NotEndorsed
    if found["key_id"] != format.key_id(key):
        raise Altered
    try:
        key.verify(format.signed_text(found), _bytes(found["signature"]))
    except (BadSignatureError, ValueError):
        raise Altered from None
    _verify_time(found, now)
    _verify_proofs(found, log)
    return found


def _parse(data: bytes) -> Any:
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", data)):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST:
            raise Unreadable
    if _NUMBERS.search(_STRINGS.sub(b"", data)):
        raise Unreadable
    try:
        text = data.decode("utf-8-sig")
        found = json.loads(
            text, object_pairs_hook=_unique, parse_float=_refuse, parse_constant=_refuse
        )
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Unreadable from None
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two members of one name would let two readers read two things."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _refuse(_: str) -> NoReturn:
    raise ValueError("not a whole number")


@cache
def _shape() -> TypeAdapter[Certificate]:
    return TypeAdapter(Certificate)


def _verify_time(found: Certificate, now: datetime) -> None:
    try:
        as_of = datetime.fromisoformat(found["as_of"])
        future = as_of > now + CLOCK_SKEW
    except (ValueError, TypeError):
        raise Incomplete(field="as_of") from None
    if future:
        raise FromTheFuture


def _verify_proofs(found: Certificate, log: VerifyKey) -> None:
    """The tree extends the signed checkpoint, and every match stands in the tree."""
    size, root = found["tree_size"], _digest(found["root_hash"])
    if found["sequence"] != size or size < 0:
        raise ProofFails
    _verify_checkpoint(found, log, size, root)
    for match in found["matches"]:
        proof = [_digest(one) for one in match["proof"]]
        leaf_hash, index = _digest(match["leaf_hash"]), match["sequence"] - 1
        if not merkle.verify_inclusion(leaf_hash, index, size, proof, root):
            raise ProofFails


def _verify_checkpoint(found: Certificate, log: VerifyKey, size: int, root: bytes) -> None:
    if "checkpoint" not in found:
        return
    try:
        signed = checkpoint.verify(found["checkpoint"], log)
    except checkpoint.InvalidCheckpoint:
        raise ProofFails from None
    proof = [_digest(one) for one in found.get("consistency", [])]
    if not merkle.verify_consistency(signed.size, size, signed.root, root, proof):
        raise ProofFails


def _digest(text: str) -> bytes:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ProofFails
    return bytes.fromhex(text)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _key(text: str) -> VerifyKey | None:
    value = _bytes(text)
    return VerifyKey(value) if len(value) == keys.KEY_BYTES else None


def as_json(found: Mapping[str, Any]) -> dict[str, Any]:
    """The members a summary shows, without the query and every name."""
    shown = ("id", "as_of", "outcome", "sequence", "tree_size", "root_hash", "key_id")
    return {name: found[name] for name in shown}
