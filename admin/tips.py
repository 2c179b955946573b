"""The desk for reports by the public: opened with a reason and one's own key, worked on sealed."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema
from marshmallow.fields import Integer
from nacl.public import PrivateKey

from admin import case_forms, context
from admin.context import acting, confirmed, requires, settings, working
from registry.core.codes import regions
from registry.core.errors import NotFound
from registry.core.i18n import N_
from registry.core.web import sessions as stores
from registry.core.web.locale import language
from registry.office.dockets import casefile, engine, kinds
from registry.office.dockets.models import Docket
from registry.office.rewards import from_tip
from registry.office.staff import officer_keys
from registry.office.staff import queries as staff
from registry.office.staff.officer import CASEWORK
from registry.office.tips import (
    about,
    asking,
    duplicates,
    files,
    handing,
    informing,
    opening,
    posting,
    queries,
    service,
)
from registry.office.tips.models import Tip
from registry.office.tips.opening import Opened
from registry.office.tips.service import Doing
from registry.public.inbox import sealing
from schemas import tips as forms
from schemas.fields import Reference, meta

desk = Blueprint("tips", __name__, url_prefix="/tips")

SHAPES: Mapping[str, type[Schema]] = {
    "refuse": forms.Refuse,
    "link": forms.Link,
    "write": forms.Letter,
    "take_over": forms.Why,
    "extend": forms.Step,
}
"""Form of a step; the others take a reason and, where wished, a letter."""
CLEAR = frozenset({"verifier_level", "authority"})
"""What a step says in clear; everything else is sealed."""
VERIFIERS = dict(forms.VERIFIERS)


def private() -> PrivateKey:
    """The officer's key, open in this session. Raises ``NoKeyHere``."""
    with context.store().read() as session:
        return officer_keys.open_here(session, context.token())


def open_key_id() -> str:
    """Of the officer's open key; empty where none is open."""
    try:
        return sealing.key_id(private().public_key)
    except officer_keys.NoKeyHere:
        return ""


@desk.get("")
@requires(*CASEWORK, "custodian")
def index() -> ResponseReturnValue:
    if not acting().officer.has(*CASEWORK):
        return redirect(url_for("tip_asks.identities"))
    given = {name: request.args.get(name, "")[:20] for name in ("category", "region", "state")}
    page = max(1, min(request.args.get("page", 1, type=int), 10_000))
    key_id = open_key_id()
    found = queries.queue(
        working(), acting(), key_id, **given, closed="closed" in request.args, page=page
    )
    return render_template(
        "admin/tips.html",
        queue=found,
        values=given,
        closed="closed" in request.args,
        states=kinds.get("tip").states,
        categories=acting().rules.titles("tip_categories"),
        has_key=bool(key_id),
        told=sum(one.row.opened_at is None for one in informing.waiting(working(), acting())),
    )


@desk.post("/seal-to-all")
@requires(*CASEWORK)
def seal_to_all() -> ResponseReturnValue:
    handing.seal_to_all(working(), acting(), private())
    return redirect(url_for("tips.index"), 303)


@desk.get("/<int:docket_id>")
@requires(*CASEWORK)
def show(docket_id: int) -> ResponseReturnValue:
    tip, docket = opening.load(working(), docket_id, acting())
    try:
        found = opening.look(working(), docket_id, acting(), private())
    except (opening.OpenFirst, opening.NotForYou, officer_keys.NoKeyHere) as why:
        return case_forms.page(
            "admin/tips_closed.html",
            forms.Opening(),
            {},
            tip=tip,
            docket=docket,
            why=None if isinstance(why, opening.OpenFirst) else why.message,
            **_clear(docket_id),
        )
    return render_template("admin/tips_one.html", **_page(found))


@desk.post("/<int:docket_id>/open")
@requires(*CASEWORK)
def unseal(docket_id: int) -> ResponseReturnValue:
    tip, docket = opening.load(working(), docket_id, acting())
    shown = {"tip": tip, "docket": docket, "why": None, **_clear(docket_id)}
    vault = context.door().vault

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        try:
            opening.open_tip(working(), docket_id, acting(), private(), data["reason"], vault=vault)
        except opening.Excluded:
            # Who turned out to be spoken of stays excluded, though his request fails.
            with stores.independent("working") as own:
                service.recuse(own, docket_id, acting(), private())
            raise
        except opening.AboutOffice:
            with stores.independent("working") as own:
                service.bring_above(own, docket_id, acting(), private())
            raise
        return back_to(docket_id)

    return case_forms.submit("admin/tips_closed.html", forms.Opening(), act, **shown)


def _private_or_none() -> PrivateKey | None:
    try:
        return private()
    except officer_keys.NoKeyHere:
        return None


@desk.post("/<int:docket_id>/recuse")
@requires(*CASEWORK)
def recuse(docket_id: int) -> ResponseReturnValue:
    service.recuse(working(), docket_id, acting(), _private_or_none())
    return redirect(url_for("tips.index"), 303)


@desk.post("/<int:docket_id>/concerns-us")
@requires(*CASEWORK)
def declare(docket_id: int) -> ResponseReturnValue:
    """It concerns this office's leaders, though none is named as they are known here."""
    service.declare(working(), docket_id, acting(), private())
    return redirect(url_for("tips.index"), 303)


@desk.get("/informed")
@requires(*CASEWORK)
def informed() -> ResponseReturnValue:
    """What offices below told this one of concealed accidents."""
    rows = informing.waiting(working(), acting())
    names = staff.names_of(working(), {one.row.opened_by for one in rows if one.row.opened_by})
    return render_template("admin/tips_informed.html", rows=rows, names=names, verifiers=VERIFIERS)


