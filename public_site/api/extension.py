"""Data extension (W3C Reconciliation 0.2, section 6): what the records of a column say.

A column reconciled against our lists gets further columns: list, ground, authority, days, page.
What a record says is read anew, in the reader's language, while it may be shown; of ids that are
gone, and of persons, nothing is told.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from public_site import context
from public_site.api import bodies
from public_site.api.kit import gazette, page_url
from public_site.present.cards import Card, card
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.core.web.locale import gettext as _
from registry.core.web.locale import say
from registry.core.web.moment import now
from registry.public.gazette import queries
from registry.public.gazette.queries import Record
from registry.public.screening import reconciliation


class Property(NamedTuple):
    """A property of entities. ``sharpens``: a query may give it as well."""

    name: str
    sharpens: bool = False


PROPERTIES: dict[str, Property] = {
    "code": Property(N_("Credit code or reference"), sharpens=True),
    "region": Property(N_("Region code (GB/T 2260)"), sharpens=True),
    "birth": Property(N_("Date of birth"), sharpens=True),
    "name": Property(N_("Name in the record")),
    "list": Property(N_("List")),
    "ground": Property(N_("Ground")),
    "authority": Property(N_("Deciding authority")),
    "decided": Property(N_("Day of decision")),
    "until": Property(N_("Valid until")),
    "page": Property(N_("Page of the record")),
}
LISTS = tuple(name for name in PROPERTIES if name != "birth")
"""Properties that a listing can have; ``external`` ones have the others."""
OF_TYPE = {
    "listing": LISTS,
    "external": ("code", "birth", "name", "list", "ground", "decided", "page"),
}


def settings() -> dict[str, Any]:
    """What the manifest says of data extension."""
    place = {"service_url": context.base_url(), "service_path": "/api/v1/reconcile/properties"}
    return {"propose_properties": place, "property_settings": []}


class Extension(NamedTuple):
    """What a data extension asks for: entities and properties, each once, in their order."""

    ids: list[str]
    properties: list[str]


def read(text: str, most: int) -> Extension:
    """The data extension that ``text`` (JSON) asks for, of at most ``most`` ids.

    Raises ``InvalidInput``.
    """
    return Extension(*_read(bodies.parse(text.encode(errors="surrogatepass")), most))


def extend(asked: Extension) -> dict[str, Any]:
    """The answer to a data extension."""
    ids, wanted = asked
    found = queries.many(gazette(), ids, now())
    shown = {id: record for id, record in found.items() if reconciliation.entity(record)}
    return {
        "meta": [{"id": one, "name": _(PROPERTIES[one].name)} for one in wanted],
        "rows": {id: _row(shown.get(id), wanted) for id in ids},
    }


def _read(asked: object, most: int) -> tuple[list[str], list[str]]:
    if not isinstance(asked, dict):
        raise InvalidInput({"extend": [N_("A data extension is an object of ids and properties.")]})
    ids, properties = asked.get("ids"), asked.get("properties")
    if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):
        raise InvalidInput({"extend.ids": [N_("Not a valid list.")]})
    if len(ids) > most:
        raise InvalidInput(
            {"extend.ids": [N_("A data extension has at most {limit} ids.")]}, limit=most
        )
    if not isinstance(properties, list) or not all(isinstance(one, dict) for one in properties):
        raise InvalidInput({"extend.properties": [N_("Not a valid list.")]})
    wanted = [one.get("id") for one in properties]
    if not all(isinstance(one, str) and one in PROPERTIES for one in wanted):
        raise InvalidInput(
            {"extend.properties": [N_("There is no such property. Known are: {known}.")]},
            known=", ".join(PROPERTIES),
        )
    return list(dict.fromkeys(ids)), list(dict.fromkeys(map(str, wanted)))


def _row(record: Record | None, wanted: list[str]) -> dict[str, list[dict[str, str]]]:
    if record is None:
        return {one: [] for one in wanted}
    said = _said(record, card(record, context.rules()))
    return {one: [{"str": value} for value in said[one] if value] for one in wanted}


def _said(record: Record, shown: Card) -> dict[str, list[str]]:
    subject = record.payload.get("subject", {})
    return {
        "code": [shown.code],
        "region": [subject.get("region", "")],
        "birth": list(record.payload.get("birth_dates", ())),
        "name": [shown.name],
        "list": [say(shown.list)],
        "ground": [say(shown.reason)],
        "authority": [shown.authority],
        "decided": [shown.day],
        "until": [shown.until],
        "page": [page_url(record.kind, record.id)],
    }


def about(one: Property) -> str:
    """What a property is good for."""
    if one.sharpens:
        return _("Sharpens a query, and can be added as a column.")
    return _("Can be added as a column.")


def suggest_services() -> dict[str, Any]:
    """What the manifest says of suggestions."""
    base, at = context.base_url(), "/api/v1/reconcile"
    return {
        what: {
            "service_url": base,
            "service_path": f"{at}/suggest/{what}",
            "flyout_service_url": base,
            "flyout_service_path": f"{at}/flyout/{what}?id=${{id}}",
        }
        for what in ("entity", "type", "property")
    }
