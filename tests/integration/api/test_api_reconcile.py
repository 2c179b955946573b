"""W3C Reconciliation 0.2, held against the published JSON schemas where they are at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from api_kit import CODE, E1, PERSON, Service
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

BESIDE = Path(__file__).parents[4] / "shared" / "data"
DATA = Path(os.environ.get("REGISTRY_TEST_DATA", str(BESIDE))) / "reconciliation"
needs_schemas = pytest.mark.skipif(
    not DATA.is_dir(), reason="the schemas of the W3C are not here (REGISTRY_TEST_DATA)"
)


def _validate(name: str, instance: object) -> None:
    schemas = [json.loads(path.read_text()) for path in (DATA / "schemas").glob("*.json")]
    known: Registry[Any] = Registry().with_resources(
        (schema["$id"], DRAFT7.create_resource(schema)) for schema in schemas if "$id" in schema
    )
    schema = json.loads((DATA / "schemas" / f"{name}.json").read_text())
    Draft7Validator(schema, registry=known).validate(instance)


def _ask(service: Service, batch: object) -> Any:
    answer = service.post("reconcile", data={"queries": json.dumps(batch)})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


@needs_schemas
def test_manifest_is_valid(service: Service) -> None:
    _validate("manifest", service.json("reconcile"))


@needs_schemas
def test_published_examples_are_answered(service: Service) -> None:
    paths = sorted((DATA / "examples" / "reconciliation-query-batch").glob("*/*.json"))
    assert len(paths) >= 7
    for path in paths:
        batch = json.loads(path.read_text())
        answer = _ask(service, batch)
        _validate("reconciliation-result-batch", answer)
        assert set(answer) == set(batch)
        wrong = path.parent.name == "invalid"
        assert all(("error" in one) == wrong for one in answer.values()), (path.name, answer)


@needs_schemas
def test_answers_are_valid(service: Service) -> None:
    batch = {"q0": {"query": E1["name"]}, "q1": {"query": CODE}, "q2": {"query": "样例铁矿"}}
    _validate("reconciliation-query-batch", batch)
    answer = _ask(service, batch)
    _validate("reconciliation-result-batch", answer)
    assert service.json("reconcile", query_string={"queries": json.dumps(batch)}) == answer
    suggestions = service.json("reconcile/suggest/entity?prefix=样例")
    assert suggestions["result"]
    _validate("suggest-entities-response", suggestions)
    _validate("suggest-types-response", service.json("reconcile/suggest/type"))
    _validate("suggest-properties-response", service.json("reconcile/suggest/property"))
    _validate("data-extension-property-proposal", service.json("reconcile/properties"))
    query = {"ids": ["L-0000000001"], "properties": [{"id": "code"}, {"id": "list"}]}
    _validate("data-extension-query", query)
    extended = service.post("reconcile", data={"extend": json.dumps(query)}).get_json()
    _validate("data-extension-response", extended)


def test_only_a_code_is_a_match(service: Service) -> None:
    answer = _ask(
        service,
        {
            "name": {"query": E1["name"]},
            "code": {"query": CODE},
            "both": {"query": "一号样例煤矿", "properties": [{"pid": "code", "v": CODE}]},
            "type": {"query": CODE, "type": "external"},
            "other": {"query": E1["name"], "type": ["Q42"]},
            "some": {"query": E1["name"], "type": "Q42", "type_strict": "should", "limit": 1},
        },
    )
    first = {key: one["result"][0] for key, one in answer.items() if one["result"]}
    assert (first["name"]["score"], first["name"]["match"]) == (100, False)
    assert (first["code"]["id"], first["code"]["match"]) == ("L-0000000001", True)
    assert first["both"]["match"] is True
    assert (first["type"]["id"], first["type"]["match"]) == ("X-0000000001", False)
    assert answer["other"]["result"] == []
    assert len(answer["some"]["result"]) == 1


def test_persons_are_neither_candidates_nor_suggested(service: Service) -> None:
    assert _ask(service, {"q": {"query": PERSON["name"]}})["q"] == {"result": []}
    assert service.json("reconcile/suggest/entity?prefix=李样例") == {"result": []}
    for page in ("preview", "view"):
        assert service.get(f"reconcile/{page}?id=L-0000000003").status_code == 404
        assert service.get(f"reconcile/{page}?id=L-0000000004").status_code == 404


def test_batches_are_limited(service: Service) -> None:
    many = {str(n): {"query": "样例"} for n in range(201)}
    for sent, status in ((json.dumps(many), 422), ("[]", 422), ("{", 400), ('{"a":' * 20, 400)):
        assert service.post("reconcile", data={"queries": sent}).status_code == status
    assert service.post("reconcile", json={}).status_code == 415
    bad = {"a": {"query": "有限公司"}, "n": {"query": "样\x00例"}, "l": {"query": "样", "limit": 0}}
    wrong = _ask(service, {**bad, "b": {"query": CODE}})
    assert all("error" in wrong[key] for key in bad)
    assert wrong["a"]["result"] == []
    assert wrong["a"]["error"]["errors"]
    assert wrong["b"]["result"]


def test_preview_may_be_framed_and_runs_nothing(service: Service) -> None:
    answer = service.get("reconcile/preview?id=L-0000000001")
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert E1["name"] in answer.text
    view = service.get("reconcile/view?id=L-0000000001")
    assert view.status_code == 302
    assert view.headers["Location"] == "https://registry.example/listings/L-0000000001"
    pages = service.app.test_client()
    moved = pages.get("/listings/L-0000000001", headers={"Accept-Language": "en"})
    assert moved.headers["Location"] == "/en/listings/L-0000000001"


def test_an_address_takes_ten_queries_and_a_body_more(service: Service) -> None:
    batch = json.dumps({str(n): {"query": "样例煤矿"} for n in range(11)})
    long = service.get("reconcile", query_string={"queries": batch})
    assert long.status_code == 422 and "queries" in long.get_json(force=True)["errors"]
    assert len(service.post("reconcile", data={"queries": batch}).get_json()) == 11
