"""The demonstration's enforcement: dangers, a suspended quarry, an accident, a referral, examples.

All fictional; days are counted back from today, and every step goes through its kind's table.
"""

from __future__ import annotations

from typing import Any

from registry.office.demo import outcomes, oversight
from registry.office.demo.walk import (
    APPROVER,
    CLERK,
    INSPECTORS,
    PUBLISHER,
    REVIEWER,
    Walk,
    World,
    open_case,
)
from registry.office.dockets import climbing
from registry.office.dockets.service import Party
from registry.office.enforcement.quarters import lifecycle as quarters
from registry.office.enforcement.signatories import service as signatories
from registry.office.imports.context import Tools

HEADS = {
    "department-head": "寅样例",
    "supervision-office": "卯样例",
    "government-head": "辰样例",
}
BODIES = {
    "department-head": "演示市样例应急管理局",
    "supervision-office": "演示省样例矿监机构",
    "government-head": "演示市人民政府（虚构）",
}
STORY = (
    "该校未组织实际培训，由工作人员代为刷课、代考，向四十余人出具培训合格证明。"
    "负责人王某被依法处理，相关证明全部作废。"
)


def build(world: World, tools: Tools) -> None:
    """Everything, in an order in which each case finds what it is linked to."""
    _signatories(world)
    _rectifying(world)
    _self_found(world)
    _overdue(world)
    _suspended(world)
    _resumed(world)
    outcomes.build(world)
    _exposed(world)
    oversight.build(world, tools)
    _inspections(world)
    _licence(world)
    _quarterly(world)
    climbing.climb_due(world.session, world.now, world.book)


def _signatories(world: World) -> None:
    acting = world.acting("city.approver", 900)
    since = world.day(900)
    rows = [("inspector", name, "演示市样例应急管理局") for name in INSPECTORS]
    rows += [(capacity, name, BODIES[capacity]) for capacity, name in HEADS.items()]
    for capacity, name, body in rows:
        entry = {"capacity": capacity, "name": name, "body": body, "since": since}
        signatories.add(world.session, acting, entry)


def _hazard(
    world: World, subject: str, site: str, authority: str, found: int, term: int, **facts: Any
) -> Walk:
    """A danger found so many days ago, ordered a day later, to be put right in ``term`` days."""
    facts = {"found_on": world.day(found), **facts}
    walk = open_case(world, "hazard", subject, authority, found, facts, "重大事故隐患", site=site)
    order = {
        "ordered_on": world.day(found - 1),
        "rectify_by": world.day(found - 1 - term),
        "rectification_owner": "该矿矿长",
        "requirements": "停止相关区域作业，落实整改措施、责任、资金、时限和预案，安排专人监测。",
    }
    walk.act("order", APPROVER, found - 1, order)
    return walk


def _put_right(walk: Walk, days_ago: int) -> None:
    day = walk.world.day
    claim = {
        "claimed_on": day(days_ago),
        "rectified_on": day(days_ago + 1),
        "rectification_text": "已按整改方案完成全部工程，并经企业自验合格。",
    }
    walk.act("claim", CLERK, days_ago, claim)
    accept = {
        "accepted_on": day(days_ago - 3),
        "acceptance_text": "现场核查符合要求，同意销号。",
        "truthful": True,
    }
    walk.act("accept", APPROVER, days_ago - 3, accept)


def _rectifying(world: World) -> None:
    walk = _hazard(
        world, "e1", "s1", "a1", 20, 24, origin="inspection", hazard_code="H05",
        description="回风巷断面不足设计要求，局部通风机未实现自动切换，掘进工作面风量不足。",
    )  # fmt: skip
    done = {"progress_on": world.day(6), "progress_text": "回风巷扩修完成约六成，风机已更换。"}
    walk.act("progress", CLERK, 6, done)


def _self_found(world: World) -> None:
    walk = _hazard(
        world, "e6", "s6", "city", 90, 40, origin="self-found", hazard_code="N02",
        reported_on=world.day(90),
        description="尾矿库排洪隧洞局部衬砌开裂，企业自查发现后主动报告。",
    )  # fmt: skip
    _put_right(walk, 60)


def _overdue(world: World) -> None:
    _hazard(
        world, "e2", "s2", "a1", 60, 45, origin="tip", hazard_code="N01",
        description="采空区未按设计充填，地表出现裂缝，存在塌陷危险。",
    )  # fmt: skip


def _suspended(world: World) -> None:
    measures = ["licence-suspended", "guards-stationed", "blasting-stopped", "power-stopped"]
    facts = {
        "suspension_kind": "whole",
        "order_reason": "安全生产许可证被暂扣期间擅自组织爆破和采石作业。",
        "basis": "《中华人民共和国安全生产法》第六十五条、第七十条",
        "measures": measures,
    }
    walk = open_case(world, "suspension", "e3", "city", 62, facts, "停产整顿案", site="s3")
    order = {"ordered_on": world.day(60), "order_number": _paper(world, 60, "停", 1)}
    walk.act("approve", APPROVER, 60, order)
    walk.act("publish", PUBLISHER, 58)
    by = (
        "演示市样例应急管理局",
        "无影县人民政府（虚构）",
        "演示市公安局（虚构）",
        "样例供电公司（虚构）",
    )
    for measure, body in zip(measures, by, strict=True):
        done = {"measure": measure, "measure_on": world.day(57), "carried_out_by": body}
        walk.act("carry_out", CLERK, 57, {**done, "urgent": measure == "power-stopped"})


