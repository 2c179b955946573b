"""The desk of the pool of experts: who is in it, until when, what binds him to others."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.answerable_forms import form
from admin.context import acting, officer, requires, working
from admin.forms import searched
from registry.core.i18n import N_
from registry.core.web import sessions as stores
from registry.office.accountability.experts import queries, service
from registry.office.accountability.experts.models import Expert
from registry.office.accountability.standings import READERS
from registry.office.entities import queries as entities
from registry.office.staff import kept
from schemas.experts import Interest, NewExpert, PoolEnd

desk = Blueprint("experts", __name__, url_prefix="/experts")


@desk.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    return render_template(
        "admin/experts.html",
        lines=queries.pool(working(), officer()),
        field_titles=acting().rules.titles("expert_fields"),
        keeper=officer().has(*service.KEEPERS),
        today=acting().today,
    )


@desk.route("/new", methods=["GET", "POST"])
@requires(*service.KEEPERS)
def new() -> ResponseReturnValue:
    person_id = request.args.get("person", type=int)
    if person_id is None:
        return _pick("person", "experts.new")
    person = entities.entity(working(), person_id)

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        added = service.add(working(), acting(), person_id, data)
        return redirect(url_for("experts.one", expert_id=added.id), 303)

    return form(NewExpert(), act, N_("Enter an expert"), url_for("experts.index"), note=person.name)


def _pick(kind: str, endpoint: str, **ids: int) -> ResponseReturnValue:
    """A page to search and choose a person or a unit from. The words come by POST."""
    text = searched().get("q", "").strip()[:200]
    wanted = "person" if kind == "person" else None
    found = entities.search(working(), text, kind=wanted) if text else None
    return render_template(
        "admin/experts_pick.html", text=text, found=found, kind=kind, endpoint=endpoint, ids=ids
    )


@desk.get("/<int:expert_id>")
@requires(*READERS)
def one(expert_id: int) -> ResponseReturnValue:
    found = kept.load(working(), Expert, expert_id, officer())
    with stores.independent("working") as session:
        service.note_reading(session, acting(), found)
    rules = acting().rules
    return render_template(
        "admin/experts_one.html",
        expert=found,
        person=entities.entity(working(), found.person_id),
        interests=queries.interests(working(), expert_id),
        appraisals=queries.appraisals(working(), officer(), found),
        field_titles=rules.titles("expert_fields"),
        interest_titles=rules.titles("expert_interests"),
        recusal=rules.deadline("expert.recusal"),
        keeper=officer().has(*service.KEEPERS),
        today=acting().today,
    )


@desk.route("/<int:expert_id>/end", methods=["GET", "POST"])
@requires(*service.KEEPERS)
def end(expert_id: int) -> ResponseReturnValue:
    kept.load(working(), Expert, expert_id, officer())

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        service.end(working(), acting(), expert_id, data["until"])
        return redirect(url_for("experts.one", expert_id=expert_id), 303)

    return form(
        PoolEnd(), act, N_("Last day in the pool"), url_for("experts.one", expert_id=expert_id)
    )


@desk.route("/<int:expert_id>/interest", methods=["GET", "POST"])
@requires(*service.KEEPERS)
def interest(expert_id: int) -> ResponseReturnValue:
    kept.load(working(), Expert, expert_id, officer())
    unit_id = request.args.get("unit", type=int)
    if unit_id is None:
        return _pick("unit", "experts.interest", expert_id=expert_id)
    unit = entities.entity(working(), unit_id)

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        service.declare(working(), acting(), expert_id, unit_id, data)
        return redirect(url_for("experts.one", expert_id=expert_id), 303)

    back = url_for("experts.one", expert_id=expert_id)
    return form(Interest(), act, N_("Enter an interest"), back, note=unit.name)
