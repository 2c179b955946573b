"""Following a report: a mailbox opened with the receipt, and what the reporter adds.

A known and an unknown receipt take the same time, the same page and the same length. Between two
requests the mailbox stays open through a sealed token in the form, for half an hour and two hours
at most; the receipt itself is typed once and stands nowhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from nacl.public import PrivateKey, PublicKey
from sqlalchemy.exc import SQLAlchemyError

from public_site import context
from public_site.intake import draft as drafts
from public_site.intake import tokens, tries, uploads
from public_site.intake.door import gate, guard
from public_site.intake.tokens import StaleForm
from public_site.pages.tips import (
    NotTaken,
    receipt_secrets,
    too_large_page,
)
from public_site.present.mailbox import mailbox_view
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_
from registry.core.web import forms, sessions
from registry.core.web.locale import language
from registry.core.web.moment import now, today
from registry.public.inbox import blobs, claims, receipt, sealing, service
from registry.public.inbox.filesealing import FRAME, SealedFile
from registry.public.inbox.receipt import ReceiptKeys
from registry.public.mailbox import queries as mailboxes
from registry.public.mailbox.queries import Mailbox
from schemas.public.tips import TipClaim, TipMessage

pages = Blueprint("tips_track", __name__)
guard(pages, "look")


class OpenAgain(StaleForm):
    """The page with the field for the receipt was open for too long."""

    code = "open-again"
    message = N_("This page was open for too long. Type the receipt once more.")


class Closed(StaleForm):
    """The mailbox was open for half an hour without a sign, or two hours altogether."""

    code = "closed-mailbox"
    message = N_(
        "The mailbox has closed by itself. Open it again with the receipt; what you wrote is kept "
        "below and not sent yet. Files have to be chosen again."
    )


PADDED_TO = 16 * 1024
"""Answers are filled up to multiples of this, so that their length tells nothing."""
UNKNOWN = N_("No mailbox answers to this receipt. Compare all groups; a new one opens in a minute.")
PLACE = "@the-token@"
MOST_KEPT = 20
_NOBODY = PrivateKey.generate()


@dataclass
class Opened:
    """A mailbox that this request may show, with its keys."""

    box: Mailbox
    keys: ReceiptKeys
    since: float
    files: list[SealedFile] = field(default_factory=list)

    @property
    def token(self) -> str:
        content = {
            "root": self.keys.root.hex(),
            "since": self.since,
            "files": [uploads.as_token(one) for one in self.files],
        }
        return tokens.seal("session", content, now=now())


@pages.get("/tips/track")
def form() -> Response:
    return _asking({})


@pages.post("/tips/track")
def act() -> ResponseReturnValue:
    try:
        if "too_often" in g:
            raise g.too_often
        action = request.form.get("action", "open")
        return _look() if action == "open" else _with_open(ACTIONS.get(action, _refresh))
    except InvalidInput as wrong:
        return _asking(wrong.fields, status=wrong.status)
    except RegistryError as trouble:
        return _asking({}, notice=trouble, status=trouble.status)


@pages.errorhandler(413)
def too_large(_error: Exception) -> ResponseReturnValue:
    return too_large_page()


def _look() -> Response:
    """Open a mailbox by receipt: always the same time, whatever is found."""
    try:
        token = tokens.unseal("track", request.form.get("token", ""), now=now())
    except StaleForm:
        raise OpenAgain from None
    code = receipt.parse_receipt(request.form.get(receipt.FIELD, ""))
    tries.spend(token, "track", receipt.FIELD)
    with gate().even_time():
        installation = receipt_secrets()
        keys = gate().gently(lambda: receipt.derive(code, installation))
        opened = _find(keys, now().timestamp())
        if opened is None:
            return _asking({receipt.FIELD: [UNKNOWN]}, before=token["tries"] + 1)
        return _shown(opened)


def _find(keys: ReceiptKeys, since: float) -> Opened | None:
    box = mailboxes.find(context.gazette(), keys.lookup)
    if box is not None:
        return Opened(box, keys, since)
    # As much work as opening a letter.
    envelope = sealing.seal({}, [_NOBODY.public_key], tip_id="0" * 32, kind="reply")
    sealing.open_envelope(envelope, _NOBODY, tip_id="0" * 32, kind="reply")
    return None


def _with_open(step: Callable[[Opened], str]) -> Response:
    """Do ``step`` in the mailbox of the form's token; errors come back into the open mailbox."""
    try:
        content = tokens.unseal("session", request.form.get("token", ""), now=now())
    except StaleForm:
        raise Closed from None
    if now().timestamp() - content["since"] > tokens.LONGEST_SESSION.total_seconds():
        raise Closed
    keys = receipt.keys_of(bytes.fromhex(content["root"]), receipt_secrets())
    opened = _find(keys, content["since"])
    if opened is None:
        raise Closed
    opened.files = [uploads.from_token(one) for one in content["files"]]
    try:
        return _shown(opened, done=step(opened))
    except InvalidInput as wrong:
        return _shown(opened, errors=wrong.fields, status=wrong.status)
    except RegistryError as trouble:
        return _shown(opened, notice=trouble, status=trouble.status)


def _refresh(_opened: Opened) -> str:
    return ""


