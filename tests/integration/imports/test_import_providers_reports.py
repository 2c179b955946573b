"""Files of service organizations and of reports: taken over by two officers, each row answered."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from import_office import ImportOffice, credit_code
from sqlmodel import select

from registry.office.demo.paper import pdf
from registry.office.dockets.models import Docket
from registry.office.entities import queries
from registry.office.imports import service
from registry.office.providers.service import StaffDraft, add_staff
from registry.office.publisher.models import OutboxRow
from registry.office.reports.models import ReportFile, ReportSheet, ReportSignature
from registry.office.reports.preparing import Preparer

sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "papers"))
import paper_samples as samples

pytestmark = pytest.mark.sqlite_only
TEAM = ("项目组组长", "编制人", "审核人", "过程控制负责人", "技术负责人")


def provider(number: int, **changes: str) -> dict[str, str]:
    row = {
        "机构名称": f"样例{number}号安全评价有限公司",
        "统一社会信用代码": credit_code(number),
        "类别": "安全评价",
        "业务范围": "煤炭开采业；金属、非金属矿及其他矿采选业",
        "资质证书编号": f"(演)APJ-{number}",
        "发证机关": "演示省样例应急管理厅",
        "发证日期": "2024年1月1日",
        "有效期至": "2028-12-31",
    }
    return {**row, **changes}


def report(number: int, **changes: str) -> dict[str, str]:
    row = {
        "机构名称": "样例1号安全评价有限公司",
        "统一社会信用代码": credit_code(1),
        "报告编号": f"DEMO-{number}",
        "项目名称": "样例煤矿现状评价",
        "报告类型": "安全现状评价",
        "被评价单位": "样例被评价煤矿有限公司",
        "被评价单位统一社会信用代码": credit_code(77),
        "出具日期": "2026-05-06",
        **{title: f"{title}样例" for title in TEAM},
    }
    return {**row, **changes}


def settled(office: ImportOffice) -> None:
    """One organization with its staff."""
    office.apply(office.file(provider(1)), "providers")
    with office.store.write() as session:
        (agency,) = queries.find(session, code=credit_code(1))
        for number, title in enumerate(TEAM):
            draft = StaffDraft(
                f"{title}样例", date(2024, 1, 1), certificate_kind="safety-evaluator",
                number=f"PJ{number:06d}", certificate_until=date(2027, 1, 1),
            )  # fmt: skip
            add_staff(session, office.clerk, agency.id or 0, draft, keys=office.tools.keys)


def errors(office: ImportOffice, row: dict[str, str], kind: str) -> set[str]:
    found = office.dry(office.file(row), kind)
    return {f"{one.field}:{one.code}" for one in found.problems if one.severity == "error"}


def test_a_register_is_taken_over_and_published(office: ImportOffice) -> None:
    office.apply(office.file(provider(1), provider(2)), "providers")
    with office.store.read() as session:
        dockets = session.exec(select(Docket).where(Docket.kind == "provider")).all()
        assert {one.state for one in dockets} == {"registered"}
        shown = json.loads(session.exec(select(OutboxRow)).all()[0].payload or "")
        assert shown["scopes"] == ["coal-evaluation", "non-coal-evaluation"]
        assert shown["history"] == [{"on": "2024-01-01", "event": "registered"}]
    again = office.dry(office.file(provider(1)), "providers")
    assert (again.skipped, again.failed) == (1, 0)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"类别": "占卜"}, "field:unmapped-term"),
        ({"业务范围": "海上石油"}, "scopes:unmapped-term"),
        ({"资质证书编号": ""}, "certificate_number:missing"),
        ({"有效期至": "2030-01-01"}, "until:too-long-valid"),
        ({"有效期至": "2023-01-01"}, "until:order"),
    ],
)
def test_a_wrong_provider_is_a_row_of_the_report(
    office: ImportOffice, changes: dict[str, str], problem: str
) -> None:
    assert problem in errors(office, provider(1, **changes), "providers")


def test_reports_are_taken_over_with_sheet_signatures_and_client(office: ImportOffice) -> None:
    settled(office)
    batch = office.apply(office.file(report(1), report(2)), "reports")
    with office.store.read() as session:
        dockets = session.exec(select(Docket).where(Docket.kind == "report")).all()
        assert [one.state for one in dockets] == ["valid", "valid"]
        sheets = session.exec(select(ReportSheet)).all()
        assert {one.folded for one in sheets} == {"demo1", "demo2"}
        (client,) = queries.find(session, code=credit_code(77))
        assert {one.client_id for one in sheets} == {client.id}
        assert len(session.exec(select(ReportSignature)).all()) == 10
        rows = session.exec(select(OutboxRow).where(OutboxRow.kind == "report")).all()
        shown = json.loads(rows[0].payload or "")
        assert shown["client"]["name"] == "样例被评价煤矿有限公司"
        assert len(shown["signatures"]) == 5 and "file" not in shown
    assert "report_number:number-taken" in errors(office, report(1), "reports")
    with office.store.write() as session:
        docket = session.get(Docket, batch)
        assert docket is not None
        service.request_undo(
            session, office.clerk, batch, version=docket.version, reason="重复导入"
        )
    with office.store.write() as session:
        docket = session.get(Docket, batch)
        assert docket is not None
        service.approve_undo(
            session, office.approver, batch, version=docket.version, tools=office.tools
        )
    assert errors(office, report(1), "reports") == set()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"编制人": "无此人"}, "compiler:no-certificate"),
        ({"编制人": "审核人样例"}, "report-reviewer:two-roles"),
        ({"出具日期": "2023-05-06"}, "type:out-of-scope"),
        ({"报告类型": "检测"}, "type:out-of-scope"),
        ({"被评价单位": ""}, "name:missing"),
        ({"出具日期": "2027-05-06"}, "issued_on:future"),
    ],
)
def test_a_wrong_report_is_a_row_of_the_report(
    office: ImportOffice, changes: dict[str, str], problem: str
) -> None:
    settled(office)
    assert problem in errors(office, report(1, **changes), "reports")


def beside(office: ImportOffice, **files: bytes) -> ImportOffice:
    """The office with files beside its lists."""
    folder = office.folder / "beside"
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.pdf").write_bytes(content)
    return replace(office, tools=replace(office.tools, beside=folder))


def test_a_report_is_taken_over_with_its_file(office: ImportOffice) -> None:
    settled(office)
    office = beside(office, one=pdf(["样例报告正文"]))
    row = {**report(1), "报告文件": "one.pdf"}
    office.apply(office.file(row), "reports")
    with office.store.read() as session:
        docket = session.exec(select(Docket).where(Docket.kind == "report")).one()
        kept = session.exec(select(ReportFile)).one()
        assert (docket.state, kept.state, kept.pages) == ("accepted", "waiting", 1)
        signed = session.exec(select(ReportSignature.document_sha256)).all()
        assert set(signed) == {kept.sha256} == {docket.facts["file_sha256"]}
    out = office.folder / "files"
    preparer = Preparer(
        office.store, kept=office.tools.evidence_dir, out=out, lock_dir=office.folder / "locks"
    )
    preparer.finish(office.clerk.now, office.clerk.book)
    with office.store.read() as session:
        docket = session.exec(select(Docket).where(Docket.kind == "report")).one()
        assert docket.state == "valid" and docket.public_id
        row_ = session.exec(select(OutboxRow).where(OutboxRow.docket_id == docket.id)).one()
        shown = json.loads(row_.payload or "")
        assert shown["file"]["offered"] and shown["file"]["pages"] == 1
        assert len(shown["signatures"]) == 5


def test_a_file_beside_the_list_is_looked_into(office: ImportOffice) -> None:
    settled(office)
    office = beside(
        office, other=b"MZ no pdf", locked=samples.encrypted(), broken=samples.truncated(),
        bomb=samples.bomb(), script=samples.scripted(),
    )  # fmt: skip
    (office.folder / "outside.pdf").write_bytes(pdf(["x"]))
    wrong = {
        "other.pdf": ("not a PDF", "PDF"),
        "locked.pdf": ("encrypted", "加密"),
        "broken.pdf": ("damaged", "损坏"),
        "bomb.pdf": ("unpacks", "解压"),
        "script.pdf": ("scripts", "脚本"),
        "none.pdf": ("no file of this name", "同名文件"),
        "../outside.pdf": ("no file of this name", "同名文件"),
    }
    before = {one for one in office.tools.evidence_dir.rglob("*") if one.is_file()}
    for name, (english, chinese) in wrong.items():
        found = office.dry(office.file({**report(1), "报告文件": name}), "reports")
        (problem,) = [one for one in found.problems if one.field == "file"]
        assert english in problem.message("en") and chinese in problem.message("zh"), name
    after = {one for one in office.tools.evidence_dir.rglob("*") if one.is_file()}
    assert after == before