def _resumed(world: World) -> None:
    facts = {
        "suspension_kind": "part",
        "suspension_scope": "尾矿库排洪隧洞及下游区域",
        "order_reason": "排洪设施存在隐患，整改期间停止排放尾矿。",
        "basis": "《中华人民共和国安全生产法》第六十五条",
        "measures": ["guards-stationed"],
    }
    walk = open_case(world, "suspension", "e6", "city", 88, facts, "局部停产案", site="s6")
    order = {"ordered_on": world.day(87), "order_number": _paper(world, 87, "停", 2)}
    walk.act("approve", APPROVER, 87, order)
    walk.act("publish", PUBLISHER, 86)
    done = {"measure": "guards-stationed", "measure_on": world.day(86)}
    walk.act("carry_out", CLERK, 86, {**done, "carried_out_by": "回音县人民政府（虚构）"})
    told = {"applied_on": world.day(50), "application_text": "排洪隧洞已修复，申请恢复。"}
    walk.act("apply_resumption", CLERK, 50, told)
    signed = {"capacity": "department-head", "signatory": HEADS["department-head"]}
    walk.act("sign_off", CLERK, 45, {**signed, "signed_on": world.day(45)})
    lifted = {"measure": "guards-stationed", "lifted_on": world.day(44)}
    walk.act("lift", APPROVER, 44, lifted, reason="隐患已消除。")
    walk.act("resume", APPROVER, 43, {"resumed_on": world.day(43)})


def _exposed(world: World) -> None:
    facts = {
        "exposure_kind": "fake-training",
        "headline": "培训学校伪造学时骗取合格证明",
        "story": STORY,
        "lesson": "培训考核必须真实。持虚假证明上岗的，一律清退；出具虚假证明的，依法严处。",
        "exposure_source": "本机关行政处罚案卷",
    }
    people = [Party(world.entities["p7"], "direct-person")]
    walk = open_case(world, "exposure", "e8", "a1", 30, facts, "虚假培训曝光", people=people)
    walk.act("submit", CLERK, 29)
    checked = {
        "persons_masked": True,
        "decisions_final": True,
        "no_secrets": True,
        "review_text": "已隐去个人信息，同意公开。",
    }
    walk.act("review", REVIEWER, 28, checked)
    walk.act("approve", APPROVER, 27, {"approved_on": world.day(27)})
    walk.act("publish", PUBLISHER, 26)


def _inspections(world: World) -> None:
    facts = {
        "planned_for": world.day(22),
        "inspection_type": "special",
        "purpose": "通风系统和瓦斯治理专项检查",
        "joint_departments": "虚岭县自然资源局（虚构）",
    }
    walk = open_case(world, "inspection", "e1", "a1", 25, facts, "通风专项检查", site="s1")
    visit = {
        "visited_on": world.day(22),
        "visit_place": "井下回风巷、地面主通风机房",
        "inspectors": "\n".join(INSPECTORS),
        "unit_representative": "该矿通风科",
    }
    walk.act("visit", CLERK, 22, visit)
    for text, severity in (
        ("主通风机房值班记录缺两日。", "minor"),
        ("瓦斯检查员未携带便携仪下井。", "violation"),
    ):
        walk.act("add_finding", CLERK, 22, {"finding_text": text, "severity": severity})
    signed = {"department": "虚岭县自然资源局（虚构）", "co_signer": "巳样例"}
    walk.act("co_sign", CLERK, 22, signed)
    record = {
        "recorded_on": world.day(21),
        "record_content": "检查通风系统图、风机运行记录和瓦斯检查制度，入井查看回风巷。",
        "handling": "一般问题责令限期改正，违法行为另行立案。",
        "unit_signed": "signed",
    }
    walk.act("record", CLERK, 21, record)
    planned = {
        "planned_for": world.day(-6),
        "inspection_type": "routine",
        "purpose": "复工复产条件核查",
    }
    open_case(world, "inspection", "e6", "city", 3, planned, "计划检查", site="s6")


def _licence(world: World) -> None:
    applied = {"licence_kind": "safety", "application": "renewal", "applied_on": world.day(12)}
    walk = open_case(world, "licence", "e1", "a1", 12, applied, "安全生产许可证延期审查", site="s1")
    for condition, result, text in (
        ("C05", "met", "抽查特种作业人员十二名，证件经官方数据核验有效。"),
        ("C12", "not-met", "矿山救护协议已过期，救援装备缺少正压氧气呼吸器。"),
    ):
        seen = {"condition": condition, "seen_on": world.day(8), "result": result, "seen": text}
        walk.act("examine", CLERK, 8, seen)
    order = {
        "rectification_on": world.day(7),
        "rectify_by": world.day(-20),
        "rectification_text": "续签救护协议，补齐救援装备。",
    }
    walk.act("rectify", CLERK, 7, order)


def _quarterly(world: World) -> None:
    """One enterprise reports on its dangers; the other one with a danger has not."""
    facts = {
        "quarter": quarters.newest_over(world.day(0)),
        "reported_on": world.day(0),
        "signed_by_head": "该矿主要负责人",
        "found_count": 1,
        "eliminated_count": 0,
        "open_count": 1,
        "account": "通风系统隐患正在整改，已停止相关区域作业并安排专人监测。",
    }
    open_case(world, "hazard-report", "e1", "a1", 0, facts, "重大事故隐患季度报告")


def _paper(world: World, days_ago: int, word: str, serial: int) -> str:
    return f"(演)应急{word}〔{world.day(days_ago).year}〕{serial}号"
