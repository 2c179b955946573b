"""Figures of the registry: what stands today, and dated figures of the office by period."""

from __future__ import annotations

import io

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from public_site import context
from public_site.pages.records import canonical, find
from public_site.present import figures as present
from public_site.present import punishment
from public_site.present.proof import proof_of
from public_site.release import public
from registry.core.errors import NotFound
from registry.core.i18n import N_
from registry.core.sheets import writers
from registry.core.web.moment import now
from registry.public.gazette import queries
from registry.public.indicators.definition import Indicator, load
from registry.public.indicators.periods import LENGTHS, TITLES, Length

pages = Blueprint("statistics", __name__)


class UnknownIndicator(NotFound):
    """No indicator of this code is published."""

    message = N_("There is no such indicator. The definitions list all of them.")


@pages.get("/statistics")
@public()
def index() -> str:
    """Counts of today, then the newest published period beside the year before, with charts."""
    session = context.gazette()
    found = present.all_told(now())
    length = _length(found)
    here = found[length][-1] if found[length] else None
    definitions = here.definitions if here else load()
    before = present.year_before(here, found[length]) if here else None
    shown = definitions.published(length)
    return render_template(
        "public/statistics.html",
        figures=queries.figures(session, now()),
        rules=context.rules(),
        punishment=punishment.latest(session, context.rules(), now()),
        dangers=present.dangers(now()),
        length=length,
        lengths=[(one, TITLES[one]) for one in LENGTHS if found[one]],
        here=here,
        before=before,
        groups=[
            (title, list(present.lines(group, here, before)))
            for title, group in definitions.by_group()
        ]
        if here
        else [],
        charts=[present.series(one, found[length], length) for one in shown if one.chart],
        unit=present.unit,
    )


def _length(found: dict[Length, list[present.Told]]) -> Length:
    """The length asked for, else the shortest that is published."""
    asked = request.args.get("of", "")
    usable = [one for one in LENGTHS if found[one]]
    return next((one for one in usable if one == asked), usable[0] if usable else "month")


@pages.get("/statistics/definitions")
@public(max_age=300)
def definitions() -> str:
    """What each indicator counts."""
    found = load()
    return render_template(
        "public/statistics_definitions.html", definitions=found, unit=present.unit
    )


@pages.get("/statistics/indicators/<code>")
@public()
def indicator(code: str) -> str:
    """One indicator over time and by region."""
    one = _indicator(code)
    found = present.all_told(now())
    series = [
        (length, TITLES[length], present.series(one, found[length], length)) for length in LENGTHS
    ]
    newest = next((found[length][-1] for length in one.lengths if found[length]), None)
    return render_template(
        "public/statistics_indicator.html",
        one=one,
        group=load().groups[one.group],
        series=[entry for entry in series if entry[2].points],
        newest=newest,
        regions=newest.by_region(one) if newest else [],
        unit=present.unit,
        below=load().below,
    )


@pages.get("/statistics/indicators/<code>.csv")
@public()
def indicator_csv(code: str) -> ResponseReturnValue:
    """All that is published of one indicator."""
    one = _indicator(code)
    file = io.StringIO(newline="")
    writers.write_csv(file, present.CSV, present.csv_rows(one, present.all_told(now())))
    answer = Response(file.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{one.code}.csv"'
    return answer


def _indicator(code: str) -> Indicator:
    one = load().all.get(code)
    if one is None or not one.public:
        raise UnknownIndicator
    return one


@pages.get("/statistics/<id>")
@public()
def snapshot(id: str) -> ResponseReturnValue:
    """The figures of one period as published, with their proof."""
    if moved := canonical(id, "statistics.snapshot"):
        return moved
    record = find(id, "snapshot")
    here = present.told(record)
    return render_template(
        "public/statistics_period.html",
        record=record,
        here=here,
        groups=[
            (title, list(present.lines(group, here, None)))
            for title, group in here.definitions.by_group()
        ],
        unit=present.unit,
        proof=proof_of(context.gazette(), record, now()),
    )
