"""Who takes reports in: the duty roster of each authority, and whether its intake is open."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from admin import case_forms
from admin.context import acting, confirmed, officer, requires, working
from registry.core.i18n import N_
from registry.core.web.moment import now
from registry.office.staff import leaders, officer_keys
from registry.office.staff import queries as staff
from registry.office.staff.officer import CASEWORK
from registry.office.tips import intake_keys
from schemas.fields import Form, Reference, meta

desk = Blueprint("duty", __name__, url_prefix="/duty")


@desk.get("")
@requires("administrator", "auditor")
def index() -> ResponseReturnValue:
    return _page({})


@desk.post("")
@requires("administrator")
@confirmed
def add() -> ResponseReturnValue:
    def done(data: dict[str, Any]) -> ResponseReturnValue:
        officer_keys.put_on_duty(working(), officer(), data["authority"], data["account"], now())
        return redirect(url_for("duty.index"), 303)

    return case_forms.submit("admin/duty.html", _form(), done, **_shown())


@desk.post("/<int:duty_id>/end")
@requires("administrator")
@confirmed
def end(duty_id: int) -> ResponseReturnValue:
    officer_keys.take_off_duty(working(), officer(), duty_id, now())
    return redirect(url_for("duty.index"), 303)


def _page(values: dict[str, Any]) -> ResponseReturnValue:
    return case_forms.page("admin/duty.html", _form(), values or request.args, **_shown())


def _form() -> Schema:
    places = staff.authorities(working(), officer().authority_path)
    people = [
        (str(one.id), f"{one.name} ({one.login})")
        for place in places
        for one in staff.colleagues(working(), place.id or 0, CASEWORK)
    ]
    offices = [(str(one.id), one.name) for one in places]
    made: Schema = type(
        "DutyForm",
        (Form,),
        {
            "authority": Reference(
                "select", required=True, metadata=meta(N_("Authority"), choices=offices)
            ),
            "account": Reference(
                "select", required=True, metadata=meta(N_("Officer"), choices=people)
            ),
        },
    )()
    return made


def _shown() -> dict[str, Any]:
    session = working()
    opened = intake_keys.open_intakes(session)
    rows = []
    for place in staff.authorities(session, officer().authority_path):
        roster = officer_keys.on_duty(session, place.id or 0)
        names = staff.names_of(session, {one.account_id for one in roster})
        duty = [
            (one, names.get(one.account_id, ""), officer_keys.current(session, one.account_id))
            for one in roster
        ]
        custodians = officer_keys.custodian_keys(session, place)
        heads = leaders.leaders(session, place.id or 0, acting())
        rows.append((place, duty, len(custodians), place.id in opened, heads))
    return {
        "rows": rows,
        "recovery": officer_keys.recovery(session),
        "mine": acting().officer,
    }
