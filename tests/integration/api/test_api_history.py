"""The agency's history and its decisions: what is kept, for whom, and when it ends."""

from __future__ import annotations

from typing import Any

from api_kit import CODE, E1, EXTERNAL, PERSON, Service, listing, put, removal
from sqlalchemy import text

NAME = {"name": E1["name"]}
NUMBER = "990101199001010019"


def match(service: Service, headers: dict[str, str], *queries: object, **more: object) -> Any:
    answer = service.post("match", json={"queries": list(queries), **more}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["results"]


def judge(service: Service, headers: dict[str, str], record: str, query: object = NAME) -> Any:
    return service.post(
        "match/judgements", json={"query": query, "record": record}, headers=headers
    )


def test_history_without_names(service: Service) -> None:
    headers = service.key("match", "history")
    case = {"purpose": "licensing", "reference": "演应急许〔2026〕7号"}
    listed, clear, wrong = match(
        service, headers, {"code": CODE}, {"name": "清白样例商店"}, {}, **case
    )
    assert listed["check"] and clear["check"] and "check" not in wrong
    rows = service.json("match/history", headers=headers)["results"]
    assert [row["outcome"] for row in rows] == ["clear", "listed"]
    assert rows[1]["matches"] == ["L-0000000001", "X-0000000001"]
    assert rows[1]["purpose"] == "licensing" and rows[1]["reference"] == case["reference"]
    with service.intake.read() as session:
        stored = str(session.execute(text("SELECT * FROM check_made")).all())
    assert "清白" not in stored and CODE not in stored


def test_whoever_asks_without_a_key_leaves_nothing(service: Service) -> None:
    (found,) = service.match(NAME)
    assert "check" not in found and "settled" not in found
    with service.intake.read() as session:
        assert session.execute(text("SELECT count(*) FROM check_made")).scalar() == 0


def test_a_key_for_other_things_checks_nothing(service: Service) -> None:
    for headers, status in ((service.key("jobs"), 403), ({"Authorization": "Bearer x"}, 401)):
        assert service.post("match", json={"queries": []}, headers=headers).status_code == status


def test_earlier_checks_of_one_counterparty(service: Service) -> None:
    headers = service.key("match", "history")
    match(service, headers, NAME, {"code": CODE})
    match(service, headers, {"name": f" {E1['name'].replace('（', '(').replace('）', ')')} "})
    body = {"query": NAME}
    found = service.post("match/history/find", json=body, headers=headers).get_json()["results"]
    assert [row["id"] for row in found] == [3, 1], "in whatever writing"
    stranger = service.key("history", code="11990121XY00000A64")
    theirs = service.post("match/history/find", json=body, headers=stranger).get_json()
    assert theirs["results"] == []
    assert service.json("match/history", headers=stranger)["results"] == []


def test_pages_of_the_history(service: Service) -> None:
    headers = service.key("match", "history")
    match(service, headers, *[NAME] * 5)
    seen, path = [], "match/history?limit=2"
    while path:
        answer = service.get(path, headers=headers)
        page = answer.get_json()
        seen += [row["id"] for row in page["results"]]
        path = f"match/history?limit=2&next={page['next']}" if page["next"] else ""
        assert ("next" in answer.headers.get("Link", "")) is bool(page["next"])
    assert seen == [5, 4, 3, 2, 1]
    assert service.get("match/history?next=AAAA", headers=headers).status_code == 404


def test_not_the_same_until_the_record_changes(service: Service) -> None:
    headers = service.key("match", "history")
    (found,) = match(service, headers, NAME)
    assert found["settled"] is False and found["matches"][0]["decided"] is False
    made = judge(service, headers, "L-0000000001")
    assert made.status_code == 201, made.text
    (found,) = match(service, headers, NAME)
    assert found["outcome"] == "possible", "the registry's word stays"
    assert found["settled"] is True and found["matches"][0]["decided"] is True
    assert judge(service, headers, "L-0000000001").get_json()["id"] == made.get_json()["id"]
    (other,) = match(service, service.key("match", code="11990121XY00000A64"), NAME)
    assert other["settled"] is False, "others decide for themselves"
    service.publish(put("listing", "L-0000000001", listing(E1, summary="更正。"), "2029-07-01"))
    (changed,) = match(service, headers, NAME)
    assert changed["settled"] is False and changed["matches"][0]["decided"] is False
    (kept,) = service.json("match/judgements", headers=headers)["results"]
    assert kept["in_force"] is False
    assert judge(service, headers, "L-0000000001").status_code == 201
    (again,) = service.json("match/judgements", headers=headers)["results"]
    assert again["in_force"] is True and again["id"] != kept["id"]


def test_a_decision_is_taken_back(service: Service) -> None:
    headers = service.key("match", "history")
    id = judge(service, headers, "L-0000000001").get_json()["id"]
    client = service.app.test_client()
    stranger = service.key("history", code="11990121XY00000A64")
    assert client.delete(f"/api/v1/match/judgements/{id}", headers=stranger).status_code == 404
    assert client.delete(f"/api/v1/match/judgements/{id}", headers=headers).status_code == 204
    (found,) = match(service, headers, NAME)
    assert found["settled"] is False
    assert service.json("match/judgements", headers=headers)["results"] == []


def test_what_cannot_be_decided(service: Service) -> None:
    headers = service.key("match", "history")
    cases = [
        (judge(service, headers, "L-0000000001", {"code": CODE}), 409, "certain-match"),
        (judge(service, headers, "L-0000000002"), 409, "no-such-match"),
        (judge(service, headers, "nonsense"), 422, "invalid-input"),
        (judge(service, headers, "L-0000000001", {}), 409, "unusable-query"),
    ]
    for answer, status, code in cases:
        assert answer.status_code == status
        assert answer.get_json(force=True)["type"] == f"urn:registry:problem:{code}"
    service.publish(removal("listing", "L-0000000001"))
    assert judge(service, headers, "L-0000000001").status_code == 409


def test_a_person_is_listed_by_name_and_number_only(service: Service) -> None:
    person = {"name": PERSON["name"], "document": NUMBER}
    (refused,) = service.match(person)
    assert "document" in refused["error"]["errors"], "with a key only"
    headers = service.key("match")
    listed, other, name = match(
        service, headers, person, {**person, "name": "王样例"}, {"name": PERSON["name"]}
    )
    assert listed["outcome"] == "listed" and listed["matches"][0]["via"] == "document"
    assert other["outcome"] == name["outcome"] == "clear"
    (service.key_dir / "person.key").unlink()
    (mirrored,) = match(service, headers, person)
    assert mirrored["outcome"] == "possible" and mirrored["persons_searched"] is False


def test_a_reference_is_a_number_and_nobodys_name(service: Service) -> None:
    headers = service.key("match")
    for reference in ("张三", NUMBER, "13800138000", "x" * 61):
        body = {"queries": [NAME], "reference": reference}
        answer = service.post("match", json=body, headers=headers)
        assert answer.status_code == 422, reference
        assert "reference" in answer.get_json(force=True)["errors"]
        assert reference not in answer.text


def test_a_job_knows_what_was_decided(service: Service) -> None:
    from test_api_lists import as_csv, done, result

    headers = service.key("match", "history", "jobs")
    judge(service, headers, "L-0000000001")
    id = done(service, as_csv([("name",), (E1["name"],), (EXTERNAL["name"],)]), headers)
    rows = result(service, id, headers)
    assert [row["decided"] for row in rows] == ["yes", ""]
    kept = service.json("match/history", headers=headers)["results"]
    assert {row["job"] for row in kept} == {id} and len(kept) == 2
