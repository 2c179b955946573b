"""Certificates on the pages: issued below a check, saved, verified by upload, no names kept."""

from __future__ import annotations

import io
import json

import pytest
from bs4 import BeautifulSoup
from public_site_kit import E1, PERSON, PERSON_NUMBER, Site

UNIT = {"what": "unit", "unit": E1["code"]}


def issued(site: Site, form: dict[str, str]) -> tuple[BeautifulSoup, str]:
    answer = site.post("/en/certificates/issue", data=form)
    assert answer.status_code == 200, answer.text
    soup = BeautifulSoup(answer.data, "html5lib")
    field = soup.find("input", attrs={"name": "certificate"})
    assert field is not None
    return soup, str(field["value"])


def upload(site: Site, text: str, language: str = "en") -> tuple[int, str]:
    data = {"file": (io.BytesIO(text.encode()), "check.json")}
    answer = site.post(f"/{language}/certificates", data=data, content_type="multipart/form-data")
    return answer.status_code, answer.text


def test_from_a_check_to_a_verified_file(site: Site) -> None:
    checked = BeautifulSoup(site.post("/en/check", data=UNIT).data, "html5lib")
    form = checked.find("form", action="/en/certificates/issue")
    assert form is not None
    fields = {str(one["name"]): str(one["value"]) for one in form.find_all("input")}
    soup, text = issued(site, fields)
    assert E1["name"] in soup.get_text()
    id = json.loads(text)["id"]

    saved = site.post("/en/certificates/file", data={"certificate": text})
    assert saved.text == text
    assert saved.headers["Content-Disposition"] == f'attachment; filename="certificate-{id}.json"'

    status, page = upload(site, saved.text)
    assert status == 200
    assert "The certificate holds" in page
    assert "Not in our records" not in page
    assert "证明有效" in upload(site, text, "zh")[1]

    kept = site.get(f"/en/certificates/{id}").text
    assert E1["name"] not in kept
    assert E1["code"] not in kept
    code = site.get(f"/en/certificates/{id}/qr.svg")
    assert code.mimetype == "image/svg+xml"
    assert b"<svg" in code.data


@pytest.mark.sqlite_only
def test_a_persons_certificate_masks_the_number(site: Site) -> None:
    _, text = issued(
        site, {"what": "person", "name": PERSON["name"], "number": PERSON_NUMBER}
    )  # the number is fictional
    assert json.loads(text)["outcome"] == "listed"
    assert PERSON_NUMBER not in text


@pytest.mark.sqlite_only
def test_a_wrong_number_is_named_and_what_was_typed_is_kept(site: Site) -> None:
    wrong = {"what": "person", "name": PERSON["name"], "number": "1"}
    answer = site.post("/en/certificates/issue", data=wrong)
    assert answer.status_code == 422 and 'href="#field-number"' in answer.text
    assert f'value="{PERSON["name"]}"' in answer.text
    unit = site.post("/zh/certificates/issue", data={"what": "unit", "unit": "91990121XY00000127"})
    assert unit.status_code == 422 and 'href="#field-unit"' in unit.text
    assert 'value="91990121XY00000127"' in unit.text


@pytest.mark.sqlite_only
def test_what_does_not_hold_is_said(site: Site) -> None:
    _, text = issued(site, UNIT)
    cases = {
        "altered or forged": text.replace('"listed"', '"clear"'),
        "cut off": text[:700],
        "larger than any": " " * 210_000,
        "nested": "[" * 5000,
        "lacks something": text.replace('"says"', '"said"'),
    }
    for words, sent in cases.items():
        status, page = upload(site, sent)
        assert status == 409, words
        assert (words if words != "nested" else "cut off") in page, words
        assert "cannot be relied on" in page
    none = site.post("/en/certificates", data={}, content_type="multipart/form-data")
    assert none.status_code == 409
    assert site.post("/en/certificates/file", data={"certificate": "{}"}).status_code == 409
    assert site.post("/en/certificates/issue", data={"what": "unit"}).status_code == 422
    assert site.get("/en/certificates/C-0000000000").status_code == 404
    assert site.get("/en/certificates/C-0000000000/qr.svg").status_code == 404
    other = {"Sec-Fetch-Site": "cross-site"}
    assert site.post("/en/certificates/issue", data=UNIT, headers=other).status_code == 400
