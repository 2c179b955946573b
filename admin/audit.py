"""The audit desk: who did and read what, and whether the chain is whole."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.context import officer, requires, store, working
from admin.forms import show
from registry.core.clock import midnight, publish_until
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.core.web import forms
from registry.core.web.moment import now
from registry.office.audit import queries as audit
from registry.office.audit.actions import ACTIONS
from registry.office.audit.service import record
from registry.office.staff import queries as staff
from schemas.staff import AuditSearch

desk = Blueprint("audit", __name__, url_prefix="/audit")

PAGE = 50


def _schema() -> AuditSearch:
    rooms = sorted({action.split(":")[0] for action in ACTIONS})
    choices = [(f"{room}:", room) for room in rooms] + [(one, one) for one in sorted(ACTIONS)]
    return AuditSearch(choices)


def _filter(wanted: dict[str, Any]) -> audit.AuditFilter:
    """What was asked, within what the officer may see: the acts of his subtree."""
    mine = officer()
    account = staff.account_by_login(working(), wanted["actor"]) if wanted["actor"] else None
    if wanted["actor"] and account is None:
        raise InvalidInput({"actor": [N_("There is no account with this login.")]})
    whole = mine.authority_path.count("/") == 2
    return audit.AuditFilter(
        action=wanted["action"],
        actor=account.id if account else None,
        subject=wanted["subject"],
        since=midnight(wanted["since"]) if wanted["since"] else None,
        until=publish_until(wanted["until"]) if wanted["until"] else None,
        before=wanted["before"],
        actors=None if whole else staff.account_ids(working(), mine.authority_path),
    )


@desk.get("")
@requires("auditor", "administrator")
def index() -> ResponseReturnValue:
    schema = _schema()
    try:
        wanted = forms.load(schema, request.args)
        found = audit.entries(working(), _filter(wanted), PAGE + 1)
    except InvalidInput as error:
        page = show(
            "admin/audit.html", schema, request.args, error.fields, rows=[], names={}, older=None
        )
        return page, error.status
    _note(wanted, len(found[:PAGE]))
    return show("admin/audit.html", schema, request.args, **_shown(found))


def _shown(found: Any) -> dict[str, Any]:
    rows = found[:PAGE]
    older = None
    if len(found) > PAGE:
        wanted = {**request.args.to_dict(), "before": str(rows[-1].sequence)}
        older = f"{url_for('audit.index')}?{urlencode(wanted)}"
    names = staff.names_of(working(), {row.actor for row in rows if row.actor is not None})
    return {"rows": rows, "names": names, "older": older}


def _note(wanted: dict[str, Any], shown: int) -> None:
    # Reading the audit is itself audited; the filters by name, never what was typed into them.
    filters = sorted(name for name, value in wanted.items() if value)
    with store().write() as session:
        record(
            session,
            actor=officer().account_id,
            action="audit:entries:read",
            subject="audit:entries",
            detail={"filters": filters, "rows": shown},
            now=now(),
        )


@desk.post("/verify")
@requires("auditor", "administrator")
def verify() -> ResponseReturnValue:
    with store().read() as session:
        report = audit.verify(session)
    record(
        working(),
        actor=officer().account_id,
        action="audit:chain:verified",
        subject="audit:chain",
        detail={"rows": report.rows, "intact": report.intact, "broken": report.broken},
        now=now(),
    )
    return render_template("admin/audit_report.html", report=report)
