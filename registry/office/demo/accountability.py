"""The demonstration's accountability: leaders, opinions, experts, what enterprises keep.

All fictional; days are counted back from today.
"""

from __future__ import annotations

from typing import Any

from registry.office.accountability.experts import service as experts
from registry.office.accountability.leaders import service as visits
from registry.office.demo.walk import CREWS, Walk, World
from registry.office.dockets.service import open_docket
from registry.office.entities import service as entities
from registry.office.entities.drafts import EntityDraft
from registry.office.entities.vault import PersonKeys
from registry.office.staff import leaders

CLERK, REVIEWER, APPROVER = range(3)
GOVERNMENT = "演示市人民政府（虚构）"


def build(world: World, keys: PersonKeys) -> None:
    """Everything, after the cases that it refers to."""
    _leaders(world)
    _opinions(world)
    _appraisal(world, keys)
    _records(world)


def _leaders(world: World) -> None:
    acting = world.acting("city.clerk", 300)
    rows = (
        ("戌样例", "government-deputy", GOVERNMENT, (250, 190, 131, 72, 20)),
        ("午样例", "department-head", "演示市样例应急管理局", (240, 176, 90)),
    )
    for name, post, body, days in rows:
        entry = {"name": name, "post": post, "body": body, "since": world.day(300)}
        leader = leaders.add(world.session, acting, entry)
        for place, days_ago in zip(("s1", "s2", "s6") * 2, days, strict=False):
            seen = {
                "visited_on": world.day(days_ago), "shift": "morning", "minutes": 170,
                "seen": "检查采掘工作面、通风和排水系统，与带班负责人谈话。",
            }  # fmt: skip
            when = world.acting("city.clerk", days_ago)
            visits.visit(world.session, when, leader.id or 0, world.sites[place], seen)


def _opinions(world: World) -> None:
    answered = _opinion(world, 150, "尾矿库下游居民搬迁", "建议加快尾矿库下游居民搬迁安置。")
    said = {
        "answered_on": world.day(120), "adopted": "yes", "answer_number": "演政函〔样例〕1号",
        "answer_text": "已列入年度计划，年底前完成搬迁。",
    }  # fmt: skip
    answered.act("answer", CLERK, 120, said)
    done = {
        "followed_on": world.day(70), "carried_out": "done",
        "follow_up_text": "现场核实，首批居民已经安置。",
    }  # fmt: skip
    answered.act("follow_up", CLERK, 70, done)
    answered.act("close", APPROVER, 68)
    late = _opinion(world, 60, "充实基层矿山安全监管力量", "建议为矿山集中的县配足专业监管人员。")
    late.act("remind", CLERK, 20, {"reminded_on": world.day(20), "reminder_text": "请予函复。"})


def _opinion(world: World, days_ago: int, topic: str, text: str) -> Walk:
    """An opinion that the government has received."""
    facts: dict[str, Any] = {
        "government": GOVERNMENT, "topic": topic, "opinion_text": text,
        "opinion_basis": "在监督检查中发现该问题影响辖区矿山安全。",
    }  # fmt: skip
    crew = CREWS["city"]
    docket = open_docket(
        world.session, "opinion", world.acting(crew[CLERK], days_ago), facts=facts, title=topic,
        region="990100", authority_id=world.authorities["city"],
    )  # fmt: skip
    walk = Walk(world, crew, docket)
    walk.act("submit", CLERK, days_ago)
    day = world.day(days_ago - 1)
    number = f"演应急建〔{day.year}〕{docket.serial}号"
    signed = {"opinion_signed_on": day, "opinion_number": number}
    walk.act("sign", APPROVER, days_ago - 1, signed)
    sent = {"sent_on": world.day(days_ago - 2), "sent_by": "公文交换"}
    walk.act("send", CLERK, days_ago - 2, sent)
    got = {"received_on": world.day(days_ago - 3), "received_by": "演示市人民政府办公室（虚构）"}
    walk.act("receive", CLERK, days_ago - 3, got)
    return walk


def _appraisal(world: World, keys: PersonKeys) -> None:
    keeper = world.acting("province.clerk", 400)
    numbers = []
    for name, fields in (
        ("未样例", ["tailings", "geology"]),
        ("申样例", ["tailings", "monitoring"]),
    ):
        person = entities.add_entity(world.session, keeper, EntityDraft("person", name), keys=keys)
        entry = {
            "fields": fields, "title": "教授级高级工程师", "since": world.day(400),
            "until": world.day(-700),
        }  # fmt: skip
        numbers.append(experts.add(world.session, keeper, person.id or 0, entry))
    interest = {"kind": "paid", "since": world.day(900), "until": world.day(500)}
    experts.declare(world.session, keeper, numbers[1].id or 0, world.entities["e2"], interest)
    crew = CREWS["city"]
    docket = open_docket(
        world.session, "appraisal", world.acting(crew[CLERK], 58),
        facts={"question": "排洪隧洞修复后是否满足设计要求。"}, title="排洪隧洞修复鉴定论证",
        region="990124", authority_id=world.authorities["city"],
        subject_id=world.entities["e6"], site_id=world.sites["s6"],
    )  # fmt: skip
    walk = Walk(world, crew, docket)
    for lead, expert in zip((True, False), numbers, strict=True):
        named = {"expert": expert.number, "expert_field": "tailings", "lead": lead}
        walk.act("name_expert", CLERK, 57, named)
    walk.act("approve_team", APPROVER, 56)
    for expert in numbers:
        said = {
            "expert": expert.number, "opined_on": world.day(52),
            "expert_opinion": "修复质量合格，建议继续监测渗流量。",
        }  # fmt: skip
        walk.act("hear", CLERK, 52, said)
    walk.act("conclude", APPROVER, 51, {"conclusion": "修复满足设计要求，同意恢复使用。"})


def _records(world: World) -> None:
    rows: tuple[dict[str, Any], ...] = (
        {"record_kind": "internal-award", "award_yuan": "3000.00", "entries": 2,
         "record_text": "员工发现并报告提升机制动异常，按企业查患奖励制度奖励。"},
        {"record_kind": "three-violations", "entries": 23,
         "record_text": "上半年三违行为汇总：违规作业17起，违反劳动纪律6起。"},
        {"record_kind": "system-list", "entries": 41,
         "record_text": "安全生产责任制、规章制度和操作规程清单。"},
    )  # fmt: skip
    crew = CREWS["a1"]
    for days_ago, facts in zip((40, 35, 30), rows, strict=True):
        docket = open_docket(
            world.session, "unit-record", world.acting(crew[CLERK], days_ago),
            facts=facts | {"dated_on": world.day(days_ago + 5)}, title="一号样例煤矿清单与奖励",
            region="990121", authority_id=world.authorities["a1"],
            subject_id=world.entities["e1"], site_id=world.sites["s1"],
        )  # fmt: skip
        Walk(world, crew, docket).act("record", CLERK, days_ago)
