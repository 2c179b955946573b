"""Signing in and out. Each step is a page; the session's stage says which comes next."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from admin import context
from admin.forms import handle, show
from registry.core.codes import qr
from registry.core.web.moment import now
from registry.office.staff import credentials, sessions, signing_in
from schemas.staff import DeviceCode, NewPassword, OneTimeCode, SignIn

desk = Blueprint("session", __name__)

_PAGES = {"code": "session.code", "password": "session.password", "enrol": "session.device"}


def _go_on(token: str) -> ResponseReturnValue:
    """To the page of the session's stage, under its new token."""
    with context.store().read() as read:
        standing = sessions.standing(read, token, now())
    stage = standing.stage if standing else "full"
    page = _PAGES.get(stage)
    # The form token of before belongs to whoever knew the session of before.
    session.clear()
    target = url_for(page, next=request.args.get("next")) if page else context.safe_next()
    return context.carry(redirect(target, 303), token)


def _at(stage: str) -> bool:
    standing = context.standing()
    return standing is not None and standing.stage == stage


def _start() -> ResponseReturnValue:
    return redirect(url_for("session.sign_in", next=request.args.get("next")))


@desk.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    if request.method == "GET":
        return show("admin/sign_in.html", SignIn())

    def act(data: dict[str, str]) -> ResponseReturnValue:
        return _go_on(
            signing_in.give_password(context.door(), data["login"], data["password"], now())
        )

    return handle("admin/sign_in.html", SignIn(), act, signing_in.SignInFailed)


@desk.route("/sign-in/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    if not _at("code"):
        return _start()
    if request.method == "GET":
        return show("admin/second_factor.html", OneTimeCode())

    def act(data: dict[str, str]) -> ResponseReturnValue:
        return _go_on(signing_in.give_code(context.door(), context.token(), data["code"], now()))

    return handle("admin/second_factor.html", OneTimeCode(), act, signing_in.SignInFailed)


@desk.route("/sign-in/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    if not _at("password"):
        return _start()
    if request.method == "GET":
        return show("admin/new_password.html", NewPassword())

    def act(data: dict[str, str]) -> ResponseReturnValue:
        return _go_on(
            credentials.choose_password(context.door(), context.token(), data["password"], now())
        )

    return handle("admin/new_password.html", NewPassword(), act)


@desk.route("/sign-in/device", methods=["GET", "POST"])
def device() -> ResponseReturnValue:
    if not _at("enrol"):
        return _start()
    secret = pending_secret()[0]
    if request.method == "GET":
        return show("admin/device.html", DeviceCode(), secret=secret)
    return handle("admin/device.html", DeviceCode(), enrol, secret=secret)


def enrol(data: dict[str, Any]) -> ResponseReturnValue:
    """Make the device count; its recovery codes are shown this once."""
    token, made = credentials.confirm_device(context.door(), context.token(), data["code"], now())
    session.clear()
    page = render_template("admin/recovery_codes.html", codes=made, target=context.safe_next())
    return context.carry(page, token)


def pending_secret() -> tuple[str, str]:
    """The secret to be put on a device, and its address for the QR code."""
    with context.store().read() as read:
        return credentials.device_secret(read, context.door().vault, context.token(), now())


@desk.get("/sign-in/device.svg")
def device_image() -> Response:
    """The pending secret as a QR code. An image with no script, no style and no reference."""
    return Response(qr.svg(pending_secret()[1]), mimetype="image/svg+xml")


@desk.post("/sign-out")
def leave() -> ResponseReturnValue:
    signing_in.leave(context.door(), context.token(), now())
    session.clear()
    return context.drop(redirect(url_for("session.sign_in"), 303))
