"""Certificates of checks: issued to agencies, verified for anybody."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from flask import Response

from public_site import context
from public_site.api import bodies, own
from public_site.api.keyed import keyed
from public_site.api.kit import PREFIX, as_response, asking, group, in_path, loaded, reading
from public_site.api.match import usable
from public_site.present import certified
from registry.core import keys
from registry.core.clock import rfc3339
from registry.core.codes.public_id import parse_public_id
from registry.core.errors import NotFound
from registry.core.i18n import N_
from registry.public import certificates
from registry.public.gazette import checkpoint
from registry.public.screening import THRESHOLD, CheckRequest
from schemas.api.certificates import (
    CertificateAnswer,
    CertificateBody,
    CertificateKept,
    CertificateVerdict,
    KeysAnswer,
)
from schemas.api.requests import ID_PATTERN

calls = group(
    "certificates",
    N_("Certificates"),
    N_("Signed statements of checks. Their holder keeps the file; no name is kept here."),
)
EXAMPLE = {"query": {"code": "91990121XY00000126"}, "purpose": "licensing"}
BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"$ref": "#/components/schemas/CertificateBody"},
            "example": EXAMPLE,
        }
    },
}
FILE = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"type": "object", "description": N_("The certificate, unchanged.")},
            "example": {"type": "credit-registry/check-certificate/v1"},
        }
    },
}
ID = [in_path("id", N_("Number of the certificate."), pattern=ID_PATTERN)]


@asking(
    calls,
    "/certificates",
    id="issue_certificate",
    summary=N_("Check a counterparty and certify what was found"),
    description=N_(
        "“Clear” is the registry's signed word for these lists at this moment, not a proof of"
        " absence. Keep the answer byte for byte or as any JSON; it cannot be had again. The check"
        " stands in the agency's history."
    ),
    answer=CertificateAnswer,
    body=BODY,
    errors=(409,),
    success=201,
)
@keyed("certificates")
def issue() -> Response:
    asked = loaded(CertificateBody(), bodies.json_body())
    query = asked["query"]
    request = CheckRequest(
        name=query["name"], code=query["code"], region=query["region"], birth=query["birth"]
    )
    threshold = THRESHOLD if asked["threshold"] is None else asked["threshold"]
    by = own.asker(asked["purpose"], asked["reference"])
    with usable():
        issued = certified.certify(request, threshold=threshold, by=by)
    answer = Response(issued.text, 201, mimetype="application/json")
    answer.headers["Location"] = f"{PREFIX}/certificates/{issued.id}"
    return answer


@reading(
    calls,
    "/certificates/<string(length=12):id>",
    id="get_certificate",
    summary=N_("What is kept of a certificate"),
    answer=CertificateKept,
    path=ID,
    validated=False,
)
def kept(id: str) -> Response:
    wanted = parse_public_id(id)
    row = certificates.kept(context.intake(), wanted) if wanted else None
    if row is None:
        raise NotFound
    body = {
        "id": row.id,
        "issued": rfc3339(row.issued),
        "sequence": row.sequence,
        "sha256": row.sha256.hex(),
        "key_id": row.key_id,
        "signature": base64.b64encode(row.signature).decode(),
        "url": certified.page_address(row.id),
    }
    return as_response(body)


@asking(
    calls,
    "/certificates/verify",
    id="verify_certificate",
    summary=N_("Verify a certificate, alone and against the log"),
    description=N_("One that does not hold answers 409 with the reason as its `type`."),
    answer=CertificateVerdict,
    body=FILE,
    errors=(409,),
)
def verify() -> Response:
    bodies.json_body()
    found = certified.judged(bodies.raw_body())
    shown: Mapping[str, Any] = found.certificate
    body = {name: shown[name] for name in ("id", "outcome", "as_of", "sequence")}
    body |= {
        "recorded": found.recorded,
        "rows_since": found.rows_since,
        "gone": list(found.gone),
    }
    return as_response(body)


@reading(
    calls,
    "/keys",
    id="get_keys",
    summary=N_("Public keys of the registry"),
    description=N_("Fetch them once, from here or on paper, and keep them."),
    answer=KeysAnswer,
    validated=False,
)
def public_keys() -> Response:
    log = keys.load_log_public(context.settings().key_dir)
    signer = certified.issuer().signer
    origin = checkpoint.origin_of(log)
    body = {
        "origin": origin,
        "log_key": base64.b64encode(bytes(log)).decode(),
        "verifier_key": checkpoint.verifier_key(origin, log),
        "certificate_key": base64.b64encode(bytes(signer.key.verify_key)).decode(),
        "endorsement": base64.b64encode(signer.endorsement).decode(),
    }
    return as_response(body)
