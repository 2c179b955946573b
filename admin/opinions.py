"""The year's opinions to local governments; each is a case of its own."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from admin.context import acting, officer, requires, working
from registry.core.web.locale import language
from registry.office.accountability.opinions import queries
from registry.office.accountability.standings import READERS
from registry.office.dockets import kinds

desk = Blueprint("opinions", __name__, url_prefix="/opinions")
BOM = "\ufeff"


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
    written = io.StringIO()
    csv.writer(written).writerows(queries.as_rows(lines, language()))
    headers = {"Content-Disposition": f"attachment; filename=opinions-{_year()}.csv"}
    return Response(BOM + written.getvalue(), mimetype="text/csv", headers=headers)
