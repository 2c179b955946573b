"""The desk of reports: the library, one report with its files, findings, the way back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from admin import case_forms, report_pages, traces
from admin.context import acting, requires, working
from admin.forms import searched
from registry.core.i18n import N_
from registry.core.web import forms
from registry.office import dockets
from registry.office.dockets import kinds
from registry.office.entities import site_queries
from registry.office.reports import queries, service
from registry.office.reports.backtrack import Start
from registry.office.staff.officer import CASEWORK
from schemas.findings import Open as FindingForm
from schemas.reports import BacktrackForm, ReportSearch

desk = Blueprint("reports", __name__, url_prefix="/reports")
desk.url_value_preprocessor(report_pages.allow_large_files)
READERS = (*CASEWORK, "auditor")
AREA = "reports"


@desk.route("", methods=["GET", "POST"])
@requires(*READERS)
def index() -> ResponseReturnValue:
    schema, given = ReportSearch(), searched()
    wanted = forms.load(schema, given)
    found = queries.library(
        working(), acting().officer, text=wanted.get("text") or "", state=wanted.get("state") or "",
        number=wanted["page"],
    )  # fmt: skip
    form = forms.Form(forms.describe(schema), given, {})
    table = kinds.get("report")
    titles = acting().rules.titles("report_types")
    return render_template("admin/reports.html", form=form, page=found, table=table, titles=titles)


@desk.get("/<int:docket_id>")
@requires(*READERS)
def show(docket_id: int) -> ResponseReturnValue:
    context = report_pages.one(report_pages.load(docket_id), AREA)
    return render_template("admin/report.html", **context)


@desk.route("/<int:docket_id>/files", methods=["GET", "POST"])
@requires("clerk")
def upload(docket_id: int) -> ResponseReturnValue:
    return report_pages.upload(report_pages.load(docket_id), AREA)


@desk.get("/<int:docket_id>/files/<int:report_file_id>")
@requires(*READERS)
def file(docket_id: int, report_file_id: int) -> ResponseReturnValue:
    return report_pages.download(docket_id, report_file_id)


@desk.post("/<int:docket_id>/files/<int:report_file_id>/drop")
@requires("clerk")
def drop(docket_id: int, report_file_id: int) -> ResponseReturnValue:
    return report_pages.drop_image(report_pages.load(docket_id), report_file_id, AREA)


@desk.route("/<int:docket_id>/sign", methods=["GET", "POST"])
@requires("clerk")
def sign(docket_id: int) -> ResponseReturnValue:
    return report_pages.sign(report_pages.load(docket_id), AREA)


@desk.post("/<int:docket_id>/signatures/<int:signature_id>/remove")
@requires("clerk")
def unsign(docket_id: int, signature_id: int) -> ResponseReturnValue:
    return report_pages.unsign(report_pages.load(docket_id), signature_id, AREA)


@desk.post("/<int:docket_id>/version")
@requires("clerk")
def version(docket_id: int) -> ResponseReturnValue:
    made = service.new_version(working(), acting(), report_pages.load(docket_id))
    return redirect(url_for("reports.show", docket_id=made.id), 303)


@desk.route("/<int:docket_id>/finding", methods=["GET", "POST"])
@requires("clerk", "reviewer")
def finding(docket_id: int) -> ResponseReturnValue:
    docket = report_pages.load(docket_id)
    context: dict[str, Any] = {
        "title": N_("Record a finding"),
        "back": url_for("reports.show", docket_id=docket_id),
        "docket": docket,
    }
    if request.method == "GET":
        first = {"found_on": acting().today.isoformat()}
        return case_forms.page("admin/report_form.html", FindingForm(), first, **context)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        facts = case_forms.as_facts(data)
        made = service.open_finding(working(), acting(), docket, facts)
        return redirect(url_for("cases.show", docket_id=made.id), 303)

    return case_forms.submit("admin/report_form.html", FindingForm(), done, **context)


@desk.post("/findings/<int:docket_id>/listing")
@requires("clerk")
def listing(docket_id: int) -> ResponseReturnValue:
    """One step from a false report to a drafted listing."""
    found = report_pages.load(docket_id, "finding")
    made = service.draft_listing(working(), acting(), found)
    return redirect(url_for("cases.show", docket_id=made.id), 303)


@desk.get("/<int:docket_id>/backtrack")
@requires(*READERS)
def backtrack(docket_id: int) -> ResponseReturnValue:
    dockets.load(working(), docket_id, acting())
    return traces.page(Start(docket_id=docket_id))


@desk.get("/backtrack")
@requires(*READERS)
def backtrack_start() -> ResponseReturnValue:
    text = request.args.get("q", "").strip()[:200]
    sites = site_queries.search_sites(working(), text) if text else None
    return render_template(
        "admin/backtrack_start.html", text=text, sites=sites, today=acting().today
    )


@desk.get("/backtrack/site/<int:site_id>")
@requires(*READERS)
def backtrack_site(site_id: int) -> ResponseReturnValue:
    asked = MultiDict({**request.args.to_dict(), "site": str(site_id)})
    given = forms.load(BacktrackForm(), asked)
    return traces.page(Start(site_id=site_id, day=given["day"]))
