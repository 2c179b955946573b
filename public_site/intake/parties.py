"""What the pages of parties share: their secrets, tries, the rules they show."""

from __future__ import annotations

import secrets

from flask import current_app, request

from public_site import context
from public_site.intake import draft as drafts
from public_site.intake import tokens
from public_site.intake.tokens import Spent
from registry.core import keys as key_files
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_, Text
from registry.core.rules.values import Procedure
from registry.core.web.moment import now
from registry.public.inbox.receipt import ReceiptSecrets
from registry.public.procedures import codes
from registry.public.procedures.content import Both

TRIES = 5
MANY = N_("That were many tries. Open this page again and start anew.")


class NotFiled(RegistryError):  # noqa: N818 - reads as a sentence
    """The store could not be written. Nothing was kept."""

    code = "not-filed"
    status = 503
    message = N_("This could not be stored just now. It is still on this page: try again.")


class NotOpen(RegistryError):  # noqa: N818
    """The case does not offer this at its stage."""

    code = "not-open"
    status = 409
    message = N_("The case is at another stage now; this cannot be filed in it any more.")


def installation() -> ReceiptSecrets:
    return codes.secrets_of(key_files.load_receipt_key(context.settings().key_dir))


def _spent() -> Spent:
    found: Spent = current_app.extensions["registry.tip-tries"]
    return found


def tried(kind: tokens.Kind, field: str) -> int:
    """How many codes were tried with this form. Raises ``InvalidInput`` where it was too many."""
    token = tokens.unseal(kind, request.form.get(drafts.TOKEN, ""), now=now())
    if token["tries"] >= TRIES or not _spent().use(token["id"], tokens.LIFETIME[kind]):
        raise InvalidInput({field: [MANY]})
    return int(token["tries"])


def entry_token(kind: tokens.Kind, tries: int) -> str:
    """The token of a form into which a code or receipt is typed."""
    return tokens.seal(kind, {"tries": tries, "id": secrets.token_hex(16)}, now=now())


def procedure(code: str) -> Procedure:
    """The rule of a procedure. Raises ``NotOpen`` for none."""
    found = context.rules().table("procedures").get(code)
    if not isinstance(found, Procedure):
        raise NotOpen
    return found


def said(text: Both) -> Text:
    """A text of an envelope as templates say it."""
    return Text(text["zh"], text["en"])


def term(code: str) -> Text | None:
    """The first term of a deadline in words; None for none."""
    first = context.rules().deadline(code).first if code else None
    return first.text if first else None
