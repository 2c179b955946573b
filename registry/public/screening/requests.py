"""What a check is asked, and whether it can be asked: names, codes and numbers in one writing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.core.names import (
    Dated,
    InvalidCreditCode,
    InvalidResidentId,
    anatomy,
    normalize_document,
    parse_identifier,
    parse_resident_id,
)
from registry.public.screening import codes_in_names

MAX_NAME = 300
"""Characters of a name."""


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """Who is asked about. A body by ``name``, ``code`` or both; a person by ``name`` and full
    ``document`` number. ``region`` (GB/T 2260) and ``birth`` only sharpen a search by name.
    """

    name: str | None = None
    code: str | None = None
    region: str | None = None
    document: str | None = None
    birth: Dated | None = None
    """A day, or as much of one as is known."""


def normalize(request: CheckRequest) -> CheckRequest:
    """The request with its code and document in canonical writing. Raises ``InvalidInput``.

    A code in the place of a body's name, or behind it, is taken for what it is.
    """
    name = (request.name or "").strip()
    code = _code(request.code, "code") if (request.code or "").strip() else None
    if not (request.document or "").strip():
        name, code = _parted(name, code)
    document = _document(request.document) if (request.document or "").strip() else None
    if not name and not code:
        field = "name" if document or not request.code else "code"
        raise InvalidInput({field: [N_("Enter a name or a credit code.")]})
    if len(name) > MAX_NAME:
        raise InvalidInput({"name": [N_("A name has at most {limit} characters.")]}, limit=MAX_NAME)
    if document and not name:
        raise InvalidInput(
            {"name": [N_("A person is found by name and full document number together.")]}
        )
    if name and not code and not document and not comparable(name):
        raise InvalidInput({"name": [N_("This is not enough of a name to search for.")]})
    if request.region and not re.fullmatch(r"[0-9]{6}", request.region):
        raise InvalidInput({"region": [N_("A region code has six digits.")]})
    return CheckRequest(name or None, code, request.region or None, document, request.birth)


def comparable(name: str) -> bool:
    """Whether ``name`` says more than a form of organisation."""
    parts = anatomy(name)
    return bool(parts.core or parts.words)


def writings(number: str) -> Iterator[str]:
    """A resident id in both its forms: a decision may carry the old one of 15 digits."""
    yield number
    if re.fullmatch(r"[0-9]{15}", number):
        try:
            yield parse_resident_id(number).value
        except InvalidResidentId:
            return
    elif re.fullmatch(r"[0-9]{6}19[0-9]{9}[0-9X]", number):
        yield number[:6] + number[8:17]


def _parted(text: str, code: str | None) -> tuple[str, str | None]:
    """The name without a code that stands in it, and the code asked about."""
    name, within = codes_in_names.part(text)
    if not within:
        return name, code
    found = _code(within, "name")
    if code and found != code:
        raise InvalidInput({"name": [N_("This holds another credit code than the one given.")]})
    return name, found


def _code(text: str | None, field: str) -> str:
    try:
        return parse_identifier(text or "").value
    except InvalidCreditCode as error:
        raise InvalidInput({field: [error.message]}, **error.params) from None


def _document(text: str | None) -> str:
    number = normalize_document(text or "")
    if not re.fullmatch(r"[A-Z0-9()/-]{4,40}", number):
        raise InvalidInput({"document": [N_("Enter the full document number.")]})
    if re.fullmatch(r"[0-9]{17}[0-9X]", number):
        try:
            return parse_resident_id(number).value
        except InvalidResidentId as error:
            raise InvalidInput({"document": [error.message]}) from None
    return number
