"""The desk of leaders who go underground: who is due, who is overdue, what they saw."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.answerable_forms import form
from admin.context import acting, officer, requires, working
from admin.forms import searched
from registry.core.i18n import N_
from registry.core.web import sessions as stores
from registry.office.accountability.leaders import queries, service
from registry.office.accountability.standings import READERS
from registry.office.entities import queries as entities
from registry.office.staff.officer import CASEWORK
from schemas.accountability import NewLeader, PostEnd, Visit

desk = Blueprint("leaders", __name__, url_prefix="/leaders")


@desk.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    now = acting()
    with stores.independent("working") as session:
        service.note_reading(session, now)
    return render_template(
        "admin/leaders.html",
        lines=queries.board(working(), officer(), now.book, now.today),
        posts=now.rules.titles("leader_posts"),
        keeper=officer().has(*service.KEEPERS),
        today=now.today,
        term=now.rules.deadline(queries.RULE),
    )


@desk.route("/new", methods=["GET", "POST"])
@requires(*service.KEEPERS)
def new() -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        added = service.add(working(), acting(), data)
        return redirect(url_for("leaders.one", leader_id=added.id), 303)

    return form(NewLeader(), act, N_("Enter a leader"), url_for("leaders.index"))


@desk.get("/<int:leader_id>")
@requires(*READERS)
def one(leader_id: int) -> ResponseReturnValue:
    now = acting()
    found = queries.leader(working(), officer(), leader_id)
    with stores.independent("working") as session:
        service.note_reading(session, now, found)
    visits = queries.visits_of(working(), leader_id)
    days = [line.visit.visited_on for line in visits]
    return render_template(
        "admin/leaders_one.html",
        leader=found,
        duty=queries.duty(found, days, now.book, now.today),
        visits=visits,
        posts=now.rules.titles("leader_posts"),
        shifts=now.rules.titles("mine_shifts"),
        keeper=officer().has(*service.KEEPERS),
        can_work=officer().has(*CASEWORK),
        today=now.today,
    )


@desk.route("/<int:leader_id>/end", methods=["GET", "POST"])
@requires(*service.KEEPERS)
def end(leader_id: int) -> ResponseReturnValue:
    queries.leader(working(), officer(), leader_id)

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        service.end(working(), acting(), leader_id, data["until"])
        return redirect(url_for("leaders.one", leader_id=leader_id), 303)

    return form(PostEnd(), act, N_("End of the post"), url_for("leaders.one", leader_id=leader_id))


@desk.route("/<int:leader_id>/visit", methods=["GET", "POST"])
@requires(*CASEWORK)
def visit(leader_id: int) -> ResponseReturnValue:
    found = queries.leader(working(), officer(), leader_id)
    site_id = request.args.get("site", type=int)
    if site_id is None:
        text = searched().get("q", "").strip()[:200]
        sites = entities.search_sites(working(), text) if text else None
        return render_template("admin/leaders_site.html", leader=found, text=text, found=sites)
    site = entities.site(working(), site_id)

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        service.visit(working(), acting(), leader_id, site_id, data)
        return redirect(url_for("leaders.one", leader_id=leader_id), 303)

    back = url_for("leaders.one", leader_id=leader_id)
    return form(Visit(), act, N_("Visit underground"), back, note=f"{found.name} · {site.name}")
