"""The desk of leaders: who they are; who must go underground, is due or overdue, what they saw."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import case_forms
from admin.answerable_forms import form
from admin.context import acting, confirmed, officer, requires, working
from admin.forms import searched
from registry.core.i18n import N_
from registry.core.web import sessions as stores
from registry.office.accountability.leaders import queries, service
from registry.office.accountability.standings import READERS
from registry.office.entities import site_queries
from registry.office.staff import leaders
from registry.office.staff import queries as staff
from registry.office.staff.officer import CASEWORK
from schemas.accountability import NewLeader, PostEnd, Visit
from schemas.fields import Reference, meta

LOOKERS = (*READERS, "administrator")
"""An administrator keeps the list and sees of what was done underground only the days."""
LEADERS = N_(
    "Leaders need no account. A report that speaks of one, by name or by surname and post, goes to"
    " the office above, unread; so does one about a leader of an office above."
)
desk = Blueprint("leaders", __name__, url_prefix="/leaders")


@desk.get("")
@requires(*LOOKERS)
def index() -> ResponseReturnValue:
    now = acting()
    with stores.independent("working") as session:
        service.note_reading(session, now)
    return render_template(
        "admin/leaders.html",
        lines=queries.board(working(), officer(), now.book, now.today),
        posts=now.rules.table(leaders.POSTS),
        keeper=officer().has(*leaders.KEEPERS),
        reader=officer().has(*READERS),
        may_end=lambda one: leaders.may_end(now, one),
        today=now.today,
        term=now.rules.deadline(queries.RULE),
    )


@desk.route("/new", methods=["GET", "POST"])
@requires(*leaders.KEEPERS)
def new() -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        leaders.add(working(), acting(), data)
        return redirect(url_for("leaders.index"), 303)

    return form(
        case_forms.blend(NewLeader(), more=_place()),
        act,
        N_("Enter a leader"),
        url_for("leaders.index"),
        told=LEADERS,
        values=request.args,
    )


def _place() -> dict[str, Any]:
    """An administrator says whose leader it is; anybody else enters those of his own."""
    if not officer().has("administrator"):
        return {}
    offices = [
        (str(one.id), one.name) for one in staff.authorities(working(), officer().authority_path)
    ]
    chosen = meta(N_("Authority"), choices=offices)
    return {"authority": Reference("select", required=True, metadata=chosen)}


@desk.get("/<int:leader_id>")
@requires(*READERS)
def one(leader_id: int) -> ResponseReturnValue:
    now = acting()
    found = leaders.leader(working(), officer(), leader_id)
    with stores.independent("working") as session:
        service.note_reading(session, now, found)
    visits = queries.visits_of(working(), leader_id)
    days = [line.visit.visited_on for line in visits]
    obliged = queries.obliged(now.rules, found)
    return render_template(
        "admin/leaders_one.html",
        leader=found,
        duty=queries.duty(found, days, now.book, now.today),
        visits=visits,
        obliged=obliged,
        posts=now.rules.table(leaders.POSTS),
        shifts=now.rules.titles("mine_shifts"),
        may_end=leaders.may_end(now, found),
        can_work=officer().has(*CASEWORK) and obliged,
        today=now.today,
    )


@desk.route("/<int:leader_id>/end", methods=["GET", "POST"])
@requires(*leaders.KEEPERS)
@confirmed
def end(leader_id: int) -> ResponseReturnValue:
    leaders.leader(working(), officer(), leader_id)

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        leaders.end(working(), acting(), leader_id, data["until"])
        return redirect(url_for("leaders.index"), 303)

    return form(PostEnd(), act, N_("End of the post"), url_for("leaders.index"))


@desk.route("/<int:leader_id>/visit", methods=["GET", "POST"])
@requires(*CASEWORK)
def visit(leader_id: int) -> ResponseReturnValue:
    found = leaders.leader(working(), officer(), leader_id)
    site_id = request.args.get("site", type=int)
    if site_id is None:
        text = searched().get("q", "").strip()[:200]
        sites = site_queries.search_sites(working(), text) if text else None
        return render_template("admin/leaders_site.html", leader=found, text=text, found=sites)
    site = site_queries.site(working(), site_id)

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        service.visit(working(), acting(), leader_id, site_id, data)
        return redirect(url_for("leaders.one", leader_id=leader_id), 303)

    back = url_for("leaders.one", leader_id=leader_id)
    return form(Visit(), act, N_("Visit underground"), back, note=f"{found.name} · {site.name}")
