"""The sites of the entities desk: mines and ponds with their licences and operators."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import forms as pages
from admin.context import acting, requires, working
from admin.entities import READERS, WRITERS, form_page
from registry.core.i18n import N_
from registry.core.web import forms
from registry.office.entities import queries, site_licences, site_queries, sites
from registry.office.entities.drafts import LicenceDraft, SiteDraft
from registry.office.entities.models import SiteLicence, SiteOperator
from schemas import sites as site_forms

desk = Blueprint("sites", __name__, url_prefix="/entities/sites")


def _to(endpoint: str, **values: object) -> ResponseReturnValue:
    return redirect(url_for(f"sites.{endpoint}", **values), 303)  # type: ignore[arg-type]


@desk.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    schema = site_forms.SiteSearch()
    wanted = forms.load(schema, request.args)
    page = site_queries.search_sites(
        working(), wanted["text"], type_=wanted["type"], page=wanted["page"]
    )
    types = acting().rules.site_types
    context: dict[str, Any] = {"page": page, "args": request.args, "types": types}
    return pages.show("admin/sites.html", schema, request.args, **context)


@desk.route("/add", methods=["GET", "POST"])
@requires(*WRITERS)
def add() -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        added = sites.add_site(working(), acting(), SiteDraft(**data))
        return _to("show", site_id=added.id)

    back = url_for("sites.index")
    return form_page(N_("Add a site"), site_forms.NewSite(), act, back=back)


@desk.get("/<int:site_id>")
@requires(*READERS)
def show(site_id: int) -> ResponseReturnValue:
    found = site_queries.site_profile(working(), site_id)
    rules = acting().rules
    return render_template("admin/sites_one.html", found=found, rules=rules, forms=site_forms)


@desk.route("/<int:site_id>/edit", methods=["GET", "POST"])
@requires(*WRITERS)
def edit(site_id: int) -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        seen = data.pop("version")
        sites.edit_site(working(), acting(), site_id, seen, SiteDraft(**data))
        return _to("show", site_id=site_id)

    values = site_queries.site(working(), site_id).model_dump()
    back = url_for("sites.show", site_id=site_id)
    return form_page(N_("Amend"), site_forms.EditSite(), act, back=back, values=values)


@desk.route("/<int:site_id>/licences", methods=["GET", "POST"])
@requires(*WRITERS)
def licence(site_id: int) -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        seen = data.pop("version")
        site_licences.add_licence(working(), acting(), site_id, seen, LicenceDraft(**data))
        return _to("show", site_id=site_id)

    values = {"version": site_queries.site(working(), site_id).version, "status": "in-force"}
    back = url_for("sites.show", site_id=site_id)
    return form_page(N_("Add a licence"), site_forms.NewLicence(), act, back=back, values=values)


@desk.route("/licences/<int:licence_id>", methods=["GET", "POST"])
@requires(*WRITERS)
def licence_state(licence_id: int) -> ResponseReturnValue:
    row = queries.one(working(), SiteLicence, licence_id)

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        site_licences.set_licence_status(
            working(), acting(), licence_id, data["version"], data["status"]
        )
        return _to("show", site_id=row.site_id)

    values = {"version": site_queries.site(working(), row.site_id).version, "status": row.status}
    back = url_for("sites.show", site_id=row.site_id)
    return form_page(
        N_("State of the licence"), site_forms.LicenceState(), act, back=back, values=values
    )


@desk.route("/<int:site_id>/operators", methods=["GET", "POST"])
@requires(*WRITERS)
def operator(site_id: int) -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        seen, who = data.pop("version"), queries.only(working(), data.pop("code"), "code")
        sites.add_operator(working(), acting(), site_id, seen, who.id or 0, **data)
        return _to("show", site_id=site_id)

    values = {"version": site_queries.site(working(), site_id).version, "role": "main"}
    back = url_for("sites.show", site_id=site_id)
    return form_page(N_("Add an operator"), site_forms.NewOperator(), act, back=back, values=values)


@desk.route("/operators/<int:operator_id>", methods=["GET", "POST"])
@requires(*WRITERS)
def operator_end(operator_id: int) -> ResponseReturnValue:
    row = queries.one(working(), SiteOperator, operator_id)

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        sites.end_operator(working(), acting(), operator_id, data["version"], data["until"])
        return _to("show", site_id=row.site_id)

    values = {"version": site_queries.site(working(), row.site_id).version}
    back = url_for("sites.show", site_id=row.site_id)
    return form_page(
        N_("End of the operation"), site_forms.OperatorEnd(), act, back=back, values=values
    )


@desk.post("/<int:site_id>/publish")
@requires("publisher")
def publish(site_id: int) -> ResponseReturnValue:
    sites.publish_site(working(), acting(), site_id)
    return _to("show", site_id=site_id)


@desk.post("/<int:site_id>/withdraw")
@requires("publisher")
def withdraw(site_id: int) -> ResponseReturnValue:
    sites.withdraw_site(working(), acting(), site_id)
    return _to("show", site_id=site_id)
