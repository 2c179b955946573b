"""What OpenRefine does with a reconciliation service, request by request (0.2; 3.6 and 3.8)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from api_kit import CODE, E1, Service

pytestmark = pytest.mark.sqlite_only
ORIGIN = {"Origin": "http://127.0.0.1:3333"}


def manifest(service: Service) -> dict[str, Any]:
    """As the dialogue "Add standard service" reads it: from the browser, of another origin."""
    answer = service.get(
        "reconcile", headers={**ORIGIN, "Accept": "application/json, text/javascript"}
    )
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.mimetype == "application/json"
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_manifest_has_all_that_the_client_reads(service: Service) -> None:
    said = manifest(service)
    assert "0.2" in said["versions"] and said["identifierSpace"] and said["schemaSpace"]
    assert all({"id", "name"} <= set(one) for one in said["defaultTypes"])
    assert said["preview"]["width"] >= 300 and said["preview"]["height"] >= 100
    for url in (said["preview"]["url"], said["view"]["url"]):
        assert url.count("{{id}}") == 1 and url.startswith("http")
    # It asks what the manifest offers; what it does not offer answers 404, with a problem.
    assert set(said["suggest"]) == {"entity"} and "extend" not in said
    for path in ("suggest/property?prefix=c", "suggest/type?prefix=l", "flyout/entity?id=x"):
        answer = service.get(f"reconcile/{path}", headers=ORIGIN)
        assert answer.status_code == 404 and answer.mimetype == "application/problem+json"


def test_jsonp_of_older_versions_gets_json(service: Service) -> None:
    answer = service.get("reconcile?callback=jsonp1729")
    assert answer.mimetype == "application/json" and answer.get_json()["versions"]
    assert b"jsonp1729" not in answer.data


@pytest.mark.parametrize("prefix", ["样例\x1c", "\x1f样例", "样例\n", "样\u200b例"])
def test_what_the_document_forbids_is_refused_at_the_ends_too(
    service: Service, prefix: str
) -> None:
    """Found by schemathesis: blanks are stripped, and some control characters count as blanks."""
    answer = service.get("reconcile/suggest/entity", query_string={"prefix": prefix})
    assert answer.status_code == 422 and "prefix" in answer.get_json(force=True)["errors"]


def test_a_preflight_is_answered(service: Service) -> None:
    asked = {**ORIGIN, "Access-Control-Request-Method": "POST",
             "Access-Control-Request-Headers": "content-type"}  # fmt: skip
    answer = service.app.test_client().options("/api/v1/reconcile", headers=asked)
    assert answer.status_code in {200, 204}
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "content-type" in answer.headers["Access-Control-Allow-Headers"].lower()


def test_guessing_the_type_and_then_a_column(service: Service) -> None:
    """First ten cells without a type and three candidates each, then batches of the manifest's."""
    cells = [E1["name"], CODE, "清白无关样例商店"]
    guess = {f"q{n}": {"query": cell, "limit": 3} for n, cell in enumerate(cells)}
    said = manifest(service)
    first = post(service, guess)
    assert [one["id"] for one in first["q0"]["result"][0]["type"]] == ["listing"]
    batch = {
        f"q{n}": {
            "query": cell, "type": said["defaultTypes"][0]["id"], "type_strict": "should",
            "properties": [{"pid": "code", "v": CODE}] if n == 0 else [],
        }
        for n, cell in enumerate(cells)
    }  # fmt: skip
    found = post(service, batch)
    assert list(found) == list(batch), "the client reads answers by its own keys"
    matched = [[one["match"] for one in found[key]["result"]] for key in batch]
    assert matched[0][0] is True and matched[1] == [True] and matched[2] == []
    for one in found["q0"]["result"]:
        assert {"id", "name", "score", "match", "type"} <= set(one)
        assert isinstance(one["score"], int | float)
    look = said["preview"]["url"].replace("{{id}}", found["q1"]["result"][0]["id"])
    page = service.app.test_client().get(look[look.index("/api/") :])
    assert page.status_code == 200 and page.mimetype == "text/html"
    assert "X-Frame-Options" not in page.headers


def post(service: Service, batch: object) -> Any:
    """As the client's Java part sends a batch: a form, not JSON, with no Accept header."""
    sent = service.post("reconcile", data={"queries": json.dumps(batch, ensure_ascii=False)})
    assert sent.status_code == 200
    return sent.get_json()
