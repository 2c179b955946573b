"""The start desk: what is overdue, what is due, what waits for the officer."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from admin.account import announced
from admin.context import acting, officer, signed_in, working
from registry.core.web.moment import now
from registry.office.dockets import queries as dockets
from registry.office.procedures import queries as filings
from registry.office.staff import queries as staff
from registry.office.staff import resets
from registry.office.staff.officer import CASEWORK, FILER

desk = Blueprint("today", __name__)

READERS = (*CASEWORK, "auditor")
"""Administrators arrange staff; cases are none of their business."""


@desk.get("/")
@signed_in
def index() -> ResponseReturnValue:
    mine = officer()
    if mine.has(FILER):
        return redirect(url_for("filing.index"))
    administers = mine.has("administrator")
    proposals = staff.proposals(working(), mine) if administers else []
    asked = resets.pending(working(), mine, now()) if administers else []
    return render_template(
        "admin/today.html",
        view=dockets.desk(working(), mine, acting().today) if mine.has(*READERS) else None,
        officer=mine,
        authority=staff.authority(working(), mine.authority_id),
        stands_in_for=sorted(staff.names_of(working(), mine.deputising_for).values()),
        announced=announced(mine.account_id),
        resets=[one for one, _ in asked if resets.may_confirm(working(), mine, one, now())],
        filed=filings.count(working(), mine) if mine.has(*CASEWORK) else 0,
        proposals=[one for one, _ in proposals if one.granted_by not in mine.identities],
    )
