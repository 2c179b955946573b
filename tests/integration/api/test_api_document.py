"""The OpenAPI document, that answers keep it, and the pages for people."""

from __future__ import annotations

import re
from typing import Any

import html5lib
import pytest
from api_kit import CODE, Service
from bs4 import BeautifulSoup
from jsonschema import Draft202012Validator

from public_site.api import document
from public_site.api.links import LINKS
from registry.core.errors import Misconfigured
from schemas.api import records

CALLS = {
    "/search": "search?q=样例",
    "/listings": "listings",
    "/listings/{id}": "listings/L-0000000001",
    "/penalties": "penalties",
    "/penalties/{id}": "penalties/P-0000000001",
    "/external": "external",
    "/external/{id}": "external/X-0000000001",
    "/sites": "sites",
    "/sites/{id}": "sites/S-0000000001",
    "/entities/{code}": f"entities/{CODE}",
    "/changes": "changes",
    "/proof/inclusion": "proof/inclusion?sequence=2",
    "/proof/consistency": "proof/consistency?from=3",
    "/datasets": "datasets",
    "/datasets/catalog.jsonld": "datasets/catalog.jsonld",
    "/reconcile": "reconcile",
    "/reconcile/suggest/entity": "reconcile/suggest/entity?prefix=样例",
}


def test_every_answer_keeps_its_schema(service: Service) -> None:
    found = document(service.app)
    for rule, path in CALLS.items():
        answers = found["paths"][f"/api/v1{rule}"]["get"]["responses"]
        content = answers["200"]["content"]
        schema = {**next(iter(content.values()))["schema"], "components": found["components"]}
        Draft202012Validator(schema).validate(service.get(path).get_json(force=True))
    queries = {"queries": [{"code": CODE}, {"name": "一号样例煤矿"}, {}]}
    answer = service.post("match", json=queries).get_json()
    schema = {"$ref": "#/components/schemas/MatchAnswer", "components": found["components"]}
    Draft202012Validator(schema).validate(answer)
    schema = {"$ref": "#/components/schemas/Problem", "components": found["components"]}
    Draft202012Validator(schema).validate(service.get("listings?limit=x").get_json(force=True))


def test_document_is_complete(service: Service) -> None:
    found = service.json("openapi.json")
    assert found == document(service.app)
    assert found["openapi"].startswith("3.1")
    served = {
        re.sub(r"<string[^:]*:(\w+)>", r"{\1}", rule.rule)
        for rule in service.app.url_map.iter_rules()
        if rule.endpoint.startswith("api-")
    }
    assert served == set(found["paths"])
    ids = []
    for methods in found["paths"].values():
        for method, operation in methods.items():
            if method == "parameters":
                continue
            ids.append(operation["operationId"])
            assert operation["summary"]
            assert {"404", "405", "429", "500"} <= set(operation["responses"])
            for one in operation.get("parameters", []):
                assert one["description"], (operation["operationId"], one["name"])
    assert len(ids) == len(set(ids))
    referenced = str(found)
    for name in found["components"]["schemas"]:
        assert f"#/components/schemas/{name}'" in referenced, f"{name} is used by nobody"


def test_what_an_answer_leads_to_is_there(service: Service) -> None:
    """Links name calls and parameters of theirs, and lead somewhere from real answers."""
    found = document(service.app)
    calls = {
        operation["operationId"]: (path, operation, methods.get("parameters", []))
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    }
    assert set(LINKS) <= set(calls)
    followed = set()
    for source, links in LINKS.items():
        path, _, _ = calls[source]
        for link in links:
            target, operation, shared = calls[link.to]
            known = {one["name"] for one in [*shared, *operation.get("parameters", [])]}
            assert set(link.parameters) <= known, (source, link.to)
            if source.startswith("list_") and path.removeprefix("/api/v1") in CALLS:
                answer = service.json(path.removeprefix("/api/v1/"))
                given = {name: pointed(answer, at) for name, at in link.parameters.items()}
                asked = {name: v for name, v in given.items() if f"{{{name}}}" not in target}
                where = target.removeprefix("/api/v1/").format(**given)
                assert service.get(where, query_string=asked).status_code == 200, (source, link)
                followed.add(link.to)
    assert {"get_listing", "prove_inclusion", "prove_consistency", "download_dataset"} <= followed


def pointed(answer: Any, expression: str) -> Any:
    """What a runtime expression of OpenAPI takes from the body of ``answer``."""
    for part in expression.removeprefix("$response.body#/").split("/"):
        answer = answer[int(part)] if part.isdecimal() else answer[part]
    return answer


def test_headers_of_answers_are_in_the_document(service: Service) -> None:
    found = document(service.app)
    refused = found["components"]["responses"]
    assert refused["TOO_MANY_REQUESTS"]["headers"]["Retry-After"]["required"]
    challenge = refused["UNAUTHORIZED"]["headers"]["WWW-Authenticate"]["schema"]["pattern"]
    assert re.match(challenge, service.get("webhooks").headers["WWW-Authenticate"])
    located = {
        operation["operationId"]
        for methods in found["paths"].values()
        for method, operation in methods.items()
        if method != "parameters"
        and any("Location" in one.get("headers", {}) for one in operation["responses"].values())
    }
    assert located == {"create_job", "issue_certificate", "file_report", "hand_in_rows"}
    paged = found["paths"]["/api/v1/listings"]["get"]["responses"]["200"]["headers"]
    assert "Link" in paged and 'rel="next"' in service.get("listings?limit=1").headers["Link"]


PAGES = [
    ("/api/v1/docs", "en"),
    ("/api/v1/docs", "zh"),
    ("/en/developers/reference", "en"),
    ("/zh/developers/reference", "zh"),
    ("/zh/developers", "zh"),
    ("/en/developers", "en"),
]


def test_pages_for_people(service: Service) -> None:
    for path, language in PAGES:
        _look_at(service, path, language)


def _look_at(service: Service, path: str, language: str) -> None:
    answer = service.app.test_client().get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.data)
    page = BeautifulSoup(answer.data, "html5lib")
    assert len(page.find_all("h1")) == 1
    assert not page.find_all(["script", "style", "iframe"])
    assert not [tag for tag in page.find_all(True) if tag.get("style")]
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for tag in page.find_all(["a", "link", "img"]):
        target = str(tag.get("href") or tag.get("src"))
        assert target.startswith(("/", "#")), target
        assert not target.startswith("#") or target[1:] in ids, f"{target} leads nowhere"
    if "developers" not in path or "reference" in path:
        for methods in document(service.app)["paths"].values():
            for operation in methods.values():
                if isinstance(operation, dict):
                    assert operation["operationId"] in ids
    words = "API参考" if language == "zh" else "API reference"
    assert words in page.get_text()


def test_each_kind_has_a_shape_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = records.components()
    for kind, name in records.NAMES.items():
        assert shapes[name]["properties"]["kind"]["const"] == kind
    monkeypatch.setitem(records.NAMES, "licence", "Operator")  # a part of a site is called so
    with pytest.raises(Misconfigured, match="Operator"):
        records.components()
