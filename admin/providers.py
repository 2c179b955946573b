"""The desk of service organizations: the register, their staff, what is doubtful."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from admin.case_forms import page, submit
from admin.context import acting, requires, settings, working
from admin.forms import searched
from registry.core.i18n import N_
from registry.core.web import forms
from registry.office.dockets import kinds
from registry.office.entities import queries as entities
from registry.office.entities import vault
from registry.office.providers import queries, service
from registry.office.staff.officer import CASEWORK
from schemas import providers as provider_forms
from schemas.fields import under

desk = Blueprint("providers", __name__, url_prefix="/providers")
READERS = (*CASEWORK, "auditor")
WRITERS = ("clerk", "reviewer")
STATUS = {
    "valid": N_("valid"),
    "suspended": N_("suspended"),
    "expired": N_("expired"),
    "revoked": N_("revoked"),
    "cancelled": N_("cancelled"),
}


@desk.app_context_processor
def words() -> dict[str, Any]:
    """What the templates of the desk call."""
    return {"provider_status": STATUS, "staff_flags": queries.FLAGS}


@desk.route("", methods=["GET", "POST"])
@requires(*READERS)
def index() -> ResponseReturnValue:
    schema, given = provider_forms.RegisterSearch(), searched()
    with under(acting().rules):
        wanted = forms.load(schema, given)
        fields = forms.describe(schema)
    return render_template(
        "admin/providers.html",
        form=forms.Form(fields, given, {}),
        page=queries.register(
            working(),
            text=wanted.get("text") or "",
            field=wanted["field"],
            day=acting().today,
            number=wanted["page"],
        ),
        titles=acting().rules.titles("provider_fields"),
        table=kinds.get("provider"),
    )


@desk.get("/doubtful")
@requires(*READERS)
def doubtful() -> ResponseReturnValue:
    rows = queries.doubtful(working(), acting().today)
    return render_template("admin/providers_doubtful.html", rows=rows)


@desk.get("/<int:entity_id>")
@requires(*READERS)
def show(entity_id: int) -> ResponseReturnValue:
    organization = entities.entity(working(), entity_id)
    return render_template("admin/providers_one.html", organization=organization, **_all(entity_id))


def _all(entity_id: int) -> dict[str, Any]:
    now = acting()
    return {
        "members": queries.members(working(), entity_id, now.today),
        "qualifications": queries.overview(working(), entity_id, now.today, now.rules),
        "titles": now.rules.titles("provider_fields"),
        "scopes": now.rules.titles("provider_scopes"),
        "certificates": now.rules.titles("certificate_kinds"),
        "posts": now.rules.roles,
        "today": now.today,
        "may": now.officer.has(*WRITERS),
    }


def _form(
    title: str,
    schema: Schema,
    entity_id: int,
    act: Callable[[dict[str, Any]], object],
    values: dict[str, object] | None = None,
) -> ResponseReturnValue:
    organization = entities.entity(working(), entity_id)
    context: dict[str, Any] = {"organization": organization, "title": title}
    if request.method == "GET":
        return page("admin/providers_form.html", schema, values or {}, **context)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        act(data)
        return redirect(url_for("providers.show", entity_id=entity_id), 303)

    return submit("admin/providers_form.html", schema, done, **context)


@desk.route("/<int:entity_id>/staff", methods=["GET", "POST"])
@requires(*WRITERS)
def add_staff(entity_id: int) -> ResponseReturnValue:
    keys = vault.load(settings().key_dir)

    def act(data: dict[str, Any]) -> object:
        level = data.pop("level")
        draft = service.StaffDraft(level=int(level) if level else None, **data)
        return service.add_staff(working(), acting(), entity_id, draft, keys=keys)

    first: dict[str, object] = {"full_time": "1"}
    return _form(N_("Add a member of the staff"), provider_forms.Staff(), entity_id, act, first)


@desk.route("/staff/<int:staff_id>/end", methods=["GET", "POST"])
@requires(*WRITERS)
def end_staff(staff_id: int) -> ResponseReturnValue:
    row = queries.member(working(), staff_id)

    def act(data: dict[str, date]) -> object:
        return service.end_staff(working(), acting(), staff_id, data["until"])

    schema = provider_forms.Leaving()
    return _form(N_("A member of the staff has left"), schema, row.organization_id, act)


@desk.route("/staff/<int:staff_id>/revoke", methods=["GET", "POST"])
@requires(*WRITERS)
def revoke_certificate(staff_id: int) -> ResponseReturnValue:
    row = queries.member(working(), staff_id)

    def act(data: dict[str, date]) -> object:
        return service.revoke_certificate(working(), acting(), staff_id, data["revoked_on"])

    schema = provider_forms.CertificateRevoked()
    return _form(N_("A certificate was revoked"), schema, row.organization_id, act)
