"""A mine or a tailings pond: its operators by date, its licences, what is public on it."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from public_site import context
from public_site.pages.records import canonical, find
from public_site.present.cards import cards
from public_site.present.proof import proof_of
from public_site.present.words import LICENCE_STATES, title
from public_site.release import public
from registry.core.web.moment import now
from registry.public.gazette import queries
from registry.public.gazette.kinds import about_person

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
        proof=proof_of(session, record, now()),
    )
