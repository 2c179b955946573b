"""``registry check``, ``screen`` and ``export``: questions and files out."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cli_house import Command
from openpyxl import load_workbook

from registry.core.clock import system_clock
from registry.public.gazette import Entry, datasets, log

pytestmark = pytest.mark.xdist_group("cli-demo")
CODE, NAME = "91990121XY00000126", "演示省虚岭县一号样例煤矿有限公司(虚构)"
UNLISTED = "样例矿山设计院有限公司(虚构)"


def test_check(demo: Command) -> None:
    by_code = demo("check", CODE)
    assert by_code.status == 0
    assert by_code.out.startswith("listed")
    assert NAME in by_code.out
    assert demo("check", CODE.lower()).out.startswith("listed")
    by_name = demo("check", NAME)
    assert by_name.out.startswith("possible")
    assert demo("check", "虚岭县样例煤炭开发有限公司").out.startswith("possible"), "a former name"
    clear = demo("check", "毫不相干的远洋运输股份有限公司")
    assert clear.out.startswith("clear")
    assert "all that it says" in clear.out


@pytest.mark.parametrize("code", [CODE[:-1], CODE[:-1] + "5", CODE + "1", "91990121XYOOOOO126"])
def test_a_mistyped_code_is_not_looked_up_as_a_name(demo: Command, code: str) -> None:
    assert "code" in demo.refused("check", code)


def test_names_of_foreign_bodies_may_hold_digits(demo: Command) -> None:
    for name in ("3M", "BP2000", "Trust 21st Century Industrial Park"):
        assert demo("check", name).status == 0


LISTED = f"单位名称,统一社会信用代码\n{NAME},{CODE}\n{UNLISTED},\n某公司,9199012\n,{CODE}\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_screen_gives_one_outcome_a_row(demo: Command, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "suppliers.csv"
    path.write_bytes(LISTED.encode(encoding))
    told = demo("screen", path)
    assert told.status == 1, "one row could not be checked"
    rows = list(csv.DictReader(io.StringIO(told.out.removeprefix("\ufeff"))))
    assert [(row["line"], row["outcome"]) for row in rows] == [
        ("2", "listed"), ("3", "clear"), ("4", "error"), ("5", "listed"),
    ]  # fmt: skip
    assert rows[0]["record"].startswith("L-")
    assert "this has 7 characters" in rows[2]["error"]
    assert "{" not in rows[2]["error"]
    assert "4 rows: clear 1, error 1, listed 2" in told.err
    assert "Screening" not in told.err, "no progress bar where nobody watches"


def test_screen_into_files(demo: Command, tmp_path: Path) -> None:
    path = tmp_path / "suppliers.csv"
    path.write_text(f"供应商;代码\n{NAME};{CODE}\n=HYPERLINK(1);\n", encoding="utf-8")
    columns = ("--name", "供应商", "--code", "代码")
    target = tmp_path / "out.xlsx"
    assert demo("screen", path, "-o", target, *columns).status == 0
    sheet = load_workbook(target).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][3] == "listed"
    assert rows[2][1] == "'=HYPERLINK(1)"
    assert "title" in demo.refused("screen", path, "--name", "没有的列")
    path.write_text("抬头;号码\n某矿业有限公司;1\n", encoding="utf-8")
    assert "No column" in demo.refused("screen", path)


def test_a_file_that_breaks_off_leaves_no_result(demo: Command, tmp_path: Path) -> None:
    path, target = tmp_path / "names.csv", tmp_path / "out.csv"
    path.write_bytes("单位名称\n".encode() + "样例矿业有限公司\n".encode() * 20_000 + b"\xff\xfe\n")
    assert "neither" in demo.refused("screen", path, "-o", target)
    assert list(tmp_path.glob("*out*")) == []
    short = {"REGISTRY_MAX_IMPORT_ROWS": "2"}
    path.write_text("单位名称\n甲矿业公司\n乙矿业公司\n丙矿业公司\n" * 20, encoding="utf-8")
    assert "more than 2 rows" in demo.refused("screen", path, "-o", target, **short)


def test_export_in_every_form(demo: Command, tmp_path: Path) -> None:
    shown = demo("export", "listings")
    table = list(csv.DictReader(io.StringIO(shown.out.removeprefix("\ufeff"))))
    assert shown.status == 0
    assert set(table[0]) == set(datasets.COLUMNS)
    assert any(row["code"] == CODE for row in table)
    objects = [json.loads(line) for line in demo("export", "listings", "--format", "jsonl").lines]
    assert [one["id"] for one in objects] == [row["id"] for row in table]
    target = tmp_path / "listings.xlsx"
    assert demo("export", "listings", "--format", "xlsx", "-o", target).status == 0
    sheet = load_workbook(target).active
    assert sheet is not None
    assert sheet.max_row == len(table) + 1
    assert "-o FILE" in demo.refused("export", "listings", "--format", "xlsx", status=2)
    assert "nonsense" in demo.refused("export", "nonsense", status=2)


def test_exports_name_no_listed_person(demo: Command) -> None:
    """Natural persons as subjects of our lists are found by name and number only."""
    person: dict[str, Any] = {
        "list": "work-safety",
        "ground": "G6-4",
        "subject": {"kind": "person", "name": "标记样例"},
        "authority": {"name": "演示省样例应急管理厅"},
        "decision": {"number": "(演)1号", "date": "2026-01-05"},
        "term": {"since": "2026-01-10", "until": "2029-01-09"},
        "status": "in-force",
        "published_on": "2026-01-10",
    }
    unit = {**person, "subject": {"kind": "enterprise", "name": "标记矿业有限公司"}}
    now = system_clock()
    with demo.office() as office, office.gazette.write() as session:
        for id, payload in (("L-0000000001", person), ("L-0000000002", unit)):
            entry = Entry(uuid4(), "PUT", "listing", id, now, payload)
            assert log.append(session, [entry], recorded=now)
    for form in ("csv", "jsonl"):
        told = demo("export", "listings", "--format", form).out
        assert "标记样例" not in told
        assert "L-0000000001" not in told
        assert "标记矿业有限公司" in told


def test_openapi_needs_no_installation(command: Command, tmp_path: Path) -> None:
    told = command("openapi")
    assert told.status == 0
    assert json.loads(told.out)["openapi"].startswith("3.1")
    target = tmp_path / "openapi.json"
    assert command("openapi", "-o", target).status == 0
    assert json.loads(target.read_text(encoding="utf-8"))["paths"]
    assert not command.folder.exists()
