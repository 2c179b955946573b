"""One-time codes (RFC 6238, SHA-1, six digits, 30 seconds) and recovery codes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from datetime import datetime

import pyotp

from registry.core.codes.public_id import CROCKFORD

STEP_SECONDS = 30
DRIFT_STEPS = 1
"""Clocks of telephones are this far apart (RFC 6238 §5.2 recommends at most one step)."""
RECOVERY_CODES = 10


def new_secret() -> str:
    """160 random bits in Base32, as authenticator apps take them."""
    return pyotp.random_base32(32)


def matching_step(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """The time step whose code ``code`` is, if that step comes later than ``after``.

    Keeping the step and asking for a greater one refuses a code that was already used, and with
    it every older one still within the drift.
    """
    current = int(now.timestamp()) // STEP_SECONDS
    typed = normal(code).encode()
    found = None
    for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1):
        right = hmac.compare_digest(str(pyotp.TOTP(secret).generate_otp(step)).encode(), typed)
        if right and step > after and found is None:
            found = step
    return found


def normal(code: str) -> str:
    """A code as typed by people: full-width digits and spaces are forgiven."""
    return "".join(unicodedata.normalize("NFKC", code).split())


def provisioning_uri(secret: str, login: str, issuer: str) -> str:
    """The ``otpauth:`` address that an authenticator app reads from a QR code."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer))


def new_recovery_codes() -> list[str]:
    """Codes for the day the device is lost: 80 random bits each."""
    return [readable_secret() for _ in range(RECOVERY_CODES)]


def readable_secret(groups: int = 4) -> str:
    """Twenty random bits in each of four groups (or ``groups``) that can be read aloud."""
    symbols = "".join(secrets.choice(CROCKFORD) for _ in range(4 * groups))
    return "-".join(symbols[start : start + 4] for start in range(0, len(symbols), 4))


def recovery_hash(code: str) -> str:
    """What is stored of a recovery code. Eighty random bits need no slow hash."""
    folded = normal(code).upper().replace("-", "").replace("O", "0")
    return hashlib.sha256(folded.replace("I", "1").replace("L", "1").encode()).hexdigest()
