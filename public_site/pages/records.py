"""One published record of a kind whose page needs nothing but the record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import cast

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from public_site import context
from public_site.present.accident import accident_view
from public_site.present.cards import cards
from public_site.present.exposure import exposure_view
from public_site.present.external import external_view
from public_site.present.finding import finding_view
from public_site.present.hazard import hazard_view
from public_site.present.inspection import InspectionView, inspection_view, linked
from public_site.present.licence import licence_view
from public_site.present.listing import listing_view
from public_site.present.penalty import penalty_view
from public_site.present.proof import proof_of
from public_site.present.referral import referral_view
from public_site.present.related import same_case, same_unit
from public_site.present.suspension import suspension_view
from public_site.present.words import ENDPOINTS
from public_site.release import public
from registry.core.codes.public_id import parse_public_id
from registry.core.errors import NotFound, RegistryError
from registry.core.i18n import N_
from registry.core.rules import Rules
from registry.core.web.moment import now, today
from registry.public.gazette import queries
from registry.public.gazette.kinds import KINDS, about_person
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


def _serve(kind: str, present: Callable[[Record, Rules, date], object]) -> None:
    """Serve ``kind`` at its address: what ``present`` makes of it, laid out by its template."""

    @public(shared=False)
    def page(id: str) -> ResponseReturnValue:
        if moved := canonical(id, ENDPOINTS[kind]):
            return moved
        record = find(id, kind)
        view = present(record, context.rules(), today())
        return record_page(
            f"public/{kind}.html", record, view, person=_named(record), **_beside(record)
        )

    pages.add_url_rule(f"/{KINDS[kind].plural}/<id>", kind, page)


def _beside(record: Record) -> dict[str, object]:
    """Cards of what belongs to the record: of the same case, and of an accident's unit."""
    session, rules, moment = context.gazette(), context.rules(), now()
    found: dict[str, object] = {"related": cards(same_case(session, record, moment), rules)}
    if record.kind == "accident":
        found["unit"] = cards(same_unit(session, record, moment), rules)
    return found


def _named(record: Record) -> bool:
    """Whether the page names a natural person, of a list of ours or of another body's."""
    return about_person(record.payload) or record.payload.get("type") == "person"


def _inspection(record: Record, rules: Rules, day: date) -> InspectionView:
    """A finding leads to its case only while the record of that stands."""
    standing = queries.many(context.gazette(), linked(record), now())
    return inspection_view(record, rules, day, standing)


_serve("listing", listing_view)
_serve("penalty", penalty_view)
_serve("hazard", hazard_view)
_serve("suspension", suspension_view)
_serve("accident", accident_view)
_serve("referral", referral_view)
_serve("licence", licence_view)
_serve("inspection", _inspection)
_serve("exposure", exposure_view)
_serve("finding", finding_view)
_serve("external", external_view)


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
        person=person,
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
