"""What programs read, and what keeps pages fresh: headers, validators, feeds, files, removal."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from public_site_kit import E1, Site, listing, put, removal

from public_site import limits, release
from public_site.pages import machine
from registry.core.clock import midnight
from registry.core.web.headers import CONTENT_SECURITY_POLICY
from registry.public.gazette import log

ATOM = "{http://www.w3.org/2005/Atom}"


def test_headers_are_exact(site: Site) -> None:
    for path in ("/zh/", "/zh/listings/L-0000000001", "/zh/none", "/healthz", "/api/v1/none"):
        headers = site.get(path).headers
        assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY, path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_policy_forbids_script_and_foreign_sources() -> None:
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'")
    for word in ("unsafe", "http", "data:", "*", "script-src"):
        assert word not in CONTENT_SECURITY_POLICY


def test_removed_record_answers_410_and_names_no_one(site: Site) -> None:
    for language, words in (("zh", "已停止公示"), ("en", "no longer published")):
        answer = site.get(f"/{language}/listings/L-0000000004")
        assert answer.status_code == 410
        assert words in answer.text
        assert "空谷县" not in answer.text
        assert "91990122XY0000020F" not in answer.text


def test_unknown_records_answer_404_and_help_on(site: Site) -> None:
    wrong = ("listings/L-ZZZZZZZZZZ", "listings/P-0000000001", "listings/x", "sites/S-ZZZZZZZZZZ")
    for path in (*wrong, "nothing/here"):
        answer = site.get(f"/en/{path}")
        assert answer.status_code == 404, path
        assert 'action="/en/search"' in answer.text


def test_record_is_gone_at_midnight_in_shanghai_without_a_job(site: Site) -> None:
    last = midnight(site.instant[0].date() + timedelta(days=1))
    site.instant[0] = last - timedelta(seconds=1)
    before = site.get("/zh/listings/L-0000000002")
    assert before.status_code == 200
    assert before.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    entity = site.get("/zh/entities/91990122XY0000020F").text
    assert "L-0000000002" in entity
    assert "max-age=1," in site.get("/zh/help").headers["Cache-Control"]
    site.instant[0] = last
    tag = before.headers["ETag"]
    after = site.get("/zh/listings/L-0000000002", headers={"If-None-Match": tag})
    assert after.status_code == 410
    assert "期限届满" in after.text
    for path in ("/zh/", "/zh/search?q=空谷县", "/zh/entities/91990122XY0000020F", "/zh/feed.atom"):
        assert "L-0000000002" not in site.get(path).text, path


def test_etag_changes_with_the_log_the_day_and_the_language(site: Site) -> None:
    first = site.get("/zh/").headers["ETag"]
    again = site.get("/zh/", headers={"If-None-Match": first})
    assert (again.status_code, again.data) == (304, b"")
    assert site.get("/en/").headers["ETag"] != first
    site.publish(put("listing", "L-0000000005", listing(E1), "2029-07-01"))
    changed = site.get("/zh/", headers={"If-None-Match": first})
    assert changed.status_code == 200
    assert "L-0000000005" in changed.text
    site.instant[0] += timedelta(days=1)
    assert site.get("/zh/").headers["ETag"] != changed.headers["ETag"]


def test_published_and_removed_at_once(site: Site) -> None:
    site.publish(put("listing", "L-0000000005", listing(E1), "2029-07-01"))
    assert site.get("/zh/listings/L-0000000005").status_code == 200
    site.publish(removal("listing", "L-0000000005", "early-removal", site.instant[0]))
    assert site.get("/zh/listings/L-0000000005").status_code == 410
    assert "L-0000000005" not in site.get("/zh/search?q=一号样例煤矿").text


def test_stale_index_shows_nothing_removed(site: Site) -> None:
    with site.gazette.write() as session:
        log.append(
            session,
            [removal("listing", "L-0000000001", "revoked", site.instant[0])],
            recorded=site.instant[0],
        )
    assert "/listings/L-0000000001" not in site.get("/zh/search?q=一号样例煤矿").text


def test_feed_is_valid_and_newest_first(site: Site) -> None:
    answer = site.get("/zh/feed.atom")
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)  # noqa: S314 - our own output
    entries = feed.findall(f"{ATOM}entry")
    updated = [one.findtext(f"{ATOM}published", "") for one in entries]
    assert len(entries) == 3
    assert updated == sorted(updated, reverse=True)
    assert all(one.findtext(f"{ATOM}id", "").startswith("tag:registry,") for one in entries)
    link = feed.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == "https://registry.example/zh/feed.atom"


def test_sitemap_robots_and_security(site: Site) -> None:
    locations = ElementTree.fromstring(site.get("/sitemap.xml").data)  # noqa: S314
    addresses = [node.text or "" for node in locations.iter() if node.tag.endswith("loc")]
    assert "https://registry.example/en/listings/L-0000000001" in addresses
    assert not [one for one in addresses if "L-0000000003" in one]
    for one in addresses:
        assert site.get(one.removeprefix("https://registry.example")).status_code == 200
    assert "Sitemap: https://registry.example/sitemap.xml" in site.get("/robots.txt").text
    contact = site.get("/.well-known/security.txt").text
    assert "Contact: https://registry.example/" in contact
    assert "Expires: 2027-" in contact


def test_readiness_tells_age_and_position(site: Site) -> None:
    site.instant[0] += timedelta(seconds=90)
    ready = site.get("/readyz").json
    assert ready is not None
    assert ready["ready"] is True
    assert ready["data_age_seconds"] == 90
    assert ready["sequence"] == ready["indexed"] == 8
    assert site.get("/healthz").text == "ok\n"


def test_other_rules_or_another_address_are_another_release(site: Site, tmp_path: Path) -> None:
    settings = site.app.extensions["registry.settings"]
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "own.yaml").write_text("roles: {}\n", encoding="utf-8")
    changed = [
        replace(settings, base_url="https://other.example"),
        replace(settings, rules_dir=rules),
    ]
    releases = {site.app.extensions["registry.release"]}
    for other in changed:
        app = Flask("other")
        release.install(app, other)
        releases.add(app.extensions["registry.release"])
    assert len(releases) == 3
    again = Flask("again")
    release.install(again, settings)
    assert again.extensions["registry.release"] == site.app.extensions["registry.release"]


def test_an_ipv4_caller_behind_an_ipv6_socket_counts_for_himself(site: Site) -> None:
    keys = set()
    for address in ("::ffff:192.0.2.1", "::ffff:192.0.2.2", "192.0.2.1", "2001:db8::1"):
        with site.app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            keys.add(limits.address_key())
    assert len(keys) == 3, "the same address in both writings is one caller"


def test_result_as_csv_neutralises_formulas(site: Site) -> None:
    answer = site.get("/zh/search?format=csv&kind=penalty")
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0]["summary"].startswith("'=HYPERLINK")
    assert rows[0]["code"] == "91990121XY00000126"
    assert rows[0]["url"] == "https://registry.example/zh/penalties/P-0000000001"


def test_result_as_json_and_atom_is_the_search(site: Site) -> None:
    body = json.loads(site.get("/zh/search?format=json&kind=listing&q=老样例煤矿").data)
    assert [one["id"] for one in body["results"]] == ["L-0000000001"]
    assert body["total"] == 1
    assert body["sequence"] == 8
    atom = site.get("/zh/search?format=atom&kind=site")
    ElementTree.fromstring(atom.data)  # noqa: S314


def test_static_files_are_hashed_and_immutable(site: Site) -> None:
    links = site.soup("/zh/").find_all("link", rel="stylesheet")
    for link in links:
        answer = site.get(str(link["href"]))
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert "max-age=31536000" in answer.headers["Cache-Control"]
    old = site.get("/static/0000/registry.css")
    assert (old.status_code, old.headers["Cache-Control"]) == (200, "no-cache")
    assert site.get("/static/0000/../../wsgi.py").status_code == 404
    assert b"http" not in site.get("/static/0000/registry.css").data


def test_an_unforeseen_error_tells_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("number 990101199001010019 of 李样例")

    monkeypatch.setattr(machine.queries, "newest", fail)
    answer = site.get("/zh/feed.atom?secret=1")
    assert answer.status_code == 500
    logged = capsys.readouterr().err
    for text in (answer.text, logged):
        assert "李样例" not in text
        assert "990101" not in text
        assert "Traceback" not in text
    assert "secret" not in logged
    assert '"error": "ValueError"' in logged
    assert "feed.atom" in logged


def test_problems_under_api_are_rfc_9457(site: Site) -> None:
    answer = site.get("/api/v1/nothing", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    body = json.loads(answer.data)
    assert body["type"] == "urn:registry:problem:not-found"
    assert body["status"] == 404
    assert body["title"] == "Nothing found at this address"


def test_site_knows_no_working_store(site: Site) -> None:
    assert not hasattr(site.app.extensions["registry.settings"], "working_url")
    assert set(site.app.extensions["registry.stores"]) == {"gazette", "intake"}
