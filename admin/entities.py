"""The entities desk: enterprises, institutions, persons, and duplicates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.context import acting, officer, requires, settings, working
from admin.forms import handle, searched, show
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_
from registry.core.web import forms
from registry.office.dockets import queries as dockets
from registry.office.entities import documents, queries, service, vault
from registry.office.entities import merge as merging
from registry.office.entities.drafts import (
    DocumentDraft,
    EntityDraft,
    NameDraft,
)
from schemas import entities as entity_forms
from schemas.fields import Form

desk = Blueprint("entities", __name__, url_prefix="/entities")
READERS = ("clerk", "reviewer", "approver", "publisher", "auditor")
WRITERS = ("clerk", "reviewer", "publisher")
_DATES = ("since", "until")


def _keys() -> vault.PersonKeys:
    return vault.load(settings().key_dir)


def _to(endpoint: str, **values: object) -> ResponseReturnValue:
    return redirect(url_for(f"entities.{endpoint}", **values), 303)  # type: ignore[arg-type]


def form_page(
    title: str,
    schema: Form,
    act: Callable[[Any], ResponseReturnValue],
    *expected: type[RegistryError],
    back: str,
    values: Mapping[str, object] | None = None,
    note: str = "",
) -> ResponseReturnValue:
    """One page per act: the form, and on posting it the act."""
    context: dict[str, Any] = {"title": title, "back": back, "note": note}
    if request.method == "GET":
        return show("admin/entities_form.html", schema, values, **context)

    def flat(data: Any) -> ResponseReturnValue:
        try:
            return act(data)
        except InvalidInput as error:
            # Drafts nest the document; the form does not.
            fields = {path.replace("document.", "document_"): m for path, m in error.fields.items()}
            raise InvalidInput(fields, **error.params) from error

    return handle("admin/entities_form.html", schema, flat, *expected, **context)


def _entity_page(entity_id: int) -> str:
    return url_for("entities.profile", entity_id=entity_id)


@desk.route("", methods=["GET", "POST"])
@requires(*READERS)
def index() -> ResponseReturnValue:
    given = searched()
    wanted = forms.load(entity_forms.EntitySearch(), given)
    page = queries.search(
        working(),
        wanted["text"],
        kind=wanted["kind"],
        region=wanted["region"],
        lacking_code=wanted["lacking_code"],
        page=wanted["page"],
    )
    schema = entity_forms.EntitySearch()
    masked = queries.masked(working(), page.rows)
    return show("admin/entities.html", schema, given, page=page, masked=masked)


@desk.route("/add", methods=["GET", "POST"])
@requires(*WRITERS)
def add() -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        added = service.add_entity(working(), acting(), _draft(data), keys=_keys())
        merging.propose(working(), acting(), added.id or 0)
        return _to("profile", entity_id=added.id)

    schema = entity_forms.NewEntity()
    return form_page(N_("Add an entity"), schema, act, back=url_for("entities.index"))


def _draft(data: dict[str, Any]) -> EntityDraft:
    number, kind = data.pop("document_number"), data.pop("document_kind")
    names = tuple(NameDraft(k, data.pop(k)) for k in ("english", "short") if data.get(k))
    facts: dict[str, Any] = {key: value or None for key, value in data.items()}
    facts = {key: value for key, value in facts.items() if key not in {"english", "short"}}
    document = DocumentDraft(kind or "resident-id", number) if number else None
    return EntityDraft(**facts, names=names, document=document)


@desk.get("/<int:entity_id>")
@requires(*READERS)
def profile(entity_id: int) -> ResponseReturnValue:
    found = queries.profile(working(), entity_id)
    cases = dockets.concerning(working(), officer(), found.entity.id or 0)
    return render_template(
        "admin/entities_one.html",
        found=found,
        forms=entity_forms,
        cases=cases,
        record_kinds=acting().rules.titles("unit_record_kinds"),
    )


@desk.route("/<int:entity_id>/edit", methods=["GET", "POST"])
@requires(*WRITERS)
def edit(entity_id: int) -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        seen = data.pop("version")
        facts: dict[str, Any] = {key: value or None for key, value in data.items()}
        draft = EntityDraft(kind="", name="", **facts)
        service.edit_entity(working(), acting(), entity_id, seen, draft)
        return _to("profile", entity_id=entity_id)

    entity = queries.entity(working(), entity_id)
    schema, back = entity_forms.EditEntity(), _entity_page(entity_id)
    return form_page(N_("Amend"), schema, act, back=back, values=entity.model_dump())


@desk.route("/<int:entity_id>/rename", methods=["GET", "POST"])
@requires(*WRITERS)
def rename(entity_id: int) -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        seen = data.pop("version")
        service.rename(working(), acting(), entity_id, seen, keys=_keys(), **data)
        return _to("profile", entity_id=entity_id)

    entity = queries.entity(working(), entity_id)
    values = {"version": entity.version}
    note = N_("The present name is kept as a former name.")
    schema, back = entity_forms.NewName(), _entity_page(entity_id)
    return form_page(N_("Rename"), schema, act, back=back, values=values, note=note)


@desk.route("/<int:entity_id>/names", methods=["GET", "POST"])
@requires(*WRITERS)
def name(entity_id: int) -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        seen = data.pop("version")
        service.add_name(working(), acting(), entity_id, seen, NameDraft(**data))
        return _to("profile", entity_id=entity_id)

    values = {"version": queries.entity(working(), entity_id).version}
    schema, back = entity_forms.FurtherName(), _entity_page(entity_id)
    return form_page(N_("Add a name"), schema, act, back=back, values=values)


@desk.route("/<int:entity_id>/document", methods=["GET", "POST"])
@requires(*WRITERS)
def document(entity_id: int) -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        draft = DocumentDraft(data["document_kind"], data["document_number"])
        seen = data["version"]
        documents.set_document(working(), acting(), entity_id, seen, draft, keys=_keys())
        return _to("profile", entity_id=entity_id)

    values = {"version": queries.entity(working(), entity_id).version}
    schema, back = entity_forms.ChangeDocument(), _entity_page(entity_id)
    return form_page(N_("Identity document"), schema, act, back=back, values=values)


@desk.route("/<int:entity_id>/reveal", methods=["GET", "POST"])
@requires(*READERS)
def reveal(entity_id: int) -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        number = documents.reveal_document(
            working(), acting(), entity_id, data["reason"], keys=_keys()
        )
        entity = queries.entity(working(), entity_id)
        return render_template("admin/entities_number.html", entity=entity, number=number)

    schema, back = entity_forms.Reveal(), _entity_page(entity_id)
    return form_page(N_("Read the full document number"), schema, act, back=back)


@desk.route("/by-document", methods=["GET", "POST"])
@requires(*READERS)
def by_document() -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        draft = DocumentDraft(data["document_kind"], data["document_number"])
        found = documents.find_by_document(working(), acting(), draft, keys=_keys())
        if found is None:
            return render_template("admin/entities_nobody.html")
        return _to("profile", entity_id=found.id)

    schema, back = entity_forms.Document(), url_for("entities.index")
    return form_page(N_("Find a person by document"), schema, act, back=back)


@desk.post("/<int:entity_id>/publish")
@requires("approver")
def publish_changes(entity_id: int) -> ResponseReturnValue:
    service.publish_changes(working(), acting(), entity_id)
    return _to("profile", entity_id=entity_id)


@desk.post("/<int:entity_id>/propose")
@requires(*WRITERS)
def propose(entity_id: int) -> ResponseReturnValue:
    merging.propose(working(), acting(), entity_id)
    return _to("profile", entity_id=entity_id)


@desk.get("/duplicates")
@requires(*READERS)
def duplicates() -> ResponseReturnValue:
    wanted = forms.load(entity_forms.EntitySearch(), request.args)
    page = queries.proposed_merges(working(), wanted["page"])
    pairs = [
        (row, queries.entity(working(), row.low_id), queries.entity(working(), row.high_id))
        for row in page.rows
    ]
    return render_template("admin/entities_duplicates.html", page=page, pairs=pairs)


@desk.route("/<int:entity_id>/merge/<int:other_id>", methods=["GET", "POST"])
@requires("reviewer", "approver")
def merge(entity_id: int, other_id: int) -> ResponseReturnValue:
    kept, other = queries.profile(working(), entity_id), queries.profile(working(), other_id)
    context: dict[str, Any] = {"kept": kept, "other": other}
    schema = entity_forms.Merge()
    if request.method == "GET":
        versions = {"version": kept.entity.version, "other_version": other.entity.version}
        return show("admin/entities_merge.html", schema, versions, **context)

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        seen = (data["version"], data["other_version"])
        merging.merge(
            working(), acting(), entity_id, other_id, versions=seen, reason=data["reason"]
        )
        return _to("profile", entity_id=entity_id)

    refusals = (merging.DifferentCodes, merging.DifferentKinds)
    return handle("admin/entities_merge.html", schema, act, *refusals, **context)


@desk.route("/duplicates/<int:merge_id>/dismiss", methods=["GET", "POST"])
@requires("reviewer", "approver")
def dismiss(merge_id: int) -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        merging.dismiss(working(), acting(), merge_id, data["reason"])
        return _to("duplicates")

    schema, back = entity_forms.Dismissal(), url_for("entities.duplicates")
    return form_page(N_("Not the same"), schema, act, back=back)
