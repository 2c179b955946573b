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
    assert set(said["suggest"]) == {"entity", "type", "property"}
    for one in said["suggest"].values():
        assert one["flyout_service_path"].count("${id}") == 1
    answer = service.get("reconcile/flyout/entity?id=x", headers=ORIGIN)
    assert answer.status_code == 404 and answer.mimetype == "application/problem+json"


def test_types_and_properties_are_suggested_with_a_few_words(service: Service) -> None:
    types = service.json("reconcile/suggest/type?prefix=list")["result"]
    assert [one["id"] for one in types] == ["listing"]
    assert len(service.json("reconcile/suggest/type")["result"]) == 2
    english = {"Accept-Language": "en"}
    found = service.json("reconcile/suggest/property?prefix=cod", headers=english)["result"]
    assert {one["id"] for one in found} == {"code", "region"} and "Sharpens" in found[0][
        "description"
    ]
    for what, id, words in (
        ("entity", "L-0000000001", E1["name"]), ("type", "listing", "Listing"),
        ("property", "until", "Can be added"),
    ):  # fmt: skip
        said = service.json(f"reconcile/flyout/{what}?id={id}", headers=english)
        assert said["id"] == id and words in said["html"] and "<script" not in said["html"]
    for path in ("entity?id=L-0000000003", "type?id=person", "property?id=x", "nothing?id=x"):
        assert service.get(f"reconcile/flyout/{path}").status_code == 404


def test_columns_are_added_from_what_was_reconciled(service: Service) -> None:
    """ "Add columns from reconciled values": proposals, then batches of ids by form."""
    said = manifest(service)["extend"]["propose_properties"]
    offered = service.json("reconcile/properties?type=listing&limit=5")
    assert said["service_path"].endswith("reconcile/properties") and len(offered["properties"]) == 5
    ids = ["L-0000000001", "X-0000000001", "L-0000000003", "L-9999999999"]
    wanted = [{"id": one} for one in ("code", "list", "until", "birth", "page")]
    query = {"ids": ids, "properties": wanted}
    sent = {"data": {"extend": json.dumps(query)}, "headers": {**ORIGIN, "Accept-Language": "en"}}
    answer = service.post("reconcile", **sent).get_json()
    assert [one["id"] for one in answer["meta"]] == ["code", "list", "until", "birth", "page"]
    row = answer["rows"]["L-0000000001"]
    assert row["code"] == [{"str": CODE}] and row["until"][0]["str"].startswith("20")
    assert row["list"] == [{"str": "List of seriously untrustworthy entities in work safety"}]
    assert row["page"][0]["str"].endswith("/listings/L-0000000001") and row["birth"] == []
    assert answer["rows"]["X-0000000001"]["list"][0]["str"]
    for id in ids[2:]:
        assert set(map(str, answer["rows"][id].values())) == {"[]"}, "of persons nothing is told"
    text = {"extend": json.dumps({**query, "ids": ids[:1]})}
    assert service.json("reconcile", query_string=text)["rows"]["L-0000000001"]["code"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ([], "extend"),
        ({"ids": "L-0000000001", "properties": []}, "extend.ids"),
        ({"ids": ["L-0000000001"] * 201, "properties": []}, "extend.ids"),
        ({"ids": [], "properties": ["code"]}, "extend.properties"),
        ({"ids": [], "properties": [{"id": "salary"}]}, "extend.properties"),
    ],
)
def test_a_wrong_data_extension_is_named(service: Service, query: object, field: str) -> None:
    answer = service.post("reconcile", data={"extend": json.dumps(query)})
    assert answer.status_code == 422 and set(answer.get_json(force=True)["errors"]) == {field}
    assert service.post("reconcile", data={"extend": "{"}).status_code == 400
    beside = {"queries": json.dumps({"a": {"query": CODE}}), "extend": json.dumps(query)}
    assert service.post("reconcile", data=beside).status_code == 422, "also beside a batch"


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
