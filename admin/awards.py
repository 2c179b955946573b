"""The desk of rewards: proposed on a sealed reckoning, checked by a second, paid by a third."""

from __future__ import annotations

import io
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from admin import case_forms, context
from admin.context import acting, confirmed, requires, working
from admin.tips import private
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.core.sheets import writers
from registry.office import dockets
from registry.office.dockets import kinds
from registry.office.rewards import from_tip, ledger, queries, service
from registry.office.rewards.from_tip import Asked, Special
from registry.office.rewards.lifecycle import needs_consent, yuan
from registry.office.staff.officer import CASEWORK
from registry.office.tips import opening
from schemas import awards as forms
from schemas.tips import Award, SpecialAward

desk = Blueprint("awards", __name__, url_prefix="/rewards")
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@desk.get("")
@requires(*CASEWORK, "cashier", "finance", "auditor")
def index() -> ResponseReturnValue:
    mine = queries.authorities(working(), acting().officer)
    return render_template(
        "admin/awards.html",
        awards=queries.awards(working(), acting()),
        balances=ledger.balances(working(), mine),
        accounts=ledger.ACCOUNTS,
        yuan=yuan,
        me=acting().officer,
        form=case_forms.form_of(forms.Period(), {}),
    )


@desk.route("/tips/<int:docket_id>", methods=["GET", "POST"])
@requires("clerk")
def propose(docket_id: int) -> ResponseReturnValue:
    found = opening.look(working(), docket_id, acting(), private())
    shown: dict[str, Any] = {"tip": found.tip, "docket": found.docket}
    if request.method == "GET":
        return case_forms.page("admin/award_propose.html", Award(), {}, **shown)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        asked = Asked(
            sector=data["sector"],
            case_number=data.get("case_number") or "",
            level=data.get("level") or "",
            concealed_deaths=data["concealed_deaths"],
            accident_level=data["accident_level"],
            fine_collected=data["fine_collected"],
            informant=data["informant"],
            weights=_weights(data.get("shares")),
            exclusions_checked=data["exclusions_checked"],
        )
        from_tip.propose(working(), docket_id, acting(), private(), asked)
        return redirect(url_for("awards.index"), 303)

    return case_forms.submit("admin/award_propose.html", Award(), done, **shown)


@desk.route("/tips/<int:docket_id>/special", methods=["GET", "POST"])
@requires("clerk")
def propose_special(docket_id: int) -> ResponseReturnValue:
    found = opening.look(working(), docket_id, acting(), private())
    rule = from_tip.special_rule(found, acting().book)
    shown: dict[str, Any] = {"tip": found.tip, "docket": found.docket, "rule": rule}
    if request.method == "GET":
        return case_forms.page("admin/award_special.html", SpecialAward(), {}, **shown)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        asked = Special(
            yuan=data["special_yuan"],
            averted=data["averted"],
            informant=data["informant"],
            weights=_weights(data.get("shares")),
            exclusions_checked=data["exclusions_checked"],
        )
        from_tip.propose_special(working(), docket_id, acting(), private(), asked)
        return redirect(url_for("awards.index"), 303)

    return case_forms.submit("admin/award_special.html", SpecialAward(), done, **shown)


def _weights(text: str | None) -> list[int]:
    """``2,1`` as weights. Raises ``InvalidInput``."""
    parts = [part.strip() for part in (text or "1").replace("，", ",").split(",")]
    good = all(part.isascii() and part.isdecimal() and 0 < int(part) <= 1000 for part in parts)
    if not good or len(parts) > 20:
        raise InvalidInput({"shares": [N_("Write shares as whole numbers with commas, as 2,1.")]})
    return [int(part) for part in parts]


@desk.route("/<int:docket_id>/check", methods=["GET", "POST"])
@requires("approver")
def check(docket_id: int) -> ResponseReturnValue:
    award = dockets.load(working(), docket_id, acting())
    found = from_tip.check(working(), award, acting(), private())
    action = "approve_special" if award.facts.get("special") else "approve"
    schema = case_forms.signature_form(*([forms.Minutes()] if award.facts.get("special") else []))
    view = case_forms.view_of(award, action)
    shown: dict[str, Any] = {"award": award, "found": found, "view": view}
    if request.method == "GET":
        return case_forms.page(
            "admin/award_check.html", schema, {"version": award.version}, **shown
        )

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        if not found.agrees:
            raise InvalidInput({"": [N_("This is not the reckoning that was proposed.")]})
        signed = {"version": data.pop("version"), "signature": data.pop("signature")}
        dockets.act(
            working(), award, action, acting(),
            data={"record_checked": found.again, **data}, **signed,
        )  # fmt: skip
        return redirect(url_for("awards.index"), 303)

    return case_forms.submit("admin/award_check.html", schema, done, **shown)


