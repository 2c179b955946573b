"""The desk of statistics: figures of the officer's subtree by period, what lies behind each, and
the sheet for assessments."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from admin.cases import SEALED
from admin.context import acting, officer, requires, working
from registry.core.clock import SHANGHAI
from registry.core.sheets import writers
from registry.core.web import forms
from registry.core.web import sessions as stores
from registry.core.web.locale import language, say
from registry.office.accountability.standings import READERS
from registry.office.dockets import kinds
from registry.office.staff import queries as staff
from registry.office.staff.models import Authority
from registry.office.statistics import assessment, queries
from registry.public.indicators.definition import UNIT_TITLES, Indicator
from registry.public.indicators.periods import Period, parse
from schemas.statistics import Asked

desk = Blueprint("statistics", __name__, url_prefix="/statistics")
LIST = 60
"""Periods offered for choice."""


def _asked() -> tuple[Authority, Period | None]:
    """The unit and period that the address asks for. Raises ``InvalidInput``, ``NotFound``."""
    wanted = forms.load(Asked(), request.args)
    unit = wanted.get("unit") or officer().authority_id
    period = parse(wanted["period"]) if wanted.get("period") else None
    return staff.authority_seen(working(), officer(), unit), period


def _choices() -> dict[str, Any]:
    session = working()
    periods = dict.fromkeys(
        one.period
        for one in queries.snapshots(session)
        if one.computed_at.astimezone(SHANGHAI).date() > one.last
    )
    return {
        "periods": [parse(code) for code in list(periods)[:LIST]],
        "units": list(queries.subtree(session, officer().authority_path).values()),
        "unit_title": unit_title,
        "form": forms.describe(Asked()),
    }


def unit_title(one: Indicator) -> str:
    """What the indicator is counted in."""
    return say(UNIT_TITLES[one.unit])


@desk.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    unit, period = _asked()
    choices = _choices()
    period = period or next(iter(choices["periods"]), None)
    found = assessment.sheet(working(), unit, period) if period else None
    return render_template(
        "admin/statistics.html", unit=unit, period=period, sheet=found, **choices
    )


@desk.get("/rows/<int:snapshot_id>/<indicator>/<int:authority_id>")
@requires(*READERS)
def rows(snapshot_id: int, indicator: str, authority_id: int) -> ResponseReturnValue:
    session = working()
    unit = staff.authority_seen(session, officer(), authority_id)
    found = queries.snapshot(session, snapshot_id)
    one = queries.indicator(found, indicator)
    behind = queries.behind(session, officer(), found, one, authority_id)
    with stores.independent("working") as own:
        queries.note_reading(own, acting(), found, one, authority_id)
    return render_template(
        "admin/statistics_rows.html",
        snapshot=found,
        period=parse(found.period),
        one=one,
        behind=behind,
        unit=unit,
        units=queries.subtree(session, unit.path),
        tables=kinds.book().tables,
        sealed=SEALED,
        unit_title=unit_title,
    )


@desk.get("/assessment")
@requires(*READERS)
def paper() -> ResponseReturnValue:
    unit, period = _asked()
    choices = _choices()
    long = [one for one in choices["periods"] if one.length in ("half", "year")]
    period = period or next(iter(long), None)
    found = assessment.sheet(working(), unit, period) if period else None
    return render_template(
        "admin/statistics_assessment.html",
        unit=unit,
        period=period,
        sheet=found,
        **(choices | {"periods": long}),
    )


@desk.get("/assessment.<any(csv, xlsx):form>")
@requires(*READERS)
def export(form: str) -> ResponseReturnValue:
    unit, period = _asked()
    found = assessment.sheet(working(), unit, period) if period else None
    if found is None:
        return paper()
    with stores.independent("working") as own:
        assessment.note_export(own, acting(), found, form)
    header = [head.in_(language()) for head in assessment.HEADER]
    words = {title: say(title) for title in UNIT_TITLES.values()}
    content = assessment.as_rows(found, language(), words)
    made = _FORMS[form](header, content)
    name = f"assessment-{unit.region}-{found.period.code}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made, content_type=_TYPES[form], headers=headers)


def _csv(header: list[str], content: Any) -> bytes:
    file = io.StringIO(newline="")
    writers.write_csv(file, header, content)
    return file.getvalue().encode()


_FORMS: dict[str, Callable[[list[str], Any], bytes]] = {"csv": _csv, "xlsx": writers.xlsx_bytes}
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
