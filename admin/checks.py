"""The desk of checks: one counterparty at a time, the officer's history, what was decided.

Whom a check was about is in no address, log or table: the query travels in the body, the history
keeps its keyed hash. A decision "not the same" is the authority's, the history the officer's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.context import acting, gazette, intake, officer, requires, settings, working
from admin.forms import handle, show
from registry.core import keys
from registry.core.web import forms
from registry.core.web.moment import now
from registry.office.audit.service import record
from registry.office.staff.officer import CASEWORK
from registry.public import certificates
from registry.public.agencies import history, judgements
from registry.public.gazette import snapshot
from registry.public.gazette.kinds import KINDS
from registry.public.screening import CheckRequest, CheckResult, ScreeningIndex, check, remembered
from registry.public.screening.explaining import VIA, explained
from registry.public.screening.remembered import Asker
from schemas.checks import Counterparty, NotTheSame, Older

desk = Blueprint("checks", __name__, url_prefix="/checks")
PER_PAGE = 50


def _root() -> bytes:
    return keys.load_agency_key(settings().key_dir)


def _own(data: Mapping[str, Any]) -> Asker:
    """Whose history a check belongs to."""
    me = f"account:{officer().account_id}"
    return Asker(me, me, data["purpose"], history.checked_reference(data["reference"]))


def _authority() -> Asker:
    """For whom a decision counts."""
    mine = officer()
    return Asker(f"authority:{mine.authority_id}", f"account:{mine.account_id}")


@desk.get("")
@requires(*CASEWORK)
def index() -> ResponseReturnValue:
    return show("admin/checks.html", Counterparty(), **_page(request.args))


def _page(given: Any) -> dict[str, Any]:
    before = forms.load(Older(), given)["before"]
    mine = f"account:{officer().account_id}"
    rows = history.page(intake(), mine, limit=PER_PAGE + 1, before=before)
    return {
        "rows": rows[:PER_PAGE],
        "older": rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else None,
        "purposes": history.PURPOSES,
        "public": settings().base_url,
        "decisions": judgements.page(intake(), _authority().holder, limit=PER_PAGE),
    }


def _request(data: Mapping[str, Any]) -> CheckRequest:
    return CheckRequest(
        name=data["name"] or None, code=data["code"] or None, document=data.get("document") or None
    )


def _checked(asked: CheckRequest) -> CheckResult:
    index: ScreeningIndex = current_app.extensions["registry.screening"]
    key = keys.load_person_key(settings().key_dir) if asked.document else None
    return check(gazette(), asked, index=index, now=now(), person_key=key)


@desk.post("")
@requires(*CASEWORK)
def run() -> ResponseReturnValue:
    def act(data: dict[str, Any]) -> ResponseReturnValue:
        by, asked = _own(data), _request(data)
        found = _checked(asked)
        _account(found)
        remembered.remember(intake(), by, _root(), [(asked, found)], at=now())
        return _result(data, asked, found)

    return handle("admin/checks.html", Counterparty(), act, **_page({}))


def _account(found: CheckResult) -> None:
    # The working session first: what is read of persons is accounted for before it is kept.
    detail = {"sequence": found.sequence, "matches": [one.id for one in found.matches]}
    record(
        working(),
        actor=officer().account_id,
        action="checks:counterparty:checked",
        subject=f"account:{officer().account_id}",
        detail=detail,
        now=now(),
    )


@desk.post("/certificate")
@requires(*CASEWORK)
def certify() -> ResponseReturnValue:
    """The check again, as a signed file; the officer's history names the certificate."""

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        by, asked = _own(data), _request(data)
        snapshot.pin(gazette())
        found = _checked(asked)
        _account(found)
        issued = certificates.issue(
            intake(),
            gazette(),
            certificates.load_issuer(settings().key_dir, settings().base_url),
            asked,
            found,
            acting().rules,
            purpose=by.purpose,
            reference=by.reference,
        )
        made = [(asked, found)]
        remembered.remember(intake(), by, _root(), made, at=now(), certificate=issued.id)
        answer = Response(issued.text, mimetype="application/json")
        name = f"certificate-{issued.id}.json"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    return handle("admin/checks.html", Counterparty(), act, **_page({}))


def _result(data: Mapping[str, Any], asked: CheckRequest, found: CheckResult) -> str:
    query = remembered.query_hash(_root(), asked)
    judged = judgements.in_force(intake(), _authority().holder, [query])
    earlier = history.of_query(intake(), f"account:{officer().account_id}", query)
    return render_template(
        "admin/checks_result.html",
        asked=data,
        person=bool(asked.document),
        found=found,
        decided=remembered.decided(judged, query, found),
        earlier=[row for row in earlier if row.at < now()],
        kinds=KINDS,
        via=VIA,
        explained=explained,
        public=settings().base_url,
    )


@desk.post("/judgements")
@requires(*CASEWORK)
def judge() -> ResponseReturnValue:
    data = forms.load(NotTheSame(), request.form)
    asked = _request(data)
    found = _checked(asked)
    remembered.judge(intake(), _authority(), _root(), asked, found, data["record"], now())
    return _result(data, asked, found)


@desk.post("/judgements/<token>/revoke")
@requires(*CASEWORK)
def revoke(token: str) -> ResponseReturnValue:
    judgements.revoke(intake(), _authority().holder, token, now())
    return redirect(url_for("checks.index"), 303)
