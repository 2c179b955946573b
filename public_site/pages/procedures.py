"""The parties' own procedures: a case opened with the code on a served paper, and what is filed.

The code is typed into a form and stands in no address, cookie, title or log; between two requests
the case stays open through a sealed token. An unknown, an ended and a revoked code get the same
answer after the same time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from public_site import context
from public_site.intake import casefile
from public_site.intake.casefile import AUTHORISATION, CaseFile
from public_site.intake.door import gate, guard
from public_site.intake.parties import (
    NotFiled,
    NotOpen,
    answered,
    entered,
    installation,
    procedure,
    said,
    term,
)
from public_site.intake.tokens import StaleForm
from public_site.intake.tries import entry_token
from registry.core.clock import rfc3339
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_, Text, describe
from registry.core.rules.values import Procedure
from registry.core.web import forms, sessions
from registry.core.web.locale import language
from registry.core.web.moment import now, today
from registry.public.inbox import blobs, receipt
from registry.public.inbox.receipt import ReceiptKeys
from registry.public.inbox.spoken import WORDS
from registry.public.procedures import codes, queries, service
from registry.public.procedures.content import SHAPE, Offer
from registry.public.procedures.queries import OpenWindow
from registry.public.procedures.service import Filed
from schemas.fields import under
from schemas.public.procedures import CONDITION, form_for

pages = Blueprint("procedures", __name__)
guard(pages, "look")
UNKNOWN = N_(
    "No case answers to this code. It may be mistyped, replaced by a newer one, or no longer valid."
)


@pages.get("/procedures")
def start() -> str:
    return _asking()


@pages.post("/procedures")
def act() -> ResponseReturnValue:
    return answered(_act, _asking)


def _act() -> ResponseReturnValue:
    if request.form.get("action", "open") == "open":
        return _open()
    return _with_case(casefile.read())


def _open() -> ResponseReturnValue:
    keys, window = entered(
        codes.FIELD, lambda keys: queries.window(context.gazette(), keys, today()), UNKNOWN
    )
    return _case(CaseFile(keys.root.hex()), window)


def _with_case(case: CaseFile) -> ResponseReturnValue:
    """Go on with an open case; whatever is wrong shows its form again, as typed."""
    keys = receipt.keys_of(bytes.fromhex(case.root), installation())
    window = queries.window(context.gazette(), keys, today())
    if window is None:
        raise StaleForm
    try:
        action = request.form.get("action", "")
        if action == "choose":
            case.start(request.form.get("procedure", ""))
        if action in {"choose", "send", "show"} and case.procedure:
            _rule(case, window)
            return _submit(case, window) if action == "send" else _form(case, window)
        return _case(case, window)
    except InvalidInput as wrong:
        return _form(case, window, errors=wrong.fields), wrong.status
    except RegistryError as trouble:
        shown = _form if case.procedure else _case
        return shown(case, window, notice=trouble), trouble.status


class NotYet(RegistryError):  # noqa: N818
    """The waiting time that the law sets is not over."""

    code = "not-yet"
    status = 409
    message = N_("This can be filed from {day} on.")


def _offer(case: CaseFile, window: OpenWindow) -> Offer:
    found = next((o for o in window.content["offers"] if o["code"] == case.procedure), None)
    if found is None:
        case.procedure = ""
        raise NotOpen
    since = found.get("since", "")
    if since > today().isoformat():
        case.procedure = ""
        raise NotYet(day=since)
    return found


def _rule(case: CaseFile, window: OpenWindow) -> Procedure:
    _offer(case, window)
    return procedure(case.procedure)


def _submit(case: CaseFile, window: OpenWindow) -> str:
    rule = _rule(case, window)
    data = _checked(case, window, rule)
    content = _content(case, window, rule, data)
    same = {**content, "submitted": "", "files": [[o.name, o.sha256] for o in case.files]}
    code = receipt.new_receipt(case.receipt_entropy(same))
    known = installation()
    with gate().deriving():
        keys = codes.derive(code, known)
    filed = _store(case, window, content, keys, case.filing_id(same))
    if filed.repeated:
        _drop_second_copies(case)
    return _receipt(code, filed, case, window)


def _checked(case: CaseFile, window: OpenWindow, rule: Procedure) -> dict[str, Any]:
    """The form's data, all problems reported at once."""
    problems: dict[str, list[str]] = {"files": case.problems} if case.problems else {}
    data: dict[str, Any] = {}
    try:
        with under(context.rules()):
            data = forms.load(form_for(rule, _conditions(window)), case.values)
    except InvalidInput as wrong:
        problems |= wrong.fields
    day = data.get("remedy_filed_on")
    if isinstance(day, date) and day > today():
        problems["remedy_filed_on"] = [N_("This day is still to come.")]
    if case.values.get("capacity") == "agent" and not case.of(AUTHORISATION):
        problems[AUTHORISATION] = [N_("Enclose the authorisation of whom you act for.")]
    if rule.proof and not case.of(casefile.PROOF) and "files" not in problems:
        problems["files"] = [N_("Enclose at least one file that proves it.")]
    if problems:
        raise InvalidInput(problems)
    return data


