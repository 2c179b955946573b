"""The query string of ``/search``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validates_schema

from registry.core.i18n import N_
from registry.public.gazette.kinds import SEARCHED, codes
from schemas.fields import Code, LegalDate, TextLine, meta

KINDS = codes(SEARCHED)
SORTS = {
    "relevance": N_("Best match first"),
    "newest": N_("Newest first"),
    "oldest": N_("Oldest first"),
}
FORMATS = {"csv": "CSV", "json": "JSON", "atom": "Atom"}
LAST_PAGE = 500


class SearchQuery(Schema):
    """Everything is optional; what is given must be right."""

    class Meta:
        unknown = EXCLUDE

    q = TextLine(maximum=200, load_default="", metadata=meta(N_("Search for")))
    kind = Code(
        lambda: tuple((kind.code, kind.many) for kind in SEARCHED),
        load_default="",
        metadata=meta(N_("Kind of record")),
    )
    list = TextLine(maximum=60, load_default="", metadata=meta(N_("List")))
    region = fields.String(load_default="", metadata=meta(N_("Region")))
    ground = TextLine(maximum=40, load_default="", metadata=meta(N_("Ground")))
    field = TextLine(
        maximum=40, load_default="", metadata=meta(N_("Field of service, kind of site or licence"))
    )
    scope = TextLine(maximum=40, load_default="", metadata=meta(N_("Business scope")))
    status = TextLine(maximum=40, load_default="", metadata=meta(N_("Status")))
    validity = TextLine(maximum=40, load_default="", metadata=meta(N_("Valid until")))
    authority = TextLine(maximum=200, load_default="", metadata=meta(N_("Authority")))
    from_ = LegalDate(
        data_key="from",
        load_default=None,
        allow_none=True,
        metadata=meta(N_("From"), widget="date"),
    )
    to = LegalDate(load_default=None, allow_none=True, metadata=meta(N_("To"), widget="date"))
    sort = Code(lambda: tuple(SORTS.items()), load_default="", metadata=meta(N_("Order")))
    page = fields.Integer(load_default=1, metadata=meta(N_("Page")))
    format = Code(lambda: tuple(FORMATS.items()), load_default="", metadata=meta(N_("Format")))

    @validates_schema
    def _check(self, data: Mapping[str, Any], **_: object) -> None:
        errors: dict[str, list[str]] = {}
        region = data.get("region", "")
        if region and not (len(region) == 6 and region.isascii() and region.isdigit()):
            errors["region"] = [N_("A region code has six digits.")]
        first, last = data.get("from_"), data.get("to")
        if first and last and first > last:
            errors["to"] = [N_("The end lies before the beginning.")]
        if not 1 <= data.get("page", 1) <= LAST_PAGE:
            errors["page"] = [N_("There is no such page of results.")]
        if errors:
            raise ValidationError(errors)

    @post_load
    def _default_sort(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """Without words there is nothing to match better or worse."""
        data["sort"] = data["sort"] or ("relevance" if data["q"] else "newest")
        return data
