"""The board of major hidden dangers: live counts by authority, and the cases behind them."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin.context import acting, officer, requires, working
from registry.core.errors import NotFound
from registry.office.dockets import kinds
from registry.office.enforcement.hazards import queries
from registry.office.enforcement.quarters import lifecycle as quarters
from registry.office.staff import queries as staff
from registry.office.staff.officer import CASEWORK

desk = Blueprint("hazards", __name__, url_prefix="/hazards")
READERS = (*CASEWORK, "auditor")


@desk.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    rows = queries.board(working(), officer(), acting().today)
    quarter = quarters.newest_over(acting().today)
    return render_template(
        "admin/hazards.html",
        rows=rows,
        total=queries.total(rows),
        today=acting().today,
        quarter=quarter,
        due=quarters.due_day(quarter, acting().book),
        unreported=quarters.missing(working(), officer(), quarter),
        may_enter=officer().has("clerk"),
    )


@desk.get("/of/<int:authority_id>")
@requires(*READERS)
def cases(authority_id: int) -> ResponseReturnValue:
    if not officer().sees(staff.authority(working(), authority_id).path):
        raise NotFound
    late, alerts = (request.args.get(name) == "1" for name in ("overdue", "alerts"))
    found = queries.listed(
        working(), officer(), acting().today, authority_id, overdue=late, alerts=alerts
    )
    return render_template(
        "admin/hazards_cases.html",
        rows=found,
        overdue=late,
        alerts=alerts,
        states=kinds.get("hazard").states,
    )
