"""Search, lists, single records: shapes, paging, removal, validators."""

from __future__ import annotations

from datetime import timedelta

from api_kit import CODE, E1, E2, PERSON, Service, listing, put, removal

from public_site.api import cursors

LIST = {"sequence", "total", "results", "facets", "next"}


ASKED: list[tuple[str, list[str] | None]] = [
    ("listings", ["L-0000000002", "L-0000000001"]),
    ("penalties", ["P-0000000001"]),
    ("external", ["X-0000000001"]),
    ("sites", ["S-0000000001"]),
    ("search?q=虚岭县老样例煤矿&kind=listing", ["L-0000000001"]),
    (f"entities/{CODE}", ["L-0000000001", "P-0000000001", "X-0000000001", "S-0000000001"]),
    (f"entities/{CODE.lower()}", None),
]


def test_lists_have_the_promised_shape(service: Service) -> None:
    for path, ids in ASKED:
        body = service.json(path)
        assert set(body) >= LIST
        assert body["sequence"] == 8
        for record in body["results"]:
            assert {"id", "kind", "sequence", "updated", "url"} <= set(record)
            own = record["url"].removeprefix("https://registry.example/")
            assert service.json(own) == record
        found = [record["id"] for record in body["results"]]
        assert body["total"] == len(found)
        assert ids is None or sorted(found) == sorted(ids), path


def test_counts_do_not_wait_for_the_index(service: Service) -> None:
    service.publish(put("listing", "L-0000000009", listing(E1), "2029-07-01"), index=False)
    body = service.json("listings")
    assert (body["sequence"], body["total"], len(body["results"])) == (9, 3, 3)
    assert body["facets"]["region"]["990121"] == 2
    assert service.json("listings?list=other")["total"] == 0
    lagging = service.json("search?kind=listing")
    assert (lagging["sequence"], lagging["total"]) == (8, 2), "complete up to what it says"
    tag = service.get("search?kind=listing").headers["ETag"]
    assert tag == 'W/"9-2026-11-20-8"'


def test_persons_of_our_lists_are_in_no_list(service: Service) -> None:
    for path in ("listings", "search?q=李样例", "search", "listings?list=work-safety"):
        answer = service.get(path)
        assert "L-0000000003" not in answer.text, path
        assert PERSON["name"] not in answer.text, path
    assert service.json("listings/L-0000000003")["subject"] == PERSON


def test_removed_unknown_and_ended(service: Service) -> None:
    gone = service.get("listings/L-0000000004", headers={"Accept-Language": "en"})
    assert gone.status_code == 410
    assert gone.mimetype == "application/problem+json"
    assert gone.get_json()["type"] == "urn:registry:problem:gone"
    assert E2["name"] not in gone.text
    for path in ("listings/L-9999999999", "penalties/L-0000000001", "listings/x", "entities/9"):
        assert service.get(path).status_code == 404, path
    service.instant[0] += timedelta(hours=14)  # 00:00 in Shanghai: the term has ended
    assert service.get("listings/L-0000000002").status_code == 410
    assert "L-0000000002" not in service.get("listings").text
    assert "L-0000000002" not in service.get("search?q=样例").text
    assert service.json(f"entities/{E2['code']}")["results"] == []


def test_what_stays_appears_exactly_once(service: Service) -> None:
    ids = [f"L-00000001{n:02}" for n in range(12)]
    for id in ids:
        service.publish(put("listing", id, listing(E1), "2029-07-01"), index=False)
    seen: list[str] = []
    path, page = "listings?limit=3", 0
    while path:
        answer = service.get(path)
        body = answer.get_json()
        seen += [record["id"] for record in body["results"]]
        link = answer.headers.get("Link", "")
        assert bool(link) == (body["next"] is not None)
        path = link.partition("/api/v1/")[2].partition(">")[0]
        page += 1
        corrected = listing(E1, summary=f"更正{page}", published_on="2026-11-01")
        service.publish(
            put("listing", ids[page], corrected, "2029-07-01"),
            put("listing", f"L-00000002{page:02}", listing(E2), "2029-07-01"),
            removal("listing", ids[11 - page]) if page < 4 else put("site", "S-9", _site()),
            index=False,
        )
    stays = {*ids[:8], "L-0000000001", "L-0000000002"}
    assert {id: seen.count(id) for id in stays} == dict.fromkeys(stays, 1)


def _site() -> dict[str, object]:
    return {
        "type": "quarry",
        "name": "样例采石场（虚构）",
        "region": "990121",
        "operators": [],
        "licences": [],
    }


def test_search_pages_are_bound_to_the_question(service: Service) -> None:
    first = service.json("search?q=样例&limit=2")
    second = service.json(f"search?q=样例&limit=2&next={first['next']}")
    ids = [record["id"] for page in (first, second) for record in page["results"]]
    assert len(ids) == len(set(ids)) == 4 == first["total"]
    for path in (
        f"search?q=其他&next={first['next']}",
        "search?next=x",
        "listings?next=WzEsMl0",
        _forged(),
    ):
        problem = service.get(path)
        assert problem.status_code == 404, path
        assert problem.get_json()["type"] == "urn:registry:problem:unknown-page"


def _forged() -> str:
    return f"listings?next={cursors.pack('9' * 30, {'kind': 'listing', 'list': ''})}"


def test_validators(service: Service) -> None:
    answer = service.get("listings/L-0000000001")
    assert answer.headers["ETag"] == 'W/"8-2026-11-20"'
    assert "max-age=0" in answer.headers["Cache-Control"]
    again = service.get("listings", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    service.instant[0] += timedelta(hours=14)
    tomorrow = service.get("listings", headers={"If-None-Match": answer.headers["ETag"]})
    assert tomorrow.headers["ETag"] == 'W/"8-2026-11-21"'
    assert tomorrow.status_code == 200


def test_wrong_arguments_are_named_in_the_readers_language(service: Service) -> None:
    path = "search?limit=0&region=99&from=2026-02-30&kind=tip&unknown=1&q=a%00b"
    english = service.get(path, headers={"Accept-Language": "en"})
    chinese = service.get(path, headers={"Accept-Language": "zh-CN"})
    assert english.status_code == chinese.status_code == 422
    errors = english.get_json()["errors"]
    assert set(errors) == {"limit", "region", "from", "kind", "unknown", "q"}
    assert errors["limit"] == ["This must be a number from 1 to 200."]
    assert chinese.get_json()["errors"]["limit"] == ["应当为1至200之间的整数。"]
    assert "Accept-Language" in chinese.headers["Vary"]


def test_any_origin_may_read(service: Service) -> None:
    answer = service.get("listings", headers={"Origin": "https://elsewhere.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    preflight = service.app.test_client().options("/api/v1/match")
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    page = service.app.test_client().get("/en/")
    assert "Access-Control-Allow-Origin" not in page.headers
    refused = service.app.test_client().delete("/api/v1/listings")
    assert refused.status_code == 405
    assert refused.mimetype == "application/problem+json"
