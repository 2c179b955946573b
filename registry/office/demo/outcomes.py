"""How the demonstration's accidents and referrals went: made public, evaluated, judged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import select

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
from registry.office.dockets.models import Docket
from registry.office.dockets.service import Link, Party


def build(world: World) -> None:
    """Two accidents, one under measures and one evaluated; a referral on trial, one judged."""
    _accident(world)
    _evaluated(world)
    _referral(world)
    _convicted(world)


def _accident(world: World) -> None:
    occurred = world.now - timedelta(days=260, hours=7)
    facts = {
        "occurred_at": occurred.isoformat(),
        "received_at": (occurred + timedelta(days=30)).isoformat(),
        "place": "一号样例煤矿井下1203工作面",
        "course": "顶板垮落，二人被困死亡；企业未报告，转移遇难人员，经举报查实。",
        "deaths": 2,
    }
    walk = open_case(world, "accident", "e1", "a1", 229, facts, "顶板事故", site="s1")
    told = {
        "level_body": "虚岭县样例应急管理局",
        "level_received_at": facts["received_at"],
        "level_reported_at": (occurred + timedelta(days=30, minutes=80)).isoformat(),
    }
    walk.act("report_up", CLERK, 229, told)
    found = {
        "concealment": "concealed",
        "concealment_on": world.day(225),
        "verified_by": "虚岭县人民政府（虚构）",
    }
    walk.act("conceal", REVIEWER, 225, found)
    team = {
        "appointed_on": world.day(224),
        "investigating_level": "county",
        "investigating_body": "虚岭县人民政府（虚构）",
    }
    walk.act("appoint", APPROVER, 224, team)
    raised = {
        "upgraded_on": world.day(220),
        "upgraded_level": "prefecture",
        "upgraded_body": "演示市人民政府（虚构）",
        "upgrade_ground": "concealed",
    }
    walk.act("upgrade", APPROVER, 220, raised, reason="瞒报事故，提级调查。")
    _conclude(
        walk,
        (205, 195, 190, 186),
        found="支护强度不足，违章空顶作业；属于生产安全责任事故。",
        advice="建议对该矿依法处罚并列入名单，对涉嫌犯罪人员移送公安机关。",
        number=3,
        ordered="全面排查顶板管理，落实支护设计，开展全员警示教育。",
        told={
            "published_cause": "工作面支护强度不足，违章在空顶区作业，顶板垮落。"
            "该事故为生产安全责任事故。",
            "published_responsibility": "该矿对事故发生和瞒报负有责任，已依法予以处罚。",
            "published_measures": "全面排查顶板管理，落实支护设计，开展全员警示教育。",
        },
    )


def _referral(world: World) -> None:
    facts = {
        "offences": ["139-1"],
        "suspected_facts": "事故发生后隐瞒不报，转移遇难人员、破坏现场，贻误事故抢救。",
        "items": "询问笔录五份，现场照片二十张，工资及考勤记录一套。",
    }
    people = [Party(world.entities["p1"], "principal")]
    walk = open_case(
        world,
        "referral",
        "e1",
        "a1",
        190,
        facts,
        "涉嫌不报安全事故案",
        links=_penalty_of(world, "e1"),
        people=people,
    )
    _transfer(
        walk,
        (189, 185, 184, 182, 180),
        report="经核实，有关人员涉嫌不报安全事故罪，建议移送。",
        police="虚岭县公安局（虚构）",
        received_by="经侦大队 990001",
        filing="虚公（经）立字〔演示〕1号",
    )
    charged = {"prosecuted_on": world.day(60), "prosecution_number": "虚检刑诉〔演示〕1号"}
    walk.act("prosecute", CLERK, 60, charged)


def _evaluated(world: World) -> None:
    """A larger accident, reported in time, its measures evaluated within the year."""
    occurred = world.now - timedelta(days=388, hours=3)
    facts = {
        "occurred_at": occurred.isoformat(),
        "unit_reported_at": (occurred + timedelta(minutes=50)).isoformat(),
        "received_at": (occurred + timedelta(minutes=55)).isoformat(),
        "place": "空谷县样例铁矿井下320米中段",
        "course": "采场顶板冒落，三人被困死亡。",
        "deaths": 3,
        "loss_yuan": "4860000.00",
    }
    walk = open_case(world, "accident", "e2", "city", 388, facts, "冒顶片帮事故", site="s2")
    team = {
        "appointed_on": world.day(386),
        "investigating_level": "prefecture",
        "investigating_body": "演示市人民政府（虚构）",
    }
    walk.act("appoint", APPROVER, 386, team)
    _conclude(
        walk,
        (340, 330, 325, 322),
        found="未按设计留设矿柱，未执行敲帮问顶制度；属于生产安全责任事故。",
        advice="建议对该公司依法处罚。",
        number=2,
        ordered="全面复核矿柱和采场顶板，补充支护。",
        told={
            "published_cause": "未按设计留设矿柱，未执行敲帮问顶制度，采场顶板冒落。"
            "该事故为生产安全责任事故。",
            "published_responsibility": "该公司对事故发生负有责任，已依法给予行政处罚。",
            "published_measures": "全面复核矿柱和采场顶板，补充支护，重新培训采掘人员。",
        },
    )
    done = {
        "evaluated_on": world.day(40),
        "evaluation_text": "现场核查采场六处，矿柱和支护符合设计；两处监测设备未安装。",
        "evaluation_result": "partly",
        "published_evaluation": "矿柱复核和补充支护已完成，采掘人员已重新培训考核。",
        "published_remaining": "两处采场的顶板在线监测设备尚未安装。",
    }
    walk.act("evaluate", APPROVER, 40, done)


def _conclude(
    walk: Walk,
    days: tuple[int, int, int, int],
    *,
    found: str,
    advice: str,
    number: int,
    ordered: str,
    told: dict[str, Any],
) -> None:
    """An investigation's end: report submitted, replied to, its publication drafted and done.

    ``days``: how many days ago each of the four was.
    """
    world, (submitted, replied, drafted, published) = walk.world, days
    report = {"submitted_on": world.day(submitted), "cause": found, "responsibility": advice}
    walk.act("submit", CLERK, submitted, report)
    reply = {
        "replied_on": world.day(replied),
        "reply_number": f"演政函〔{world.day(replied).year}〕{number}号",
        "measures_ordered": ordered,
    }
    walk.act("reply", CLERK, replied, reply)
    walk.act("draft_publication", CLERK, drafted, told)
    walk.act("publish", PUBLISHER, published)


def _transfer(
    walk: Walk,
    days: tuple[int, int, int, int, int],
    *,
    report: str,
    police: str,
    received_by: str,
    filing: str,
) -> None:
    """A referral on its way: the inspectors' report, decided, delivered, filed, handed over.

    ``days``: how many days ago each of the five was.
    """
    world, (formed, reported, decided, filed, over) = walk.world, days
    team = {"team_formed_on": world.day(formed), "team_members": "\n".join(INSPECTORS)}
    walk.act("form_team", CLERK, formed, team)
    told = {"report_on": world.day(reported), "report_text": report, "police": police}
    walk.act("report", CLERK, reported, told)
    walk.act("approve_transfer", APPROVER, decided, {"decided_at": _at(world, decided)})
    walk.act("deliver", CLERK, decided, {"delivered_at": _at(world, decided)})
    received = {"received_at": _at(world, decided), "received_by": received_by}
    walk.act("receipt", CLERK, decided, received)
    opened = {"filed_on": world.day(filed), "filing_number": filing}
    walk.act("file", CLERK, filed, opened)
    walk.act("notified", CLERK, over, {"filing_notice_on": world.day(over)})
    walk.act("hand_over", CLERK, over, {"handed_over_on": world.day(over)})


def _penalty_of(world: World, subject: str) -> list[Link]:
    query = select(Docket).where(
        Docket.kind == "penalty", Docket.subject_id == world.entities[subject]
    )
    penalty = world.session.exec(query).first()
    return [Link("concerns", penalty.id)] if penalty and penalty.id else []


def _convicted(world: World) -> None:
    """A quarry referred for illegal mining, tried by the fast track, its conviction made public."""
    facts = {
        "offences": ["343"],
        "suspected_facts": "许可证暂扣期间夜间采石，并越出划定矿区范围开采，价值数额较大。",
        "items": "测量报告一份，检查笔录三份，过磅单一册。",
    }
    walk = open_case(
        world, "referral", "e3", "city", 59, facts, "涉嫌非法采矿案", site="s3",
        links=_penalty_of(world, "e3"),
    )  # fmt: skip
    _transfer(
        walk,
        (59, 58, 57, 55, 54),
        report="经核实，该采石场涉嫌非法采矿罪，建议移送。",
        police="演示市公安局（虚构）",
        received_by="治安支队 990002",
        filing="演公（治）立字〔演示〕2号",
    )
    charged = {"prosecuted_on": world.day(42), "prosecution_number": "演检刑诉〔演示〕2号"}
    walk.act("prosecute", CLERK, 42, charged)
    judged = {
        "judged_on": world.day(30),
        "court": "演示市无影县人民法院（虚构）",
        "judgment_number": f"（{world.day(30).year}）演9923刑初7号",
        "verdict": "guilty",
    }
    walk.act("verdict", CLERK, 30, judged)
    force = {
        "in_force_on": world.day(9),
        "convicted_offences": ["343"],
        "unit_fine_yuan": "300000.00",
    }
    walk.act("enter_force", CLERK, 8, force)
    walk.act("publish", PUBLISHER, 7)


def _at(world: World, days_ago: int) -> str:
    """The instant at which the demonstration's officers act on that day."""
    return (world.now - timedelta(days=days_ago)).isoformat()
