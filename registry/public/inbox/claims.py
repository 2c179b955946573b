"""Claiming a reward without a name: the receipt signs for a voucher, a PIN opens the counter.

The office seals a voucher number into the mailbox. Whoever holds the receipt signs "voucher ‖ PIN
hash" with the key that the receipt derives, and chooses a PIN of six digits. The treasury gets
voucher, amount and PIN hash; it pays whoever says both numbers. No office learns who that was.
"""

from __future__ import annotations

from nacl import pwhash
from nacl.exceptions import BadSignatureError, InvalidkeyError
from nacl.signing import SigningKey, VerifyKey

PIN_DIGITS = 6
_LABEL = b"tip-claim/1\n"


def claim_text(voucher: str, pin_hash: str) -> bytes:
    """What is signed."""
    return _LABEL + f"{voucher}\n{pin_hash}".encode()


def hash_pin(pin: str) -> str:
    """The PIN as a PHC string (Argon2id). Raises ``ValueError`` unless it is six ASCII digits."""
    if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
        raise ValueError("a PIN has six digits")
    made: bytes = pwhash.argon2id.str(
        pin.encode(),
        opslimit=pwhash.argon2id.OPSLIMIT_INTERACTIVE,
        memlimit=pwhash.argon2id.MEMLIMIT_INTERACTIVE,
    )
    return made.decode()


def sign(claim_key: SigningKey, voucher: str, pin_hash: str) -> bytes:
    """The claimant's signature, 64 bytes."""
    return claim_key.sign(claim_text(voucher, pin_hash)).signature


def holds(claim_key: bytes, voucher: str, pin_hash: str, signature: bytes) -> bool:
    """Whether the holder of the receipt with public claim key ``claim_key`` made this claim."""
    try:
        VerifyKey(claim_key).verify(claim_text(voucher, pin_hash), signature)
    except (BadSignatureError, ValueError, TypeError):
        return False
    return True


def pin_matches(pin_hash: str, pin: str) -> bool:
    """Whether ``pin`` is the one behind ``pin_hash``; any text may be asked."""
    try:
        return bool(pwhash.verify(pin_hash.encode(), pin.encode()))
    except (InvalidkeyError, ValueError):
        return False
