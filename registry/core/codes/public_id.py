"""Public ids: a prefix per kind and ten random Crockford symbols, as in ``L-7K3M9Q2X4T``.

Never derived from content and never sequential, so that an id tells nothing and a removed
record cannot be guessed from its neighbours.
"""

from __future__ import annotations

import re
import secrets

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

PREFIXES: dict[str, str] = {
    "listing": "L",
    "provider": "V",
    "report": "R",
    "penalty": "P",
    "hazard": "H",
    "suspension": "U",
    "accident": "G",
    "referral": "Y",
    "licence": "B",
    "inspection": "Q",
    "exposure": "E",
    "finding": "F",
    "external": "X",
    "site": "S",
    "authority": "A",
    "certificate": "C",
    "statistic": "N",
    "snapshot": "D",
    "measure": "M",
    "intake-key": "K",
    "intake-head": "J",
}

_SHAPE = re.compile(r"([A-Z])-([0-9A-HJKMNP-TV-Z]{10})")


def new_public_id(kind: str) -> str:
    """A fresh id for a record of ``kind``. 50 random bits: the store's uniqueness decides ties."""
    return f"{PREFIXES[kind]}-{''.join(secrets.choice(CROCKFORD) for _ in range(10))}"


def parse_public_id(text: str) -> str | None:
    """The canonical id that a person meant by ``text``, or None if it has not the shape of one.

    Case, and the look-alikes O, I and L of Crockford's alphabet, are forgiven.
    """
    prefix, _, rest = text.strip().upper().partition("-")
    candidate = f"{prefix}-{rest.replace('O', '0').replace('I', '1').replace('L', '1')}"
    return candidate if _SHAPE.fullmatch(candidate) else None
