"""The check of one counterparty: outcomes, privacy, limits."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from public_site_kit import E1, PERSON, PERSON_NUMBER, Site


def test_a_code_on_a_list_is_listed(site: Site) -> None:
    answer = site.post("/zh/check", data={"what": "unit", "unit": E1["code"]})
    assert answer.status_code == 200
    assert "在名单上" in answer.text
    assert "/zh/listings/L-0000000001" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_name_is_at_most_possible(site: Site) -> None:
    answer = site.post("/en/check", data={"what": "unit", "unit": "虚岭县老样例煤矿"})
    assert "Possible match" in answer.text
    assert "a former name" in answer.text
    assert re.search(r"\(similarity [1-9]\d{1,2} %\)", answer.text), "how like it is"


def test_who_must_decide_sees_which_name_was_found_and_how_its_parts_compare(site: Site) -> None:
    answer = site.post("/en/check", data={"what": "unit", "unit": "虚岭县老样例煤矿河西分公司"})
    soup = BeautifulSoup(answer.data, "html5lib")
    told = " ".join(soup.get_text().split())
    assert "a former name 虚岭县老样例煤矿" in told
    same, branch, *_ = (" ".join(li.get_text(" ").split()) for li in soup.select(".compared li"))
    assert same.startswith("The same: Brand 老样例 · Trade 煤矿")
    assert "only in one of the names (takes 28 %) as asked 河西分公司 · in the record –" in branch
    assert "a branch and the whole body may be meant together" in branch
    told = site.post("/zh/check", data={"what": "unit", "unit": "虚岭县老样例煤矿河西分公司"}).text
    assert "名称比对情况" in told and "仅一方写有" in told
    sure = site.post("/en/check", data={"what": "unit", "unit": E1["code"]}).text
    assert "How the names compare" not in sure, "a code needs no comparison"


def test_not_found_says_where_and_when(site: Site) -> None:
    answer = site.post("/en/check", data={"what": "unit", "unit": "91990100XY0000071U"})
    assert "Not found in these lists" in answer.text
    assert "row 8 of the public log" in answer.text
    assert "20 November 2026, 10:00 (Beijing time)" in answer.text
    assert "This page itself proves nothing to others; the certificate does." in answer.text


def test_a_person_needs_name_and_number(site: Site) -> None:
    asked = {"what": "person", "name": PERSON["name"], "number": PERSON_NUMBER}
    found = site.post("/zh/check", data=asked)
    assert "/zh/listings/L-0000000003" in found.text
    assert PERSON_NUMBER not in found.text, "the number is shown masked only"
    other = site.post("/zh/check", data={**asked, "name": "王样例"})
    assert "未查到" in other.text
    missing = site.post("/zh/check", data={**asked, "number": ""})
    assert missing.status_code == 422
    assert f'value="{PERSON["name"]}"' in missing.text, "what was typed is kept"


@pytest.mark.parametrize("unit", ["", "  ", "91990121XY00000127", "x" * 201, "有限公司"])
def test_wrong_input_is_named_and_kept(site: Site, unit: str) -> None:
    answer = site.post("/zh/check", data={"what": "unit", "unit": unit})
    assert answer.status_code == 422
    assert 'href="#field-unit"' in answer.text


def test_a_form_on_another_site_is_refused(site: Site) -> None:
    asked = {"what": "unit", "unit": E1["code"]}
    answer = site.post("/zh/check", data=asked, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400


def test_a_body_too_large_is_refused(site: Site) -> None:
    answer = site.post("/zh/check", data={"what": "unit", "unit": "x" * 300_000})
    assert answer.status_code == 413
    assert "未作任何更改" in answer.text


def test_persons_cannot_be_tried_one_after_the_other(site: Site) -> None:
    asked = {"what": "person", "name": "王样例", "number": PERSON_NUMBER}
    codes = [site.post("/en/check", data=asked).status_code for _ in range(13)]
    assert codes == [200] * 12 + [429]
    refused = site.post("/en/check", data=asked)
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert "Too many requests" in refused.text
    unit = site.post("/en/check", data={"what": "unit", "unit": E1["code"]})
    assert unit.status_code == 200, "other checks go on"
