"""The organizations' own desk: their reports, what was found of them, and nothing else.

Deny by default twice over: no other view names the role ``filer``, and no case of another entity
answers to such an account (``checks.sees``).
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import case_forms, case_page, report_pages
from admin.context import acting, officer, requires, working
from registry.core.errors import NotFound
from registry.core.i18n import N_
from registry.office import dockets
from registry.office.dockets import kinds
from registry.office.entities import queries as entities
from registry.office.providers import queries as providers
from registry.office.reports import queries, service
from registry.office.staff import queries as staff
from schemas.fields import Code, meta
from schemas.reports import Open

desk = Blueprint("filing", __name__, url_prefix="/filing")
desk.url_value_preprocessor(report_pages.allow_large_files)
AREA = "filing"
OWN_ACTS = frozenset({"edit", "file", "discard", "propose_withdrawal", "contest"})


def _mine() -> int:
    found = officer().entity_id
    if not found:
        raise NotFound
    return found


@desk.get("")
@requires("filer")
def index() -> ResponseReturnValue:
    number = request.args.get("page", 1, type=int)
    mine = _mine()
    return render_template(
        "admin/filing.html",
        organization=entities.entity(working(), mine),
        page=queries.of_organization(working(), mine, number=max(1, number)),
        findings=queries.findings_on(working(), mine),
        qualifications=providers.overview(working(), mine, acting().today, acting().rules),
        titles=acting().rules.titles("provider_fields"),
        table=kinds.get("report"),
        finding_table=kinds.get("finding"),
        codes=acting().rules.titles("finding_codes"),
    )


@desk.route("/new", methods=["GET", "POST"])
@requires("filer")
def new() -> ResponseReturnValue:
    """First whom it is for; then the sheet, with the client's sites to choose from."""
    mine, code = _mine(), request.values.get("client_code", "").strip()
    found = entities.find(working(), code=code) if code else []
    schema = case_forms.blend(Open(), more={"site": _sites(found)})
    context: dict[str, Any] = {"title": N_("File a report"), "back": url_for("filing.index")}
    if request.method == "GET":
        return case_forms.page("admin/filing_new.html", schema, {"client_code": code}, **context)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        site = data.pop("site") or ""
        organization = entities.entity(working(), mine)
        docket = dockets.open_docket(
            working(),
            "report",
            acting(),
            facts=case_forms.as_facts(data),
            title=data["project"],
            region=organization.region or staff.authority(working(), officer().authority_id).region,
            subject_id=mine,
            site_id=int(site) if site else None,
        )
        return redirect(url_for("filing.show", docket_id=docket.id), 303)

    return case_forms.submit("admin/filing_new.html", schema, done, **context)


def _sites(clients: list[Any]) -> Code:
    """The mines and ponds that the client works, as the registry knows them."""
    operations = entities.profile(working(), clients[0].id).operations if clients else []
    choices = [(str(site.id), site.name) for _, site in operations]
    return Code(
        choices, load_default="", metadata=meta(N_("Mine or tailings pond"), widget="select")
    )


@desk.get("/<int:docket_id>")
@requires("filer")
def show(docket_id: int) -> ResponseReturnValue:
    context = report_pages.one(report_pages.load(docket_id), AREA)
    context["actions"] = [one for one in context["actions"] if one.action.code in OWN_ACTS]
    return render_template("admin/report.html", **context)


@desk.get("/findings/<int:docket_id>")
@requires("filer")
def finding(docket_id: int) -> ResponseReturnValue:
    docket = report_pages.load(docket_id, "finding")
    if docket.state == "draft":
        raise NotFound
    table = kinds.get("finding")
    return render_template(
        "admin/filing_finding.html",
        docket=docket,
        table=table,
        facts=case_page.facts(table, docket),
        actions=[
            one
            for one in dockets.available(working(), docket, acting())
            if one.action.code in OWN_ACTS
        ],
    )


@desk.route("/<int:docket_id>/act/<action>", methods=["GET", "POST"])
@requires("filer")
def act(docket_id: int, action: str) -> ResponseReturnValue:
    docket = dockets.load(working(), docket_id, acting())
    if action not in OWN_ACTS or docket.kind not in {"report", "finding"}:
        raise NotFound
    view = case_forms.view_of(docket, action)
    schema = case_forms.action_schema(kinds.get(docket.kind), view)
    page = "filing.show" if docket.kind == "report" else "filing.finding"
    back = url_for(page, docket_id=docket_id)
    context: dict[str, Any] = {"title": view.action.title, "back": back, "docket": docket}
    if request.method == "GET":
        values = case_forms.values_of(docket, schema, acting().today.isoformat())
        return case_forms.page("admin/report_form.html", schema, values, **context)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        case_forms.take(docket, action, data)
        return redirect(back, 303)

    return case_forms.submit("admin/report_form.html", schema, done, **context)


@desk.route("/<int:docket_id>/files", methods=["GET", "POST"])
@requires("filer")
def upload(docket_id: int) -> ResponseReturnValue:
    return report_pages.upload(report_pages.load(docket_id), AREA)


@desk.get("/<int:docket_id>/files/<int:report_file_id>")
@requires("filer")
def file(docket_id: int, report_file_id: int) -> ResponseReturnValue:
    return report_pages.download(docket_id, report_file_id)


@desk.post("/<int:docket_id>/files/<int:report_file_id>/drop")
@requires("filer")
def drop(docket_id: int, report_file_id: int) -> ResponseReturnValue:
    return report_pages.drop_image(report_pages.load(docket_id), report_file_id, AREA)


@desk.route("/<int:docket_id>/sign", methods=["GET", "POST"])
@requires("filer")
def sign(docket_id: int) -> ResponseReturnValue:
    return report_pages.sign(report_pages.load(docket_id), AREA)


@desk.post("/<int:docket_id>/signatures/<int:signature_id>/remove")
@requires("filer")
def unsign(docket_id: int, signature_id: int) -> ResponseReturnValue:
    return report_pages.unsign(report_pages.load(docket_id), signature_id, AREA)


@desk.post("/<int:docket_id>/version")
@requires("filer")
def version(docket_id: int) -> ResponseReturnValue:
    made = service.new_version(working(), acting(), report_pages.load(docket_id))
    return redirect(url_for("filing.show", docket_id=made.id), 303)
