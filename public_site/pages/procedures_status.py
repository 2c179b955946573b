"""Where a filing stands, by its receipt: clocks, the answer with its papers, taking it back."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from public_site import context
from public_site.intake import draft as drafts
from public_site.intake import tokens
from public_site.intake.door import gate, guard
from public_site.intake.parties import (
    NotFiled,
    answered,
    entered,
    installation,
    procedure,
    said,
    term,
)
from public_site.intake.tokens import StaleForm
from public_site.intake.tries import entry_token
from registry.core.errors import RegistryError
from registry.core.i18n import N_, describe
from registry.core.web import sessions
from registry.core.web.locale import language
from registry.core.web.moment import now, today
from registry.public.inbox import receipt
from registry.public.inbox.receipt import ReceiptKeys
from registry.public.procedures import codes, queries, service
from registry.public.procedures.queries import OpenStatus

pages = Blueprint("procedures_status", __name__)
guard(pages, "look")
UNKNOWN = N_("Nothing that was filed answers to this receipt. A new one opens in a minute.")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Opened:
    """A filing that this request may show."""

    keys: ReceiptKeys
    status: OpenStatus

    @property
    def token(self) -> str:
        return tokens.seal("status", {"root": self.keys.root.hex()}, now=now())


@pages.get("/procedures/status")
def form() -> str:
    return _asking()


@pages.post("/procedures/status")
def act() -> ResponseReturnValue:
    return answered(_act, _asking)


def _act() -> ResponseReturnValue:
    action = request.form.get("action", "open")
    if action == "open":
        return _open()
    opened = _opened()
    if action == "withdraw":
        return _withdraw(opened)
    return _paper(opened) if action == "paper" else _shown(opened)


def _open() -> ResponseReturnValue:
    keys, status = entered(
        codes.RECEIPT, lambda keys: queries.status(context.gazette(), keys), UNKNOWN
    )
    return _shown(Opened(keys, status))


def _opened() -> Opened:
    content = tokens.unseal("status", request.form.get(drafts.TOKEN, ""), now=now())
    keys = receipt.keys_of(bytes.fromhex(content["root"]), installation())
    status = queries.status(context.gazette(), keys)
    if status is None:
        raise StaleForm
    return Opened(keys, status)


def _withdraw(opened: Opened) -> ResponseReturnValue:
    """Tell the office that the party takes it back. The same again is one and the same."""
    if "sure" not in request.form:
        wrong = {"sure": [N_("Confirm this before you send.")]}
        return _shown(opened, errors=wrong), 422
    filing_id = opened.status.filing_id
    own = hashlib.blake2b(b"withdraw", key=opened.keys.root, digest_size=16).hexdigest()
    try:
        with gate().writing(sessions.store("intake")) as session:
            service.withdraw(session, own, filing_id, opened.status.office, now=now())
    except SQLAlchemyError:
        raise NotFiled from None
    return _shown(opened, done=N_("That you take it back was sealed and sent."))


def _paper(opened: Opened) -> ResponseReturnValue:
    answer = opened.status.answer
    papers = {
        f"{place}.{number}": paper
        for place, letter in enumerate(answer["letters"] if answer else ())
        for number, paper in enumerate(letter["papers"])
    }
    chosen = papers.get(request.form.get("paper", ""))
    if chosen is None:
        return _shown(opened)
    content = io.BytesIO(base64.b64decode(chosen["content"]))
    sent = send_file(content, WORD, as_attachment=True, download_name=chosen["name"])
    sent.headers["Cache-Control"] = "no-store"
    return sent


def _asking(
    errors: Mapping[str, list[str]] | None = None,
    *,
    tries: int = 0,
    notice: RegistryError | None = None,
) -> str:
    return render_template(
        "public/procedures_status.html",
        opened=None,
        kept=term(codes.STATUS_KEPT),
        token=entry_token("code", tries),
        errors=errors or {},
        notice=describe(notice, language()) if notice else "",
        done="",
    )


def _shown(opened: Opened, *, errors: Mapping[str, list[str]] | None = None, done: str = "") -> str:
    return render_template(
        "public/procedures_status.html",
        opened=opened,
        shown=opened.status.content,
        answer=opened.status.answer,
        rule=procedure(opened.status.content["procedure"]),
        said=said,
        day=today().isoformat(),
        token=opened.token,
        errors=errors or {},
        notice="",
        done=done,
        language_kept=True,
    )
