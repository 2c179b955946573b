"""The cases desk: every kind of case, from its table, its field sets and its papers."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from admin import case_forms, case_links, case_page
from admin.context import acting, officer, requires, settings, working
from admin.forms import searched
from registry.core.errors import NotFound
from registry.core.web import forms
from registry.core.web import sessions as stores
from registry.office import dockets
from registry.office.dockets import documents, evidence, kinds, queries, redaction
from registry.office.dockets.models import Docket
from registry.office.entities import queries as entities
from registry.office.entities import site_queries
from registry.office.imports.service import BATCH
from registry.office.procedures import offers
from registry.office.staff import queries as staff
from registry.office.staff.officer import CASEWORK
from schemas import registry as field_sets
from schemas.dockets import CaseFilter, Redaction

desk = Blueprint("cases", __name__, url_prefix="/cases")
desk.app_context_processor(case_page.helpers)
READERS = (*CASEWORK, "auditor")


SEALED = frozenset({"tip"})
"""Kinds with a desk of their own: nothing of them is written, attached or shown here."""


def _docket(docket_id: int) -> Docket:
    found = dockets.load(working(), docket_id, acting())
    if found.kind in SEALED:
        raise NotFound
    return found


def _back(docket: Docket) -> ResponseReturnValue:
    return redirect(url_for("cases.show", docket_id=docket.id), 303)


@desk.route("", methods=["GET", "POST"])
@requires(*READERS)
def index() -> ResponseReturnValue:
    given = searched()
    wanted = forms.load(CaseFilter(), given)
    number = wanted.pop("page")
    filters = queries.filters(wanted, entities.bearing(working(), wanted.get("text") or ""))
    return render_template(
        "admin/cases.html",
        view=queries.page(working(), officer(), filters, number=number),
        values=given,
        tables=kinds.book().tables,
        authorities=staff.authorities(working(), officer().authority_path),
        may_open=bool(_openable()),
    )


@desk.get("/new")
@requires(*CASEWORK)
def choose() -> ResponseReturnValue:
    return render_template("admin/case_choose.html", tables=_openable())


def _openable() -> list[kinds.KindTable]:
    """Kinds of case that the officer may open."""
    # Batches are made of a file, at the imports desk.
    offered = (t for t in kinds.book().tables.values() if t.code != BATCH)
    return [t for t in offered if officer().has(*t.roles)]


@desk.route("/new/<kind>", methods=["GET", "POST"])
@requires(*CASEWORK)
def new(kind: str) -> ResponseReturnValue:
    table = kinds.get(kind)
    given = request.values
    chosen = case_forms.chosen(given)
    if table.subject == "required" and chosen.subject is None:
        return _pick("admin/case_subject.html", table=table, site=given.get("site", ""))
    schema = case_forms.new_schema(table, chosen)
    context: dict[str, Any] = {"table": table, "chosen": chosen}
    if request.method == "GET":
        return case_forms.page("admin/case_new.html", schema, chosen.defaults(table), **context)

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        return _back(case_forms.open_case(table, chosen, data))

    return case_forms.submit("admin/case_new.html", schema, act, **context)


@desk.route("/new/<kind>/site", methods=["GET", "POST"])
@requires(*CASEWORK)
def site(kind: str) -> ResponseReturnValue:
    subject = request.values.get("subject", "")
    return _pick("admin/case_site.html", places=True, table=kinds.get(kind), subject=subject)


def _pick(template: str, *, places: bool = False, **context: Any) -> ResponseReturnValue:
    """A page to search and choose from: subjects, or ``places``. The words come by POST."""
    text = searched().get("q", "").strip()[:200]
    found = entities.search(working(), text) if text and not places else None
    sites = site_queries.search_sites(working(), text) if text and places else None
    return render_template(template, text=text, found=found, sites=sites, **context)


@desk.get("/<int:docket_id>")
@requires(*READERS)
def show(docket_id: int) -> ResponseReturnValue:
    if dockets.load(working(), docket_id, acting()).kind in SEALED:
        return redirect(url_for("tips.show", docket_id=docket_id))
    docket = _docket(docket_id)
    return render_template("admin/case.html", **case_page.case(docket))


@desk.route("/<int:docket_id>/act/<action>", methods=["GET", "POST"])
@requires(*CASEWORK)
def act(docket_id: int, action: str) -> ResponseReturnValue:
    docket = _docket(docket_id)
    view = case_forms.view_of(docket, action)
    schema = case_forms.action_schema(kinds.get(docket.kind), view)
    beside = case_page.beside(docket, view.action)
    context: dict[str, Any] = {"docket": docket, "view": view, "beside": beside}
    if request.method == "GET":
        values = case_forms.values_of(docket, schema, acting().today.isoformat())
        return case_forms.page("admin/case_act.html", schema, values, **context)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        return _back(case_forms.take(docket, action, data))

    return case_forms.submit("admin/case_act.html", schema, done, **context)


@desk.post("/<int:docket_id>/evidence")
@requires(*CASEWORK)
def upload(docket_id: int) -> ResponseReturnValue:
    docket = _docket(docket_id)
    schema = case_forms.evidence_form(kinds.get(docket.kind))

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        sent = data["file"]
        file = dockets.Upload(sent.filename or "", sent.read(), data["kind"], data["personal"])
        dockets.attach(working(), docket, acting(), file, folder=settings().evidence_dir)
        return _back(docket)

    return case_forms.submit("admin/case_upload.html", schema, done, docket=docket)


@desk.get("/<int:docket_id>/evidence/<int:evidence_id>")
@requires(*READERS)
def file(docket_id: int, evidence_id: int) -> ResponseReturnValue:
    with stores.independent("working") as session:
        docket = dockets.load(session, docket_id, acting())
        found, content = evidence.read(
            session, docket, evidence_id, acting(), folder=settings().evidence_dir
        )
        name, media_type = found.name, found.media_type
    return send_file(io.BytesIO(content), media_type, as_attachment=True, download_name=name)


def _paper(docket_id: int, document_id: int) -> tuple[documents.Spec, dict[str, Any], str]:
    with stores.independent("working") as session:
        docket = dockets.load(session, docket_id, acting())
        found, spec, context = documents.open_paper(
            session, docket, document_id, acting(), key_dir=settings().key_dir
        )
        return spec, context, found.number


@desk.get("/<int:docket_id>/papers/<int:document_id>.docx")
@requires(*READERS)
def word(docket_id: int, document_id: int) -> ResponseReturnValue:
    own = settings()
    with stores.independent("working") as session:
        docket = dockets.load(session, docket_id, acting())
        made = documents.word_file(
            session, docket, document_id, acting(),
            key_dir=own.key_dir, overrides=own.data_dir / "templates",
        )  # fmt: skip
    content = io.BytesIO(made.content)
    return send_file(content, documents.WORD, as_attachment=True, download_name=made.name)


@desk.get("/<int:docket_id>/papers/<int:document_id>")
@requires(*READERS)
def paper(docket_id: int, document_id: int) -> ResponseReturnValue:
    spec, context, number = _paper(docket_id, document_id)
    blocks = documents.page(spec, context)
    return render_template(
        "admin/documents/paper.html",
        spec=spec,
        number=number,
        blocks=blocks,
        authority=context["authority"].get("name", ""),
        docket_id=docket_id,
        with_code=officer().has(*CASEWORK) and spec.code in offers.papers(),
    )


@desk.route("/<int:docket_id>/reassign", methods=["GET", "POST"])
@requires(*CASEWORK)
def reassign(docket_id: int) -> ResponseReturnValue:
    docket = _docket(docket_id)
    schema = case_forms.colleague_form(docket)
    if request.method == "GET":
        values = {"version": docket.version}
        return case_forms.page("admin/case_reassign.html", schema, values, docket=docket)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        to, version = int(data["owner"]), data["version"]
        dockets.reassign(working(), docket, acting(), to=to, version=version, reason=data["reason"])
        return _back(docket)

    return case_forms.submit("admin/case_reassign.html", schema, done, docket=docket)


@desk.route("/<int:docket_id>/redact/<name>", methods=["GET", "POST"])
@requires(*CASEWORK)
def redact(docket_id: int, name: str) -> ResponseReturnValue:
    docket = _docket(docket_id)
    text = case_page.text_of(docket, name)
    if request.method == "GET":
        people = [party.name for party in case_page.parties(docket)]
        proposal = docket.facts.get(f"{name}_public") or redaction.suggestion(text, people)
        values = {"version": docket.version, "text": proposal}
        return case_forms.page(
            "admin/case_redact.html", Redaction(), values, docket=docket, text=text
        )

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        dockets.redact(working(), docket, acting(), name=name, **data)
        return _back(docket)

    return case_forms.submit("admin/case_redact.html", Redaction(), done, docket=docket, text=text)


@desk.route("/<int:docket_id>/parties", methods=["GET", "POST"])
@requires(*CASEWORK)
def add_party(docket_id: int) -> ResponseReturnValue:
    docket = _docket(docket_id)
    table = kinds.get(docket.kind)
    entity_id = request.values.get("entity", type=int)
    if entity_id is None:
        return _pick("admin/case_party.html", docket=docket, table=table)
    schema = case_forms.party_form(table)
    who = entities.entity(working(), entity_id)
    context: dict[str, Any] = {"docket": docket, "who": who}
    if request.method == "GET":
        values = {"version": docket.version, "entity": entity_id}
        return case_forms.page("admin/case_role.html", schema, values, **context)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        party = dockets.Party(data["entity"], data["role"])
        return _back(
            dockets.add_party(working(), docket, acting(), party=party, version=data["version"])
        )

    return case_forms.submit("admin/case_role.html", schema, done, **context)


@desk.route("/<int:docket_id>/links", methods=["GET", "POST"])
@requires(*CASEWORK)
def link(docket_id: int) -> ResponseReturnValue:
    docket = _docket(docket_id)
    schema = case_forms.link_form(docket)
    if request.method == "GET":
        values = {"version": docket.version}
        return case_forms.page("admin/case_link.html", schema, values, docket=docket)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        return _back(case_links.link(docket, data))

    return case_forms.submit("admin/case_link.html", schema, done, docket=docket)


field_sets.check()
