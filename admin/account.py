"""The officer's own account: password, device, deputies, sessions; and confirming who he is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from admin import context
from admin import session as signing
from admin.context import acting, confirmed, officer, signed_in, working
from admin.forms import handle, show
from registry.core.errors import NotFound
from registry.core.web.moment import now
from registry.office.staff import (
    credentials,
    queries,
    resets,
    roles,
    second_factor,
    sessions,
)
from registry.office.staff.models import AccountReset
from schemas.staff import DeputyForm, DeviceCode, NewPassword, StepUp

desk = Blueprint("account", __name__, url_prefix="/account")


def overview(account_id: int) -> dict[str, Any]:
    """What a page about one officer shows of him."""
    deputies = queries.deputies(working(), account_id, acting().today)
    people = {one for row in deputies for one in (row.absent_id, row.deputy_id)}
    return {
        "grants": queries.grants(working(), account_id),
        "deputies": deputies,
        "names": queries.names_of(working(), people),
        "sessions": queries.sessions(working(), account_id, now()),
        "codes_left": second_factor.left(working(), account_id),
        "announced": announced(account_id),
    }


def announced(account_id: int) -> tuple[AccountReset, str] | None:
    """A reset of the account that is asked for, and by whom, for its officer to see."""
    asked = resets.pending_of(working(), account_id, now())
    if asked is None:
        return None
    return asked, queries.names_of(working(), {asked.requested_by or 0}).get(
        asked.requested_by or 0, ""
    )


def colleagues(account_id: int, authority_id: int) -> list[tuple[str, str]]:
    """Who could stand in, for a form."""
    found = queries.colleagues(working(), authority_id)
    return [(str(one.id), f"{one.name} ({one.login})") for one in found if one.id != account_id]


@desk.get("")
@signed_in
def index() -> ResponseReturnValue:
    mine = officer()
    return show(
        "admin/account.html",
        DeputyForm(colleagues(mine.account_id, mine.authority_id)),
        officer=mine,
        authority=queries.authority(working(), mine.authority_id),
        standing=context.standing(),
        **overview(mine.account_id),
    )


@desk.route("/confirm", methods=["GET", "POST"])
@signed_in
def confirm() -> ResponseReturnValue:
    if request.method == "GET":
        return show("admin/confirm.html", StepUp())

    def act(data: dict[str, str]) -> ResponseReturnValue:
        fresh = credentials.step_up(
            context.door(), context.token(), data["password"], data["code"], now()
        )
        return context.carry(redirect(context.safe_next(), 303), fresh)

    return handle("admin/confirm.html", StepUp(), act, credentials.StepUpFailed)


@desk.route("/password", methods=["GET", "POST"])
@signed_in
@confirmed
def password() -> ResponseReturnValue:
    if request.method == "GET":
        return show("admin/new_password.html", NewPassword())

    def act(data: dict[str, str]) -> ResponseReturnValue:
        fresh = credentials.choose_password(
            context.door(), context.token(), data["password"], now()
        )
        session.clear()
        return context.carry(redirect(url_for("account.index"), 303), fresh)

    return handle("admin/new_password.html", NewPassword(), act)


@desk.post("/device/new")
@signed_in
@confirmed
def new_device() -> ResponseReturnValue:
    credentials.new_device(context.door(), context.token(), now())
    return redirect(url_for("account.device"), 303)


@desk.route("/device", methods=["GET", "POST"])
@signed_in
@confirmed
def device() -> ResponseReturnValue:
    secret = signing.pending_secret()[0]
    if request.method == "GET":
        return show("admin/device.html", DeviceCode(), secret=secret)
    return handle("admin/device.html", DeviceCode(), signing.enrol, secret=secret)


@desk.get("/device.svg")
@signed_in
@confirmed
def device_image() -> ResponseReturnValue:
    return signing.device_image()


@desk.post("/recovery-codes")
@signed_in
@confirmed
def recovery_codes() -> ResponseReturnValue:
    made = second_factor.renew_recovery_codes(working(), officer().account_id, now())
    return render_template("admin/recovery_codes.html", codes=made, target=url_for("account.index"))


@desk.post("/deputies")
@signed_in
def name_deputy() -> ResponseReturnValue:
    mine = officer()
    schema = DeputyForm(colleagues(mine.account_id, mine.authority_id))

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        roles.set_deputy(
            working(),
            mine,
            absent_id=mine.account_id,
            deputy_id=int(data["deputy"]),
            since=data["since"],
            until=data["until"],
            now=now(),
        )
        return redirect(url_for("account.index"), 303)

    return handle(
        "admin/account.html",
        schema,
        act,
        officer=mine,
        authority=queries.authority(working(), mine.authority_id),
        standing=context.standing(),
        **overview(mine.account_id),
    )


@desk.post("/deputies/<int:deputy_id>/end")
@signed_in
def end_deputy(deputy_id: int) -> ResponseReturnValue:
    roles.end_deputy(working(), officer(), deputy_id, now())
    return redirect(url_for("account.index"), 303)


@desk.post("/resets/<int:reset_id>/refuse")
@signed_in
def refuse_reset(reset_id: int) -> ResponseReturnValue:
    mine = officer()
    asked = resets.pending_of(working(), mine.account_id, now())
    if asked is None or asked.id != reset_id:
        raise NotFound
    resets.refuse(working(), mine, reset_id, now())
    return redirect(url_for("account.index"), 303)


@desk.post("/sessions/end")
@signed_in
def end_sessions() -> ResponseReturnValue:
    mine, here = officer().account_id, context.standing()
    keep = here.session_id if here else None
    sessions.end_all(working(), mine, now(), by=mine, keep=keep)
    return redirect(url_for("account.index"), 303)
