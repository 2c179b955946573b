"""The desk of those entitled to sign: who, in what capacity, from when to when."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from admin.answerable_forms import form
from admin.context import acting, officer, requires, working
from registry.core.i18n import N_
from registry.office.enforcement.signatories import queries, service
from registry.office.enforcement.signatories.models import Signatory as Row
from registry.office.staff import kept
from registry.office.staff.officer import CASEWORK
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


@desk.route("/new", methods=["GET", "POST"])
@requires(*service.KEEPERS)
def new() -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        service.add(working(), acting(), data)
        return redirect(url_for("signatories.index"), 303)

    return form(Signatory(), act, N_("Enter a signatory"), url_for("signatories.index"))


@desk.route("/<int:signatory_id>/end", methods=["GET", "POST"])
@requires(*service.KEEPERS)
def end(signatory_id: int) -> ResponseReturnValue:
    row = kept.load(working(), Row, signatory_id, officer())

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        service.end(working(), acting(), signatory_id, data["until"])
        return redirect(url_for("signatories.index"), 303)

    return form(
        SignatoryEnd(),
        act,
        N_("End of an entitlement"),
        url_for("signatories.index"),
        note=f"{row.name} · {row.body}",
        values={"until": acting().today.isoformat()},
    )
