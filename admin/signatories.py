"""The desk of those entitled to sign: who, in what capacity, from when to when."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from admin.context import acting, officer, requires, working
from admin.forms import handle, show
from registry.core.errors import NotFound
from registry.office.enforcement.signatories import queries, service
from registry.office.enforcement.signatories.models import Signatory as Row
from registry.office.staff.officer import CASEWORK
from schemas.fields import under
from schemas.suspensions import Signatory, SignatoryEnd

desk = Blueprint("signatories", __name__, url_prefix="/signatories")
READERS = (*CASEWORK, "administrator", "auditor")


@desk.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    return render_template(
        "admin/signatories.html",
        rows=queries.listed(working(), officer()),
        titles=acting().rules.titles("signing_capacities"),
        keeper=officer().has(*service.KEEPERS),
        today=acting().today,
    )


@desk.get("/new")
@requires(*service.KEEPERS)
def new() -> ResponseReturnValue:
    with under(acting().rules):
        return show("admin/signatories_form.html", Signatory())


@desk.post("/new")
@requires(*service.KEEPERS)
def add() -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        service.add(working(), acting(), data)
        return redirect(url_for("signatories.index"), 303)

    with under(acting().rules):
        return handle("admin/signatories_form.html", Signatory(), act)


@desk.route("/<int:signatory_id>/end", methods=["GET"])
@requires(*service.KEEPERS)
def ending(signatory_id: int) -> ResponseReturnValue:
    values = {"until": acting().today.isoformat()}
    return show("admin/signatories_end.html", SignatoryEnd(), values, row=_row(signatory_id))


@desk.post("/<int:signatory_id>/end")
@requires(*service.KEEPERS)
def end(signatory_id: int) -> ResponseReturnValue:
    row = _row(signatory_id)

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        service.end(working(), acting(), signatory_id, data["until"])
        return redirect(url_for("signatories.index"), 303)

    return handle("admin/signatories_end.html", SignatoryEnd(), act, row=row)


def _row(signatory_id: int) -> Row:
    """An entry of the officer's subtree. Raises ``NotFound``."""
    mine = queries.listed(working(), officer())
    found = next((row for row, _ in mine if row.id == signatory_id), None)
    if found is None:
        raise NotFound
    return found
