"""A list on the page, from upload to result, without script, cookie or trace."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook
from public_site_kit import E1, Site, removal
from werkzeug.test import TestResponse

from registry.core import jobs
from registry.core.keys import load_agency_key
from registry.public.agencies import lists
from registry.public.screening import ScreeningIndex
from registry.public.screening.lists import handler

LIST = f"""序号,单位,信用代码
1,{E1["name"]},
2,,{E1["code"]}
3,演示省无名县清白样例商店（虚构）,
4,,91990121XY00000127
"""


def upload(site: Site, data: bytes, name: str = "x.csv", **form: str) -> TestResponse:
    return site.post("/en/check/list", data={"file": (io.BytesIO(data), name), **form})


def work(site: Site) -> None:
    stores = site.app.extensions["registry.stores"]
    root = load_agency_key(site.app.extensions["registry.settings"].key_dir)
    run = handler(stores["intake"], site.gazette, ScreeningIndex(), lambda: root)
    while jobs.run_step(stores["intake"], {lists.KIND: run}, clock=lambda: site.instant[0]):
        pass


def uploaded(site: Site) -> str:
    answer = upload(site, LIST.encode("gb18030"))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def checked(site: Site) -> str:
    where = uploaded(site)
    assert site.post(where, data={"name": "1", "code": "2", "heading": "1"}).status_code == 303
    work(site)
    return where


def test_from_upload_to_result(site: Site) -> None:
    where = uploaded(site)
    page = site.get(where)
    assert "Choose the columns" in page.text and E1["name"] in page.text
    soup = BeautifulSoup(page.data, "html5lib")
    chosen = soup.select('select[name="name"] option[selected]')
    assert not chosen, "a title that is not usual is left to the reader"
    none = site.post(where, data={"heading": "1"})
    assert none.status_code == 422 and "Choose the column of names" in none.text
    assert site.post(where, data={"name": "1", "code": "2", "heading": "1"}).status_code == 303
    waiting = site.get(where)
    assert waiting.headers["Refresh"] == "3" and "0 of 4 rows" in waiting.text
    assert "Refresh" not in site.get(f"{where}?still=1").headers
    work(site)
    done = site.get(where)
    assert "Refresh" not in done.headers and done.headers["Cache-Control"] == "no-store"
    assert "noindex" in done.headers["X-Robots-Tag"]
    for words in ("On a list", "Possible match", "Not found", "Could not be checked"):
        assert words in done.text
    assert "/en/listings/L-0000000001" in done.text
    listed = site.get(f"{where}?outcome=listed").text
    assert E1["code"] in listed and "清白" not in listed
    assert site.post(where, data={"name": "0"}).status_code == 303, "a second start changes nothing"


def test_usual_titles_are_proposed(site: Site) -> None:
    answer = upload(site, "企业名称,统一社会信用代码\n样例煤矿,\n".encode())
    soup = BeautifulSoup(site.get(answer.headers["Location"]).data, "html5lib")
    chosen = [one["value"] for one in soup.select("option[selected]")]
    assert chosen == ["0", "1"]
    assert soup.select_one('input[name="heading"][checked]')


def test_what_stands_above_the_titles_is_left_out(site: Site) -> None:
    data = "供应商名录,\n2026年,\n企业名称,金额\n样例煤矿,1\n".encode()
    page = BeautifulSoup(site.get(upload(site, data).headers["Location"]).data, "html5lib")
    assert [one["value"] for one in page.select("option[selected]")] == ["0"]
    assert [cell.text for cell in page.select("tbody tr:first-child td")] == [
        "3",
        "企业名称",
        "金额",
    ]
    assert "2026年" not in page.get_text()


def test_columns_without_titles_are_proposed_as_they_look(site: Site) -> None:
    data = f"1,{E1['name']},{E1['code']}\n2,样例铁矿有限公司,\n".encode()
    page = BeautifulSoup(site.get(upload(site, data).headers["Location"]).data, "html5lib")
    assert [one["value"] for one in page.select("option[selected]")] == ["1", "2"]
    assert not page.select_one('input[name="heading"][checked]')


def test_result_as_files(site: Site) -> None:
    where = checked(site)
    sheet = site.get(f"{where}/result.xlsx")
    rows = list(load_workbook(io.BytesIO(sheet.data)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert len(rows) == 5 and rows[0][3] == "Outcome of the check"
    assert rows[1][3:7] == ("Possible match", E1["name"], "the name", "100")
    assert rows[2][3:7] == ("On a list", E1["name"], "the credit code", "")
    assert str(rows[2][9]).endswith("/en/listings/L-0000000001")
    told = site.get(where.replace("/en/", "/zh/") + "/result.csv").text
    assert told.splitlines()[0].lstrip("\ufeff").startswith("行号,您名单中的名称")
    assert "listed" not in told and "在名单上" in told and "统一社会信用代码" in told
    text = site.get(f"{where}/result.csv")
    assert text.data.startswith(b"\xef\xbb\xbf") and E1["name"] in text.text
    assert text.headers["Content-Disposition"] == 'attachment; filename="result.csv"'


def test_no_name_stands_in_an_address_or_title(site: Site) -> None:
    where = checked(site)
    assert where.rpartition("/")[2].isalnum() and len(where.rpartition("/")[2]) == 26
    title = BeautifulSoup(site.get(where).data, "html5lib").title
    assert title is not None and "样例" not in title.text


def test_a_result_names_nobody_who_was_removed(site: Site) -> None:
    where = checked(site)
    site.publish(removal("listing", "L-0000000001", "annulled", site.instant[0]))
    page = site.get(where).text
    assert "/listings/L-0000000001" not in page and "no longer published" in page


def test_it_is_gone_in_time_or_at_once(site: Site) -> None:
    where, other = checked(site), uploaded(site)
    assert site.post(f"{other}/delete").status_code == 303
    assert site.get(other).status_code == 404
    site.instant[0] += timedelta(minutes=60)
    for path in (where, f"{where}/result.csv"):
        assert site.get(path).status_code == 404


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"\x00\x01" * 99, "none of the files"),
        ("名称\n样例".encode("utf-16"), "UTF-16"),
        (b"name\n" + b"x1\n" * 10_001, "more than 10000 rows"),
    ],
)
def test_what_is_no_list_is_named(site: Site, data: bytes, told: str) -> None:
    answer = upload(site, data)
    assert answer.status_code in (413, 422)
    assert any(one in answer.text for one in told.split("|")), answer.text
    assert 'href="#field-file"' in answer.text


def test_lists_of_agencies_are_not_behind_an_address(site: Site) -> None:
    stores = site.app.extensions["registry.stores"]
    with stores["intake"].write() as session:
        job, _ = jobs.put(
            session, lists.KIND, params={}, now=site.instant[0], owner="agency:1", due=None
        )
        token = job.token
    assert site.get(f"/en/check/list/{token}").status_code == 404
    assert site.get("/en/check/list/0123456789ABCDEFGHJKMNPQRS").status_code == 404


def test_a_form_on_another_site_and_a_flood_are_refused(site: Site) -> None:
    cross = site.post("/en/check/list", data={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 400
    codes = [upload(site, b"").status_code for _ in range(7)]
    assert codes[-1] == 429
