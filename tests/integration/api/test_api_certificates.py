"""Certificates over the API: who gets one, what is kept, what verifies and what does not."""

from __future__ import annotations

import base64
import json

import pytest
from api_kit import CODE, Service, removal
from jsonschema import Draft202012Validator

from public_site.api import document
from registry.core import keys
from registry.public.certificates import verification


def schema(service: Service, name: str) -> Draft202012Validator:
    found = document(service.app)
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": found["components"]}
    )


def test_a_certificate_is_issued_known_and_verified(service: Service) -> None:
    body = {"query": {"code": CODE}, "purpose": "采矿许可审查", "reference": "2026-17"}
    headers = service.key("certificates")
    answer = service.post("certificates", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    certificate = json.loads(answer.text)
    schema(service, "CertificateAnswer").validate(certificate)
    assert certificate["outcome"] == "listed"
    assert certificate["purpose"] == "采矿许可审查"
    log = keys.load_log_public(service.key_dir)
    assert verification.verify(answer.data, log, now=service.instant[0])

    kept = service.app.test_client().get(answer.headers["Location"]).get_json()
    schema(service, "CertificateKept").validate(kept)
    assert kept["signature"] == certificate["signature"]
    assert set(kept) == {"id", "issued", "sequence", "sha256", "key_id", "signature", "url"}

    service.publish(removal("listing", "L-0000000001"))
    verdict = service.post("certificates/verify", data=answer.data, content_type="application/json")
    schema(service, "CertificateVerdict").validate(verdict.get_json())
    assert verdict.get_json()["recorded"] is True
    assert verdict.get_json()["rows_since"] == 1
    assert "L-0000000001" in verdict.get_json()["gone"]


@pytest.mark.sqlite_only
def test_refusals(service: Service) -> None:
    body = {"query": {"code": CODE}}
    assert service.post("certificates", json=body).status_code == 401
    assert service.post("certificates", json=body, headers=service.key("match")).status_code == 403
    headers = service.key("certificates")
    for wrong in ({}, {"query": {}}, {"query": {"code": "9199"}}, {"query": []}, {**body, "x": 1}):
        answer = service.post("certificates", json=wrong, headers=headers)
        assert answer.status_code in {409, 422}, wrong
        assert answer.get_json(force=True)["errors"], wrong
    assert service.get("certificates/C-0000000000").status_code == 404
    assert service.get("certificates/nonsense").status_code == 404


@pytest.mark.sqlite_only
def test_forged_files_are_named(service: Service) -> None:
    headers = service.key("certificates")
    text = service.post("certificates", json={"query": {"code": CODE}}, headers=headers).text
    cases = {
        "certificate-altered": text.replace('"outcome":"listed"', '"outcome":"clear"'),
        "certificate-unreadable": '{"type":1,"type":2}',
        "certificate-other-version": text.replace("/v1", "/v2", 1)
        .replace("check-certificate/v1", "check-certificate/v9"),
        "unreadable-body": text[:500],
    }  # fmt: skip
    for code, sent in cases.items():
        answer = service.post(
            "certificates/verify", data=sent.encode(), content_type="application/json"
        )
        assert answer.status_code in {400, 409}, code
        assert answer.get_json(force=True)["type"] == f"urn:registry:problem:{code}"


@pytest.mark.sqlite_only
def test_public_keys(service: Service) -> None:
    told = service.json("keys")
    schema(service, "KeysAnswer").validate(told)
    log = keys.load_log_public(service.key_dir)
    assert base64.b64decode(told["log_key"]) == bytes(log)
    assert told["verifier_key"].startswith(told["origin"] + "+")
