"""Identifiers of bodies: unified social credit codes and the registration numbers before them.

GB 32100-2015 (统一社会信用代码): department, category, six digits of GB/T 2260, nine symbols of the
organisation code (GB 11714), one check symbol. GS 15-2006 (工商行政管理市场主体注册号): six digits
of region, eight of serial, one check digit by ISO 7064 MOD 11,10.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from registry.core.errors import RegistryError
from registry.core.i18n import N_, Text

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015 art. 4: digits and capitals without I, O, S, V, Z."""
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_SEPARATORS = re.compile(r"[\s\-_.·‐‑–—\u200b-\u200f\ufeff]+")

DEPARTMENTS: dict[str, Text] = {
    "1": Text("机构编制", "Staffing office"),
    "2": Text("外交", "Foreign affairs"),
    "3": Text("司法行政", "Justice administration"),
    "4": Text("文化", "Culture"),
    "5": Text("民政", "Civil affairs"),
    "6": Text("旅游", "Tourism"),
    "7": Text("宗教", "Religious affairs"),
    "8": Text("工会", "Trade unions"),
    "9": Text("工商（市场监督管理）", "Market regulation"),
    "A": Text("中央军委改革和编制办公室", "Military staffing office"),
    "N": Text("农业", "Agriculture"),
    "Y": Text("其他", "Other"),
}
"""Registering departments: GB 32100-2015 table 1 (1, 5, 9, Y) and its first amendment."""

CATEGORIES: dict[str, Text] = {
    "11": Text("机关", "State organ"),
    "12": Text("事业单位", "Public institution"),
    "13": Text("编办直接管理机构编制的群众团体", "Mass organisation"),
    "19": Text("其他", "Other"),
    "21": Text("外国常驻新闻机构", "Foreign news office"),
    "29": Text("其他", "Other"),
    "31": Text("律师执业机构", "Law firm"),
    "32": Text("公证处", "Notary office"),
    "33": Text("基层法律服务所", "Local legal service"),
    "34": Text("司法鉴定机构", "Forensic institution"),
    "35": Text("仲裁委员会", "Arbitration commission"),
    "39": Text("其他", "Other"),
    "41": Text("外国在华文化中心", "Foreign cultural centre"),
    "49": Text("其他", "Other"),
    "51": Text("社会团体", "Social organisation"),
    "52": Text("民办非企业单位", "Private non-enterprise unit"),
    "53": Text("基金会", "Foundation"),
    "59": Text("其他", "Other"),
    "61": Text("外国旅游部门常驻代表机构", "Foreign tourism office"),
    "62": Text("港澳台旅游部门常驻内地（大陆）代表机构", "Tourism office, HK, Macao, Taiwan"),
    "69": Text("其他", "Other"),
    "71": Text("宗教活动场所", "Place of religious activity"),
    "72": Text("宗教院校", "Religious school"),
    "79": Text("其他", "Other"),
    "81": Text("基层工会", "Local trade union"),
    "89": Text("其他", "Other"),
    "91": Text("企业", "Enterprise"),
    "92": Text("个体工商户", "Individual business"),
    "93": Text("农民专业合作社", "Farmers' cooperative"),
    "A1": Text("军队事业单位", "Military institution"),
    "A9": Text("其他", "Other"),
    "N1": Text("组级集体经济组织", "Group-level collective"),
    "N2": Text("村级集体经济组织", "Village-level collective"),
    "N3": Text("乡镇级集体经济组织", "Township-level collective"),
    "N9": Text("其他", "Other"),
    "Y1": Text("其他", "Other"),
}
"""Pairs of department and category that the standard names. Others are not refused: departments
have been added by amendment and will be again, and a code once issued stays a code."""


class InvalidCreditCode(RegistryError):  # noqa: N818 - the family reads as sentences
    """The text is not a credit code; ``reason`` says why: length, symbol, region or check.

    ``params`` hold positions and single symbols only.
    """

    code = "invalid-credit-code"
    status = 422
    reason: ClassVar[str] = "code"
    message = N_("This is not a unified social credit code.")


class WrongLength(InvalidCreditCode):
    """Neither 18 symbols nor, where allowed, 15 digits."""

    reason = "length"
    message = N_("A unified social credit code has 18 characters; this has {length}.")


class IdentifierLength(InvalidCreditCode):
    """Where a credit code or a registration number may stand."""

    reason = "length"
    message = N_(
        "Expected a credit code of 18 characters or a registration number of 15 digits; "
        "this has {length} characters."
    )


class ForbiddenSymbol(InvalidCreditCode):
    """I, O, S, V, Z or something that is neither a capital letter nor a digit."""

    reason = "symbol"
    message = N_(
        "The character “{symbol}” at position {position} cannot occur in a credit code "
        "(the letters I, O, S, V and Z are not used)."
    )


