"""The imports desk: a file tried, submitted, approved by a second officer, undone."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from admin_desk import Browser, Site
from sqlmodel import select

from registry.office.dockets.models import Docket
from registry.office.entities.models import Entity
from registry.office.external.models import ExternalEntry
from registry.office.imports.models import ImportFile
from registry.office.publisher.models import OutboxRow

COLUMNS = (
    "序号", "单位名称", "注册地址", "统一社会信用代码", "主要负责人", "身份证号", "失信行为简况",
    "信息报送机关", "纳入理由", "公布日期",
)  # fmt: skip
FIRM = "演示省虚岭县一号样例煤矿有限公司(虚构)"
ROW = (
    1, FIRM, "演示省虚岭县样例路1号", "91990121XY00000126", "张样例", "990101********0014",
    "2026年3月发生事故后瞒报。", "county", "瞒报生产安全事故", "2026年7月1日",
)  # fmt: skip


def sheet(*rows: tuple[object, ...]) -> io.BytesIO:
    book = openpyxl.Workbook()
    page = book.active
    page.append(["安全生产严重失信主体名单（2026年第三批）"])
    page.append(COLUMNS)
    for row in rows:
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def upload(browser: Browser, content: io.BytesIO, name: str = "名单.xlsx", **data: str) -> object:
    form = {"kind": "listings", "mapping": "", **data, "file": (content, name)}
    return browser.post("/en/imports/new", form)


@pytest.fixture
def clerk(site: Site) -> Browser:
    site.account("clerk", "clerk")
    return site.signed_in("clerk")


def test_a_published_list_from_upload_to_publication_and_back(site: Site, clerk: Browser) -> None:
    answer = upload(clerk, sheet(ROW), "../../etc/名单.xlsx")
    assert answer.status_code == 303, answer.text
    address = answer.headers["Location"]
    page = clerk.get(address)
    assert "<h1>名单.xlsx</h1>" in page and "masked" in page
    assert clerk.post(f"{address}/submit").status_code == 303
    assert clerk.post(f"{address}/approve", {"version": 1}).status_code == 403
    site.account("approver", "approver")
    approver = site.signed_in("approver")
    approver.get(address)
    assert approver.post(f"{address}/approve", {"version": 1}).status_code == 303
    with site.store.read() as session:
        case = session.exec(select(Docket).where(Docket.kind == "listing")).one()
        assert case.state == "published" and case.facts["ground"] == "G6-4"
        assert case.facts["until"] == "2029-07-01"
        row = session.exec(select(OutboxRow)).one()
        assert row.op == "PUT" and FIRM in str(row.payload)
        kept = session.exec(select(ImportFile)).one()
    stored = site_folder(site) / "evidence" / kept.sha256[:2] / kept.sha256
    assert stored.is_file(), "the file lies under its hash, not under the name it came with"
    asked = clerk.post(f"{address}/act/request_undo", {"version": 2, "reason": "文件有误"})
    assert asked.status_code == 303, asked.text
    assert approver.post(f"{address}/undo", {"version": 3}).status_code == 303
    with site.store.read() as session:
        assert [row.op for row in session.exec(select(OutboxRow))] == ["PUT", "DEL"]
    assert "Undone" in approver.get(address)


def site_folder(site: Site) -> Path:
    return Path(str(site.app.extensions["registry.settings"].data_dir))


def test_a_row_with_an_error_keeps_the_file_from_being_submitted(
    site: Site, clerk: Browser
) -> None:
    wrong = (*ROW[:3], "91990121XY00000127", *ROW[4:8], "原因不明", "某月某日")
    answer = upload(clerk, sheet(ROW, wrong))
    address = answer.headers["Location"]
    page = clerk.get(address)
    for said in ("No ground of this list", "not a date", "check"):
        assert said in page
    assert clerk.post(f"{address}/submit").status_code == 422
    text = clerk.get(f"{address}/report.csv")
    assert text.startswith("\ufeffline,field,code,value") and "unmapped-ground" in text
    with site.store.read() as session:
        assert session.exec(select(Entity)).first() is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02\x03" * 50, "none of the files"),
        (b"PK\x03\x04 not a workbook", "damaged"),
        ("单位名称,x\n甲,乙\n".encode("utf-16"), "UTF-16"),
        (b"a,b\n1,2\n", "No row with known column names"),
        (b"\x1f\x8b\x08 cut off", "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_and_nothing_kept(
    site: Site, clerk: Browser, content: bytes, said: str
) -> None:
    answer = upload(clerk, io.BytesIO(content))
    assert answer.status_code == 422, answer.text
    assert any(part in answer.text for part in said.split("|")), answer.text[-2000:]
    with site.store.read() as session:
        assert session.exec(select(ImportFile)).first() is None


def test_a_foreign_list_is_compared_applied_and_an_empty_one_refused(
    site: Site, clerk: Browser
) -> None:
    row = '36,"AEROSAMPLE",-0- ,"DEMO",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'AS\'."\n'

    def send(content: bytes, name: str, **data: str) -> object:
        form = {"list": "sdn", "allow_removals": "5", **data, "file": (io.BytesIO(content), name)}
        return clerk.post("/en/imports/lists", form)

    compared = send(row.encode(), "2024-03-06.csv")
    assert compared.status_code == 200 and "Snapshot compared" in compared.text
    with site.store.read() as session:
        assert session.exec(select(ExternalEntry)).first() is None
    assert "Snapshot applied" in send(row.encode(), "2024-03-06.csv", apply="1").text
    refused = send(b"", "2024-03-07.csv", apply="1")
    assert refused.status_code == 409 and "without explicit consent" in refused.text
    with site.store.read() as session:
        assert session.exec(select(ExternalEntry)).one().reference == "36"
    consented = send(b"", "2024-03-07.csv", apply="1", allow_removals="100")
    assert "Snapshot applied" in consented.text


def test_every_page_of_the_desk_can_be_read(site: Site, clerk: Browser) -> None:
    upload(clerk, sheet(ROW))
    for language in ("zh", "en"):
        for page in ("", "/new", "/lists", "/files/1"):
            clerk.get(f"/{language}/imports{page}")
        assert clerk.response(f"/{language}/imports/files/99").status_code == 404


def test_the_form_offers_what_can_be_imported(clerk: Browser) -> None:
    page = clerk.get("/en/imports/new")
    assert '<option value="listings">Listings</option>' in page
    assert '<option value="sdn">' in clerk.get("/en/imports/lists")
