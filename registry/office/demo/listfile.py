"""A list as ministries publish it, with some hundreds of fictional rows, brought in as a batch."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random

from registry.office.demo.names import firms
from registry.office.demo.walk import World
from registry.office.dockets.models import Docket
from registry.office.imports import service as imports
from registry.office.imports.context import Tools

ROWS = 260
COLUMNS = (
    "序号",
    "单位名称",
    "注册地址",
    "统一社会信用代码",
    "主要负责人",
    "身份证号",
    "失信行为简况",
    "信息报送机关",
    "纳入理由",
    "公布日期",
    "列入决定书文号",
)
REASONS = (
    ("发生生产安全事故后瞒报、谎报", "发生一般生产安全事故后瞒报，经核查属实并受到行政处罚。"),
    ("许可证暂扣期间从事生产经营活动", "安全生产许可证被暂扣期间擅自组织生产，经现场检查查实。"),
    ("有履行能力而拒不执行行政处罚决定", "经催告仍拒不履行行政处罚决定确定的义务。"),
    ("12个月内累计发生2起较大生产安全事故", "十二个月内发生两起较大生产安全责任事故。"),
)
AGENCY_REASON = ("租借资质、挂靠、出具虚假报告", "出借资质，并为未到现场勘验的项目出具虚假报告。")
AUTHORITY = "演示市样例应急管理局"


def bring_in(world: World, tools: Tools, folder: Path) -> None:
    """Write the list to ``folder``, submit it as one officer and approve it as another."""
    path = folder / "demo-list.csv"
    write(world, path)
    from_file(world, tools, "listings", path, "city", (1, 0))


def from_file(
    world: World, tools: Tools, kind: str, path: Path, office: str, days_ago: tuple[int, int]
) -> Docket:
    """A file of an office's clerk, approved by its head some days later; the file is gone then."""
    drafted, approved = (
        world.acting(f"{office}.{role}", ago)
        for role, ago in zip(("clerk", "approver"), days_ago, strict=True)
    )
    kept = imports.store(world.session, drafted, kind, path, tools=tools)
    batch = imports.submit(world.session, drafted, kept.id or 0)
    imports.approve(world.session, approved, batch.id or 0, version=batch.version, tools=tools)
    path.unlink()
    return batch


def write(world: World, path: Path, rows: int = ROWS) -> None:
    """The list as CSV. Days of publication lie within the last two years and a half."""
    random = Random(11)  # noqa: S311 - fiction, not secrecy
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number, firm in enumerate(firms(rows), start=1):
            day = world.day(random.randint(10, 900))
            reason, summary = AGENCY_REASON if firm.sector == "agency" else random.choice(REASONS)
            writer.writerow(
                (
                    number,
                    firm.name,
                    firm.address,
                    firm.code,
                    firm.principal,
                    firm.principal_document,
                    summary,
                    AUTHORITY,
                    reason,
                    day.isoformat(),
                    f"(演)应急列〔{day.year}〕{1000 + number}号",
                )
            )
