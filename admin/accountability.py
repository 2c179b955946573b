"""The desk of who is answerable: units, officers, what is overdue, the chain of a case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.answerable_forms import csv_file
from admin.cases import SEALED
from admin.context import acting, officer, requires, working
from registry.core.errors import NotFound
from registry.core.web import forms
from registry.core.web import sessions as stores
from registry.core.web.locale import language, say
from registry.office import dockets
from registry.office.accountability import behind, chain, overdue, standings
from registry.office.accountability.standings import HEADS, READERS, Span, Whose
from registry.office.dockets import kinds
from registry.office.staff import queries as staff
from schemas.accountability import Asked

desk = Blueprint("accountability", __name__, url_prefix="/accountability")
YEAR = timedelta(days=365)


def _asked() -> tuple[Span, dict[str, Any]]:
    """What the address asks for. Raises ``InvalidInput``."""
    wanted = forms.load(Asked(), request.args)
    today = acting().today
    day = min(wanted.get("as_of") or today, today)
    return Span(day, today, min(wanted.get("since") or day - YEAR, day)), wanted


@desk.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    if not officer().has(*HEADS):
        return redirect(url_for("accountability.one", account_id=officer().account_id))
    span, _ = _asked()
    lines = standings.units(working(), officer(), span)
    return render_template("admin/answerable.html", lines=lines, span=span, **_filter())


@desk.get("/officers/<int:account_id>")
@requires(*READERS)
def one(account_id: int) -> ResponseReturnValue:
    account, whose = standings.officer_of(working(), account_id)
    unit = staff.authority(working(), account.authority_id)
    return _page(whose, name=account.name, unit=unit, lines=())


@desk.get("/units/<int:authority_id>")
@requires(*HEADS)
def unit(authority_id: int) -> ResponseReturnValue:
    found = staff.authority_seen(working(), officer(), authority_id)
    span, _ = _asked()
    lines = standings.officers(working(), authority_id, span)
    return _page(Whose(authority_id), name=found.name, unit=found, lines=lines)


def _page(whose: Whose, **context: object) -> ResponseReturnValue:
    standings.may_read(working(), officer(), whose)
    span, wanted = _asked()
    if whose.account_id != officer().account_id:
        with stores.independent("working") as session:
            standings.note_reading(session, acting(), whose)
    what = cast(behind.What, wanted["what"])
    return render_template(
        "admin/answerable_one.html",
        line=standings.of(working(), whose, span),
        view=behind.rows(
            working(), whose, span, what, kind=wanted.get("kind") or "", page=wanted["page"]
        ),
        what=what,
        span=span,
        whose=whose,
        **_filter(),
        **context,
    )


def _filter() -> dict[str, Any]:
    tables = kinds.book().tables.values()
    return {
        "values": request.args,
        "kinds": sorted(((t.code, say(t.title)) for t in tables), key=lambda pair: pair[1]),
        "form": forms.describe(Asked()),
        "head": officer().has(*HEADS),
    }


@desk.get("/overdue")
@requires(*HEADS)
def late() -> ResponseReturnValue:
    span, _ = _asked()
    lines = overdue.for_officer(working(), officer(), span)
    return render_template("admin/answerable_overdue.html", lines=lines, span=span, **_filter())


@desk.get("/overdue.csv")
@requires(*HEADS)
def late_csv() -> ResponseReturnValue:
    span, _ = _asked()
    lines = overdue.for_officer(working(), officer(), span)
    rows = overdue.as_rows(lines, span.day, language())
    return csv_file(f"overdue-{span.day.isoformat()}.csv", rows)


@desk.get("/cases/<int:docket_id>")
@requires(*READERS)
def case(docket_id: int) -> ResponseReturnValue:
    docket = dockets.load(working(), docket_id, acting())
    if docket.kind in SEALED:
        raise NotFound
    with stores.independent("working") as session:
        chain.note_reading(session, acting(), docket)
    return render_template(
        "admin/answerable_chain.html",
        docket=docket,
        table=kinds.get(docket.kind),
        chain=chain.chain(working(), acting(), docket),
        authority=staff.authority(working(), docket.authority_id),
        today=acting().today,
    )
