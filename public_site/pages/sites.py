"""A mine or a tailings pond: its operators by date, its licences, what is public on it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from public_site import context
from public_site.pages.records import canonical, find
from public_site.present.cards import cards
from public_site.present.covering import covering
from public_site.present.proof import proof_of
from public_site.present.words import LICENCE_STATES, title
from public_site.release import public
from registry.core.errors import InvalidInput
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
        licence_kinds={code: title(rules, "licence_kinds", code) for code in kinds},
        cards=cards(others, rules),
        reported=any(one.kind == "report" for one in others),
        proof=proof_of(session, record, now()),
    )


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
    found = covering(queries.by_site(context.gazette(), id, now()), on, context.rules())
    return _reports(record, {"on": on.isoformat()}, on=on, found=found)


def _reports(record: Record, values: Mapping[str, str], **more: object) -> str:
    return render_template(
        "public/site_reports.html",
        record=record,
        fields=forms.describe(CoveredDay()),
        values=values,
        **{"errors": {}, **more},
    )
