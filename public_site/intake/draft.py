"""A report on its way: what was typed, what was sealed so far, and the token that holds it."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import rfc8785
from flask import current_app, g, request
from werkzeug.datastructures import MultiDict

from public_site import context
from public_site.intake import tokens, uploads
from public_site.intake.gate import Busy, Gate
from public_site.intake.tokens import StaleForm
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.core.web.moment import now
from registry.public.inbox import blobs
from registry.public.inbox.filesealing import SealedFile

YOUNGEST = timedelta(seconds=5)
HONEYPOT = "website"
TOKEN = "token"  # noqa: S105 - the name of a form field
FILES = "files"
SMALL = 1024 * 1024
"""Largest body that needs no turn: texts, and a photograph or two."""
SILENCE = 60
"""Seconds without a byte after which a sender is given up."""
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


@dataclass
class Draft:
    """One form as it came, or a blank one."""

    seed: str
    values: MultiDict[str, str] = field(default_factory=MultiDict)
    files: list[SealedFile] = field(default_factory=list)
    problems: dict[str, list[str]] = field(default_factory=dict)
    opened: float = 0.0
    """When the form was first shown, seconds of the epoch."""

    @property
    def token(self) -> str:
        """The form's token anew: the same seed, the files so far, the same beginning."""
        files = [uploads.as_token(one) for one in self.files]
        content = {"seed": self.seed, "files": files, "opened": self.opened}
        return tokens.seal("new", content, now=now())

    @property
    def form_hash(self) -> bytes:
        """By which the inbox knows this form: random to everybody without the token."""
        return self._derived(b"form")

    def tip_id(self, content: Mapping[str, Any]) -> str:
        """The same form with the same content gives the same id …"""
        return self._derived(b"tip", _digest(content))[:16].hex()

    def receipt_entropy(self, content: Mapping[str, Any]) -> bytes:
        """… and the same receipt, so that a double click loses nothing."""
        return self._derived(b"receipt", _digest(content))

    def _derived(self, label: bytes, content: bytes = b"") -> bytes:
        key = bytes.fromhex(self.seed)
        return hashlib.blake2b(content, key=key, person=b"tip-" + label, digest_size=32).digest()

    def check(self) -> None:
        """Raises ``InvalidInput`` for what is wrong with the form itself."""
        age = now().timestamp() - self.opened
        if self.values.get(HONEYPOT):
            self.problems[HONEYPOT] = [N_("Leave this field empty.")]
        elif age < YOUNGEST.total_seconds():
            self.problems[TOKEN] = [N_("That was very quick. Please send it once more.")]
        if self.problems:
            raise InvalidInput(self.problems)


def blank() -> Draft:
    """A form that nobody has touched."""
    return Draft(secrets.token_hex(32), opened=now().timestamp())


def open_desk(*, accepting: bool) -> None:
    """Have the uploads of this request sealed as they arrive. Before the body is read."""
    settings = context.settings()
    limits = uploads.Limits(
        settings.tip_files,
        settings.tip_file_bytes,
        settings.tip_request_bytes,
        settings.tip_free_bytes,
    )
    g.sealing_desk = uploads.Desk(settings.sealed_dir, limits, now(), accepting)
    # What is refused unread. Up to here the texts are kept, whatever becomes of the files.
    request.max_content_length = settings.tip_total_bytes + settings.tip_request_bytes
    request.max_form_memory_size = 1024 * 1024
    request.max_form_parts = 200


def take_turn() -> None:
    """Large bodies come a few at a time, and from senders that send. Raises ``Busy``.

    gunicorn waits for ever for the next byte unless its socket is told otherwise.
    """
    connection = request.environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(SILENCE)
    if request.content_length is not None and request.content_length <= SMALL:
        return
    gate: Gate = current_app.extensions["registry.tip-gate"]
    if not gate.take_large():
        raise Busy
    g.large_body = gate


def give_turn_back() -> None:
    """At the end of the request: the turn, the desk, and the socket's patience."""
    if "sealing_desk" in g:
        g.sealing_desk.close()
    if "large_body" in g:
        g.pop("large_body").large_done()


def received_files() -> tuple[list[SealedFile], list[str]]:
    """What the desk of this request sealed, and what it could not take."""
    desk: uploads.Desk = g.sealing_desk
    return list(desk.files), list(desk.problems)


def typed() -> MultiDict[str, str]:
    """The texts of the form. What cannot be shown is marked rather than refused: a file name or
    a text pasted from elsewhere may hold it, and a report must not fail for that."""
    return MultiDict(
        (name, _UNSEEN.sub("\ufffd", text)) for name, text in request.form.items(multi=True)
    )


def read() -> Draft:
    """The form that was sent, with the files of earlier attempts. Reads the body."""
    values = typed()
    draft = _of_token(values.get(TOKEN, ""))
    draft.values = values
    draft.files = [one for one in draft.files if not _removed(one, values)]
    new, problems = received_files()
    taken, more = uploads.that_fit(new, held=draft.files, settled=0, limits=context.settings())
    draft.files.extend(taken)
    problems = list(dict.fromkeys([*problems, *more]))
    if problems:
        draft.problems[FILES] = problems
    return draft


def _of_token(token: str) -> Draft:
    """A fresh draft where the token is too old, with its files, or is none at all."""
    try:
        content = tokens.peek("new", token)
    except StaleForm as stale:
        return Draft(
            secrets.token_hex(32), problems={TOKEN: [stale.message]}, opened=now().timestamp()
        )
    files = [uploads.from_token(one) for one in content["files"]]
    if now().timestamp() - content["opened"] > tokens.LIFETIME["new"].total_seconds():
        fresh = Draft(secrets.token_hex(32), files=files, opened=now().timestamp())
        fresh.problems[TOKEN] = [StaleForm.message]
        return fresh
    return Draft(content["seed"], files=files, opened=content["opened"])


def _removed(one: SealedFile, values: MultiDict[str, str]) -> bool:
    if one.id not in values.getlist("remove"):
        return False
    blobs.discard(context.settings().sealed_dir, one.id)
    return True


def _digest(content: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(rfc8785.dumps(dict(content))).digest()
