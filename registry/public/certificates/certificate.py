"""The file itself: its members, how it is written, signed and identified. Pure.

A certificate is one JSON object (``docs/certificates.md``). Signed is ``PREFIX ‖ JCS`` of all
members but ``signature``. It holds texts, whole numbers, lists and objects only (a score is the
text ``"0.912"``), so that the canonical form of RFC 8785 is what any JSON writer gives that sorts
keys and leaves out blanks.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, cast

from nacl.signing import SigningKey, VerifyKey

# On Python 3.11 pydantic cannot read typing's own TypedDict.
from typing_extensions import TypedDict

from registry.core.i18n import N_, translate
from registry.public.gazette import leaf

TYPE = "credit-registry/check-certificate/v1"
PREFIX = b"credit-registry/certificate/v1\n"
"""Before the signed text, so that no other signature of the key passes for a certificate's."""
SIGNATURE = "signature"

SAYS: Mapping[str, str] = {
    "listed": N_(
        "At the time and in the state of the log stated, the counterparty stood in a listing in"
        " force: its credit code, or a person's name and document number, met one."
    ),
    "possible": N_(
        "At the time and in the state of the log stated, records with the same or a similar name"
        " were found. Whether they mean the counterparty, a person must decide."
    ),
    "clear": N_(
        "At the time and in the state of the log stated, the counterparty was not found in the"
        " lists named here."
    ),
}
DOES_NOT_SAY: tuple[str, ...] = (
    N_(
        "It says nothing about lists other than those named here, courts, taxes or other registers."
    ),
    N_(
        "It is the registry's signed statement, not a mathematical proof of absence: the log proves"
        " what was published, never that something was not."
    ),
    N_("It does not say that the counterparty is trustworthy, and replaces no check of its own."),
    N_("It holds for the moment stated only; a listing may have been added or removed since."),
    N_("A check by name can miss a name written otherwise; a check by credit code is surer."),
)


class Bilingual(TypedDict):
    zh: str
    en: str


class Sentences(TypedDict):
    zh: list[str]
    en: list[str]


class IssuerName(TypedDict):
    """``origin`` is the log's name, derived from its key."""

    name: Bilingual
    origin: str
    url: NotRequired[str]


class Query(TypedDict):
    """A person's ``document`` is masked: the number itself stands nowhere in the file."""

    name: NotRequired[str]
    code: NotRequired[str]
    region: NotRequired[str]
    birth: NotRequired[str]
    document: NotRequired[str]


class MatchRow(TypedDict):
    """A record found, with the row of the log that says it and the proof that the row is in it."""

    kind: str
    id: str
    name: str
    score: str
    via: str
    sequence: int
    leaf_hash: str
    proof: list[str]


class ListName(TypedDict):
    code: str
    title: Bilingual


class Certificate(TypedDict):
    """All members. Hashes are hexadecimal, keys and signatures base64."""

    type: Literal["credit-registry/check-certificate/v1"]
    id: str
    issuer: IssuerName
    as_of: str
    query: Query
    normalised: Query
    outcome: Literal["listed", "possible", "clear"]
    matches: list[MatchRow]
    lists: list[ListName]
    sequence: int
    tree_size: int
    root_hash: str
    checkpoint: NotRequired[str]
    """The newest signed checkpoint at that time, as a C2SP signed note."""
    consistency: NotRequired[list[str]]
    """That the tree of ``tree_size`` rows extends the checkpoint's."""
    matcher: str
    threshold: str
    purpose: NotRequired[str]
    reference: NotRequired[str]
    says: Bilingual
    does_not_say: Sentences
    key_id: str
    key: str
    endorsement: str
    signature: str


@dataclass(frozen=True)
class Signer:
    """The certificate key with the log key's word for it."""

    key: SigningKey
    endorsement: bytes


def key_id(key: VerifyKey) -> str:
    """The first eight bytes of SHA-256 over the public key, in hexadecimal."""
    return hashlib.sha256(bytes(key)).hexdigest()[:16]


def signed_text(certificate: Mapping[str, Any]) -> bytes:
    """What the signature is over. ``ValueError`` for what JSON cannot carry."""
    rest = {name: value for name, value in certificate.items() if name != SIGNATURE}
    return PREFIX + leaf.canonical(rest).encode()


def sign(body: Mapping[str, Any], signer: Signer) -> Certificate:
    """``body`` with key, endorsement and signature."""
    public = signer.key.verify_key
    whole = {
        **body,
        "key_id": key_id(public),
        "key": base64.b64encode(bytes(public)).decode(),
        "endorsement": base64.b64encode(signer.endorsement).decode(),
    }
    signature = signer.key.sign(signed_text(whole)).signature
    whole[SIGNATURE] = base64.b64encode(signature).decode()
    return cast(Certificate, whole)


def written(certificate: Mapping[str, Any]) -> str:
    """The file's text: canonical (RFC 8785)."""
    return leaf.canonical(certificate)


def fingerprint(certificate: Mapping[str, Any]) -> bytes:
    """SHA-256 over the canonical text, signature included."""
    return hashlib.sha256(written(certificate).encode()).digest()


def says(outcome: str) -> Bilingual:
    """What the outcome means, in both languages."""
    return _both(SAYS[outcome])


def does_not_say() -> Sentences:
    """What no certificate says, in both languages."""
    told = [_both(one) for one in DOES_NOT_SAY]
    return {"zh": [one["zh"] for one in told], "en": [one["en"] for one in told]}


def _both(message: str) -> Bilingual:
    return {"zh": translate("zh", message), "en": message}
