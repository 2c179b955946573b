"""The year's opinions to local governments; each is a case of its own."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin.answerable_forms import csv_file
from admin.context import acting, officer, requires, working
from registry.core.web.locale import language
from registry.office.accountability.opinions import queries
from registry.office.accountability.standings import READERS
from registry.office.dockets import kinds

desk = Blueprint("opinions", __name__, url_prefix="/opinions")


def _year() -> int:
    """The year that is asked for, else this one."""
    given, now = request.args.get("year", type=int), acting().today.year
    return min(max(given, 2000), now) if given else now


@desk.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    today = acting().today
    return render_template(
        "admin/opinions.html",
        lines=queries.of_year(working(), officer(), _year(), today),
        year=_year(),
        today=today,
        can_open=officer().has(*kinds.get(queries.KIND).roles),
    )


@desk.get("/year.csv")
@requires(*READERS)
def sheet() -> ResponseReturnValue:
    lines = queries.of_year(working(), officer(), _year(), acting().today)
    return csv_file(f"opinions-{_year()}.csv", queries.as_rows(lines, language()))
