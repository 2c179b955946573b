"""Pages of service organizations and their reports, and comparing a copy."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from public_site_kit import AUTHORITY, E1, Site, put

from registry.public.files.store import FileStore
from registry.public.search.engine import open_index
from registry.public.search.indexer import Indexer

pytestmark = pytest.mark.sqlite_only
AGENCY = {
    "kind": "enterprise",
    "name": "样例安全评价有限公司(虚构)",
    "code": "91990100XY0000047B",
    "region": "990100",
}
PROVIDER: dict[str, Any] = {
    "subject": AGENCY,
    "authority": AUTHORITY,
    "field": "evaluation",
    "scopes": ["coal-evaluation"],
    "status": "valid",
    "history": [{"on": "2023-01-01", "event": "registered"}],
    "published_on": "2023-01-01",
    "qualification": {
        "number": "APJ-（演）-004",
        "issuer": "样例厅",
        "since": "2023-01-01",
        "until": "2027-12-31",
    },
    "staff": {"people": 26, "level_1": 6, "level_2": 9, "engineers": 8, "as_of": "2026-01-01"},
}  # fmt: skip
COPY = b"%PDF-1.7 public copy"
WORDS = "采掘工作面瓦斯抽采系统运行正常"


def report(site: Site, status: str = "valid", **more: Any) -> dict[str, Any]:
    store = FileStore(site.app.extensions["registry.settings"].file_dir)
    file: dict[str, Any] = {
        "sha256": "ab" * 32, "pages": 2, "scan": False, "size": len(COPY),
        "public": store.store(io.BytesIO(COPY)),
    }  # fmt: skip
    if status in {"valid", "replaced", "inaccurate"}:
        file |= {"offered": True, "text": store.store(io.BytesIO(WORDS.encode()))}
    return {
        "project": "一号样例煤矿安全现状评价",
        "number": "DEMO-PJ-2026-0007",
        "version": 1,
        "type": "status-evaluation",
        "field": "evaluation",
        "subject": AGENCY,
        "authority": AUTHORITY,
        "issued_on": "2026-03-09",
        "status": status,
        "signatures": [{"role": "technical-lead", "name": "赵样例", "on": "2026-03-08"}],
        "findings": [],
        "published_on": "2026-03-12",
        "late": False,
        "client": {"name": E1["name"], "code": E1["code"]},
        "site": "S-0000000001",
        "file": file,
        **more,
    }


def indexed(site: Site) -> None:
    index = open_index("whoosh", site.index_dir)
    files = site.app.extensions["registry.settings"].file_dir
    # Two records are not worth two interpreters.
    Indexer(site.gazette, index, processes=1, files=files).rebuild(site.instant[0])
    index.close()


@pytest.fixture
def library(site: Site) -> Site:
    site.publish(
        put("provider", "V-0000000001", PROVIDER),
        put("report", "R-0000000001", report(site), "2036-03-09"),
        put("report", "R-0000000002", report(site, "false", number="DEMO-PJ-2026-0008",
            findings=[{"code": "FA03", "on": "2026-05-20"}],
            file={**report(site, "false")["file"], "sha256": "cd" * 32}), "2036-03-09"),
    )  # fmt: skip
    indexed(site)
    return site


def test_the_page_of_an_organization_says_what_it_may_do(library: Site) -> None:
    page = library.soup("/en/providers/V-0000000001").get_text(" ", strip=True)
    assert "It may work in this field" in page and "Entered in the register" in page
    assert "DEMO-PJ-2026-0007" in page, "its reports stand on its page"
    library.instant[0] = library.instant[0].replace(year=2028)
    page = library.soup("/en/providers/V-0000000001").get_text(" ", strip=True)
    assert "The validity has ended" in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_of_a_report(library: Site, language: str) -> None:
    page = library.soup(f"/{language}/reports/R-0000000001")
    assert page.h1 is not None and page.h1.get_text() == "一号样例煤矿安全现状评价"
    assert "赵样例" in page.get_text()
    answer = library.get(f"/{language}/reports/R-0000000001/file")
    assert answer.mimetype == "application/pdf"
    assert library.get(f"/{language}/reports/R-0000000002/file").status_code == 410
    assert library.get(f"/{language}/reports/R-0000000009/file").status_code == 404


def test_found_by_the_words_of_its_file_unless_it_is_false(library: Site) -> None:
    page = library.soup("/en/search?q=瓦斯抽采系统").get_text()
    assert "Records found: 1" in page
    page = library.soup("/en/search?kind=report&status=false").get_text()
    assert "Records found: 1" in page
    assert "Records found: 0" not in library.soup("/en/search?q=赵样例").get_text()
    assert "Nothing found" in library.soup("/en/search?q=赵样例").get_text(), "no person is indexed"
    facets = library.soup("/en/search?kind=report").get_text()
    assert "found false" in facets and "Status" in facets


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("R-0000000001", "This is the version that stands"),
        ("r-oooooooool", "This is the version that stands"),
        ("DEMO-PJ-2026-0007", "This is the version that stands"),
        ("ab" * 32, "This is the version that stands"),
        ("CD" * 32, "It may not be used"),
        ("R-0000000009", "No disclosed report is known"),
        ("made up", "No disclosed report is known"),
        ("", "Type the code"),
    ],
)
def test_a_code_is_compared(library: Site, code: str, words: str) -> None:
    answer = library.post("/en/reports/compare", data={"code": code})
    assert words in answer.get_data(as_text=True)
    assert answer.status_code == (422 if not code else 200)


def test_a_file_is_compared_by_its_content(library: Site) -> None:
    for content, words in (
        (COPY, "This is the version that stands"),
        (b"x", "No disclosed report"),
    ):
        data = {"code": "", "file": (io.BytesIO(content), "copy.pdf")}
        answer = library.post(
            "/en/reports/compare", data=data, content_type="multipart/form-data"
        ).get_data(as_text=True)
        assert words in answer and hashlib.sha256(content).hexdigest() in answer


def test_it_stands_with_its_client_its_organization_and_its_site(library: Site) -> None:
    for path in (
        f"/en/entities/{E1['code']}",
        f"/en/entities/{AGENCY['code']}",
        "/en/sites/S-0000000001",
    ):
        assert "一号样例煤矿安全现状评价" in library.soup(path).get_text(), path


def test_lists_lead_to_the_search(library: Site) -> None:
    assert library.get("/en/reports").headers["Location"].endswith("/en/search?kind=report")
    assert library.get("/en/providers").headers["Location"].endswith("/en/search?kind=provider")


def test_pictures_and_videos_are_shown_and_sent_in_parts(site: Site) -> None:
    store = FileStore(site.app.extensions["registry.settings"].file_dir)
    movie = bytes(range(256)) * 8
    digest, picture = store.store(io.BytesIO(movie)), store.store(io.BytesIO(b"\xff\xd8jpeg"))
    images = [
        {"file": picture, "caption": "主井口"},
        {"file": digest, "caption": "现场勘查", "video": "video/mp4"},
    ]
    site.publish(put("report", "R-0000000009", report(site, images=images), "2036-03-09"))
    page = site.soup("/en/reports/R-0000000009")
    shown = page.select_one(".pictures img")
    assert shown is not None and shown["alt"] == "主井口"
    video = page.select_one(".pictures video[controls]")
    source = page.select_one(".pictures video source[type='video/mp4']")
    assert video is not None and source is not None and not video.has_attr("autoplay")
    address = str(source["src"])
    part = site.get(address, headers={"Range": "bytes=256-511"})
    assert (part.status_code, part.data) == (206, movie[256:512])
    assert part.headers["Content-Range"] == f"bytes 256-511/{len(movie)}"
    whole = site.get(address)
    assert whole.mimetype == "video/mp4" and whole.data == movie
    assert "media-src 'self'" in page_headers(site)["Content-Security-Policy"]
    beyond = site.get(address, headers={"Range": "bytes=99999-"})
    assert beyond.status_code == 416


def page_headers(site: Site) -> dict[str, str]:
    return dict(site.get("/en/reports/R-0000000009").headers)


FACETS = [
    ("provider", "field", "testing", ["V-0000000002"]),
    ("provider", "scope", "coal-evaluation", ["V-0000000001"]),
    ("provider", "region", "990122", ["V-0000000002"]),
    ("provider", "status", "revoked", ["V-0000000002"]),
    ("provider", "validity", "2027", ["V-0000000001"]),
    ("report", "field", "evaluation", ["R-0000000001", "R-0000000002"]),
    ("report", "scope", "status-evaluation", ["R-0000000001", "R-0000000002"]),
    ("report", "region", "990100", ["R-0000000001", "R-0000000002"]),
    ("report", "status", "false", ["R-0000000002"]),
]


def test_each_facet_narrows_alike_on_the_page_in_both_languages_and_by_api(library: Site) -> None:
    other = {
        **PROVIDER,
        "subject": {**AGENCY, "name": "样例中心", "code": "91990122XY0000020F", "region": "990122"},
        "field": "testing",
        "scopes": ["non-coal-testing"],
        "status": "revoked",
        "qualification": {**PROVIDER["qualification"], "until": "2028-12-31"},
    }  # fmt: skip
    library.publish(put("provider", "V-0000000002", other))
    indexed(library)
    for kind, name, value, ids in FACETS:
        asked = f"kind={kind}&{name}={value}"
        answer = library.app.test_client().get(f"/api/v1/search?{asked}").get_json()
        assert sorted(one["id"] for one in answer["results"]) == ids, asked
        for language in ("zh", "en"):
            offered = library.soup(f"/{language}/search?kind={kind}")
            links = [str(one["href"]) for one in offered.select("a[href*='search?']")]
            # What all of a kind have in common narrows nothing, and is not offered.
            common = {("report", "field"), ("report", "scope")}
            found = any(f"{name}={value}" in one for one in links)
            assert found != ((kind, name) in common), (asked, language)
            page = library.soup(f"/{language}/search?{asked}")
            shown = {str(one["href"])[-12:] for one in page.select(".results a[href]")}
            assert sorted(one for one in shown if one[1] == "-") == ids, (asked, language)
