"""How often one may ask, and that the headers say so in the form of the IETF draft."""

from __future__ import annotations

import re
from dataclasses import replace

from api_kit import Service

from public_site.app import create_app

QUOTA = re.compile(r'"(\w+)";q=(\d+);w=(\d+)')
LEFT = re.compile(r'"(\w+)";r=(\d+);t=(\d+)')


def test_headers_count_down(service: Service) -> None:
    for expected in (599, 598):
        answer = service.get("listings")
        policy = QUOTA.findall(answer.headers["RateLimit-Policy"])
        left = LEFT.findall(answer.headers["RateLimit"])
        assert policy == [("minute", "600", "60"), ("hour", "12000", "3600")]
        assert left[0][:2] == ("minute", str(expected))
        assert all(1 <= int(wait) <= 3600 for _, _, wait in left)
        assert not [name for name, _ in answer.headers if name.startswith("X-RateLimit")]
        assert "Retry-After" not in answer.headers


def test_a_batch_costs_as_many_checks_as_it_has_queries(service: Service) -> None:
    body = {"queries": [{"name": "样例"}] * 150}
    answer = service.post("match", json=body)
    assert LEFT.findall(answer.headers["RateLimit"])[0][:2] == ("minute", "2850")
    batch = '{"a": {"query": "样例煤矿"}, "b": {"query": "样例铁矿"}}'
    answer = service.post("reconcile", data={"queries": batch})
    assert LEFT.findall(answer.headers["RateLimit"])[0][:2] == ("minute", "2848")


def test_who_asks_too_often_is_told_when_to_come_back(service: Service) -> None:
    answers = [service.get("datasets/sites.csv") for _ in range(61)]
    assert [one.status_code for one in answers[:60]] == [200] * 60
    refused = answers[60]
    assert refused.status_code == 429
    assert refused.mimetype == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert LEFT.findall(refused.headers["RateLimit"])[0][:2] == ("minute", "0")
    assert service.get("listings").status_code == 200, "other calls have their own quota"


def test_an_installation_grants_more(service: Service) -> None:
    settings = replace(service.app.extensions["registry.settings"], api_quotas=3)
    app = create_app(settings, clock=lambda: service.instant[0])
    answer = app.test_client().get("/api/v1/listings")
    assert '"minute";q=1800;w=60' in answer.headers["RateLimit-Policy"]
    answer = app.test_client().get("/api/v1/listings", headers=service.key("match"))
    assert '"hour";q=180000;w=3600' in answer.headers["RateLimit-Policy"]
    for store in app.extensions["registry.stores"].values():
        store.close()
    app.extensions["registry.index"].close()


def test_unreadable_batches_cost_one(service: Service) -> None:
    for n, body in enumerate(("{", '{"queries": 5}', "[]", '{"queries": [' + "[" * 99), 1):
        answer = service.post("match", data=body, content_type="application/json")
        assert LEFT.findall(answer.headers["RateLimit"])[0][:2] == ("minute", str(3000 - n))


def test_a_long_number_in_a_text_is_text(service: Service) -> None:
    (found,) = service.match({"name": "样例" + "1" * 250 + "号"}, threshold=0.9)
    assert found["outcome"] == "clear"
    body = b'{"queries": [{"name": "' + b"1" * 500 + b'"}], "threshold": 1}'
    answer = service.post("match", data=body, content_type="application/json")
    assert answer.status_code == 200, "too long for a name, and no unreadable body"
    bare = b'{"queries": [], "threshold": ' + b"1" * 500 + b"}"
    assert service.post("match", data=bare, content_type="application/json").status_code == 400
