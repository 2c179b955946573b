"""Anonymous pick-up: the claim's signature, the PIN, the voucher's number. Pure.

The receipt derives an Ed25519 key; its public half stands on the voucher. Whoever signs the
voucher's number with it is the reporter, whoever he is. He sets a PIN of six digits, of which
only a hash under a key outside every store is kept: a stolen database cannot be searched for it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from itertools import pairwise

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from registry.core.codes.public_id import CROCKFORD
from registry.core.errors import InvalidInput
from registry.core.i18n import N_

PIN_TRIES = 5
_PIN = re.compile(r"\d{6}", re.ASCII)
_CONTEXT = b"credit-registry/reward-claim/v1\n"


def new_number() -> str:
    """A voucher's number: ten random Crockford symbols in two groups, ``7K3M9-Q2X4T``."""
    symbols = "".join(secrets.choice(CROCKFORD) for _ in range(10))
    return f"{symbols[:5]}-{symbols[5:]}"


def parse_number(text: str) -> str:
    """The canonical number that a person meant; look-alikes and case are forgiven."""
    typed = re.sub(r"[\s-]", "", text.upper()).translate(str.maketrans("OIL", "011"))
    return f"{typed[:5]}-{typed[5:]}"


def check_pin(pin: str) -> str:
    """Raises ``InvalidInput`` on ``pin`` for what is no PIN, or too easily guessed."""
    if not _PIN.fullmatch(pin):
        raise InvalidInput({"pin": [N_("A PIN has six digits.")]})
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    if len(set(pin)) == 1 or steps in ({1}, {-1}):
        raise InvalidInput({"pin": [N_("This PIN is too easily guessed.")]})
    return pin


def pin_verifier(pin: str, number: str, key: bytes) -> bytes:
    """What is kept of a PIN: bound to its voucher, under the installation's key."""
    return hashlib.blake2b(
        f"{number}\0{pin}".encode(), key=key, person=b"reward/pin", digest_size=32
    ).digest()


def same_pin(verifier: bytes, pin: str, number: str, key: bytes) -> bool:
    """Whether ``pin`` is the one set; in constant time."""
    return hmac.compare_digest(verifier, pin_verifier(pin, number, key))


def statement(number: str, verifier: bytes) -> bytes:
    """The bytes that a claim signs: this voucher, under this PIN."""
    return _CONTEXT + number.encode() + b"\n" + verifier


def sign(key: SigningKey, number: str, verifier: bytes) -> bytes:
    """The claim of whoever holds the receipt (64 bytes)."""
    return key.sign(statement(number, verifier)).signature


def is_claim(claim_key: bytes, number: str, verifier: bytes, signature: bytes) -> bool:
    """Whether ``signature`` is the reporter's own claim of this voucher under this PIN."""
    try:
        VerifyKey(claim_key).verify(statement(number, verifier), signature)
    except (BadSignatureError, ValueError, TypeError):
        return False
    return True
