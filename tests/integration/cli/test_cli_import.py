"""``registry import``: tried first, submitted by one officer, approved by another; snapshots."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest
from cli_house import MINISTRY, Command, listing_row
from sqlmodel import col, select

from admin.cli.context import acting_as
from registry.core.clock import system_clock
from registry.office.audit.models import AuditEntry
from registry.office.dockets.models import Docket
from registry.office.entities import vault
from registry.office.imports import service as imports
from registry.office.imports.context import Tools
from registry.office.imports.models import ImportFile
from registry.office.worker.service import Worker

pytestmark = pytest.mark.xdist_group("cli-demo")
TINY = """list: tiny
title: {zh: 样例名单, en: Tiny list}
publisher: {zh: 样例机构, en: Sample body}
columns: [ref, name]
fields: {reference: ref, name: name}
"""


def write(path: Path, *rows: dict[str, str], encoding: str = "utf-8-sig") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, MINISTRY)
        writer.writeheader()
        writer.writerows(rows)
    return path


def batches(demo: Command) -> list[Docket]:
    with demo.office() as office, office.working.read() as session:
        found = session.exec(
            select(Docket).where(Docket.kind == "import", Docket.state == "submitted")
        )
        return list(found)


def audited(demo: Command, action: str) -> list[AuditEntry]:
    with demo.office() as office, office.working.read() as session:
        return list(session.exec(select(AuditEntry).where(col(AuditEntry.action) == action)))


def test_a_dry_run_reports_and_changes_nothing(demo: Command, tmp_path: Path) -> None:
    wrong = listing_row(3, 纳入理由="不存在的理由", 身份证号="=1+1")
    path = write(tmp_path / "list.csv", listing_row(1), listing_row(2), wrong)
    report = tmp_path / "report.csv"
    before = (demo.folder / "working.db").read_bytes()
    told = demo("import", "listings", path, "--as", "clerk", "--report", report)
    assert told.status == 1
    assert "3 rows: 2 new" in told.out
    assert "line 4" in told.out
    assert "1 of 3 rows have errors" in told.err
    assert (demo.folder / "working.db").read_bytes() == before
    with report.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["line"] for row in rows if row["severity"] == "error"} == {"4"}
    ground = next(row for row in rows if row["code"] == "unmapped-ground")
    assert ground["value"] == "不存在的理由"
    assert all(not cell.startswith("=") for row in rows for cell in row.values())


def test_rows_with_errors_are_never_submitted(demo: Command, tmp_path: Path) -> None:
    path = write(tmp_path / "list.csv", listing_row(1), listing_row(2, 统一社会信用代码="91"))
    told = demo("import", "listings", path, "--as", "clerk", "--apply")
    assert told.status == 1
    assert batches(demo) == []
    with demo.office() as office, office.working.read() as session:
        kept = session.exec(select(ImportFile).where(ImportFile.name == "list.csv")).all()
    assert kept == []


def test_a_batch_waits_for_a_second_officer(demo: Command, tmp_path: Path) -> None:
    rows = [listing_row(number) for number in range(1, 4)]
    path = write(tmp_path / "名单.csv", *rows, encoding="gb18030")
    dry = demo("import", "listings", path, "--as", "clerk")
    assert dry.status == 0
    assert "Dry run: nothing was changed" in dry.out
    assert batches(demo) == []
    told = demo("import", "listings", path, "--as", "clerk", "--apply")
    assert told.status == 0, told.err
    (batch,) = batches(demo)
    assert batch.number in told.out
    assert "clear" in demo("check", rows[0]["统一社会信用代码"]).out
    with demo.office() as office:
        with office.working.write() as session:
            acting = acting_as(session, office, "approver")
            tools = Tools(office.settings.evidence_dir, vault.load(office.settings.key_dir))
            imports.approve(session, acting, batch.id or 0, version=batch.version, tools=tools)
        Worker(office).drain(system_clock())
    assert demo("check", rows[0]["统一社会信用代码"]).out.startswith("listed")
    assert demo("gazette", "verify", "--cross").status == 0
    again = demo("import", "listings", path, "--as", "clerk", "--apply")
    assert again.status == 0
    assert "nothing to do" in again.out


def test_who_may_import(demo: Command, tmp_path: Path) -> None:
    path = write(tmp_path / "list.csv", listing_row(1))
    assert "may not" in demo.refused("import", "listings", path, "--as", "auditor")
    assert "no active account" in demo.refused("import", "listings", path, "--as", "nobody")
    assert "--as" in demo.refused("import", "listings", path, status=2)


def test_kinds_mappings_and_files_that_are_none(demo: Command, tmp_path: Path) -> None:
    path = write(tmp_path / "list.csv", listing_row(1))
    empty = tmp_path / "empty.csv"
    empty.touch()
    assert "nonsense" in demo.refused("import", "nonsense", path, "--as", "clerk")
    assert "服务类别" in demo.refused("import", "providers", path, "--as", "clerk")
    assert "mapping" in demo.refused("import", "listings", path, "--as", "clerk", "--mapping", "x")
    assert "empty" in demo.refused("import", "listings", empty, "--as", "clerk")
    assert "no external list" in demo.refused("import", "external:none", path, "--as", "clerk")
    binary = tmp_path / "list.xlsx"
    binary.write_bytes(b"PK\x03\x04" + bytes(2000))
    assert "damaged" in demo.refused("import", "listings", binary, "--as", "clerk")


SDN = (
    '1,"EXAMPLE TRADING","-0- ","SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    "\"a.k.a. 'SAMPLE CO'.\"\r\n"
    '2,"VESSEL ONE","vessel","CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
)


def test_a_real_foreign_format(demo: Command, tmp_path: Path) -> None:
    path = tmp_path / "2024-05-03.csv.gz"
    path.write_bytes(gzip.compress(SDN.encode() + b"\x1a\r\n"))
    dry = demo("import", "external:sdn", path, "--as", "clerk")
    assert dry.status == 0, dry.err
    assert "2 rows: 2 new" in dry.out
    assert "list as of 2024-05-03" in dry.out
    assert not audited(demo, "external:snapshot:applied")
    assert demo("import", "external:sdn", path, "--as", "clerk", "--apply").status == 0
    assert len(audited(demo, "external:snapshot:applied")) == 1
    assert demo("work", "--once").status == 0
    found = demo("check", "SAMPLE CO")
    assert found.out.startswith("possible")
    assert "EXAMPLE" in demo("export", "external", "--format", "jsonl").out
    assert demo("gazette", "verify", "--cross").status == 0


def test_a_list_of_ones_own_and_refused_snapshots(demo: Command, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    (rules / "external").mkdir(parents=True)
    (rules / "external" / "tiny.yaml").write_text(TINY, encoding="utf-8")
    demo.environ["REGISTRY_RULES_DIR"] = str(rules)
    full, less, none = (tmp_path / f"{name}.csv" for name in ("full", "less", "none"))
    full.write_text("ref,name\n" + "".join(f"{n},NAME {n}\n" for n in range(20)), "utf-8")
    less.write_text("ref,name\n" + "".join(f"{n},NAME {n}\n" for n in range(10)), "utf-8")
    none.write_text("ref,name\n", "utf-8")

    def bring(path: Path, *more: str) -> tuple[str, ...]:
        return ("import", "external:tiny", str(path), "--as", "clerk", "--apply", *more)

    assert demo(*bring(full)).status == 0
    assert "no entries" in demo.refused(*bring(none))
    assert "50.0 %" in demo.refused(*bring(less))
    refused = audited(demo, "external:snapshot:refused")
    assert [json.loads(entry.detail)["why"] for entry in refused] == [
        "empty-snapshot",
        "too-many-removals",
    ]
    assert "between 0 and 100" in demo.refused(*bring(less, "--allow-removals", "most"), status=2)
    assert "between 0 and 100" in demo.refused(*bring(less, "--allow-removals", "nan"), status=2)
    told = demo(*bring(less, "--allow-removals", "50%"))
    assert "10 ended" in told.out
    assert demo("work", "--once").status == 0
    assert len(demo("export", "external", "--format", "jsonl").lines) == 10
