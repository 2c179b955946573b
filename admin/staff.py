"""The staff desk: officers, their roles and deputies, and the tree of authorities."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.account import colleagues, overview
from admin.context import confirmed, door, officer, requires, standing, store, working
from admin.forms import handle, searched, show
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.core.web import forms
from registry.core.web.moment import now
from registry.office.entities import queries as entities
from registry.office.publisher import authorities as publishing
from registry.office.staff import queries, resets, roles, service
from registry.office.staff.models import Authority
from schemas.staff import (
    AmendAuthority,
    DeputyForm,
    NewAccount,
    NewAuthority,
    Rename,
    Reset,
    Role,
    SmallOffice,
    StaffSearch,
)

desk = Blueprint("staff", __name__, url_prefix="/staff")


def _organization(code: str) -> int | None:
    """The entity with this credit code. Raises ``InvalidInput`` where there is none."""
    found = entities.find(working(), code=code) if code else []
    if code and not found:
        raise InvalidInput({"organization": [N_("The registry knows no unit with this code.")]})
    return found[0].id if found else None


def _subtree() -> list[tuple[str, str]]:
    # The request's own session would hold the writer's lock while a password is hashed.
    with store().read() as session:
        found = queries.authorities(session, officer().authority_path)
        return [(str(one.id), one.name) for one in found]


def _back(account_id: int) -> ResponseReturnValue:
    return redirect(url_for("staff.member", account_id=account_id), 303)


def _once(account_id: int, password: str, half: str = "") -> str:
    """The page with a one-time password, or with the ``first`` or ``second`` half of one."""
    account = queries.account(working(), officer(), account_id)
    pending = resets.pending_of(working(), account_id, now())
    return render_template(
        "admin/staff_password.html", account=account, password=password, half=half, pending=pending
    )


@desk.route("", methods=["GET", "POST"])
@requires("administrator", "auditor")
def index() -> ResponseReturnValue:
    given = searched()
    wanted = forms.load(StaffSearch(), given)
    return show(
        "admin/staff.html",
        StaffSearch(),
        given,
        rows=queries.staff(working(), officer(), wanted["text"]),
        proposals=queries.proposals(working(), officer()),
        resets=resets.pending(working(), officer(), now()),
        mine=officer(),
    )


@desk.route("/add", methods=["GET", "POST"])
@requires("administrator")
@confirmed
def add() -> ResponseReturnValue:
    schema = NewAccount(_subtree())
    if request.method == "GET":
        return show("admin/staff_form.html", schema, kind="officer")

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        added, password = service.add_account(
            working(),
            officer(),
            login=data["login"],
            name=data["name"],
            authority_id=int(data["authority"]),
            grant=data.get("roles", []),
            entity_id=_organization(data["organization"]),
            now=now(),
        )
        return _once(added.id or 0, password)

    return handle("admin/staff_form.html", schema, act, kind="officer")


def _member(account_id: int) -> dict[str, Any]:
    account = queries.account(working(), officer(), account_id)
    here = standing()
    asked = resets.pending_of(working(), account_id, now())
    asker = queries.names_of(working(), {asked.requested_by or 0}) if asked else {}
    return {
        "account": account,
        "asked": asked,
        "asker": next(iter(asker.values()), ""),
        "may_confirm": asked is not None and resets.may_confirm(working(), officer(), asked, now()),
        "authority": queries.authority(working(), account.authority_id),
        "held": queries.roles_of(working(), [account_id]).get(account_id, frozenset()),
        "mine": officer(),
        "confirmed": here is not None and here.confirmed_lately,
        "reset_form": forms.describe(Reset()),
        "role_form": forms.describe(Role()),
        "rename_form": forms.describe(Rename()),
        **overview(account_id),
    }


def _deputy_form(account_id: int) -> DeputyForm:
    account = queries.account(working(), officer(), account_id)
    return DeputyForm(colleagues(account_id, account.authority_id))


@desk.get("/<int:account_id>")
@requires("administrator", "auditor")
def member(account_id: int) -> ResponseReturnValue:
    return show("admin/staff_member.html", _deputy_form(account_id), **_member(account_id))


@desk.post("/<int:account_id>/rename")
@requires("administrator")
@confirmed
def rename(account_id: int) -> ResponseReturnValue:
    data = forms.load(Rename(), request.form)
    service.rename(working(), officer(), account_id, data["name"], now())
    return _back(account_id)


@desk.post("/<int:account_id>/reset")
@requires("administrator")
@confirmed
def reset(account_id: int) -> ResponseReturnValue:
    data = forms.load(Reset(), request.form)
    asked = resets.ask(
        working(), door().vault, officer(), account_id, device=data["device"], now=now()
    )
    return _once(account_id, asked.shown, "" if asked.done else "first")


@desk.post("/resets/<int:reset_id>/confirm")
@requires("administrator")
@confirmed
def confirm_reset(reset_id: int) -> ResponseReturnValue:
    account_id, half = resets.confirm(working(), door().vault, officer(), reset_id, now())
    return _once(account_id, half, "second")


@desk.post("/resets/<int:reset_id>/refuse")
@requires("administrator")
@confirmed
def refuse_reset(reset_id: int) -> ResponseReturnValue:
    return _back(resets.refuse(working(), officer(), reset_id, now()))


@desk.post("/<int:account_id>/disable")
@requires("administrator")
@confirmed
def disable(account_id: int) -> ResponseReturnValue:
    service.disable(working(), officer(), account_id, now())
    return _back(account_id)


@desk.post("/<int:account_id>/enable")
@requires("administrator")
@confirmed
def enable(account_id: int) -> ResponseReturnValue:
    service.enable(working(), officer(), account_id, now())
    return _back(account_id)


@desk.post("/<int:account_id>/roles")
@requires("administrator")
@confirmed
def grant(account_id: int) -> ResponseReturnValue:
    data = forms.load(Role(), request.form)
    roles.grant(working(), officer(), account_id, data["role"], now())
    return _back(account_id)


@desk.post("/<int:account_id>/roles/revoke")
@requires("administrator")
@confirmed
def revoke(account_id: int) -> ResponseReturnValue:
    data = forms.load(Role(), request.form)
    roles.revoke(working(), officer(), account_id, data["role"], now())
    return _back(account_id)


@desk.post("/proposals/<int:grant_id>/confirm")
@requires("administrator")
@confirmed
def confirm(grant_id: int) -> ResponseReturnValue:
    return _back(roles.confirm(working(), officer(), grant_id, now()).account_id)


@desk.post("/proposals/<int:grant_id>/refuse")
@requires("administrator")
@confirmed
def refuse(grant_id: int) -> ResponseReturnValue:
    return _back(roles.refuse(working(), officer(), grant_id, now()).account_id)


@desk.post("/<int:account_id>/deputies")
@requires("administrator")
@confirmed
def name_deputy(account_id: int) -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        roles.set_deputy(
            working(),
            officer(),
            absent_id=account_id,
            deputy_id=int(data["deputy"]),
            since=data["since"],
            until=data["until"],
            now=now(),
        )
        return _back(account_id)

    form = _deputy_form(account_id)
    return handle("admin/staff_member.html", form, act, **_member(account_id))


@desk.post("/<int:account_id>/deputies/<int:deputy_id>/end")
@requires("administrator")
@confirmed
def end_deputy(account_id: int, deputy_id: int) -> ResponseReturnValue:
    roles.end_deputy(working(), officer(), deputy_id, now())
    return _back(account_id)


@desk.get("/authorities")
@requires("administrator", "auditor")
def authorities() -> ResponseReturnValue:
    found = queries.authorities(working(), officer().authority_path)
    return render_template("admin/staff_authorities.html", authorities=found, mine=officer())


@desk.post("/authorities/<int:authority_id>/publish")
@requires("administrator")
@confirmed
def publish_authority(authority_id: int) -> ResponseReturnValue:
    _seen(authority_id)
    publishing.publish_authority(working(), officer(), authority_id, now())
    return redirect(url_for("staff.authorities"), 303)


@desk.route("/authorities/add", methods=["GET", "POST"])
@requires("administrator")
@confirmed
def add_authority() -> ResponseReturnValue:
    schema = NewAuthority(_subtree())
    if request.method == "GET":
        return show("admin/staff_form.html", schema, kind="authority")

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        parent_id = int(data.pop("parent"))
        service.add_authority(working(), officer(), parent_id=parent_id, now=now(), **data)
        return redirect(url_for("staff.authorities"), 303)

    return handle("admin/staff_form.html", schema, act, kind="authority")


def _seen(authority_id: int) -> Authority:
    return queries.authority_seen(working(), officer(), authority_id)


@desk.route("/authorities/<int:authority_id>", methods=["GET", "POST"])
@requires("administrator")
@confirmed
def authority(authority_id: int) -> ResponseReturnValue:
    found = _seen(authority_id)
    shown: dict[str, Any] = {
        "authority": found,
        "small_form": forms.describe(SmallOffice()),
        "may_publish": publishing.may_publish(working(), officer(), found),
    }
    if request.method == "GET":
        values = {"name": found.name, "name_en": found.name_en, "region": found.region}
        return show("admin/staff_authority.html", AmendAuthority(), values, **shown)

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        service.amend_authority(working(), officer(), authority_id, now=now(), **data)
        return redirect(url_for("staff.authorities"), 303)

    return handle("admin/staff_authority.html", AmendAuthority(), act, **shown)


@desk.post("/authorities/<int:authority_id>/small-office")
@requires("administrator")
@confirmed
def small_office(authority_id: int) -> ResponseReturnValue:
    data = forms.load(SmallOffice(), request.form)
    _seen(authority_id)
    service.set_small_office(working(), officer(), authority_id, data["small"], now())
    return redirect(url_for("staff.authorities"), 303)
