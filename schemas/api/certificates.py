"""Bodies and answers of the calls about certificates."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from schemas.api.answers import HEX, digest, instant, text, whole
from schemas.api.fields import Share
from schemas.api.requests import MatchQuery, Request, purpose, reference


class CertificateBody(Request):
    """``POST certificates``."""

    query = ma.fields.Nested(
        MatchQuery,
        required=True,
        metadata={"description": N_("The counterparty, as for `match`.")},
    )
    threshold = Share(
        load_default=None,
        description=N_("Score from which a name counts as a possible match. Without it: 0.70."),
    )
    purpose = purpose()
    reference = reference()


class _Words(ma.Schema):
    zh = text(N_("In Chinese."))
    en = text(N_("In English."))


class _Match(ma.Schema):
    kind = text(N_("Kind of record."))
    id = text(N_("Id of the record."))
    name = text(N_("The name that matched."))
    score = text(N_("How alike the names are, from 0 to 1, as text."))
    via = text(N_("By what it was found: name, former, short, english, alias or code."))
    sequence = whole(N_("Row of the log from which the record's content comes."), least=1)
    leaf_hash = digest(N_("SHA-256 over a zero byte and the commitment (RFC 9162)."))
    proof = ma.fields.List(
        ma.fields.String(metadata={"pattern": HEX}),
        required=True,
        metadata={"description": N_("Hashes in the order of RFC 9162, in hexadecimal.")},
    )


class CertificateAnswer(ma.Schema):
    """The signed file, in the canonical form of RFC 8785. Keep it: it is kept nowhere here."""

    type = text(N_("Kind and version of the file."))
    id = text(N_("Number of the certificate."))
    issuer = ma.fields.Dict(required=True, metadata={"description": N_("Who issued it.")})
    as_of = instant(N_("When it was asked."))
    query = ma.fields.Dict(required=True, metadata={"description": N_("The query as sent.")})
    normalised = ma.fields.Dict(required=True, metadata={"description": N_("The query as read.")})
    outcome = text(N_("`listed`, `possible` or `clear`."), enum=["listed", "possible", "clear"])
    matches = ma.fields.List(ma.fields.Nested(_Match), required=True)
    lists = ma.fields.List(
        ma.fields.Dict(), required=True, metadata={"description": N_("Lists searched.")}
    )
    sequence = whole(N_("The state of the registry: length of its log."))
    tree_size = whole(N_("How many rows the tree has."))
    root_hash = digest(N_("Root of the tree, in hexadecimal."))
    checkpoint = text(N_("The newest signed checkpoint then."), required=False)
    consistency = ma.fields.List(
        ma.fields.String(),
        metadata={"description": N_("Proof that the tree extends the checkpoint's.")},
    )
    matcher = text(N_("Name and version of the comparison."))
    threshold = text(N_("Score from which a name counted."))
    purpose = text(N_("What the check is for; stands in the file."), required=False)
    reference = text(N_("Case that it is for; stands in the file."), required=False)
    says = ma.fields.Nested(_Words, required=True)
    does_not_say = ma.fields.Dict(
        required=True, metadata={"description": N_("What no certificate says, in both languages.")}
    )
    key_id = text(N_("Short name of the key that signed."))
    key = text(N_("The public key that signed, base64."))
    endorsement = text(N_("The log key's signature over that key, base64."))
    signature = text(N_("Ed25519 signature over all other members, base64."))


class CertificateKept(ma.Schema):
    """What the registry keeps of a certificate."""

    id = text(N_("Number of the certificate."))
    issued = instant(N_("When it was issued."))
    sequence = whole(N_("The state of the registry: length of its log."))
    sha256 = digest(N_("SHA-256 over the file's canonical text."))
    key_id = text(N_("Short name of the key that signed."))
    signature = text(N_("Ed25519 signature over all other members, base64."))
    url = text(N_("Its page."))


class CertificateVerdict(ma.Schema):
    """The certificate holds: key, signature, checkpoint, proofs, and the log as it stands."""

    id = text(N_("Number of the certificate."))
    outcome = text(N_("`listed`, `possible` or `clear`."), enum=["listed", "possible", "clear"])
    as_of = instant(N_("When it was asked."))
    sequence = whole(N_("The state of the registry: length of its log."))
    recorded = ma.fields.Boolean(
        required=True,
        metadata={"description": N_("Whether the registry has it on record, byte for byte.")},
    )
    rows_since = whole(N_("How many rows the log has grown by since."))
    gone = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata={"description": N_("Ids of its matches that are no longer shown.")},
    )


class KeysAnswer(ma.Schema):
    """The public keys by which all signed things here are verified."""

    origin = text(N_("The log's name."))
    log_key = text(N_("The log's public key, base64."))
    verifier_key = text(N_("The same as tools of the C2SP family take it."))
    certificate_key = text(N_("The public key that signs certificates, base64."))
    endorsement = text(N_("The log key's signature over that key, base64."))
