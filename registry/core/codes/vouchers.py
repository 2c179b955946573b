"""Voucher numbers and PINs of the anonymous pick-up: what is read aloud at a counter. Pure.

Whoever holds the receipt signs for a voucher (``public.inbox.claims``) and sets a PIN; whoever
says both at the counter is paid.
"""

from __future__ import annotations

import re
import secrets
from itertools import pairwise

from registry.core.codes.public_id import CROCKFORD
from registry.core.errors import InvalidInput
from registry.core.i18n import N_

PIN_TRIES = 5
_PIN = re.compile(r"\d{6}", re.ASCII)


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
