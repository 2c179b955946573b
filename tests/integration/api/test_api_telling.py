"""Measures, webhooks and watches over the API: what an agency sees, does, and may not see."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from api_kit import CODE, Service
from jsonschema import Draft202012Validator
from sqlmodel import select

from public_site.api import document
from registry.public.agencies import queries as agencies
from registry.public.measures.models import MeasureFeedback, MeasureTask
from registry.public.webhooks.models import Endpoint

SINCE = datetime(2026, 11, 1, 2, tzinfo=UTC)
OTHER = "91990122XY0000020F"


def schema(service: Service, name: str) -> Draft202012Validator:
    found = document(service.app)
    reference = {"$ref": f"#/components/schemas/{name}", "components": found["components"]}
    return Draft202012Validator(reference)


def tasks(service: Service, *states: str, code: str = "11990100XY00006022") -> None:
    with service.intake.write() as session:
        agency = agencies.by_code(session, code)
        assert agency is not None
        for number, state in enumerate(states):
            lift = state == "lift-due"
            session.add(
                MeasureTask(
                    token=f"M-{state[:1].upper()}{number:09d}",
                    agency_id=agency.id or 0,
                    listing="L-0000000001",
                    measure="M5",
                    state=state,
                    since=SINCE,
                    lift_since=SINCE if lift else None,
                    lift_by=date(2026, 11, 16) if lift else None,
                    changed=SINCE,
                )
            )


def test_measures(service: Service) -> None:
    headers = service.key("measures")
    tasks(service, "due", "lift-due", "applied")
    told = service.json("measures/due", headers=headers)
    schema(service, "MeasuresAnswer").validate(told)
    assert [one["action"] for one in told["results"]] == ["apply", "lift"]
    lift = told["results"][1]
    assert lift["overdue"]
    assert "财政" in lift["title"] or "fiscal" in lift["title"]
    first = service.json("measures/due?limit=1", headers=headers)
    rest = service.json(f"measures/due?limit=1&next={first['next']}", headers=headers)
    assert [first["results"][0]["id"], rest["results"][0]["id"]] == [
        one["id"] for one in told["results"]
    ]
    given = {"answer": "lifted", "on": "2026-11-19", "reference": "财〔2026〕9号"}
    done = service.post(f"measures/{lift['id']}/feedback", json=given, headers=headers)
    assert done.status_code == 200, done.text
    schema(service, "Measure").validate(done.get_json())
    assert done.get_json()["state"] == "lifted"
    with service.intake.read() as session:
        kept = session.exec(select(MeasureFeedback)).one()
        assert (kept.answer, kept.reference) == ("lifted", "财〔2026〕9号")
    again = service.post(f"measures/{lift['id']}/feedback", json=given, headers=headers)
    assert again.status_code == 409
    assert again.get_json(force=True)["type"] == "urn:registry:problem:answer-refused"


@pytest.mark.sqlite_only
def test_measures_refusals(service: Service) -> None:
    headers = service.key("measures")
    tasks(service, "due")
    path = "measures/M-D000000000/feedback"
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"answer": "applied"}, "on"),
        ({"answer": "done", "on": "2026-11-19"}, "answer"),
        ({"answer": "applied", "on": "2026-11-21"}, "on"),
        ({"answer": "applied", "on": "2026-10-01"}, "on"),
        ({"answer": "not-applicable", "on": "2026-11-19"}, "reason"),
        ({"answer": "applied", "on": "2026-11-19", "more": 1}, "more"),
    ]
    for body, field in wrong:
        answer = service.post(path, json=body, headers=headers)
        late = body.get("on", "").startswith(("2026-11-21", "2026-10")) or field == "reason"
        assert answer.status_code == (409 if late else 422), body
        assert field in answer.get_json(force=True)["errors"], body
    good = {"answer": "applied", "on": "2026-11-19"}
    assert service.post(path, json=good).status_code == 401
    assert service.post(path, json=good, headers=service.key("watches")).status_code == 403
    stranger = service.key("measures", code="91990121XY00000126")
    assert service.post(path, json=good, headers=stranger).status_code == 404
    assert service.json("measures/due", headers=stranger)["results"] == []


def test_webhooks(service: Service) -> None:
    headers = service.key("webhooks")
    body = {"url": "https://93.184.215.14/hook", "events": ["listing.lifted", "measure.lift"]}
    added = service.post("webhooks", json=body, headers=headers)
    assert added.status_code == 201, added.text
    schema(service, "NewWebhook").validate(added.get_json())
    assert added.get_json()["secret"].startswith("whsec_")
    told = service.json("webhooks", headers=headers)
    schema(service, "WebhooksAnswer").validate(told)
    assert "secret" not in told["results"][0]
    path = f"/api/v1/webhooks/{added.get_json()['id']}"
    client = service.app.test_client()
    stranger = service.key("webhooks", code=CODE)
    assert client.delete(path, headers=stranger).status_code == 404
    assert client.delete(path, headers=headers).status_code == 204
    assert service.json("webhooks", headers=headers)["results"] == []
    refused = [
        {"url": "https://10.0.0.1/", "events": ["listing.lifted"]},
        {"url": "http://93.184.215.14/", "events": ["listing.lifted"]},
        {"url": "https://localhost/", "events": ["listing.lifted"]},
        {"url": "https://93.184.215.14/", "events": []},
        {"url": "https://93.184.215.14/", "events": ["everything"]},
    ]
    for wrong in refused:
        answer = service.post("webhooks", json=wrong, headers=headers)
        formed = wrong["events"] == ["listing.lifted"]
        assert answer.status_code == (409 if formed else 422), wrong
        (field,) = answer.get_json(force=True)["errors"]
        assert field.partition(".")[0] == ("url" if formed else "events")
    with service.intake.read() as session:
        assert session.exec(select(Endpoint)).all() == []


def test_watches(service: Service) -> None:
    headers = service.key("watches")
    asked = [
        {"code": CODE, "reference": "A-1"},
        {"name": "从未公布样例有限公司", "reference": "B-2"},
        {"code": "9199"},
        {"code": CODE, "reference": "张三"},
        {"surprise": 1},
        None,
    ]
    added = service.post("watches", json={"watches": asked}, headers=headers)
    assert added.status_code == 201, added.text
    told = added.get_json()
    schema(service, "WatchesAnswer").validate(told)
    outcomes = [one.get("outcome") for one in told["results"]]
    assert outcomes == ["listed", "clear", None, None, None, None]
    assert "reference" in told["results"][3]["error"]["errors"], "a name is no number"
    assert "L-0000000001" in [one["id"] for one in told["results"][0]["records"]]
    page = service.json("watches?limit=1", headers=headers)
    schema(service, "WatchesPage").validate(page)
    rest = service.json(f"watches?limit=1&next={page['next']}", headers=headers)
    assert [page["results"][0]["reference"], rest["results"][0]["reference"]] == ["A-1", "B-2"]
    assert rest["next"] is None
    listed = service.json("watches?outcome=listed", headers=headers)["results"]
    assert [one["reference"] for one in listed] == ["A-1"]
    path = f"/api/v1/watches/{listed[0]['id']}"
    client = service.app.test_client()
    assert client.delete(path, headers=service.key("watches", code=OTHER)).status_code == 404
    assert client.delete(path, headers=headers).status_code == 204
    for wrong in ({}, {"watches": []}, {"watches": [{}] * 201}):
        assert service.post("watches", json=wrong, headers=headers).status_code == 422
