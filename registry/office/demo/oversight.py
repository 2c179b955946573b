"""The demonstration's licences and inspections that the public can read, in each of their states.

All fictional; the licences that sites have already come in as from a file, the others by walking
their tables.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from sqlmodel import select

from registry.office.demo.listfile import from_file
from registry.office.demo.walk import (
    APPROVER,
    CLERK,
    CREWS,
    INSPECTORS,
    PUBLISHER,
    REVIEWER,
    Walk,
    World,
    open_case,
)
from registry.office.dockets import act_as_registry
from registry.office.dockets.models import Docket
from registry.office.entities.models import Entity, Site
from registry.office.imports.context import Tools
from registry.office.staff.models import Authority

COLUMNS = (
    "行政相对人名称",
    "统一社会信用代码",
    "场所编号",
    "许可证书名称",
    "许可编号",
    "许可内容",
    "许可决定日期",
    "有效期至",
    "许可机关",
)


def build(world: World, tools: Tools) -> None:
    """Licences in force, lacking conditions, suspended, revoked and expired; three inspections."""
    _taken_over(world, tools)
    _granted(world)
    _dealt_with(world)
    _with_a_danger(world)
    _clean(world)


def _taken_over(world: World, tools: Tools) -> None:
    """What the province and the city granted before there was this registry, from a file."""
    known: tuple[tuple[Any, ...], ...] = (
        (
            "e1",
            "s1",
            "煤矿企业安全生产许可证",
            "(演)MK安许证字〔2098〕0001",
            700,
            "井工采煤（虚构）",
        ),
        (
            "e2",
            "s2",
            "非煤矿山安全生产许可证",
            "(演)FM安许证字〔2098〕0002",
            500,
            "地下开采铁矿（虚构）",
        ),
        (
            "e3",
            "s3",
            "非煤矿山安全生产许可证",
            "(演)FM安许证字〔2099〕0001",
            400,
            "露天采石（虚构）",
        ),
        (
            "e3",
            "s3",
            "爆破作业单位许可",
            "(演)爆许〔2098〕0003号",
            600,
            "露天爆破作业（虚构）",
            "city",
        ),
        (
            "e6",
            "s6",
            "非煤矿山安全生产许可证",
            "(演)WK安许证字〔2095〕0006",
            1135,
            "尾矿库运行（虚构）",
        ),
    )
    path = tools.evidence_dir / "demo-licences.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_row(world, *one) for one in known)
    batch = from_file(world, tools, "licences", path, "province", (91, 90))
    query = select(Docket).where(Docket.kind == "licence", Docket.batch_id == batch.id)
    of_number = {one.facts["licence_number"]: one for one in world.session.exec(query)}
    for place, crew, then in ((1, "root", _lacking), (3, "city", _revoked), (4, "root", _expired)):
        then(Walk(world, CREWS[crew], of_number[known[place][3]]))


def _row(
    world: World,
    subject: str,
    site: str,
    kind: str,
    number: str,
    since: int,
    scope: str,
    authority: str = "root",
) -> Sequence[str]:
    granted = world.day(since)
    return (
        world.names[subject],
        world.session.get_one(Entity, world.entities[subject]).credit_code or "",
        world.session.get_one(Site, world.sites[site]).public_id,
        kind,
        number,
        scope,
        granted.isoformat(),
        (granted + timedelta(days=3 * 365 - 1)).isoformat(),
        world.session.get_one(Authority, world.authorities[authority]).name,
    )


def _lacking(walk: Walk) -> None:
    _find_lacking(walk, 12, 18)


def _find_lacking(walk: Walk, found: int, term: int) -> None:
    order = {
        "rectification_on": walk.world.day(found),
        "rectify_by": walk.world.day(found - term),
        "rectification_text": "恢复配备专职安全生产管理人员，补齐应急救援装备。",
    }
    walk.act("find_lacking", REVIEWER, found, order)


def _revoked(walk: Walk) -> None:
    _find_lacking(walk, 70, 30)
    told = {
        "revoked_on": walk.world.day(35),
        "revocation_grounds": "专用爆破器材仓库不符合条件，责令限期改正后逾期未改正。",
    }
    walk.act("revoke", APPROVER, 35, told, reason="逾期未改正。")


def _expired(walk: Walk) -> None:
    world = walk.world
    act_as_registry(world.session, walk.docket, "expire", now=world.now, book=world.book)


def _granted(world: World) -> None:
    """A renewal, looked at condition by condition."""
    applied = {"licence_kind": "safety", "application": "renewal", "applied_on": world.day(75)}
    walk = open_case(
        world, "licence", "e6", "root", 75, applied, "安全生产许可证延期审查", site="s6"
    )
    for condition in world.book.on(world.day(75)).titles("licence_conditions"):
        seen = {"condition": condition, "seen_on": world.day(60), "result": "met"}
        walk.act("examine", CLERK, 60, {**seen, "seen": "现场逐项查验，符合要求。"})
    checked = {"credit_checked_on": world.day(55), "credit_opinion": "无影响许可的不良记录。"}
    walk.act("check_credit", CLERK, 55, checked)
    walk.act("propose", CLERK, 50, {"proposal": "条件齐备，建议准予延期。"})
    licence = {
        "granted_on": world.day(45),
        "decision_number": f"(演)应急许〔{world.day(45).year}〕1号",
        "licence_number": "(演)WK安许证字〔2098〕0006",
        "licence_scope": "尾矿库运行（虚构）",
        "valid_from": world.day(40),
        "until": world.day(40) + timedelta(days=3 * 365 - 1),
    }
    walk.act("grant", APPROVER, 45, licence)
    walk.act("publish", PUBLISHER, 42)


def _visited(
    world: World,
    where: tuple[str, str, str],
    day: int,
    plan: Mapping[str, Any],
    findings: tuple[tuple[str, str, str, int | None], ...] = (),
    record: Mapping[str, Any] = MappingProxyType({}),
) -> Walk:
    """An inspection as far as its signed record; of a finding: text, severity, wording, term."""
    subject, authority, site = where
    facts = {"planned_for": world.day(day), **plan}
    walk = open_case(world, "inspection", subject, authority, day + 5, facts, "监督检查", site=site)
    visit = {
        "visited_on": world.day(day),
        "visit_place": "生产现场",
        "inspectors": "\n".join(INSPECTORS),
    }
    walk.act("visit", CLERK, day, visit)
    for text, severity, public, term in findings:
        found = {"finding_text": text, "severity": severity, "public_text": public}
        if term is not None:
            found["fix_by"] = world.day(day - term)  # type: ignore[assignment]
        walk.act("add_finding", CLERK, day, found)
    for one in str(plan.get("joint_departments") or "").splitlines():
        walk.act("co_sign", CLERK, day, {"department": one, "co_signer": "午样例"})
    done = {
        "recorded_on": world.day(day - 1),
        "record_content": "查阅资料，检查现场。",
        "handling": "发现的问题分别责令改正或者另行立案。",
        "unit_signed": "signed",
        **record,
    }
    walk.act("record", CLERK, day - 1, done)
    walk.act("publish", PUBLISHER, day - 6)
    return walk


def _dealt_with(world: World) -> None:
    """Together with another department; one finding put right, one a penalty case not decided."""
    plan = {
        "inspection_type": "special",
        "purpose": "顶板管理和通风专项检查",
        "joint_departments": "空谷县自然资源局（虚构）",
    }
    findings = (
        ("二中段避灾路线标识缺失三处。", "minor", "避灾路线标识不全。", 10),
        ("未按设计预留安全矿柱。", "violation", "未按设计预留安全矿柱。", None),
    )
    where = ("e2", "city", "s2")
    walk = _visited(world, where, 80, plan, findings)
    walk.act("fix", CLERK, 72, {"finding": 1, "fixed_on": world.day(72)})
    penalty = {
        "finding": 2,
        "violation_type": "major-hazard",
        "basis": "《中华人民共和国安全生产法》第一百零二条",
        "categories": ["fine"],
        "content": "拟处以罚款人民币50000元。",
        "fine_yuan": "50000.00",
    }
    walk.act("to_penalty", CLERK, 70, penalty)
    walk.act("finish", APPROVER, 68)


def _with_a_danger(world: World) -> None:
    """A finding became a danger under supervision, another one is overdue."""
    plan = {"inspection_type": "routine", "purpose": "年度监督检查计划"}
    findings = (
        ("采空区积水未探放。", "major", "采空区积水情况未探明。", None),
        ("矿灯房管理台账不全。", "minor", "矿灯管理台账不全。", 20),
    )
    where = ("e1", "a1", "s1")
    walk = _visited(world, where, 50, plan, findings)
    walk.act("to_hazard", CLERK, 43, {"finding": 1, "hazard_code": "H07"})
    number = str(walk.docket.facts["findings"][0]["case"])
    _ordered(world, number)


def _ordered(world: World, number: str) -> None:
    query = select(Docket).where(Docket.number == number)
    walk = Walk(world, CREWS["a1"], world.session.exec(query).one())
    order = {
        "ordered_on": world.day(42),
        "rectify_by": world.day(-25),
        "rectification_owner": "该矿矿长",
        "requirements": "探明采空区积水范围，编制并落实探放水设计。",
    }
    walk.act("order", APPROVER, 42, order)


def _clean(world: World) -> None:
    """Nothing was found; the unit's head did not sign."""
    plan = {"inspection_type": "recheck", "purpose": "排洪隧洞修复情况复查"}
    refused = {"unit_signed": "refused", "unit_refusal": "负责人未到场。"}
    walk = _visited(world, ("e6", "city", "s6"), 36, plan, (), refused)
    walk.act("finish", APPROVER, 29)
