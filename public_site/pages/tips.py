"""Reporting: the form, what is sealed from it, and the receipt.

Nothing of a report stands in an address, a cookie, a title or a log; the form's own token is the
only memory between two requests. Whatever goes wrong, the page comes back with what was typed and
with the files that were sealed so far.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from public_site import context
from public_site.intake import draft as drafts
from public_site.intake import picking, tokens
from public_site.intake.door import gate, guard
from public_site.intake.draft import Draft
from public_site.intake.tokens import StaleForm
from registry.core import keys
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_
from registry.core.web import forms, sessions
from registry.core.web.forms import FormField
from registry.core.web.locale import language
from registry.core.web.moment import now, today
from registry.public.inbox import blobs, receipt, recipients, service
from registry.public.inbox.content import tip_facts, tip_identity
from registry.public.inbox.receipt import ReceiptKeys, ReceiptSecrets
from registry.public.inbox.recipients import Recipients
from registry.public.inbox.service import Filed, FormUsed, Submission
from registry.public.inbox.spoken import WORDS
from schemas.fields import under
from schemas.public.tips import TipForm

pages = Blueprint("tips", __name__)
guard(pages, "send")
FILES = FormField("files", N_("Files"), "file")


class NotTaken(RegistryError):  # noqa: N818 - reads as a sentence
    """The store could not be written. Nothing was kept."""

    code = "not-taken"
    status = 503
    message = N_("Your report could not be stored just now. It is still on this page: try again.")


class IntakeClosed(InvalidInput):
    """Nobody in or above the region takes reports through this site."""

    code = "intake-closed"


def receipt_secrets() -> ReceiptSecrets:
    return receipt.secrets_of(keys.load_receipt_key(context.settings().key_dir))


@pages.get("/tips/new")
def form() -> str:
    return _form(drafts.blank())


@pages.post("/tips/new")
def send() -> ResponseReturnValue:
    draft = drafts.read()
    try:
        if request.form.get("action") != "send":
            return _form(draft)
        return _submit(draft)
    except FormUsed as used:
        fresh = drafts.blank()
        fresh.values = draft.values
        return _form(fresh, notice=used), used.status
    except InvalidInput as wrong:
        return _form(draft, errors=wrong.fields), wrong.status
    except RegistryError as trouble:
        return _form(draft, notice=trouble), trouble.status


@pages.post("/tips/receipt")
def retyped() -> ResponseReturnValue:
    """One group typed again; where it is wrong, the receipt is shown once more."""
    content = tokens.unseal("receipt", request.form.get("token", ""), now=now())
    typed = receipt.normalised(request.form.get("group", ""))
    wanted = receipt.groups(content["code"])[content["group"]]
    if hmac.compare_digest(typed.encode(), wanted.encode()):
        return render_template("public/tips_noted.html", language_kept=True)
    return _receipt_page(content, wrong=True), 422


def _form(
    draft: Draft,
    *,
    errors: Mapping[str, list[str]] | None = None,
    notice: RegistryError | None = None,
) -> str:
    with under(context.rules()):
        described = forms.describe(TipForm(), draft.values)
    found = {**draft.problems, **(errors or {})}
    region, subject = (
        draft.values.get("region", "").strip(),
        draft.values.get("subject", "").strip(),
    )
    return render_template(
        "public/tips_new.html",
        described=[*described, FILES],
        fields={one.name: one for one in described},
        values=draft.values,
        errors=found,
        notice=notice,
        token=draft.token,
        files=draft.files,
        region_choices=picking.region_choices(region),
        unit_choices=picking.units(subject),
        details=_details(),
        numbers=context.rules().titles("emergency_numbers"),
        limits=context.settings(),
    )


def _details() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Choices of "more exactly", grouped by what they belong to."""
    rules = context.rules()
    found = rules.table("tip_details").values()
    return [
        (title, [(one.code, one.title) for one in found if getattr(one, "parent", "") == code])
        for code, title in rules.titles("tip_categories").items()
        if any(getattr(one, "parent", "") == code for one in found)
    ]


def _submit(draft: Draft) -> str:
    """Take the report in, or raise what the form shows."""
    if "too_often" in g:
        raise g.too_often
    data = _validated(draft)
    target = _recipients(data)
    content = {**_plain(data), "files": [[one.name, one.sha256] for one in draft.files]}
    code = receipt.new_receipt(draft.receipt_entropy(content))
    with gate().deriving():
        derived = receipt.derive(code, receipt_secrets())
    submission = _submission(draft, data, content)
    filed = _store(submission, derived, target)
    if filed.repeated:
        _drop_second_copies(draft)
    shown = {
        "code": code,
        "group": secrets.randbelow(receipt.GROUPS),
        "day": filed.day.isoformat(),
        "hash": filed.envelope_hash.hex() if not filed.repeated else "",
        "authority": target.authority["name"],
        "phone": target.phone,
    }
    return _receipt_page(shown)