class RegionNotDigits(InvalidCreditCode):
    """Positions 3 to 8 carry GB/T 2260, which has digits only."""

    reason = "region"
    message = N_("Positions 3 to 8 of a credit code are digits; position {position} is “{symbol}”.")


class WrongCheckSymbol(InvalidCreditCode):
    """The last symbol does not follow from the others (GB 32100-2015 annex A)."""

    reason = "check"
    message = N_(
        "The check character of this credit code is wrong: "
        "at least one character was mistyped or two were swapped."
    )


class InvalidRegistrationNumber(InvalidCreditCode):
    """Not a registration number of 15 digits."""

    reason = "length"
    message = N_("A registration number has 15 digits.")


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A credit code whose check symbol holds. ``value`` is the 18 capitals and digits."""

    value: str

    @property
    def department(self) -> str:
        return self.value[0]

    @property
    def category(self) -> str:
        """The second symbol; its meaning depends on the department (see ``CATEGORIES``)."""
        return self.value[1]

    @property
    def region(self) -> str:
        """GB/T 2260 of the registering body; may be long abolished."""
        return self.value[2:8]

    @property
    def organization(self) -> str:
        """The organisation code (GB 11714), eight symbols and its own check symbol."""
        return self.value[8:17]

    @property
    def organization_ok(self) -> bool:
        """Whether the organisation code's own check symbol holds.

        Told apart from the code's validity: codes with a wrong inner check have been issued.
        """
        return organization_check(self.organization[:8]) == self.organization[8]

    @property
    def known_category(self) -> bool:
        """Whether the standard and its amendment name this department and category."""
        return self.value[:2] in CATEGORIES

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class RegistrationNumber:
    """A registration number of the time before credit codes, 15 digits."""

    value: str

    @property
    def region(self) -> str:
        return self.value[:6]

    @property
    def check_ok(self) -> bool:
        """Whether the last digit follows from the others.

        Not a condition: numbers carried over from the 13 digits before 2007 stand on licences
        with other last digits, and a register must be able to name the body. Callers warn.
        """
        return registration_check(self.value[:14]) == self.value[14]

    def __str__(self) -> str:
        return self.value


def normalize_code(text: str) -> str:
    """Full-width and lower case made plain, spaces and hyphens dropped; nothing is corrected."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _SEPARATORS.sub("", plain).upper()


def credit_check(body: str) -> str:
    """The check symbol of 17 symbols: ``(31 − Σ 3^i·c mod 31) mod 31`` (GB 32100-2015 annex A)."""
    total = sum(w * _VALUE[c] for w, c in zip(_WEIGHTS, body, strict=True))
    return ALPHABET[-total % 31]


def organization_check(body: str) -> str:
    """The check symbol of eight symbols of an organisation code (GB 11714-1997): mod 11."""
    total = sum(w * int(c, 36) for w, c in zip(_ORGANIZATION_WEIGHTS, body, strict=True))
    return "0123456789X"[-total % 11]


def registration_check(body: str) -> str:
    """The check digit of 14 digits by ISO 7064 MOD 11,10 (GS 15-2006 annex A)."""
    product = 10
    for digit in body:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def parse_credit_code(text: str) -> CreditCode:
    """The credit code that ``text`` is. Raises ``InvalidCreditCode`` saying what is wrong.

    Full-width, lower-case and spaced writing is accepted; look-alikes (O for 0) are refused, not
    corrected. Any first symbol of the alphabet is legal, and the region may be an abolished one.
    """
    value = normalize_code(text)
    if len(value) != 18:
        raise WrongLength(length=len(value))
    for position, symbol in enumerate(value, start=1):
        if symbol not in _VALUE:
            raise ForbiddenSymbol(symbol=symbol, position=position)
    for position in range(3, 9):
        if not value[position - 1].isdigit():
            raise RegionNotDigits(symbol=value[position - 1], position=position)
    if credit_check(value[:17]) != value[17]:
        raise WrongCheckSymbol
    return CreditCode(value)


def parse_registration_number(text: str) -> RegistrationNumber:
    """The 15-digit number that ``text`` is; its check digit is told by ``check_ok``, not required.

    Raises ``InvalidRegistrationNumber``.
    """
    value = normalize_code(text)
    if len(value) != 15 or not (value.isascii() and value.isdigit()):
        raise InvalidRegistrationNumber
    return RegistrationNumber(value)


def parse_identifier(text: str) -> CreditCode | RegistrationNumber:
    """A credit code or a registration number, by length. Raises ``InvalidCreditCode``."""
    value = normalize_code(text)
    if len(value) == 15:
        return parse_registration_number(value)
    if len(value) != 18:
        raise IdentifierLength(length=len(value))
    return parse_credit_code(value)


def is_identifier(text: str) -> bool:
    """Whether ``text`` parses as a credit code or a registration number."""
    try:
        parse_identifier(text)
    except InvalidCreditCode:
        return False
    return True
