"""Dangers and suspensions from a file: approved by a second officer, published, with clocks."""

from __future__ import annotations

import json
from datetime import date

import pytest
from import_office import BUREAU, ImportOffice, credit_code
from sqlmodel import select

from registry.office.dockets.models import Docket, DocketClock
from registry.office.imports import undoing
from registry.office.publisher.models import OutboxRow


def danger(number: int, **changes: str) -> dict[str, str]:
    row = {
        "企业名称": f"演示省虚岭县{number}号样例煤矿有限公司",
        "统一社会信用代码": credit_code(number),
        "督办文号": f"（虚）煤安隐〔2026〕{number}号",
        "督办日期": "2026年11月2日",
        "隐患类别": "通风系统不完善、不可靠",
        "发现方式": "执法检查",
        "隐患情况": "局部通风机未实现自动切换。",
        "整改期限": "2026-12-31",
        "督办机关": BUREAU,
    }
    return {**row, **changes}


def stopped(number: int, **changes: str) -> dict[str, str]:
    row = {
        "企业名称": f"演示省虚岭县{number}号样例煤矿有限公司",
        "统一社会信用代码": credit_code(number),
        "决定书文号": f"（虚）煤安停〔2026〕{number}号",
        "决定日期": "2026-11-03",
        "停产类型": "停产整顿",
        "停产原因": "存在重大事故隐患仍然组织生产。",
        "法律依据": "《煤矿安全生产条例》第六十四条",
        "管控措施": "暂扣许可证、停电",
        "决定机关": BUREAU,
    }
    return {**row, **changes}


def test_dangers_come_in_under_supervision(office: ImportOffice) -> None:
    path = office.file(danger(1), danger(2))
    report = office.dry(path, "hazards")
    assert (report.rows, report.ready, report.failed) == (2, 2, 0), report.problems
    batch = office.apply(path, "hazards")
    with office.store.read() as session:
        cases = session.exec(select(Docket).where(Docket.kind == "hazard")).all()
        assert {(one.state, one.batch_id) for one in cases} == {("rectifying", batch)}
        clocks = session.exec(select(DocketClock)).all()
        assert {(c.code, c.breach_due) for c in clocks} == {
            ("hazard.rectification", date(2026, 12, 31))
        }
        shown = json.loads(session.exec(select(OutboxRow)).all()[0].payload or "")
        assert (shown["hazard_code"], shown["origin"]) == ("H05", "inspection")
        assert shown["rectify_by"] == "2026-12-31"
    again = office.dry(path, "hazards")
    assert again.skipped == 2 and again.ready == 0


def test_suspensions_come_in_and_a_batch_is_taken_back(office: ImportOffice) -> None:
    batch = office.apply(office.file(stopped(1)), "suspensions")
    with office.store.write() as session:
        (case,) = session.exec(select(Docket).where(Docket.kind == "suspension")).all()
        assert case.facts["measures"] == ["licence-suspended", "power-stopped"]
        docket = session.get(Docket, batch)
        assert docket is not None
        undoing.undo(session, office.approver, docket)
        assert case.state == "withdrawn"
        assert [row.op for row in session.exec(select(OutboxRow)).all()] == ["PUT", "DEL"]


@pytest.mark.parametrize(
    ("kind", "row", "problem"),
    [
        ("hazards", danger(1, 整改期限="2026-10-01"), ("rectify_by", "refused")),
        ("hazards", danger(1, 隐患类别="天气不好"), ("hazard_code", "unmapped-term")),
        ("hazards", danger(1, 隐患类别=""), ("hazard_code", "missing")),
        ("hazards", danger(1, 督办日期="2026-12-24"), ("ordered_on", "future")),
        ("hazards", danger(1, 隐患情况="联系人13812345678"), ("description", "personal-number")),
        ("suspensions", stopped(1, 管控措施="贴封条"), ("measures", "unmapped-term")),
        ("suspensions", stopped(1, 法律依据=""), ("basis", "missing")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_line_and_field(
    office: ImportOffice, kind: str, row: dict[str, str], problem: tuple[str, str]
) -> None:
    report = office.dry(office.file(row), kind)
    errors = {(one.field, one.code) for one in report.problems if one.severity == "error"}
    assert problem in errors and report.failed == 1
