"""A mine or a tailings pond: its operators by date, its licences, what is public on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from public_site import context
from public_site.pages.records import canonical, find
from public_site.present.cards import cards
from public_site.present.covering import covering
from public_site.present.proof import proof_of
from public_site.present.wayback import Start, WayBack, way_back
from public_site.present.words import ENDPOINTS, LICENCE_STATES, title
from public_site.release import public
from registry.core.errors import InvalidInput
from registry.core.names import fold
from registry.core.web import forms
from registry.core.web.moment import now, today
from registry.public.gazette import queries
from registry.public.gazette.kinds import about_person
from registry.public.gazette.queries import Record
from schemas.public.sites import CoveredDay

pages = Blueprint("sites", __name__)


@pages.get("/sites/<id>")
@public(shared=False)
def site(id: str) -> ResponseReturnValue:
    if moved := canonical(id, "sites.site"):
        return moved
    record, rules, session = find(id, "site"), context.rules(), context.gazette()
    kinds = {one["kind"] for one in record.payload["licences"]}
    others = [
        one
        for one in queries.by_site(session, id, now())
        if one.id != id and not about_person(one.payload)
    ]
    return render_template(
        "public/site.html",
        record=record,
        type=title(rules, "site_types", record.payload["type"]),
        licence_states=LICENCE_STATES,
        fold=fold,
        licence_kinds={code: title(rules, "licence_kinds", code) for code in kinds},
        decisions=_decisions(others),
        cards=cards(others, rules),
        way=_way(record, _covering(others, today())),
        reported=any(one.kind == "report" for one in others),
        proof=proof_of(session, record, now()),
    )


def _decisions(others: Iterable[Record]) -> dict[tuple[str, str], str]:
    """Addresses of the decisions by which the site's licences were granted, by kind and number."""
    granted = (one for one in others if one.kind == "licence")
    return {
        (one.payload["licence_kind"], fold(one.payload["licence_number"])): url_for(
            ENDPOINTS["licence"], id=one.id
        )
        for one in granted
    }


@pages.get("/sites/<id>/reports")
@public(shared=False)
def reports(id: str) -> ResponseReturnValue:
    """The reports that covered a day, today unless another is asked for."""
    if moved := canonical(id, "sites.reports"):
        return moved
    record = find(id, "site")
    try:
        on = forms.load(CoveredDay(), request.args)["on"] or today()
    except InvalidInput as error:
        return _reports(record, request.args, errors=error.fields), error.status
    records = queries.by_site(context.gazette(), id, now())
    found = covering(records, on, context.rules())
    way = _way(record, _covering(records, on))
    return _reports(record, {"on": on.isoformat()}, on=on, found=found, way=way)


def _covering(records: Iterable[Record], on: date) -> list[Record]:
    """The reports that spoke of the day, the last issued first."""
    known = {one.id: one for one in records}
    return [known[one.id] for one in covering(known.values(), on, context.rules())]


def _way(record: Record, reports: list[Record]) -> WayBack | None:
    start = Start(record.payload["name"], url_for("sites.site", id=record.id))
    return way_back(context.gazette(), start, reports, context.rules(), now())


def _reports(record: Record, values: Mapping[str, str], **more: object) -> str:
    return render_template(
        "public/site_reports.html",
        record=record,
        fields=forms.describe(CoveredDay()),
        values=values,
        **{"errors": {}, **more},
    )
