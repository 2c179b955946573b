"""Lists as jobs: files in and out, the same request twice, owners, limits, forgetting."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from api_kit import CODE, E1, Service, removal
from openpyxl import Workbook, load_workbook
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from registry.core import jobs
from registry.core.jobs import Job
from registry.core.jobs.running import LEASE, claim
from registry.core.keys import SealBroken, load_agency_key
from registry.public.agencies.lists import PART_ROWS
from registry.public.agencies.models import CheckRow, ListPart
from registry.public.agencies.sealing import ListSeal
from registry.public.screening import ScreeningIndex
from registry.public.screening.lists import handler

ROWS = [
    ("序号", "企业名称", "统一社会信用代码"),
    ("1", E1["name"], ""),
    ("2", "", CODE),
    ("3", "=演示省无名县清白样例商店（虚构）", ""),
    ("4", "", "91990121XY00000127"),
]


def as_csv(rows: list[tuple[str, ...]], encoding: str = "utf-8") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(*sheets: list[tuple[str, ...]]) -> bytes:
    book = Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"{number}", number)
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def hand_in(
    service: Service, data: bytes, headers: dict[str, str], *, name: str = "x.csv", **form: str
) -> TestResponse:
    # Written here, because the client's own encoder leaves a temporary file of large ones.
    parts = [(f'name="{key}"', value.encode()) for key, value in form.items()]
    parts.append((f'name="file"; filename="{name}"', data))
    head = "--x\r\nContent-Disposition: form-data; "
    body = b"".join(head.encode() + a.encode() + b"\r\n\r\n" + b + b"\r\n" for a, b in parts)
    sent = {"data": body + b"--x--\r\n", "content_type": "multipart/form-data; boundary=x"}
    return service.post("match/jobs", headers={"Accept-Language": "en", **headers}, **sent)


def result(service: Service, id: str, headers: dict[str, str], format: str = "csv") -> Any:
    headers = {"Accept-Language": "en", **headers}
    answer = service.get(f"match/jobs/{id}/result?format={format}", headers=headers)
    assert answer.status_code == 200, answer.text
    if format == "csv":
        assert answer.data.startswith(b"\xef\xbb\xbf")
        return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    return answer


def done(service: Service, data: bytes, headers: dict[str, str], **form: str) -> str:
    answer = hand_in(service, data, headers, **form)
    assert answer.status_code == 202, answer.text
    service.work()
    return str(answer.get_json()["id"])


def test_from_file_to_result(service: Service) -> None:
    headers = service.key("jobs")
    answer = hand_in(service, as_csv(ROWS), headers)
    job = answer.get_json()
    assert answer.status_code == 202 and answer.headers["Location"].endswith(job["id"])
    assert (job["state"], job["rows"], job["done"]) == ("waiting", 4, 0)
    early = service.get(f"match/jobs/{job['id']}/result", headers=headers)
    assert early.status_code == 409
    service.work()
    after = service.json(f"match/jobs/{job['id']}", headers=headers)
    assert (after["state"], after["done"]) == ("done", 4)
    assert after["result"].endswith("/result")
    rows = result(service, job["id"], headers)
    assert [row["line"] for row in rows] == ["2", "3", "4", "5"], "as a person sees them"
    assert [row["outcome"] for row in rows] == ["possible", "listed", "clear", "error"]
    assert rows[0]["matched_name"] == E1["name"] and rows[0]["record"] == "L-0000000001"
    assert rows[2]["name"].startswith("'="), "no formula"
    assert "check character" in rows[3]["note"]


def test_titles_stand_below_a_heading_and_codes_among_names(service: Service) -> None:
    headers = service.key("jobs")
    above = [("某县供应商名录", "", ""), ("", "单位信息", ""), ("序号", "供应商名称", "金额")]
    rows = [("1", E1["name"], "3"), ("2", CODE, "4"), ("3", f"某公司（税号：{CODE}）", "5")]
    id = done(service, as_xlsx(above + rows), headers)
    found = result(service, id, headers)
    assert [row["line"] for row in found] == ["4", "5", "6"]
    assert [row["outcome"] for row in found] == ["possible", "listed", "listed"]


def test_the_list_is_found_behind_other_sheets_and_none_is_left_out(service: Service) -> None:
    headers = service.key("jobs")
    cover = [("填报说明",), ("一、按单位填写。",), ("二、不得漏报。",)]
    id = done(service, as_xlsx(cover, ROWS[:3]), headers)
    outcomes = [row["outcome"] for row in result(service, id, headers)]
    assert outcomes == ["possible", "listed"]
    answer = hand_in(service, as_xlsx(cover, ROWS, ROWS[:2], ROWS[:1]), headers)
    assert answer.status_code == 409 and "2 sheets" in answer.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_are_recognised_or_named(service: Service, encoding: str) -> None:
    headers = service.key("jobs")
    id = done(service, as_csv(ROWS, encoding), headers)
    assert result(service, id, headers)[0]["outcome"] == "possible"
    named = "utf-8" if encoding.startswith("utf") else encoding
    id = done(service, as_csv(ROWS, encoding), headers, encoding=named)
    assert result(service, id, headers)[0]["outcome"] == "possible"


def test_sheets_in_and_out(service: Service) -> None:
    headers = service.key("jobs")
    answer = hand_in(service, as_xlsx(ROWS), headers, name="x.xlsx", code_column="序号")
    assert answer.status_code == 202, "the column that was named is taken"
    id = done(service, as_xlsx(ROWS), headers)
    book = load_workbook(io.BytesIO(result(service, id, headers, "xlsx").data))
    cells = list(book.active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert cells[0][:4] == ("line", "name", "code", "outcome") and len(cells) == 5
    lines = result(service, id, headers, "jsonl").data.decode().splitlines()
    assert len(lines) == 4 and '"outcome": "listed"' in lines[1]


def test_the_same_request_is_the_same_job(service: Service) -> None:
    headers = {**service.key("jobs"), "Idempotency-Key": "a-1"}
    first = hand_in(service, as_csv(ROWS), headers).get_json()["id"]
    assert hand_in(service, as_csv(ROWS), headers).get_json()["id"] == first
    service.work()
    again = hand_in(service, as_csv(ROWS), headers).get_json()
    assert (again["id"], again["state"]) == (first, "done")
    other = hand_in(service, as_csv(ROWS[:3]), headers)
    assert other.status_code == 409
    assert other.get_json(force=True)["type"].endswith("idempotency-key-reused")
    changed = hand_in(service, as_csv(ROWS), headers, threshold="0.9")
    assert changed.status_code == 409
    stranger = {**service.key("jobs", code="11990121XY00000A64"), "Idempotency-Key": "a-1"}
    assert hand_in(service, as_csv(ROWS), stranger).get_json()["id"] != first
    for bad in ("", "x" * 201, "名"):
        wrong = {**headers, "Idempotency-Key": bad.encode().decode("latin-1")}
        assert hand_in(service, as_csv(ROWS), wrong).status_code == 422


def test_a_job_is_its_agencys_alone(service: Service) -> None:
    headers = service.key("jobs")
    id = done(service, as_csv(ROWS), headers)
    colleague = service.key("jobs")
    assert service.get(f"match/jobs/{id}", headers=colleague).status_code == 200
    stranger = service.key("jobs", code="11990121XY00000A64")
    for path in (f"match/jobs/{id}", f"match/jobs/{id}/result"):
        assert service.get(path, headers=stranger).status_code == 404
        assert service.get(path).status_code == 401
    deleting = service.app.test_client().delete(f"/api/v1/match/jobs/{id}", headers=stranger)
    assert deleting.status_code == 404
    deleting = service.app.test_client().delete(f"/api/v1/match/jobs/{id}", headers=headers)
    assert deleting.status_code == 204
    assert service.get(f"match/jobs/{id}", headers=headers).status_code == 404


BAD = [
    (b"", "empty", 422),
    (b"\x00\x01\x02" * 50, "none of the files", 409),
    (b"PK\x03\x04 not a sheet", "damaged", 409),
    ("name\n\u65e5".encode("utf-16"), "UTF-16", 409),
    (b"name\n\xff\xff\xff", "neither UTF-8 nor GB18030", 409),
    ("甲,乙\n1,2\n".encode(), "No column of names", 409),
    ("名录,\n1,某矿业有限公司\n2,某煤业有限公司\n".encode(), "No column of names", 409),
    ("<html><table><tr><td>名称</td></tr></table>".encode(), "saved as XLSX", 409),
    ("会社名\nサンプル鉱業\n".encode("shift_jis"), "neither UTF-8 nor GB18030", 409),
]


@pytest.mark.parametrize(("data", "words", "status"), BAD)
def test_files_that_are_none(service: Service, data: bytes, words: str, status: int) -> None:
    answer = hand_in(service, data, service.key("jobs"))
    assert answer.status_code == status
    assert words in answer.get_json(force=True)["errors"]["file"][0]
    with service.intake.read() as session:
        assert session.execute(text("SELECT count(*) FROM job")).scalar() == 0


def test_fields_that_are_wrong_are_named(service: Service) -> None:
    headers = service.key("jobs")
    wrong = {
        "encoding": "latin-1", "threshold": "2", "purpose": "curiosity", "unknown": "1",
        "reference": "张三",
    }  # fmt: skip
    for field, value in wrong.items():
        answer = hand_in(service, as_csv(ROWS), headers, **{field: value})
        assert answer.status_code == 422, field
        assert field in answer.get_json(force=True)["errors"], field
    answer = hand_in(service, as_csv(ROWS), headers, name_column="没有这一列")
    assert list(answer.get_json(force=True)["errors"]) == ["name_column"]
    none = service.post("match/jobs", data={}, headers=headers)
    assert list(none.get_json(force=True)["errors"]) == ["file"]


def test_too_large_and_too_many(service: Service) -> None:
    headers = service.key("jobs")
    large = hand_in(service, b"name\n" + b"x" * (11 << 20), headers)
    assert large.status_code == 413
    many = hand_in(service, b"name\n" + b"x1\n" * 50_001, headers)
    assert many.status_code == 413
    for _ in range(5):
        assert hand_in(service, as_csv(ROWS), headers).status_code == 202
    busy = hand_in(service, as_csv(ROWS), headers)
    assert busy.status_code == 429 and busy.get_json(force=True)["type"].endswith("too-many-jobs")
    assert int(busy.headers["Retry-After"]) >= 1


def test_nothing_stands_in_clear(service: Service) -> None:
    headers = service.key("jobs")
    hand_in(service, as_csv(ROWS), headers, purpose="licensing", reference="〔2026〕7号")
    secret = "演示省无名县清白样例商店"

    def everything() -> str:
        found = []
        with service.intake.read() as session:
            for table in (Job, ListPart, CheckRow):
                for row in session.execute(select(table.__table__)):  # type: ignore[attr-defined]
                    found += [
                        bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview)
                        else str(cell)
                        for cell in row
                    ]  # fmt: skip
        return " ".join(found)

    for _ in range(2):
        stored = everything()
        assert secret not in stored and secret.encode().decode("latin-1") not in stored
        assert CODE not in stored
        service.work()
    assert "〔2026〕7号" in everything(), "what is kept is the case"


def test_a_part_opens_only_in_its_place(service: Service) -> None:
    root = load_agency_key(service.key_dir)
    seal = ListSeal.of(root, "00" * 16)
    sealed = seal.seal([["a"]], 0, "asked")
    assert seal.open(sealed, 0, "asked") == [["a"]]
    for number, side, salt in ((1, "asked", "00"), (0, "answered", "00"), (0, "asked", "01")):
        with pytest.raises(SealBroken):
            ListSeal.of(root, salt * 16).open(sealed, number, side)  # type: ignore[arg-type]


def test_a_record_removed_since_is_named_no_more(service: Service) -> None:
    headers = service.key("jobs")
    id = done(service, as_csv(ROWS), headers)
    service.publish(removal("listing", "L-0000000001"), removal("external", "X-0000000001"))
    rows = result(service, id, headers)
    assert [row["outcome"] for row in rows] == ["possible", "listed", "clear", "error"]
    assert rows[0]["matched_name"] == rows[1]["matched_name"] == ""
    assert "no longer published" in rows[0]["note"]


def test_a_killed_worker_is_taken_over_from(service: Service) -> None:
    """Parts are done one by one: what is done stays done."""
    headers = service.key("jobs")
    names = [("name",)] + [(f"演示省样例{n}号商店（虚构）",) for n in range(PART_ROWS + 20)]
    id = hand_in(service, as_csv(names), headers).get_json()["id"]
    run = handler(
        service.intake, service.gazette, ScreeningIndex(), lambda: load_agency_key(service.key_dir)
    )
    jobs.run_step(service.intake, {"list": run}, clock=lambda: service.instant[0])
    half = service.json(f"match/jobs/{id}", headers=headers)
    assert (half["state"], half["done"]) == ("running", PART_ROWS)
    assert claim(service.intake, ("list",), service.instant[0]) is not None, "and it dies"
    service.work()
    assert service.json(f"match/jobs/{id}", headers=headers)["done"] == PART_ROWS
    service.instant[0] += LEASE
    service.work()
    assert service.json(f"match/jobs/{id}", headers=headers)["state"] == "done"
    assert len(result(service, id, headers)) == PART_ROWS + 20


def test_list_and_result_end_with_their_time(service: Service) -> None:
    headers = service.key("jobs")
    id = done(service, as_csv(ROWS), headers)
    service.instant[0] += timedelta(hours=168)
    assert service.get(f"match/jobs/{id}", headers=headers).status_code == 404
    with service.intake.write() as session:
        assert jobs.erase_expired(session, service.instant[0]) == 1
        assert session.execute(text("SELECT count(*) FROM list_part")).scalar() == 0


@pytest.mark.sqlite_only
def test_a_long_list_never_touches_a_disk_in_clear(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Werkzeug would put a part of more than half a megabyte into a temporary file."""
    monkeypatch.setattr("tempfile.tempdir", "/nonexistent")
    rows = [ROWS[0], *((str(n), "演示省无名县清白样例商店（虚构）", "") for n in range(12_000))]
    data = as_csv(rows)
    assert len(data) > 600_000
    assert hand_in(service, data, service.key("jobs")).status_code == 202
