"""Every page in both languages: valid, self-contained, translated, with its records."""

from __future__ import annotations

import re

import pytest
from public_site_kit import E1, PERSON, Site, listing, put

PAGES = (
    "",
    "search",
    "search?q=煤矿",
    "search?q=没有这个词",
    "search?kind=listing&region=990000&from=2026-01-01&to=2026-12-31&sort=newest",
    "listings/L-0000000001",
    "listings/L-0000000003",
    "penalties/P-0000000001",
    "external/X-0000000001",
    "sites/S-0000000001",
    "sites/S-0000000001/reports?on=2026-03-09",
    "entities/91990121XY00000126",
    "entities/91990100XY0000071U",
    "check",
    "help",
    "privacy",
    "data",
    "gazette",
    "statistics",
    "statistics/definitions",
    "statistics/indicators/penalties-decided",
    "procedures",
    "procedures/status",
)
# Latin words that stand on Chinese pages by right: names, formats, standards, numbers.
ALLOWED = re.compile(
    r"English|Demo data|CSV|JSON|Atom|Cookie|SHA|RFC|SDN|SAMPLE FICTION TRADING LLC|FICTION|CO\b|"
    r"Xuling No. 1 Sample Coal Mine \(fictional\)|registry gazette verify|PDF|HYPERLINK|"
    r"[A-Z]-[0-9A-Z]{10}|[0-9A-Z]{15,18}|[0-9a-f]{16,}|[\w-]{40,}|MK|L-7K3M9Q2X4T|b|x"
)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_valid(site: Site, language: str) -> None:
    for page in PAGES:
        assert site.get(f"/{language}/{page}").status_code == 200, page


def test_chinese_pages_hold_no_english_sentence(site: Site) -> None:
    for page in PAGES:
        text = site.soup(f"/zh/{page}").get_text(" ")
        left = ALLOWED.sub(" ", text)
        assert not re.findall(r"[A-Za-z]{2,}(?: [a-z]{2,})+", left), (page, left[:2000])


def test_record_says_first_who_why_and_until_when(site: Site) -> None:
    lead = site.soup("/zh/listings/L-0000000001").find(class_="lead")
    assert lead is not None
    assert "安全生产严重失信主体名单" in lead.text
    assert "瞒报、谎报" in lead.text
    assert "2029年7月1日" in lead.text
    english = site.soup("/en/listings/L-0000000001").find(class_="lead")
    assert english is not None
    assert "1 July 2029" in english.text


def test_official_text_is_marked_as_chinese_on_english_pages(site: Site) -> None:
    english = site.soup("/en/listings/L-0000000001")
    assert english.main is not None
    for text in (E1["name"], "井下发生顶板事故，隐瞒不报。", "虚岭县样例应急管理局"):
        found = english.main.find(string=re.compile(re.escape(str(text))))
        assert found is not None, text
        assert found.find_parent(lang="zh-CN") is not None, text
    assert not site.soup("/zh/listings/L-0000000001").select("main [lang=zh-CN] [lang=zh-CN]")


def test_record_shows_remedies_measures_and_proof(site: Site) -> None:
    text = site.soup("/en/listings/L-0000000001").get_text(" ", strip=True)
    for part in ("60 days", "6 months", "1 July 2027", "Leaf hash", "MEM Order 11", "Publicity"):
        assert part in text, part


def test_listed_person_is_kept_from_robots_titles_feed_and_sitemap(site: Site) -> None:
    name = str(PERSON["name"])
    answer = site.get("/zh/listings/L-0000000003")
    assert name in answer.text, "the page itself names the person, as the order demands"
    assert answer.headers["X-Robots-Tag"] == "noindex, noarchive"
    page = site.soup("/zh/listings/L-0000000003")
    assert page.title is not None
    assert name not in page.title.text
    assert page.find("meta", attrs={"name": "robots", "content": "noindex, noarchive"})
    for address in ("/zh/", "/zh/feed.atom", "/sitemap.xml", f"/zh/search?q={name}", "/zh/gazette"):
        text = site.get(address).text
        assert "L-0000000003" not in text or address == "/zh/gazette", address
        assert name not in text.replace(f'value="{name}"', ""), address


