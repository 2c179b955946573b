"""``POST match``: outcomes, one error per wrong query, limits before work."""

from __future__ import annotations

import json
from datetime import timedelta

from api_kit import CODE, E1, EXTERNAL, PERSON, Service, removal


def test_outcomes(service: Service) -> None:
    by_code, former, name, foreign, nobody, person, other_code = service.match(
        {"id": "a", "code": CODE},
        {"name": "虚岭县老样例煤矿（虚构）"},
        {"name": E1["name"]},
        {"name": EXTERNAL["name"]},
        {"name": "演示省无名县清白样例商店（虚构）"},
        {"name": PERSON["name"]},
        {"code": "91990122XY0000020F", "name": E1["name"]},
    )
    assert (by_code["id"], by_code["outcome"]) == ("a", "listed")
    assert {m["id"] for m in by_code["matches"]} == {"L-0000000001", "X-0000000001"}
    assert (former["id"], former["outcome"]) == ("1", "possible")
    assert former["matches"][0]["via"] == "former"
    assert name["outcome"] == "possible", "a name alone never decides"
    assert name["matches"][0]["score"] == 1.0
    feature = name["matches"][0]["explanation"][0]
    assert set(feature) == {"feature", "query", "candidate", "score", "weight"}
    assert (foreign["outcome"], foreign["matches"][0]["kind"]) == ("possible", "external")
    assert (nobody["outcome"], nobody["matches"]) == ("clear", [])
    assert person["outcome"] == "clear", "persons are found with their document number only"
    assert other_code["outcome"] == "listed"


def test_a_code_in_anothers_list_is_only_possible(service: Service) -> None:
    service.publish(removal("listing", "L-0000000001"))
    (found,) = service.match({"code": CODE})
    assert found["outcome"] == "possible"
    assert [m["id"] for m in found["matches"]] == ["X-0000000001"]


def test_the_state_that_the_answer_holds_for(service: Service) -> None:
    body = service.post("match", json={"queries": []}).get_json()
    proof = service.json("proof/inclusion?sequence=1")
    assert body["results"] == []
    assert body["sequence"] == body["tree_size"] == 8
    assert body["root_hash"] == proof["root_hash"]
    assert body["as_of"] == "2026-11-20T02:00:00Z"
    assert body["matcher"]
    assert body["threshold"] == 0.7


def test_removed_and_ended_records_are_not_matched(service: Service) -> None:
    service.match({"name": E1["name"]})
    service.publish(removal("listing", "L-0000000001"), index=False)
    service.instant[0] += timedelta(hours=14)
    one, two = service.match({"name": E1["name"]}, {"code": "91990122XY0000020F"})
    assert one["outcome"] == two["outcome"] == "clear"


def test_a_wrong_query_fails_no_other(service: Service) -> None:
    wrong = [
        None,
        "样例",
        {},
        {"name": 5},
        {"name": "有限公司"},
        {"name": "样" * 301},
        {"name": "样\x00例"},
        {"code": "91990121XY00000127"},
        {"id": "z", "name": "样例", "document": "990101199001010019"},
        {"name": "样例", "region": "99"},
        {"name": "样例", "birth": "1990-02-30"},
        {"id": "x" * 101, "name": "样例"},
    ]
    answers = service.match(*wrong, {"id": "good", "code": CODE})
    assert answers[-1]["outcome"] == "listed"
    for place, answer in enumerate(answers[:-1]):
        assert "outcome" not in answer, wrong[place]
        assert answer["error"]["type"] == "urn:registry:problem:invalid-input"
        assert answer["error"]["errors"], wrong[place]
    assert [a["id"] for a in answers[7:9]] == ["7", "z"]
    assert set(answers[8]["error"]["errors"]) == {"document"}


def test_threshold(service: Service) -> None:
    near = {"name": "演示省虚岭县二号样例煤矿有限公司（虚构）"}
    strict, loose = service.match(near)[0], service.match(near, threshold=0)[0]
    assert (strict["outcome"], loose["outcome"]) == ("clear", "possible")


def _deep(depth: int) -> str:
    return '{"queries": ' + "[" * depth + "]" * depth + "}"


REFUSED = [
    (json.dumps({"queries": [{"name": "样例"}] * 201}), "application/json", 422),
    (json.dumps({"queries": [], "threshold": 1.1}), "application/json", 422),
    (json.dumps({"queries": [], "threshold": True}), "application/json", 422),
    (json.dumps({"queries": [], "threshhold": 0.9}), "application/json", 422),
    (json.dumps({"queries": {}}), "application/json", 422),
    (json.dumps([]), "application/json", 422),
    ('{"queries": [], "threshold": NaN}', "application/json", 400),
    ('{"queries": ["\\ud800"]}', "application/json", 400),
    ('{"queries": [' + "9" * 5000 + "]}", "application/json", 400),
    ("{", "application/json", 400),
    ("", "application/json", 400),
    (_deep(13), "application/json", 400),
    (_deep(100_000), "application/json", 400),
    ('{"queries": ["' + "样" * 200_000 + '"]}', "application/json", 413),
    ('{"queries": []}', "text/plain", 415),
]


def test_limits_come_before_work(service: Service) -> None:
    for body, type, status in REFUSED:
        answer = service.post("match", data=body.encode(), content_type=type)
        assert answer.status_code == status, (body[:80], answer.text)
        assert answer.mimetype == "application/problem+json"


def test_errors_are_in_the_readers_language(service: Service) -> None:
    said = [
        service.post(
            "match", json={"queries": [{"name": "有限公司"}]}, headers={"Accept-Language": tag}
        ).get_json()["results"][0]["error"]["errors"]["name"]
        for tag in ("en", "zh-CN")
    ]
    assert said[0] == ["This is not enough of a name to search for."]
    assert said[1] != said[0]