@desk.post("/<int:docket_id>/refer")
@requires("clerk", "approver")
def refer(docket_id: int) -> ResponseReturnValue:
    award = dockets.load(working(), docket_id, acting())
    dockets.act(working(), award, "refer", acting(), version=award.version)
    return redirect(url_for("awards.index"), 303)


@desk.route("/<int:docket_id>/consent", methods=["GET", "POST"])
@requires("finance")
@confirmed
def consent(docket_id: int) -> ResponseReturnValue:
    return _finance(docket_id, "join")


@desk.route("/<int:docket_id>/decline", methods=["GET", "POST"])
@requires("finance")
def decline(docket_id: int) -> ResponseReturnValue:
    return _finance(docket_id, "decline")


def _finance(docket_id: int, action: str) -> ResponseReturnValue:
    """The finance department's officer sees the sum and the rule, never the report."""
    award = dockets.load(working(), docket_id, acting())
    view = case_forms.view_of(award, action)
    schema = case_forms.action_schema(kinds.get("award"), view)
    rule = needs_consent(award, acting())
    table = "reward_specials" if award.facts.get("special") else "reward_packs"
    basis = acting().rules.title(table, award.facts["pack"])
    shown: dict[str, Any] = {"award": award, "view": view, "rule": rule, "basis": basis}
    if request.method == "GET":
        values = {"version": award.version}
        return case_forms.page("admin/award_consent.html", schema, values, **shown)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        case_forms.take(award, action, data)
        return redirect(url_for("awards.index"), 303)

    return case_forms.submit("admin/award_consent.html", schema, done, **shown)


@desk.route("/pay", methods=["GET", "POST"])
@requires("cashier")
def pin() -> ResponseReturnValue:
    if request.method == "GET":
        return case_forms.page("admin/award_pin.html", forms.Pin(), {})

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        number, vault = data["voucher"], context.door().vault
        award_id = service.release(context.store(), acting(), number, data["pin"], vault=vault)
        found = service.voucher(working(), number)
        return render_template(
            "admin/award_pay.html", number=found.number, amount=yuan(found.fen), award_id=award_id
        )

    return case_forms.submit("admin/award_pin.html", forms.Pin(), done)


@desk.post("/<int:docket_id>/pay")
@requires("cashier")
@confirmed
def pay(docket_id: int) -> ResponseReturnValue:
    award = dockets.load(working(), docket_id, acting())
    service.pay(working(), award, acting(), request.form.get("voucher", "")[:20])
    return redirect(url_for("awards.index"), 303)


@desk.post("/ledger")
@requires("cashier", "auditor")
def export() -> ResponseReturnValue:
    """Entries for the finance office. By POST: who took them is written down."""

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        since, until, kind = data["since"], data["until"], data["format"]
        rows = queries.export(working(), acting(), since=since, until=until)
        return _sheet(rows, since, until) if kind == "xlsx" else _csv(rows, since, until)

    return case_forms.submit("admin/award_period.html", forms.Period(), done)


def _csv(rows: Any, since: date, until: date) -> ResponseReturnValue:
    text = io.StringIO(newline="")
    writers.write_csv(text, queries.HEADER, rows)
    content = io.BytesIO(text.getvalue().encode())
    return send_file(
        content, "text/csv", as_attachment=True, download_name=_name(since, until, "csv")
    )


def _sheet(rows: Any, since: date, until: date) -> ResponseReturnValue:
    with tempfile.TemporaryDirectory(prefix="ledger-") as folder:
        path = Path(folder) / "ledger.xlsx"
        writers.write_xlsx(path, queries.HEADER, rows)
        content = io.BytesIO(path.read_bytes())
    name = _name(since, until, "xlsx")
    return send_file(content, SHEET, as_attachment=True, download_name=name)


def _name(since: date, until: date, ending: str) -> str:
    return f"rewards-{since.isoformat()}-{until.isoformat()}.{ending}"
