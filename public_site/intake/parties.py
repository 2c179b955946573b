"""What the pages of parties share: their secrets, the entry by code, the rules they show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from flask import g, request
from flask.typing import ResponseReturnValue

from public_site import context
from public_site.intake import draft as drafts
from public_site.intake import tokens
from public_site.intake.door import gate
from public_site.intake.tries import spend
from registry.core import keys as key_files
from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_, Text
from registry.core.rules.values import Procedure
from registry.core.web.moment import now
from registry.public.inbox.receipt import ReceiptKeys, ReceiptSecrets
from registry.public.procedures import codes
from registry.public.procedures.content import Both


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


class Missed(InvalidInput):
    """A code or receipt that opened nothing: the form's next try is one more."""

    def __init__(self, fields: Mapping[str, list[str]], tries: int) -> None:
        super().__init__(fields)
        self.tries = tries


Found = TypeVar("Found")


def entered(
    field: str, find: Callable[[ReceiptKeys], Found | None], unknown: str
) -> tuple[ReceiptKeys, Found]:
    """What the typed code opens, with its keys: always after the same time, whatever is found.

    Raises ``Missed`` at ``field`` where it is mistyped or opens nothing (``unknown`` says so),
    ``InvalidInput`` after too many tries, ``StaleForm``.
    """
    token = tokens.unseal("code", request.form.get(drafts.TOKEN, ""), now=now())
    tries = spend(token, "code", field)
    with gate().even_time():
        try:
            code = codes.parse(request.form.get(field, ""), field)
        except InvalidInput as wrong:
            raise Missed(wrong.fields, tries + 1) from None
        known = installation()
        keys = gate().gently(lambda: codes.derive(code, known))
        found = find(keys)
    if found is None:
        raise Missed({field: [unknown]}, tries + 1)
    return keys, found


class Asking(Protocol):
    """The page with the field for a code or receipt."""

    def __call__(
        self,
        errors: Mapping[str, list[str]] | None = None,
        *,
        tries: int = 0,
        notice: RegistryError | None = None,
    ) -> str: ...


def answered(act: Callable[[], ResponseReturnValue], asking: Asking) -> ResponseReturnValue:
    """Do what a form asks for; whatever is wrong leads back to the field for the code."""
    try:
        if "too_often" in g:
            raise g.too_often
        return act()
    except InvalidInput as wrong:
        tries = wrong.tries if isinstance(wrong, Missed) else 0
        return asking(wrong.fields, tries=tries), wrong.status
    except RegistryError as trouble:
        return asking(notice=trouble), trouble.status


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
