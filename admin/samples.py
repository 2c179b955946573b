"""Samples of reports for re-examination."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import case_forms
from admin.context import acting, requires, working
from registry.core.i18n import N_
from registry.core.web import forms
from registry.office.reports import sampling
from registry.office.staff import queries as staff
from registry.office.staff.officer import CASEWORK
from schemas.reports import DrawSample, Examined

desk = Blueprint("samples", __name__, url_prefix="/samples")
READERS = (*CASEWORK, "auditor")
OUTCOMES = {
    "": N_("open"),
    "sound": N_("Nothing wrong was found"),
    "faulty": N_("Something was wrong"),
}


@desk.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    found = sampling.samples(working(), acting())
    names = staff.names_of(working(), {one.drawn_by for one in found})
    rates = sampling.rates(working(), acting())
    return render_template("admin/samples.html", samples=found, names=names, rates=rates)


@desk.route("/draw", methods=["GET", "POST"])
@requires("reviewer", "approver")
def draw() -> ResponseReturnValue:
    context: dict[str, Any] = {"title": N_("Draw a sample"), "back": url_for("samples.index")}
    if request.method == "GET":
        return case_forms.page("admin/report_form.html", DrawSample(), {"size": "10"}, **context)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        filters = sampling.Filters(data["type"], data.get("issued_from"), data.get("issued_to"))
        made = sampling.draw(
            working(), acting(), title=data["title"], size=data["size"], filters=filters,
            seed=data.get("seed") or "",
        )  # fmt: skip
        return redirect(url_for("samples.show", draw_id=made.id), 303)

    return case_forms.submit("admin/report_form.html", DrawSample(), done, **context)


@desk.get("/<int:draw_id>")
@requires(*READERS)
def show(draw_id: int) -> ResponseReturnValue:
    found = sampling.sample(working(), acting(), draw_id)
    rows = sampling.items(working(), draw_id)
    return render_template(
        "admin/sample.html",
        sample=found,
        rows=rows,
        outcomes=OUTCOMES,
        names=staff.names_of(working(), {found.drawn_by}),
        types=acting().rules.titles("report_types"),
        form=forms.Form(forms.describe(Examined()), {}, {}),
    )


@desk.route("/<int:draw_id>/items/<int:item_id>", methods=["GET", "POST"])
@requires("clerk", "reviewer")
def examine(draw_id: int, item_id: int) -> ResponseReturnValue:
    sampling.sample(working(), acting(), draw_id)
    back = url_for("samples.show", draw_id=draw_id)
    context: dict[str, Any] = {"title": N_("Outcome of the re-examination"), "back": back}
    if request.method == "GET":
        first = {"examined_on": acting().today.isoformat()}
        return case_forms.page("admin/report_form.html", Examined(), first, **context)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        data["note"] = data.get("note") or ""
        sampling.examine(working(), acting(), item_id, **data)
        return redirect(back, 303)

    return case_forms.submit("admin/report_form.html", Examined(), done, **context)