def test_no_page_leads_to_a_listed_person(site: Site) -> None:
    said = listing(PERSON, site="S-0000000001")
    site.publish(put("listing", "L-0000000009", said, "2029-07-01"))
    assert site.get("/zh/listings/L-0000000009").status_code == 200
    for address in (*PAGES, "search?q=（虚岭）应急失信列〔2026〕1号"):
        links = {str(a["href"]) for a in site.soup(f"/zh/{address}").find_all("a", href=True)}
        own = address.startswith("listings/")
        assert own or not any("L-0000000009" in link for link in links), address
    place = site.get("/zh/sites/S-0000000001").text
    assert "L-0000000001" in place
    # Since when the licence is suspended.
    assert "2026年6月2日" in place and "暂扣" in place


def test_full_document_numbers_are_nowhere(site: Site) -> None:
    for page in PAGES:
        assert not re.search(r"(?<!\d)\d{17}[\dX](?!\w)", site.get(f"/zh/{page}").text), page


def test_language_switch_keeps_page_and_query(site: Site) -> None:
    link = site.soup("/zh/search?q=煤矿&kind=listing").find("a", class_="language")
    assert link is not None
    other = site.get(str(link["href"]))
    assert other.status_code == 200
    assert "kind=listing" in str(link["href"])
    assert 'value="煤矿"' in other.text


def test_addresses_without_language_lead_on(site: Site) -> None:
    english = {"Accept-Language": "en-GB,en;q=0.9,zh;q=0.5"}
    start = site.get("/", headers=english)
    assert (start.status_code, start.headers["Location"]) == (302, "/en/")
    assert start.headers["Vary"] == "Accept-Language"
    assert site.get("/", headers={"Accept-Language": "zh-TW"}).headers["Location"] == "/zh/"
    assert site.get("/", headers={"Accept-Language": "fr"}).headers["Location"] == "/zh/"
    record = site.get("/listings/L-0000000001?x=1", headers=english)
    assert record.headers["Location"] == "/en/listings/L-0000000001?x=1"
    assert "Vary" not in site.get("/en/").headers


def test_mistyped_ids_and_codes_lead_to_the_proper_address(site: Site) -> None:
    moved = site.get("/en/listings/l-ooooooooo1")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/en/listings/L-0000000001")
    moved = site.get("/en/entities/91990121xy00000126")
    assert moved.headers["Location"] == "/en/entities/91990121XY00000126"


def test_entity_page_is_the_same_for_never_and_no_longer(site: Site) -> None:
    never = site.get("/en/entities/91990100XY0000071U")
    ended = site.get("/en/entities/91990125XY0000098T")
    assert never.status_code == ended.status_code == 200
    one, other = "91990100XY0000071U", "91990125XY0000098T"
    assert never.text.replace(one, "") == ended.text.replace(other, "")


def test_malformed_code_gets_a_clear_message(site: Site) -> None:
    answer = site.get("/zh/entities/91990121XY00000127")
    assert answer.status_code == 422
    assert "校验" in answer.text


def test_foreign_markup_is_shown_as_text(site: Site) -> None:
    assert "&lt;b&gt;FICTION&lt;/b&gt; &amp; CO" in site.get("/en/external/X-0000000001").text


def test_search_finds_by_name_former_name_pinyin_code_and_words(site: Site) -> None:
    for words in ("一号样例煤矿", "老样例煤矿", "yihaoyangli", E1["code"], "顶板事故", "樣例煤礦"):
        assert "L-0000000001" in site.get("/zh/search", query_string={"q": words}).text, words


def test_search_facets_narrow_down_and_can_be_taken_away(site: Site) -> None:
    page = site.soup("/en/search?q=虚岭县")
    facet = page.select_one(".facet a")
    assert facet is not None
    narrowed = site.soup(str(facet["href"]))
    chip = narrowed.select_one(".chips a")
    assert chip is not None
    assert "kind=" in str(facet["href"])
    assert "kind=" not in str(chip["href"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-13-01", "from"),
        ("from=2026-02-01&to=2026-01-01", "to"),
        ("page=0", "page"),
        ("page=x", "page"),
        ("kind=secret", "kind"),
        ("region=12", "region"),
        ("sort=best", "sort"),
        ("format=exe", "format"),
        ("q=" + "a" * 201, "q"),
    ],
)
def test_wrong_queries_name_the_field(site: Site, query: str, field: str) -> None:
    answer = site.get(f"/zh/search?{query}")
    assert answer.status_code == 422
    assert "error-summary" in answer.text, field
