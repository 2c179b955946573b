"""The desk of agencies: who may use the API, with which keys."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.context import confirmed, intake, officer, requires, standing, store, working
from admin.forms import handle, show
from registry.core.clock import publish_until
from registry.core.web.moment import now
from registry.office.staff import agencies, queries
from registry.public.agencies.keys import SCOPES, good
from registry.public.agencies.models import AgencyRow, KeyRow
from registry.public.agencies.queries import Holder, holder
from schemas.agencies import Answering, NewAgency, NewKey

desk = Blueprint("agencies", __name__, url_prefix="/agencies")


def _authorities() -> list[tuple[str, str]]:
    with store().read() as session:
        found = queries.authorities(session, officer().authority_path)
        return [(str(one.id), one.name) for one in found]


@desk.get("")
@requires("administrator", "auditor")
def index() -> ResponseReturnValue:
    return render_template(
        "admin/agencies.html",
        rows=[_row(one) for one in agencies.seen(working(), intake(), officer())],
        mine=officer(),
    )


def _row(one: Holder) -> tuple[AgencyRow, int, date | None]:
    """An agency, how many good keys it has, and when one was last used."""
    days = [row.last_used for row in one.keys if row.last_used]
    return one.agency, sum(good(row, now()) for row in one.keys), max(days, default=None)


@desk.route("/add", methods=["GET", "POST"])
@requires("administrator")
@confirmed
def add() -> ResponseReturnValue:
    schema = NewAgency(_authorities())
    if request.method == "GET":
        return show("admin/agencies_form.html", schema)

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        added = agencies.admit(
            working(),
            intake(),
            officer(),
            name=data["name"],
            code=data["code"],
            authority_id=int(data["authority"]),
            now=now(),
        )
        return redirect(url_for("agencies.agency", agency_id=added.id), 303)

    return handle("admin/agencies_form.html", schema, act)


def _agency(agency_id: int) -> dict[str, Any]:
    here = standing()
    found = agencies.one(working(), intake(), officer(), agency_id)
    return {
        "holder": found,
        "answering": queries.authority_by_public_id(working(), found.agency.authority),
        "mine": officer(),
        "confirmed": here is not None and here.confirmed_lately,
        "scope_title": SCOPES.__getitem__,
        "is_good": lambda row: good(row, now()),
    }


@desk.get("/<int:agency_id>")
@requires("administrator", "auditor")
def agency(agency_id: int) -> ResponseReturnValue:
    return show("admin/agencies_one.html", NewKey(), **_agency(agency_id))


@desk.route("/<int:agency_id>/authority", methods=["GET", "POST"])
@requires("administrator")
@confirmed
def bind(agency_id: int) -> ResponseReturnValue:
    here = _agency(agency_id)
    schema, answering = Answering(_authorities()), here["answering"]

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        wanted = int(data["authority"])
        agencies.bind(working(), intake(), officer(), agency_id, authority_id=wanted, now=now())
        return redirect(url_for("agencies.agency", agency_id=agency_id), 303)

    if request.method == "GET":
        chosen = {"authority": str(answering.id)} if answering else {}
        return show("admin/agencies_authority.html", schema, chosen, **here)
    return handle("admin/agencies_authority.html", schema, act, **here)


@desk.post("/<int:agency_id>/keys")
@requires("administrator")
@confirmed
def issue(agency_id: int) -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        row, token = agencies.issue(
            working(),
            intake(),
            officer(),
            agency_id,
            scopes=data["scopes"],
            label=data["label"],
            expires=publish_until(data["until"]) if data["until"] else None,
            now=now(),
        )
        return _once(row, token)

    return handle("admin/agencies_one.html", NewKey(), act, **_agency(agency_id))


@desk.post("/<int:agency_id>/keys/<prefix>/rotate")
@requires("administrator")
@confirmed
def rotate(agency_id: int, prefix: str) -> ResponseReturnValue:
    agencies.one(working(), intake(), officer(), agency_id)
    return _once(*agencies.rotate(working(), intake(), officer(), prefix, now()))


@desk.post("/<int:agency_id>/keys/<prefix>/revoke")
@requires("administrator")
@confirmed
def revoke(agency_id: int, prefix: str) -> ResponseReturnValue:
    agencies.one(working(), intake(), officer(), agency_id)
    agencies.revoke(working(), intake(), officer(), prefix, now())
    return redirect(url_for("agencies.agency", agency_id=agency_id), 303)


def _once(row: KeyRow, token: str) -> str:
    found = holder(intake(), row.agency_id)
    return render_template("admin/agencies_token.html", agency=found.agency, key=row, token=token)
