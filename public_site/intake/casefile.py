"""A party at its case between two requests: the open code, the form, what was sealed so far.

All of it travels in the sealed token of the form, as a report's does: no cookie, no session.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import rfc8785
from flask import request
from werkzeug.datastructures import MultiDict

from public_site import context
from public_site.intake import draft as drafts
from public_site.intake import tokens, uploads
from public_site.intake.uploads import Sink
from registry.core.i18n import N_
from registry.core.web.moment import now
from registry.public.inbox import blobs
from registry.public.inbox.filesealing import SealedFile

AUTHORISATION, PROOF = "authorisation", "proof"
INPUTS = {"authorisation": AUTHORISATION, "files": PROOF}
"""Name of a file input to what its files are."""
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OFFICE = {".docx": _WORD, ".xlsx": _SHEET}
ACCEPTED = frozenset({"application/pdf", "image/jpeg", "image/png"})
UNWANTED = N_("Only PDF, JPEG, PNG, Word and Excel files are taken; not taken: {names}")


@dataclass
class CaseFile:
    """The open case of a request."""

    root: str
    """From which the keys of the code follow, as hex; sealed in the token."""
    seed: str = field(default_factory=lambda: secrets.token_hex(32))
    procedure: str = ""
    values: MultiDict[str, str] = field(default_factory=MultiDict)
    files: list[SealedFile] = field(default_factory=list)
    purposes: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def token(self) -> str:
        """The same case and form, with the files so far."""
        content = {
            "root": self.root,
            "seed": self.seed,
            "procedure": self.procedure,
            "files": [uploads.as_token(one) for one in self.files],
            "purposes": self.purposes,
        }
        return tokens.seal("case", content, now=now())

    def of(self, purpose: str) -> list[SealedFile]:
        """The files of one purpose."""
        return [one for one in self.files if self.purposes.get(one.id) == purpose]

    def filing_id(self, content: Mapping[str, Any]) -> str:
        """The same form with the same content gives the same id …"""
        return self._derived(b"filing", content)[:16].hex()

    def receipt_entropy(self, content: Mapping[str, Any]) -> bytes:
        """… and the same receipt, so that a double click loses nothing."""
        return self._derived(b"receipt", content)

    def _derived(self, label: bytes, content: Mapping[str, Any]) -> bytes:
        digest = hashlib.sha256(rfc8785.dumps(dict(content))).digest()
        key = bytes.fromhex(self.seed)
        return hashlib.blake2b(digest, key=key, person=b"case-" + label, digest_size=32).digest()

    def start(self, procedure: str) -> None:
        """A fresh form for ``procedure``; what was sealed for another one is given up."""
        for one in self.files:
            blobs.discard(context.settings().sealed_dir, one.id)
        self.procedure, self.seed = procedure, secrets.token_hex(32)
        self.files, self.purposes = [], {}


def read() -> CaseFile:
    """The case of the form that was sent. Raises ``StaleForm``. Reads the body."""
    values = drafts.typed()
    content = tokens.unseal("case", values.get(drafts.TOKEN, ""), now=now())
    found = CaseFile(
        content["root"],
        content["seed"],
        content["procedure"],
        values,
        [uploads.from_token(one) for one in content["files"]],
        dict(content["purposes"]),
    )
    _drop(found, [one for one in found.files if one.id in values.getlist("remove")])
    _receive(found)
    return found


def _receive(case: CaseFile) -> None:
    """Take over what the desk of this request sealed, as far as it is of a type that is taken."""
    new, case.problems = drafts.received_files()
    inputs = _inputs()
    refused = []
    for one in new:
        kind = _type(one)
        if not kind:
            refused.append(one)
            continue
        case.files.append(_typed(one, kind))
        case.purposes[one.id] = inputs.get(one.id, PROOF)
    if refused:
        case.problems.append(UNWANTED.format(names=", ".join(one.name for one in refused)))
    most = context.settings().tip_files
    if len(case.files) > most:
        case.problems.append(uploads.TOO_MANY.format(most=most))
        refused += case.files[most:]
    _drop(case, refused)


def _drop(case: CaseFile, unwanted: list[SealedFile]) -> None:
    gone = {one.id for one in unwanted}
    for file_id in gone:
        blobs.discard(context.settings().sealed_dir, file_id)
    case.files = [one for one in case.files if one.id not in gone]
    case.purposes = {key: value for key, value in case.purposes.items() if key not in gone}


def _inputs() -> dict[str, str]:
    """Id of a sealed file to its purpose, from the input that it came through."""
    return {
        sent.stream.id: purpose
        for name, purpose in INPUTS.items()
        for sent in request.files.getlist(name)
        if isinstance(sent.stream, Sink)
    }


def _type(one: SealedFile) -> str:
    """The type under which a file is taken; empty for one that is not."""
    if one.type in ACCEPTED:
        return one.type
    ending = one.name[one.name.rfind(".") :].lower()
    return _OFFICE.get(ending, "") if one.type == "application/zip" else ""


def _typed(one: SealedFile, kind: str) -> SealedFile:
    return SealedFile(one.id, one.key, one.size, one.sha256, b"", one.frames, one.name, kind)