def _conditions(window: OpenWindow) -> list[Text]:
    return [said(one) for one in window.content["conditions"]]


def _content(
    case: CaseFile, window: OpenWindow, rule: Procedure, data: Mapping[str, Any]
) -> dict[str, Any]:
    content: dict[str, Any] = {
        "v": SHAPE,
        "window": window.window_id,
        "procedure": case.procedure,
        "submitted": rfc3339(now()),
        "language": language(),
        **{name: data[name] for name in ("name", "capacity", "contact", "text")},
    }
    proved = sorted(name for name in data if name.startswith(CONDITION))
    if proved:
        content["conditions"] = [data[name] for name in proved]
    if rule.pledge is not None:
        content["pledge"] = f"{rule.pledge.zh}（{data['signature']}）"
    for name in ("hearing", "remedy", "remedy_body", "remedy_number"):
        if data.get(name):
            content[name] = data[name]
    if data.get("remedy_filed_on"):
        content["remedy_filed_on"] = data["remedy_filed_on"].isoformat()
    return content


def _store(
    case: CaseFile,
    window: OpenWindow,
    content: Mapping[str, Any],
    keys: ReceiptKeys,
    filing_id: str,
) -> Filed:
    """Files first, then the rows in one transaction that is over before the receipt is shown."""
    try:
        if case.files:
            blobs.sync(context.settings().sealed_dir)
        with gate().writing(sessions.store("intake")) as session:
            return service.submit(
                session,
                filing_id,
                content,
                keys,
                window.office,
                files=case.files,
                purposes=case.purposes,
                now=now(),
            )
    except (SQLAlchemyError, OSError):
        raise NotFiled from None


def _drop_second_copies(case: CaseFile) -> None:
    """A double click uploads twice; the filing holds the files of the first."""
    fresh = {new.id for new in g.sealing_desk.files}
    for one in case.files:
        if one.id in fresh:
            blobs.discard(context.settings().sealed_dir, one.id)


def _asking(
    errors: Mapping[str, list[str]] | None = None,
    *,
    tries: int = 0,
    notice: RegistryError | None = None,
) -> str:
    return render_template(
        "public/procedures.html",
        rules=_explained(),
        token=entry_token("code", tries),
        errors=errors or {},
        notice=describe(notice, language()) if notice else "",
        kept=request.form.get("text", "") if request.method == "POST" else "",
    )


def _explained() -> list[tuple[Procedure, Text | None, Text | None]]:
    """Each procedure with the party's time and the authority's."""
    rules = context.rules()
    found = []
    for one in rules.table("procedures").values():
        if isinstance(one, Procedure):
            found.append((one, term(one.ask_by), term(one.answer_by)))
    return found


def _case(case: CaseFile, window: OpenWindow, *, notice: RegistryError | None = None) -> str:
    offers = [(one, procedure(one["code"])) for one in window.content["offers"]]
    return render_template(
        "public/procedures_case.html",
        window=window,
        shown=window.content,
        said=said,
        offers=offers,
        token=case.token,
        notice=describe(notice, language()) if notice else "",
        day=today().isoformat(),
        language_kept=True,
    )


def _form(
    case: CaseFile,
    window: OpenWindow,
    *,
    errors: Mapping[str, list[str]] | None = None,
    notice: RegistryError | None = None,
) -> str:
    rule = procedure(case.procedure)
    with under(context.rules()):
        described = forms.describe(form_for(rule, _conditions(window)), case.values)
    told = dict(errors or {})
    if case.problems and "files" not in told:
        told["files"] = case.problems
    offer = next((o for o in window.content["offers"] if o["code"] == case.procedure), None)
    return render_template(
        "public/procedures_form.html",
        window=window,
        shown=window.content,
        said=said,
        rule=rule,
        until=offer.get("until", "") if offer else "",
        day=today().isoformat(),
        described=described,
        first=[one for one in described if one.name not in {"agreed", "signature"}],
        last=[one for one in described if one.name in {"agreed", "signature"}],
        more=[forms.FormField(name, label, "file") for name, label in _FILE_INPUTS],
        values=case.values if request.form.get("action") != "choose" else {},
        errors=told,
        notice=describe(notice, language()) if notice else "",
        token=case.token,
        files=case.files,
        purposes=case.purposes,
        limits=context.settings(),
    )


_FILE_INPUTS = (
    (AUTHORISATION, N_("Authorisation of an agent")),
    ("files", N_("Proof and other files")),
)


def _receipt(code: str, filed: Filed, case: CaseFile, window: OpenWindow) -> str:
    groups = receipt.groups(code)
    rule = procedure(case.procedure)
    return render_template(
        "public/procedures_receipt.html",
        groups=groups,
        spoken=[[(symbol, WORDS[symbol]) for symbol in group] for group in groups],
        filed=filed,
        rule=rule,
        answer_within=term(rule.answer_by),
        shown=window.content,
        said=said,
        files=case.files,
        token=CaseFile(case.root).token,
        language_kept=True,
    )
