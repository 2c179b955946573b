"""Certificates over the API: who gets one, what is kept, what verifies and what does not."""

from __future__ import annotations

import base64
import json

import pytest
from api_kit import CODE, E1, Service, removal
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
    body = {"query": {"code": CODE}, "purpose": "licensing", "reference": "2026-17"}
    headers = service.key("certificates")
    answer = service.post("certificates", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    certificate = json.loads(answer.text)
    schema(service, "CertificateAnswer").validate(certificate)
    assert certificate["outcome"] == "listed"
    assert certificate["purpose"] == "licensing"
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


def test_the_agencys_history_names_the_certificate_and_nobody(service: Service) -> None:
    headers = service.key("certificates", "history", "match")
    body = {"query": {"name": E1["name"]}, "purpose": "funding", "reference": "2026-17"}
    issued = service.post("certificates", json=body, headers=headers).get_json()
    service.post("match", json={"queries": [body["query"]], "purpose": "award"}, headers=headers)
    answer = service.get("match/history", headers=headers)
    schema(service, "HistoryAnswer").validate(answer.get_json())
    later, made = answer.get_json()["results"]
    assert (later["purpose"], later["certificate"]) == ("award", None)
    assert made["certificate"] == issued["id"]
    assert (made["purpose"], made["reference"]) == ("funding", "2026-17")
    assert (made["outcome"], made["sequence"]) == (issued["outcome"], issued["sequence"])
    assert made["matches"] == [one["id"] for one in issued["matches"]]
    assert E1["name"] not in answer.text
    found = service.post("match/history/find", json={"query": body["query"]}, headers=headers)
    assert [one["certificate"] for one in found.get_json()["results"]] == [None, issued["id"]]
    stranger = service.key("history", code="11990121XY00000A64")
    assert service.json("match/history", headers=stranger)["results"] == []


@pytest.mark.sqlite_only
def test_refusals(service: Service) -> None:
    body = {"query": {"code": CODE}}
    assert service.post("certificates", json=body).status_code == 401
    assert service.post("certificates", json=body, headers=service.key("match")).status_code == 403
    headers = service.key("certificates")
    unfit = ({"purpose": "curiosity"}, {"reference": "张三"}, {"x": 1})
    wrongs = [{}, {"query": {}}, {"query": {"code": "9199"}}, {"query": []}]
    for wrong in (*wrongs, *({**body, **one} for one in unfit)):
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
