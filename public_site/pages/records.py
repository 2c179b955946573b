"""One published record: listing, penalty, entry of an external list."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from public_site import context
from public_site.present.external import external_view
from public_site.present.listing import listing_view
from public_site.present.penalty import penalty_view
from public_site.present.proof import proof_of
from public_site.release import public
from registry.core.codes.public_id import parse_public_id
from registry.core.errors import NotFound, RegistryError
from registry.core.i18n import N_
from registry.core.web.moment import now, today
from registry.public.gazette import queries
from registry.public.gazette.queries import Record, Removed

pages = Blueprint("records", __name__)


class Gone(RegistryError):  # noqa: N818 - reads as a sentence
    """The record was removed. Nobody is named."""

    code = "gone"
    status = 410
    message = N_("What stood here is no longer published.")

    def __init__(self, removed: Removed) -> None:
        self.removed = removed
        super().__init__()


class UnknownRecord(NotFound):
    """No record ever had this id, or the id has not the shape of one."""

    message = N_("There is no record with this number. The address may be mistyped or incomplete.")


def find(id: str, kind: str) -> Record:
    """The record that may be shown now. Raises ``Gone`` or ``UnknownRecord``."""
    found = queries.get(context.gazette(), id, now())
    if found is None or found.kind != kind:
        raise UnknownRecord
    if isinstance(found, Removed):
        raise Gone(found)
    return found


def canonical(id: str, endpoint: str) -> Response | None:
    """A redirect to the id as it is properly written; None if it is so already."""
    proper = parse_public_id(id)
    if proper is None:
        raise UnknownRecord
    return None if proper == id else cast(Response, redirect(url_for(endpoint, id=proper), 301))


@pages.get("/listings/<id>")
@public(shared=False)
def listing(id: str) -> ResponseReturnValue:
    if moved := canonical(id, "records.listing"):
        return moved
    record = find(id, "listing")
    view = listing_view(record, context.rules(), today())
    return record_page("public/listing.html", record, view, person=view.person)


@pages.get("/penalties/<id>")
@public(shared=False)
def penalty(id: str) -> ResponseReturnValue:
    if moved := canonical(id, "records.penalty"):
        return moved
    record = find(id, "penalty")
    view = penalty_view(record, context.rules(), today())
    return record_page("public/penalty.html", record, view, person=view.person)


@pages.get("/external/<id>")
@public(shared=False)
def external(id: str) -> ResponseReturnValue:
    if moved := canonical(id, "records.external"):
        return moved
    record = find(id, "external")
    view = external_view(record, context.rules())
    return record_page("public/external.html", record, view, person=view.person)


def record_page(
    template: str, record: Record, view: object, *, person: bool, **more: object
) -> Response:
    """The page of one record with its site and its proof."""
    page = render_template(
        template,
        record=record,
        view=view,
        site=_site(record),
        proof=proof_of(context.gazette(), record, now()),
        noindex=person,
        **more,
    )
    answer = make_response(page)
    if person:
        answer.headers["X-Robots-Tag"] = "noindex, noarchive"
    return answer


def _site(record: Record) -> Record | None:
    """The mine or pond that the record concerns; None if it has none or may not be shown."""
    id = record.payload.get("site")
    found = queries.get(context.gazette(), id, now()) if id else None
    return found if isinstance(found, Record) and found.kind == "site" else None
