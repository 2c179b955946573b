"""What takes two people at a report's desk: its identity, an original, its destruction."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import case_forms
from admin.context import acting, confirmed, requires, settings, working
from admin.tips import back_to, open_key_id, private
from registry.core.errors import NotFound
from registry.office.staff import queries as staff
from registry.office.staff.officer import CASEWORK
from registry.office.tips import asking, opening
from registry.public.inbox import blobs
from schemas import tips as forms

desk = Blueprint("tip_asks", __name__, url_prefix="/tips")


@desk.route("/<int:docket_id>/ask/<wanted>", methods=["GET", "POST"])
@requires(*CASEWORK)
def ask(docket_id: int, wanted: str) -> ResponseReturnValue:
    if wanted not in asking.KINDS:
        raise NotFound
    found = opening.look(working(), docket_id, acting(), private())
    sealed_id = request.args.get("file", "")[:32]
    shown: dict[str, Any] = {"tip": found.tip, "docket": found.docket}
    shown |= {"wanted": wanted, "sealed_id": sealed_id}
    if request.method == "GET":
        return case_forms.page("admin/tips_ask.html", forms.Why(), {}, **shown)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        asking.ask(
            working(), docket_id, acting(), private(), wanted,
            reason=data["reason"], file_id=sealed_id,
        )  # fmt: skip
        return back_to(docket_id)

    return case_forms.submit("admin/tips_ask.html", forms.Why(), done, **shown)


@desk.post("/asks/<int:ask_id>/grant")
@requires("approver", "reviewer")
@confirmed
def grant(ask_id: int) -> ResponseReturnValue:
    return back_to(asking.grant(working(), ask_id, acting()).docket_id)


@desk.post("/asks/<int:ask_id>/refuse")
@requires(*CASEWORK)
def refuse(ask_id: int) -> ResponseReturnValue:
    return back_to(asking.refuse(working(), ask_id, acting()).docket_id)


@desk.post("/asks/<int:ask_id>/purge")
@requires("approver")
@confirmed
def purge(ask_id: int) -> ResponseReturnValue:
    folder = settings().sealed_dir
    asking.purge(working(), ask_id, acting(), erase=lambda ids: blobs.erase(folder, ids))
    return redirect(url_for("tips.index"), 303)


@desk.get("/identities")
@requires("custodian")
def identities() -> ResponseReturnValue:
    rows = asking.granted_identities(working(), acting())
    people = {one for row in rows for one in (row.asked_by, row.granted_by or 0)}
    names = staff.names_of(working(), people)
    return render_template(
        "admin/tips_identities.html", rows=rows, names=names, has_key=open_key_id() != ""
    )


@desk.post("/identities/<int:ask_id>")
@requires("custodian")
@confirmed
def identity(ask_id: int) -> ResponseReturnValue:
    content = asking.reveal(working(), ask_id, acting(), private())
    return render_template("admin/tips_identity.html", content=content)
