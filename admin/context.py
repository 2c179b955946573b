"""Who is at the desk: the session behind a request, the officer, and what he may open.

Deny by default: ``gate`` runs before every request and lets through what is in ``OPEN``, and
otherwise only a complete session to a view that says who may use it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.core.clock import legal_day
from registry.core.db import GazetteSession, IntakeSession, Store, WorkingSession
from registry.core.errors import Forbidden
from registry.core.rules import Rulebook
from registry.core.settings import OfficeSettings
from registry.core.web import sessions as stores
from registry.core.web.moment import now
from registry.office.entities import readings
from registry.office.staff import queries, sessions
from registry.office.staff.credentials import StepUpNeeded
from registry.office.staff.door import Door, SessionOver
from registry.office.staff.officer import Acting, Officer
from registry.office.staff.sessions import Standing

OPEN = frozenset(
    {
        "healthz",
        "root",
        "static",
        "session.sign_in",
        "session.code",
        "session.password",
        "session.device",
        "session.device_image",
        "session.leave",
    }
)
"""Endpoints without a complete session. Those of ``session`` check how far the sign-in has come."""

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def requires(*roles: str) -> Callable[[View], View]:
    """Declare which roles may use a view: one of these is enough."""
    if not roles:
        raise ValueError("name the roles, or use signed_in")

    def mark(view: View) -> View:
        vars(view)["roles"] = frozenset(roles)
        return view

    return mark


def signed_in(view: View) -> View:
    """Declare that every signed-in officer may use a view."""
    vars(view)["roles"] = frozenset[str]()
    return view


def confirmed(view: View) -> View:
    """Declare that a view needs password and code repeated within the last ten minutes."""
    vars(view)["confirmed"] = True
    return view


def roles_of(view: object) -> frozenset[str] | None:
    """The roles a view declares; empty for any officer, None when it declares nothing."""
    return cast("frozenset[str] | None", getattr(view, "roles", None))


def gate() -> ResponseReturnValue | None:
    """Before every request: refuse whatever is not expressly allowed."""
    if request.endpoint in OPEN:
        return None
    found = standing()
    if found is not None and found.complete:
        officer()
    if request.endpoint is None:
        return None
    if found is None or not found.complete:
        return redirect(url_for("session.sign_in", next=_here()))
    if found.to_note:
        with store().write() as session:
            sessions.note(session, found.session_id, now())
    view = current_app.view_functions[request.endpoint]
    roles = roles_of(view)
    if roles is None or (roles and not officer().has(*roles)):
        raise Forbidden
    if getattr(view, "confirmed", False) and not found.confirmed_lately:
        if request.method == "GET":
            return redirect(url_for("account.confirm", next=_here()))
        raise StepUpNeeded
    return None


def _here() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else ""


def safe_next() -> str:
    """Where to go after signing in or confirming: a page of this site, else the start desk."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    local = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    plain = wanted.isprintable() and not parts.scheme and not parts.netloc
    return wanted if local and plain else url_for("today.index")


def store() -> Store[WorkingSession]:
    """The working store."""
    return cast("Store[WorkingSession]", stores.store("working"))


def door() -> Door:
    """What signing in needs."""
    return cast(Door, current_app.extensions["registry.door"])


def settings() -> OfficeSettings:
    """The admin site's settings."""
    return cast(OfficeSettings, current_app.extensions["registry.settings"])


def working() -> WorkingSession:
    """This request's session on the working store; commits after a good answer."""
    session = cast(WorkingSession, stores.get("working"))
    readings.watch(session)
    return session


def opened_session() -> WorkingSession | None:
    """The request's session on the working store, if a view has asked for it."""
    return cast("WorkingSession | None", g.get("stores", {}).get("working"))


def intake() -> IntakeSession:
    """This request's session on the intake store; commits after ``working``, if taken after it."""
    return cast(IntakeSession, stores.get("intake"))


def gazette() -> GazetteSession:
    """This request's session on the gazette, to read only."""
    return cast(GazetteSession, stores.get("gazette"))


def standing() -> Standing | None:
    """The session behind the request's cookie, at whatever stage.

    Read through a session of its own: the request's own would hold the writer's lock while
    signing in writes through the door.
    """
    if "standing" not in g:
        g.standing = None
        if token():
            with store().read() as session:
                g.standing = sessions.standing(session, token(), now())
    return cast("Standing | None", g.standing)


def officer() -> Officer:
    """The signed-in officer. Raises ``SessionOver`` without a complete session."""
    found = standing()
    if found is None or not found.complete:
        raise SessionOver
    if "officer" not in g:
        with store().read() as session:
            g.officer = queries.officer(session, found.account_id, legal_day(now()))
    return cast(Officer, g.officer)


def acting() -> Acting:
    """The officer acting now under the installation's rules."""
    book = cast(Rulebook, current_app.extensions["registry.rules"])
    return Acting(officer(), now(), book)


def token() -> str:
    """The token in the request's cookie, empty when there is none."""
    return request.cookies.get(cookie_name(), "")


def cookie_name() -> str:
    """The cookie of the officer's session."""
    return "__Host-registry-admin" if settings().https else "registry-officer"


def carry(response: ResponseReturnValue, fresh: str) -> Response:
    """``response`` with the session's new token in its cookie; the form token is renewed, too."""
    answer = current_app.make_response(response)
    answer.set_cookie(
        cookie_name(), fresh, secure=settings().https, httponly=True, samesite="Strict", path="/"
    )
    return answer


def drop(response: ResponseReturnValue) -> Response:
    """``response`` that makes the browser forget the session and what it stored."""
    answer = current_app.make_response(response)
    answer.delete_cookie(
        cookie_name(), secure=settings().https, httponly=True, samesite="Strict", path="/"
    )
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def install(app: Flask, extensions: dict[str, Any]) -> None:
    """Put the gate before every request."""
    app.extensions.update(extensions)
    app.before_request(gate)
    app.jinja_env.globals.update(officer_at_desk=officer_at_desk)


def officer_at_desk() -> Officer | None:
    """For the layout: the officer whom the gate let in, or None.

    Reads nothing: the page that tells of a broken store is drawn with the same layout.
    """
    return cast("Officer | None", g.get("officer"))