def _message(opened: Opened) -> str:
    _add(opened, service.MESSAGE, forms.load(TipMessage(), drafts.typed()))
    return N_("Your message was sealed and sent.")


def _object(opened: Opened) -> str:
    data = forms.load(TipMessage(), drafts.typed())
    if not mailbox_view(opened.box, opened.keys, context.rules(), today()).may_object:
        raise InvalidInput({"text": [N_("There is no decision yet to object to.")]})
    _add(opened, service.OBJECTION, data)
    return N_("Your objection was sealed and sent.")


def _withdraw(opened: Opened) -> str:
    if "sure" not in request.form:
        raise InvalidInput({"sure": [N_("Confirm this before you send.")]})
    _add(opened, service.WITHDRAWAL, {"text": ""})
    return N_("Your withdrawal was sent. The authority may still act on a danger that it knows of.")


def _claim(opened: Opened) -> str:
    """Sign for a voucher that lies in this mailbox."""
    voucher = request.form.get("voucher", "")
    view = mailbox_view(opened.box, opened.keys, context.rules(), today())
    if voucher not in view.vouchers:
        raise InvalidInput({"pin": [N_("There is no such voucher in this mailbox.")]})
    pin = receipt.normalised_digits(forms.load(TipClaim(), request.form)["pin"])
    try:
        with gate().deriving():
            hashed = claims.hash_pin(pin)
    except ValueError:
        raise InvalidInput({"pin": [N_("A PIN has six digits.")]}) from None
    signature = claims.sign(opened.keys.claim, voucher, hashed)
    _write(
        lambda session: service.claim(
            session, voucher=voucher, pin=hashed, signature=signature, now=now()
        )
    )
    return N_("Your claim was sent. Say voucher number and PIN where the reward is paid.")


ACTIONS: Mapping[str, Callable[[Opened], str]] = {
    "refresh": _refresh,
    "message": _message,
    "object": _object,
    "withdraw": _withdraw,
    "claim": _claim,
}


def _add(opened: Opened, kind: str, content: Mapping[str, Any]) -> None:
    """Seal what was written and the files to the tip's key. The same form twice adds it once."""
    new, problems = drafts.received_files()
    settled = opened.box.frames * FRAME
    limits = context.settings()
    taken, more = uploads.that_fit(new, held=opened.files, settled=settled, limits=limits)
    opened.files.extend(taken)
    if problems := list(dict.fromkeys([*problems, *more])):
        raise InvalidInput({"files": problems})
    files = [[one.name, one.sha256] for one in opened.files]
    text = repr((opened.since, kind, content["text"], files)).encode()
    message_id = hashlib.blake2b(text, key=opened.keys.root, digest_size=16).hexdigest()
    if opened.files:
        blobs.sync(context.settings().sealed_dir)
    _write(
        lambda session: service.add_message(
            session,
            message_id=message_id,
            tip_id=opened.box.tip_id,
            tip_key=PublicKey(opened.box.tip_key),
            kind=kind,
            content=content,
            files=opened.files,
            now=now(),
        )
    )
    opened.files = []


def _write(step: Callable[[Any], None]) -> None:
    try:
        with gate().writing(sessions.store("intake")) as session:
            step(session)
    except (SQLAlchemyError, OSError):
        raise NotTaken from None


def _asking(
    errors: Mapping[str, list[str]],
    *,
    before: int = 0,
    notice: RegistryError | None = None,
    status: int = 200,
) -> Response:
    token = tries.entry_token("track", before)
    if errors or request.form.get("text"):
        return _padded(status, errors=errors, notice=notice, token=token, view=None)
    return _plain_page(token, notice, status)


def _plain_page(token: str, notice: RegistryError | None, status: int) -> Response:
    """The page with nothing on it but its token: rendered once a day and language, so that a
    flood that is turned away costs next to nothing."""
    kept: dict[tuple[Any, ...], str] = current_app.extensions.setdefault("registry.track-pages", {})
    key = (language(), notice.code if notice else "", today())
    if key not in kept:
        kept.clear() if len(kept) > MOST_KEPT else None
        kept[key] = _rendered(errors={}, notice=notice, token=PLACE, view=None)
    return _filled_up(kept[key].replace(PLACE, token), status)


def _shown(
    opened: Opened,
    *,
    done: str = "",
    errors: Mapping[str, list[str]] | None = None,
    notice: RegistryError | None = None,
    status: int = 200,
) -> Response:
    return _padded(
        status,
        errors=errors or {},
        notice=notice,
        token=opened.token,
        view=mailbox_view(opened.box, opened.keys, context.rules(), today()),
        files=opened.files,
        done=done,
    )


def _padded(status: int, **shown: Any) -> Response:
    return _filled_up(_rendered(**shown), status)


def _rendered(**shown: Any) -> str:
    return render_template(
        "public/tips_track.html",
        message_fields={one.name: one for one in forms.describe(TipMessage())},
        claim_fields={one.name: one for one in forms.describe(TipClaim())},
        values=drafts.typed(),
        limits=context.settings(),
        language_kept=shown["view"] is not None,
        **shown,
    )


def _filled_up(text: str, status: int) -> Response:
    page = text.encode()
    return make_response(page + b" " * (-len(page) % PADDED_TO), status)