def _validated(draft: Draft) -> dict[str, Any]:
    """The form's data with region and subject resolved, all problems reported at once."""
    problems: dict[str, list[str]] = {}
    data: dict[str, Any] = {}
    for step in (draft.check, lambda: data.update(_loaded(draft))):
        try:
            step()
        except InvalidInput as wrong:
            problems |= wrong.fields
    try:
        region = draft.values.get("region", "").strip()
        if region:
            data["region"] = picking.resolve_region(region, draft.values.get("region_code", ""))
    except InvalidInput as wrong:
        problems |= wrong.fields
    if problems:
        raise InvalidInput(problems)
    data["subject"] = picking.resolve_subject(data["subject"], draft.values.get("unit_code", ""))
    return data


def _loaded(draft: Draft) -> dict[str, Any]:
    rules = context.rules()
    with under(rules):
        data: dict[str, Any] = forms.load(TipForm(), draft.values)
    for name in ("since", "until"):
        if data[name] and data[name] > today():
            raise InvalidInput({name: [N_("This day is still to come.")]})
    detail = rules.table("tip_details").get(data["detail"])
    if detail is not None and getattr(detail, "parent", "") != data["category"]:
        raise InvalidInput({"detail": [N_("This does not belong to what you chose above.")]})
    return data


def _recipients(data: Mapping[str, Any]) -> Recipients:
    region, category = data["region"], data["category"]
    found = recipients.for_region(context.gazette(), region, category, now(), told=data)
    if found is None:
        number = next(iter(context.rules().table("emergency_numbers")), "")
        closed = N_("Nobody takes reports for this region here yet. Please call {number}.")
        raise IntakeClosed({"region": [closed.format(number=number)]})
    return found


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Validated data as JSON values: what makes a report the same report."""
    return {
        name: value.isoformat() if name in {"since", "until"} and value else value
        for name, value in data.items()
    }


def _submission(draft: Draft, data: Mapping[str, Any], content: Mapping[str, Any]) -> Submission:
    identity = tip_identity(
        name=data["name"],
        contact=data["contact"],
        others=[_companion(one) for one in data["others"]],
    )
    seen = gate().seen_before(f"{data['text']}\0{data['region']}".encode(), now())
    shared = ("category", "region", "subject", "text", "employee", "detail", "place")
    facts = tip_facts(
        now=now(),
        channel="web",
        language=language(),
        identity=identity,
        seen_before=seen,
        **{name: data[name] for name in (*shared, "since", "until", "when", "knowledge")},
    )
    return Submission(
        draft.tip_id(content), data["category"], facts, identity, draft.files, draft.form_hash
    )


def _companion(one: Mapping[str, Any]) -> Any:
    return {name: value for name, value in one.items() if value not in (None, "")}


def _store(submission: Submission, derived: ReceiptKeys, target: Recipients) -> Filed:
    """Files first, then the rows in one transaction that is over before the receipt is shown."""
    try:
        if submission.files:
            blobs.sync(context.settings().sealed_dir)
        with gate().writing(sessions.store("intake")) as session:
            return service.submit(session, submission, derived, target, now=now())
    except (SQLAlchemyError, OSError):
        raise NotTaken from None


def _drop_second_copies(draft: Draft) -> None:
    """A double click uploads twice; the report holds the files of the first."""
    for one in draft.files:
        if one.id in {new.id for new in g.sealing_desk.files}:
            blobs.discard(context.settings().sealed_dir, one.id)


def _receipt_page(shown: Mapping[str, Any], *, wrong: bool = False) -> str:
    groups = receipt.groups(shown["code"])
    accept = context.rules().deadline("tip.accept")
    return render_template(
        "public/tips_receipt.html",
        groups=groups,
        spoken=[[(symbol, WORDS[symbol]) for symbol in group] for group in groups],
        shown=shown,
        wrong=wrong,
        token=tokens.seal("receipt", shown, now=now()),
        accept_within=accept.first.text if accept.first else "",
        language_kept=True,
    )


def too_large_page() -> ResponseReturnValue:
    """Refused unread; the browser still has what was typed."""
    limits = context.settings()
    shown = {"too_large": limits.tip_request_bytes // (1024 * 1024), "language_kept": True}
    return render_template("public/tips_noted.html", **shown), 413


@pages.errorhandler(413)
def too_large(_error: Exception) -> ResponseReturnValue:
    return too_large_page()


@pages.errorhandler(StaleForm)
def stale(error: StaleForm) -> ResponseReturnValue:
    return render_template("public/tips_noted.html", stale=error, language_kept=True), error.status
