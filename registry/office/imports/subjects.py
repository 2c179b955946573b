"""Whom a row is about, and which natural persons stand beside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from registry.core.errors import InvalidInput
from registry.core.names import InvalidCreditCode, parse_identifier
from registry.office.entities.drafts import (
    DocumentDraft,
    EntityDraft,
    NameDraft,
    check_document,
    check_entity,
)
from registry.office.imports.cells import Cells

_SEPARATORS = str.maketrans("；;，,|/", "、、、、、、")
_PERSONS_DOCUMENT = "resident-id"


def unit(
    cells: Cells, kind: str | None, *, names: tuple[NameDraft, ...] = ()
) -> EntityDraft | None:
    """An enterprise or institution; None with problems noted."""
    name = cells.required("name")
    credit_code, number = _codes(cells)
    if kind not in {"enterprise", "institution"}:
        public = credit_code is not None and credit_code[0] in "15"
        kind = "institution" if public else "enterprise"
    draft = EntityDraft(
        kind=kind,
        name=name or "?",
        credit_code=credit_code,
        registration_number=number,
        region=cells.get("region") or None,
        address=cells.get("address") or None,
        legal_representative=_representative(cells),
        industry=_industry(cells),
        note=None,
        names=names,
    )
    return _checked(cells, draft, {})


def person(cells: Cells, name_field: str, document_field: str) -> EntityDraft | None:
    """A natural person with the document in the row, if there is one."""
    name = cells.required(name_field)
    document = document_of(cells, document_field)
    draft = EntityDraft(kind="person", name=name or "?", document=document)
    return _checked(cells, draft, {"name": name_field})


def document_of(cells: Cells, field: str) -> DocumentDraft | None:
    """The identity document in a cell: a resident id unless the row says another kind."""
    number = cells.get(field)
    if not number:
        cells.note(field, "no-document", severity="warning")
        return None
    kinds = {"resident-id", "passport", "permit", "other"}
    kind = cells.term(f"{field}_kind", kinds) or _PERSONS_DOCUMENT
    try:
        document = check_document(DocumentDraft(kind, number), field)
    except InvalidInput as error:
        cells.adopt(error, {f"{field}.number": field, f"{field}.kind": f"{field}_kind"})
        return None
    if document.is_masked:
        cells.note(field, "masked-document", severity="warning")
    return document


def names_of(cells: Cells) -> tuple[NameDraft, ...]:
    """Former, short and English names, parted by 、 ； or comma."""
    found = [NameDraft("former", name) for name in _split(cells.get("former_names"))]
    found += [NameDraft("short", name) for name in _split(cells.get("short_names"))]
    if cells.get("name_en"):
        found.append(NameDraft("english", cells.get("name_en")))
    return tuple(dict.fromkeys(found))


def flag_missing_code(cells: Cells, draft: EntityDraft | None) -> None:
    """Note that an organization has no identifier yet."""
    if draft is not None and not draft.credit_code and not draft.registration_number:
        cells.note("code", "no-code", severity="warning")


def _codes(cells: Cells) -> tuple[str | None, str | None]:
    credit_code, number = None, None
    for field in ("code", "registration_number"):
        text = cells.get(field)
        if not text:
            continue
        try:
            value = parse_identifier(text).value
        except InvalidCreditCode as error:
            params: dict[str, Any] = dict(error.params)
            cells.note(field, "code", text=error.message, **params)
            continue
        if len(value) == 18:
            credit_code = value
        else:
            number = value
    return credit_code, number


def _representative(cells: Cells) -> str | None:
    return cells.get("legal_representative") or cells.get("principal") or None


def _industry(cells: Cells) -> str | None:
    text = cells.get("industry")
    return cells.context.mapping.value("industry", text) or text or None


def _checked(cells: Cells, draft: EntityDraft, names: dict[str, str]) -> EntityDraft | None:
    if not draft.name or draft.name == "?":
        return None
    try:
        return check_entity(draft)
    except InvalidInput as error:
        cells.adopt(error, {"credit_code": "code", **names})
        return None


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.translate(_SEPARATORS).split("、") if part.strip()]


def without_region(draft: EntityDraft, fallback: str) -> EntityDraft:
    """``draft`` with a region, the authority's where it has none of its own."""
    return draft if draft.region else replace(draft, region=fallback)
