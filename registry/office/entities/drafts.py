"""What an officer or a file says about an entity or a site, checked before it is written.

Pure: no store. ``check_entity`` and its kin answer with a normalised copy or raise
``InvalidInput`` naming every wrong field, so that a form, an import row and a test are judged by
the same rules.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from registry.core.codes.regions import region as find_region
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.core.names import (
    InvalidCreditCode,
    InvalidResidentId,
    normalize_document,
    parse_credit_code,
    parse_registration_number,
    parse_resident_id,
)
from registry.office.entities.models import DOCUMENT_KINDS, ENTITY_KINDS, NAME_KINDS

NAME_LENGTH = 200
TEXT_LENGTH = 1000

_INDUSTRY = re.compile(r"[A-T](\d{2,4})?")
_DOCUMENT = re.compile(r"[0-9A-Z]{4,30}")
_BRACKETS = str.maketrans("[【〖﹝［(（{", "〔" * 8) | str.maketrans("]】〗﹞］)）}", "〕" * 8)


@dataclass(frozen=True)
class NameDraft:
    """A further name. ``kind`` is one of ``NAME_KINDS`` other than ``current``."""

    kind: str
    name: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class DocumentDraft:
    """An identity document as typed; ``number`` may be masked with asterisks."""

    kind: str
    number: str

    @property
    def is_masked(self) -> bool:
        return "*" in self.number


@dataclass(frozen=True)
class EntityDraft:
    """An entity as typed."""

    kind: str
    name: str
    credit_code: str | None = None
    registration_number: str | None = None
    region: str | None = None
    address: str | None = None
    legal_representative: str | None = None
    industry: str | None = None
    note: str | None = None
    names: tuple[NameDraft, ...] = ()
    document: DocumentDraft | None = None


@dataclass(frozen=True)
class SiteDraft:
    """A site as typed; coordinates in degrees (WGS 84)."""

    type: str
    name: str
    region: str
    place: str | None = None
    name_en: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class LicenceDraft:
    """A licence of a site as typed."""

    kind: str
    number: str
    issuer: str | None = None
    since: date | None = None
    until: date | None = None
    status: str = "in-force"


class Problems:
    """Collects messages by field; ``raise_any`` raises them together."""

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}

    def add(self, field: str, message: str) -> None:
        self.fields.setdefault(field, []).append(message)

    def merge_in(self, error: InvalidInput, prefix: str = "") -> None:
        for field, messages in error.fields.items():
            for message in messages:
                self.add(f"{prefix}{field}", message)

    def raise_any(self) -> None:
        if self.fields:
            raise InvalidInput(self.fields)


def clean_text(text: str | None) -> str | None:
    """``text`` without control characters and outer or repeated blanks; None if nothing is left."""
    if text is None:
        return None
    if text.isprintable():
        return " ".join(text.split()) or None
    visible = "".join(
        " " if unicodedata.category(sign) in {"Cc", "Cf", "Zs"} else sign for sign in text
    )
    return " ".join(visible.split()) or None


def licence_number(text: str) -> str:
    """A licence number in the one form that is compared: NFKC, brackets as 〔〕, no blanks.

    Papers write (晋)FM安许证字[2024]0001 and （晋）FM安许证字〔2024〕0001号 alike. The final 号 is
    dropped, the letters are upper case.
    """
    before, folded = None, text
    while folded != before:
        # Folding can bring a blank forth (as of a lone accent), and without it fold anew.
        before = folded
        folded = "".join(unicodedata.normalize("NFKC", folded).upper().split())
    return folded.translate(_BRACKETS).removesuffix("号")


def check_entity(draft: EntityDraft) -> EntityDraft:
    """``draft`` normalised, codes canonical, region taken from the code where none was given.

    Raises ``InvalidInput`` with the field paths ``name``, ``credit_code``, ``names.0.name`` ….
    """
    problems = Problems()
    if draft.kind not in ENTITY_KINDS:
        problems.add("kind", N_("Choose one of the kinds offered."))
    name = _required(problems, "name", draft.name, NAME_LENGTH)
    credit_code = _parsed(problems, "credit_code", draft.credit_code, _credit_code)
    number = _parsed(
        problems, "registration_number", draft.registration_number, _registration_number
    )
    if draft.kind == "person" and (credit_code or number):
        problems.add("credit_code", N_("A natural person has no credit code."))
    region = clean_text(draft.region) or _region_of(credit_code)
    if region is not None and draft.region and find_region(region) is None:
        problems.add("region", N_("There is no region with this code."))
    industry = clean_text(draft.industry)
    if industry is not None and not _INDUSTRY.fullmatch(industry.upper()):
        problems.add("industry", N_("Give a code of GB/T 4754, such as B06."))
    checked = replace(
        draft,
        name=name,
        credit_code=credit_code,
        registration_number=number,
        region=region,
        address=_short(problems, "address", draft.address),
        legal_representative=_short(problems, "legal_representative", draft.legal_representative),
        industry=industry.upper() if industry else None,
        note=_short(problems, "note", draft.note),
        names=tuple(_name(problems, i, item) for i, item in enumerate(draft.names)),
        document=_document(problems, draft),
    )
    problems.raise_any()
    return checked


def check_document(document: DocumentDraft, field: str = "document") -> DocumentDraft:
    """An identity document with its number normalised. Raises ``InvalidInput`` at ``field``."""
    problems = Problems()
    checked = _checked_document(problems, document, field)
    problems.raise_any()
    return checked


def check_site(draft: SiteDraft, types: Mapping[str, object]) -> SiteDraft:
    """``draft`` normalised. ``types`` are the codes of rules/site types."""
    problems = Problems()
    if draft.type not in types:
        problems.add("type", N_("Choose one of the kinds offered."))
    if find_region(draft.region) is None:
        problems.add("region", N_("There is no region with this code."))
    if (draft.latitude is None) != (draft.longitude is None):
        problems.add("latitude", N_("Give both coordinates or neither."))
    if draft.latitude is not None and not -90 <= draft.latitude <= 90:
        problems.add("latitude", N_("A latitude lies between -90 and 90 degrees."))
    if draft.longitude is not None and not -180 <= draft.longitude <= 180:
        problems.add("longitude", N_("A longitude lies between -180 and 180 degrees."))
    checked = replace(
        draft,
        name=_required(problems, "name", draft.name, NAME_LENGTH),
        place=_short(problems, "place", draft.place),
        name_en=_short(problems, "name_en", draft.name_en),
    )
    problems.raise_any()
    return checked


def check_licence(draft: LicenceDraft, kinds: Mapping[str, object]) -> LicenceDraft:
    """``draft`` with its number as written but clean. ``kinds`` are the codes of rules/licences."""
    problems = Problems()
    if draft.kind not in kinds:
        problems.add("kind", N_("Choose one of the kinds offered."))
    number = _required(problems, "number", draft.number, 80)
    check_period(problems, "until", draft.since, draft.until)
    problems.raise_any()
    return replace(draft, number=number, issuer=clean_text(draft.issuer))


def check_period(problems: Problems, field: str, since: date | None, until: date | None) -> None:
    """Notes at ``field`` when a period ends before it begins."""
    if since is not None and until is not None and until < since:
        problems.add(field, N_("The end lies before the beginning."))


def _required(problems: Problems, field: str, text: str | None, longest: int) -> str:
    cleaned = clean_text(text)
    if cleaned is None:
        problems.add(field, N_("This must be filled in."))
        return ""
    if len(cleaned) > longest:
        problems.add(field, N_("This is too long."))
    return cleaned


def _short(problems: Problems, field: str, text: str | None) -> str | None:
    cleaned = clean_text(text)
    if cleaned is not None and len(cleaned) > TEXT_LENGTH:
        problems.add(field, N_("This is too long."))
    return cleaned


def _credit_code(text: str) -> str:
    return parse_credit_code(text).value


def _registration_number(text: str) -> str:
    return parse_registration_number(text).value


def _parsed(
    problems: Problems, field: str, text: str | None, parse: Callable[[str], str]
) -> str | None:
    cleaned = clean_text(text)
    if cleaned is None:
        return None
    try:
        return parse(cleaned)
    except InvalidCreditCode as error:
        problems.add(field, error.message.format_map(error.params))
        return None


def _region_of(credit_code: str | None) -> str | None:
    # Many codes carry the region of registration in force at the time; some regions are gone.
    if credit_code is None or find_region(credit_code[2:8]) is None:
        return None
    return credit_code[2:8]


def _name(problems: Problems, position: int, item: NameDraft) -> NameDraft:
    path = f"names.{position}"
    if item.kind not in NAME_KINDS or item.kind == "current":
        problems.add(f"{path}.kind", N_("Choose one of the kinds offered."))
    check_period(problems, f"{path}.until", item.since, item.until)
    return replace(item, name=_required(problems, f"{path}.name", item.name, NAME_LENGTH))


def _document(problems: Problems, draft: EntityDraft) -> DocumentDraft | None:
    if draft.document is None:
        return None
    if draft.kind != "person":
        problems.add("document", N_("Only a natural person has an identity document."))
        return None
    return _checked_document(problems, draft.document, "document")


def _checked_document(problems: Problems, document: DocumentDraft, field: str) -> DocumentDraft:
    number = normalize_document(document.number)
    document = replace(document, number=number)
    if document.kind not in DOCUMENT_KINDS:
        problems.add(f"{field}.kind", N_("Choose one of the kinds offered."))
    elif not _DOCUMENT.fullmatch(number.replace("*", "0")):
        problems.add(f"{field}.number", N_("This is not a document number."))
    elif document.kind == "resident-id" and not document.is_masked:
        try:
            document = replace(document, number=parse_resident_id(number).value)
        except InvalidResidentId as error:
            problems.add(f"{field}.number", error.message.format_map(error.params))
    return document