@desk.post("/informed/<int:informing_id>")
@requires(*CASEWORK)
def open_informed(informing_id: int) -> ResponseReturnValue:
    """Read it; the first reading is the receipt. By POST: it is written down."""
    told = informing.open_told(working(), informing_id, acting(), _private_or_none())
    return render_template("admin/tips_told.html", told=told, verifiers=VERIFIERS)


@desk.route("/<int:docket_id>/act/<action>", methods=["GET", "POST"])
@requires(*CASEWORK)
def act(docket_id: int, action: str) -> ResponseReturnValue:
    found = opening.look(working(), docket_id, acting(), private())
    view = case_forms.view_of(found.docket, action)
    schema = _form(found, action)
    shown: dict[str, Any] = {"tip": found.tip, "docket": found.docket, "view": view}
    if request.method == "GET":
        values = {"version": found.docket.version}
        return case_forms.page("admin/tips_act.html", schema, values, **shown)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        clear = {name: data.pop(name) for name in CLEAR if name in data}
        doing = Doing(
            action,
            version=data.pop("version"),
            letter=data.pop("letter", "") or "",
            data=clear,
            why=data,
        )
        service.take(working(), docket_id, acting(), private(), doing)
        return redirect(url_for("tips.index"), 303) if action == "transfer" else back_to(docket_id)

    return case_forms.submit("admin/tips_act.html", schema, done, **shown)


def _form(found: Opened, action: str) -> Schema:
    hidden = meta(N_("Version"), widget="hidden")
    version = {"version": Integer(required=True, metadata=hidden)}
    if action == "transfer":
        offices = [(str(one.id), one.name) for one in handing.targets(working(), found.docket)]
        target = Reference(
            "select", required=True, metadata=meta(N_("Receiving authority"), choices=offices)
        )
        return case_forms.blend(forms.Step(), more={"authority": target, **version})
    if action == "route":
        told = [forms.ToldAbove()] if about.has_above(working(), found.docket) else []
        return case_forms.blend(forms.Routing(), *told, forms.Step(), more=version)
    return case_forms.blend(SHAPES.get(action, forms.Step)(), more=version)


@desk.post("/<int:docket_id>/files/<sealed_id>")
@requires(*CASEWORK)
def file(docket_id: int, sealed_id: str) -> ResponseReturnValue:
    """A cleaned copy. By POST: the reading is written down."""
    found = opening.look(working(), docket_id, acting(), private())
    one, content = files.cleaned(
        working(), found, sealed_id, acting(), folder=settings().sealed_dir
    )
    return _download(content, one.name or sealed_id)


@desk.post("/<int:docket_id>/files/<sealed_id>/pictures")
@requires(*CASEWORK)
def pictures(docket_id: int, sealed_id: str) -> ResponseReturnValue:
    """A copy of a PDF in pictures of its pages."""
    found = opening.look(working(), docket_id, acting(), private())
    one, content = files.cleaned(
        working(), found, sealed_id, acting(), folder=settings().sealed_dir, pictures=True
    )
    return _download(content, one.name or sealed_id)


@desk.post("/<int:docket_id>/files/<sealed_id>/original")
@requires(*CASEWORK)
@confirmed
def original(docket_id: int, sealed_id: str) -> ResponseReturnValue:
    found = opening.look(working(), docket_id, acting(), private())
    one, content = files.original(
        working(), found, sealed_id, acting(), folder=settings().sealed_dir
    )
    return _download(content, one.name or sealed_id)


def _download(content: bytes, name: str) -> Response:
    answer = send_file(
        io.BytesIO(content), "application/octet-stream", as_attachment=True, download_name=name
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _clear(docket_id: int) -> dict[str, Any]:
    """What everybody at the desk may see of a tip that is not open to him."""
    session = working()
    tip, docket = opening.load(session, docket_id, acting())
    return {
        "state": kinds.get("tip").states[docket.state],
        "category": acting().rules.title("tip_categories", tip.category),
        "clocks": casefile.clocks(session, docket, acting().today, acting().book),
        "openers": posting.openers(session, docket_id),
    }


def _page(found: Opened) -> dict[str, Any]:
    session, docket_id = working(), found.tip.docket_id
    asks = asking.asks(session, docket_id)
    people = {note.account_id for note in found.notes}
    told = informing.of_tip(session, docket_id)
    people |= {one.row.opened_by for one in told if one.row.opened_by}
    people |= {one for row in asks for one in (row.asked_by, row.granted_by) if one}
    return {
        "found": found,
        "tip": found.tip,
        "docket": found.docket,
        "actions": engine.available(session, found.docket, acting()),
        "asks": asks,
        "names": staff.names_of(session, people),
        "files": list(files.of(found)),
        "similar": _similar(docket_id),
        "rules": acting().rules,
        "language": language(),
        "place": regions.full_name(str(found.facts["region"]), language()),
        "me": acting().officer,
        "told_above": told,
        "has_above": about.has_above(session, found.docket),
        "special_rule": from_tip.special_rule(found, acting().book),
        **_clear(docket_id),
    }


def _similar(docket_id: int) -> list[tuple[Tip, Docket]]:
    """Tips that may speak of the same matter and lie in the officer's subtree."""
    found = []
    for other in duplicates.similar(working(), docket_id):
        with contextlib.suppress(NotFound):
            found.append(opening.load(working(), other, acting()))
    return found


def back_to(docket_id: int) -> ResponseReturnValue:
    """To the page of the report."""
    return redirect(url_for("tips.show", docket_id=docket_id), 303)
