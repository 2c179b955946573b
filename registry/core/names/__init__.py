"""Names and identifiers of bodies and persons: parsing, checking, masking, folding, anatomy."""

from __future__ import annotations

from registry.core.names.anatomy import NameAnatomy, anatomy, core_name
from registry.core.names.birthdates import Dated, PartialDate, likeness, parse_birth, read_births
from registry.core.names.creditcode import (
    CreditCode,
    InvalidCreditCode,
    InvalidRegistrationNumber,
    RegistrationNumber,
    is_identifier,
    normalize_code,
    parse_credit_code,
    parse_identifier,
    parse_registration_number,
)
from registry.core.names.documents import (
    InvalidResidentId,
    ResidentId,
    mask_document,
    normalize_document,
    parse_resident_id,
)
from registry.core.names.folding import (
    fold,
    has_han,
    initials,
    is_han,
    pinyin,
    reading,
    split_pinyin,
    syllables,
)

__all__ = [
    "CreditCode",
    "Dated",
    "InvalidCreditCode",
    "InvalidRegistrationNumber",
    "InvalidResidentId",
    "NameAnatomy",
    "PartialDate",
    "RegistrationNumber",
    "ResidentId",
    "anatomy",
    "core_name",
    "fold",
    "has_han",
    "initials",
    "is_han",
    "is_identifier",
    "likeness",
    "mask_document",
    "normalize_code",
    "normalize_document",
    "parse_birth",
    "parse_credit_code",
    "parse_identifier",
    "parse_registration_number",
    "parse_resident_id",
    "pinyin",
    "read_births",
    "reading",
    "split_pinyin",
    "syllables",
]
