"""Calls behind a key: who is let in, what he is told otherwise, and whose quota it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from api_kit import Service
from flask import Response, g

from public_site.api import document, limits
from public_site.api.keyed import guard, holder, keyed
from public_site.api.kit import as_response
from registry.core.web import sessions
from registry.public.agencies import service as keys

LEFT = re.compile(r'"(\w+)";r=(\d+);t=(\d+)')


@pytest.fixture
def guarded(service: Service) -> Iterator[Service]:
    """With one call of our own behind the scope ``jobs``."""

    def view() -> Response:
        return as_response({"agency": holder().agency})

    service.app.add_url_rule("/api/v1/only", "api-test.only", guard(view, "jobs"))
    limits.install(service.app)
    yield service


def test_with_and_without_a_key(guarded: Service) -> None:
    missing = guarded.get("only")
    assert missing.status_code == 401
    assert missing.get_json(force=True)["type"] == "urn:registry:problem:key-missing"
    assert missing.headers["WWW-Authenticate"] == 'Bearer realm="registry"'
    for wrong in ("Bearer crk_nonsense", "Bearer", "bearer  "):
        refused = guarded.get("only", headers={"Authorization": wrong})
        assert refused.status_code == 401
        assert refused.get_json(force=True)["type"] == "urn:registry:problem:key-refused"
        assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
    assert guarded.get("only", headers={"Authorization": "Basic eDp5"}).status_code == 401
    other = guarded.get("only", headers=guarded.key("match"))
    assert other.status_code == 403
    assert other.get_json(force=True)["type"] == "urn:registry:problem:scope-missing"
    good = guarded.get("only", headers=guarded.key("jobs"))
    assert good.get_json() == {"agency": "演示市样例商务局"}


def test_a_revoked_key_ends_with_the_next_request(guarded: Service) -> None:
    headers = guarded.key("jobs")
    assert guarded.get("only", headers=headers).status_code == 200
    prefix = headers["Authorization"].split("_")[1]
    with guarded.intake.write() as session:
        assert keys.key(session, prefix).last_used is not None
        keys.revoke(session, prefix, guarded.instant[0])
    assert guarded.get("only", headers=headers).status_code == 401


def test_a_key_has_its_own_quota(guarded: Service) -> None:
    headers = guarded.key("jobs")

    def left(answer: object) -> list[str]:
        return [r for _, r, _ in LEFT.findall(answer.headers["RateLimit"])]  # type: ignore[attr-defined]

    assert left(guarded.get("listings")) == ["599", "11999"]
    assert left(guarded.get("listings", headers=headers)) == ["2999", "59999"]
    assert left(guarded.get("only", headers=headers)) == ["2998", "59998"]
    assert left(guarded.get("listings")) == ["598", "11998"]
    assert left(guarded.get("listings", headers=guarded.key("jobs"))) == ["2999", "59999"]
    bad = {"Authorization": "Bearer crk_no"}
    assert left(guarded.get("listings", headers=bad)) == ["597", "11997"], "as without a key"


def test_the_document_names_the_scheme(service: Service) -> None:
    scheme = document(service.app)["components"]["securitySchemes"]["agencyKey"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


def test_a_scope_must_exist() -> None:
    with pytest.raises(KeyError):
        keyed("everything")


def test_the_key_is_looked_up_once(service: Service) -> None:
    with service.app.test_request_context("/api/v1/listings", headers=service.key("match")):
        first = holder()
        assert holder() is first and g.agency_key is first
        assert "intake" in service.app.extensions["registry.stores"]
        assert sessions.store("intake").url == service.intake.url


def test_a_browser_may_ask_with_a_key(service: Service) -> None:
    answer = service.app.test_client().options("/api/v1/match")
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_who_shows_no_key_is_told_so_however_often_he_asks(service: Service) -> None:
    for _ in range(601):
        service.get("listings", headers={"If-None-Match": "*"})
    assert service.get("listings").status_code == 429
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        assert service.get("match/history", headers=headers).status_code == 401
    unknown = {"Authorization": f"Bearer crk_0000000000_{'A' * 43}"}
    assert service.get("match/history", headers=unknown).status_code == 429, "that is a guess"
