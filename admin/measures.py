"""The desk of joint punishment: departments, what is open at each, overdue lifts, answers."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from admin.context import acting, gazette, intake, officer, requires, settings, store, working
from admin.forms import handle, show
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_, describe
from registry.core.sheets import limits, writers
from registry.core.sheets.problems import UnusableFile
from registry.core.web import forms
from registry.core.web.locale import language
from registry.core.web.messages import field_messages
from registry.core.web.moment import now
from registry.office.audit.service import record
from registry.office.punishments import queries, service, sheet
from registry.office.punishments.models import Department
from registry.office.punishments.queries import Row
from registry.office.staff import agencies
from registry.office.staff import queries as staff
from registry.office.staff.officer import CASEWORK
from registry.public.gazette import queries as published
from registry.public.gazette.kinds import about_person
from registry.public.measures import lifecycle
from registry.public.measures.lifecycle import ANSWER_TITLES, STATE_TITLES, AnswerRefused, State
from registry.public.measures.service import Feedback
from registry.public.webhooks.models import Endpoint
from registry.public.webhooks.queries import Lag, every, lag
from schemas.measures import AnswerSheet, MeasureFilter, NewDepartment, NotedAnswer

desk = Blueprint("measures", __name__, url_prefix="/measures")
READERS = (*CASEWORK, "auditor", "administrator")
_EVENTS: dict[str, str] = {
    "due": STATE_TITLES["due"],
    "lift-due": STATE_TITLES["lift-due"],
    "closed": STATE_TITLES["closed"],
    "reminded": N_("Reminded"),
    **{answer: ANSWER_TITLES[answer] for answer in lifecycle.ANSWERS},
}


def _departments() -> list[Department]:
    return queries.departments(working(), officer().authority_path)


@desk.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    known = _departments()
    schema = MeasureFilter([(str(one.id), one.name) for one in known])
    try:
        wanted = forms.load(schema, request.args)
    except InvalidInput as error:
        page = show("admin/measures.html", schema, request.args, error.fields, **_view(known, []))
        return page, error.status
    found = _found(known, wanted)
    return show("admin/measures.html", schema, request.args, **_view(known, found))


def _found(known: Sequence[Department], wanted: dict[str, Any]) -> list[Row]:
    chosen = [one for one in known if wanted["department"] in {"", str(one.id)}]
    states: tuple[str, ...] = {
        "open": tuple(sorted(lifecycle.OPEN)),
        "all": (),
        "overdue": (),
    }.get(wanted["show"], (wanted["show"],))
    return queries.notices(
        working(),
        chosen,
        acting().today,
        states=states,
        listing=wanted["listing"].strip().upper(),
        overdue=wanted["show"] == "overdue",
    )


def _view(known: Sequence[Department], found: Sequence[Row]) -> dict[str, Any]:
    return {
        "standings": queries.standings(working(), known, acting().today),
        "rows": found,
        "names": _names([row.notice.listing for row in found]),
        "mine": officer(),
        "limit": queries.PAGE,
        "endpoints": _endpoints() if officer().has("administrator", "auditor") else [],
        **_words(),
    }


def _endpoints() -> list[tuple[str, str, Endpoint, Lag]]:
    """Addresses of the agencies of the subtree: agency, host, the address, how far it is behind."""
    names = {
        one.agency.id: one.agency.name for one in agencies.seen(working(), intake(), officer())
    }
    return [
        (
            names[one.agency_id],
            urlsplit(one.url).hostname or "",
            one,
            lag(intake(), one.id or 0, now()),
        )
        for one in every(intake())
        if one.agency_id in names
    ]


def _words() -> dict[str, Any]:
    rules = acting().rules
    return {
        "state_title": STATE_TITLES.__getitem__,
        "event_title": _EVENTS.__getitem__,
        "measure_title": lambda code: rules.title("measures", code),
        "measure_basis": lambda code: rules.measure(code).basis,
        "kind_title_of": lambda code: rules.title("departments", code),
        "public_address": f"{settings().base_url}/listings/",
    }


def _names(ids: Sequence[str]) -> dict[str, str]:
    """Names of units that stand published now; what was removed has none, and persons have none."""
    shown = published.many(gazette(), list(dict.fromkeys(ids)), now())
    return {
        id: one.payload["subject"]["name"]
        for id, one in shown.items()
        if not about_person(one.payload)
    }


@desk.get("/<notice>")
@requires(*READERS)
def one(notice: str) -> ResponseReturnValue:
    context = _notice(notice)
    return show("admin/measures_one.html", NotedAnswer(context["possible"]), **context)


@desk.post("/<notice>")
@requires(*CASEWORK)
def answer(notice: str) -> ResponseReturnValue:
    context = _notice(notice)

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        given = Feedback(data["answer"], data["day"], data["reason"], data["reference"])
        try:
            service.note_answer(working(), acting(), notice, given)
        except InvalidInput as error:
            # The API calls the field "on".
            renamed = {"day" if k == "on" else k: v for k, v in error.fields.items()}
            raise InvalidInput(renamed, **error.params) from error
        return redirect(url_for("measures.one", notice=notice), 303)

    schema = NotedAnswer(context["possible"])
    return handle("admin/measures_one.html", schema, act, AnswerRefused, **context)


def _notice(token: str) -> dict[str, Any]:
    found = service.notice(working(), acting(), token)
    mine = officer()
    return {
        "one": found,
        "department": service.department(working(), acting(), found.department_id),
        "events": queries.events(working(), found.id or 0),
        "overdue": service.is_overdue(found, acting().today),
        "possible": lifecycle.possible(cast(State, found.state)) if mine.has(*CASEWORK) else (),
        "name": _names([found.listing]).get(found.listing, ""),
        **_words(),
    }


def _told(error: RegistryError) -> str:
    """What is wrong with a row, in words."""
    if not isinstance(error, InvalidInput):
        return describe(error, language())
    said = field_messages(error, language())
    return " ".join(f"{name}: {' '.join(words)}" for name, words in said.items())


@desk.route("/departments/new", methods=["GET", "POST"])
@requires("administrator")
def add() -> ResponseReturnValue:
    schema = NewDepartment(_agencies(), _authorities())
    if request.method == "GET":
        return show("admin/measures_department.html", schema)

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        draft = service.DepartmentDraft(
            name=data["name"],
            kind=data["kind"],
            region=data["region"],
            measures=data["measures"],
            agency_id=int(data["agency"]) if data["agency"] else None,
            authority_id=int(data["authority"]) if data["authority"] else None,
        )
        try:
            service.add_department(working(), acting(), draft)
        except InvalidInput as error:
            renamed = {"agency" if k == "agency_id" else k: v for k, v in error.fields.items()}
            raise InvalidInput(renamed) from error
        return redirect(url_for("measures.index"), 303)

    return handle("admin/measures_department.html", schema, act)


def _agencies() -> list[tuple[str, str]]:
    with store().read() as session:
        seen = agencies.seen(session, intake(), officer())
        return [(str(one.agency.id), one.agency.name) for one in seen]


def _authorities() -> list[tuple[str, str]]:
    with store().read() as session:
        found = staff.authorities(session, officer().authority_path)
        return [(str(one.id), one.name) for one in found]


@desk.get("/departments/<int:department_id>")
@requires(*READERS)
def department(department_id: int) -> ResponseReturnValue:
    return show("admin/measures_sheet.html", AnswerSheet(), **_department(department_id))


def _department(department_id: int) -> dict[str, Any]:
    found = service.department(working(), acting(), department_id)
    (standing,) = queries.standings(working(), [found], acting().today)
    return {"standing": standing, "department": found, "mine": officer(), **_words()}


@desk.post("/departments/<int:department_id>/end")
@requires("administrator")
def end(department_id: int) -> ResponseReturnValue:
    service.end_department(working(), acting(), department_id)
    return redirect(url_for("measures.department", department_id=department_id), 303)


@desk.post("/departments/<int:department_id>/sheet")
@requires(*CASEWORK)
def download(department_id: int) -> Response:
    """What is open at the department, to be filled in. That it went out is recorded."""
    found = service.department(working(), acting(), department_id)
    states = tuple(sorted(lifecycle.OPEN))
    rows = queries.notices(working(), [found], acting().today, states=states, limit=None)
    text = io.StringIO()
    writers.write_csv(text, sheet.HEADING, sheet.rows(rows, acting().rules, settings().base_url))
    record(
        working(),
        actor=officer().account_id,
        action="punishments:answers:exported",
        subject=f"department:{department_id}",
        detail={"rows": len(rows)},
        now=now(),
    )
    answer = Response(text.getvalue().encode(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="measures-{department_id}.csv"'
    return answer


@desk.post("/departments/<int:department_id>/answers")
@requires(*CASEWORK)
def upload(department_id: int) -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        sent: FileStorage = data["file"]
        here = settings()
        bounds = limits.from_settings(here.max_upload_bytes, here.max_import_rows)
        with tempfile.TemporaryDirectory(prefix="answers-") as folder:
            path = Path(folder) / "upload"
            sent.save(path)
            taken = sheet.take(working(), acting(), department_id, path, bounds)
        return render_template(
            "admin/measures_taken.html", taken=taken, told=_told, **_department(department_id)
        )

    context = _department(department_id)
    return handle("admin/measures_sheet.html", AnswerSheet(), act, UnusableFile, **context)
