"""Identity documents of natural persons: resident ids (GB 11643-1999) and how numbers are masked.

No function here puts a number, or a part of one, into an error or a log.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from registry.core.errors import RegistryError
from registry.core.i18n import N_

_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_SYMBOLS = "10X98765432"
_MODERN = re.compile(r"[1-9][0-9]{16}[0-9X]")
_OLD = re.compile(r"[1-9][0-9]{14}")
_SEPARATORS = re.compile(r"[\s\u200b-\u200f\ufeff]+")
MASK = "*"


class InvalidResidentId(RegistryError):  # noqa: N818 - the family reads as sentences
    """The text is not a resident id; ``reason`` says why: shape, birth or check."""

    code = "invalid-resident-id"
    status = 422
    reason: ClassVar[str] = "shape"
    message = N_("A resident identity number has 17 digits and a last digit or X.")


class WrongBirth(InvalidResidentId):
    """The eight digits of the birth date are no day of the calendar, or lie ahead."""

    reason = "birth"
    message = N_("The birth date in this identity number is not a possible date.")


class WrongCheck(InvalidResidentId):
    """The last symbol does not follow from the others (ISO 7064 MOD 11-2)."""

    reason = "check"
    message = N_("The check digit of this identity number is wrong: a digit was mistyped.")


@dataclass(frozen=True, slots=True, repr=False)
class ResidentId:
    """A resident id. ``value`` always has 18 symbols: an old number of 15 is written out.

    Its repr is masked, so that it can stand in a traceback.
    """

    value: str

    @property
    def region(self) -> str:
        """GB/T 2260 of the first registration; often abolished since, and not checked."""
        return self.value[:6]

    @property
    def birth(self) -> date:
        return date(int(self.value[6:10]), int(self.value[10:12]), int(self.value[12:14]))

    @property
    def sex(self) -> Literal["female", "male"]:
        return "male" if int(self.value[16]) % 2 else "female"

    def __str__(self) -> str:
        return mask_document(self.value)

    def __repr__(self) -> str:
        return f"ResidentId({mask_document(self.value)})"


def normalize_document(number: str) -> str:
    """Full-width and lower case made plain, spaces dropped."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", number)).upper()


def resident_check(body: str) -> str:
    """The check symbol of 17 digits (GB 11643-1999 art. 4.4, ISO 7064 MOD 11-2)."""
    return _SYMBOLS[sum(w * int(c) for w, c in zip(_WEIGHTS, body, strict=True)) % 11]


def parse_resident_id(text: str, *, today: date | None = None) -> ResidentId:
    """The resident id that ``text`` is; with ``today`` a birth after it is refused.

    The 15-digit form (before 1999, invalid as a card since 2013 but standing in old decisions)
    has no check digit and a birth year of the twentieth century. Raises ``InvalidResidentId``.
    """
    number = normalize_document(text)
    if _OLD.fullmatch(number):
        body = f"{number[:6]}19{number[6:]}"
        number = body + resident_check(body)
    elif not _MODERN.fullmatch(number):
        raise InvalidResidentId
    if not _possible_birth(number[6:14], today):
        raise WrongBirth
    if resident_check(number[:17]) != number[17]:
        raise WrongCheck
    return ResidentId(number)


def _possible_birth(digits: str, today: date | None) -> bool:
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return birth.year >= 1850 and (today is None or birth <= today)


def mask_document(number: str) -> str:
    """A document number as it may be published, with the birth date and more hidden.

    Resident ids keep six digits and the last four (``990101********0014``; PIPL arts. 6 and 28),
    the 15-digit form six and three; a special-operation card keeps its letter before the id.
    Other documents (passports, permits) keep two symbols at each end, at most a third of all.
    A number that is masked already stays so.
    """
    plain = normalize_document(number)
    if MASK in plain:
        return plain
    if len(plain) in (16, 19) and plain.startswith("T"):
        return "T" + mask_document(plain[1:])
    if len(plain) == 18:
        return plain[:6] + MASK * 8 + plain[14:]
    if len(plain) == 15:
        return plain[:6] + MASK * 6 + plain[12:]
    return _mask_other(plain)


def _mask_other(plain: str) -> str:
    keep = min(2, len(plain) // 6)
    if not keep:
        return MASK * len(plain)
    return plain[:keep] + MASK * (len(plain) - 2 * keep) + plain[-keep:]
