"""Every kind of case from a file, by one path: good rows, bad rows, approval, taking back."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from import_office import BUREAU, ImportOffice, credit_code
from sqlmodel import select

from registry.office.dockets import engine, kinds, queries
from registry.office.dockets.climbing import climb_due
from registry.office.dockets.models import Docket, DocketClock, DocketLapse
from registry.office.entities.models import Site, SiteLicence
from registry.office.imports import undoing
from registry.office.imports.kinds import known
from registry.office.publisher.models import OutboxRow
from registry.office.staff.models import Authority
from schemas import registry as field_sets
from schemas.dockets import block, day, line
from schemas.fields import Form

ROWS: dict[str, dict[str, str]] = {
    "accidents": {
        "事故发生时间": "2026年11月10日 8时20分", "单位报告时间": "2026-11-10 11:00",
        "接报时间": "2026-11-10 11:05", "事故地点": "样例工作面", "事故经过": "样例顶板垮落。",
        "死亡人数": "3人", "重伤人数": "1", "直接经济损失": "120万元",
    },
    "inspections": {
        "计划检查日期": "2026-12-08", "检查方式": "暗访", "检查内容": "通风与瓦斯抽采",
    },
    "referrals": {
        "涉嫌罪名": "危险作业罪、重大责任事故罪", "涉嫌犯罪事实": "关闭监控后继续作业。",
        "涉案物品": "监控主机一台",
    },
    "exposures": {
        "案例类型": "假培训", "案例标题": "样例培训学校代考代训", "基本案情": "张某组织他人替考。",
        "材料来源": "样例案卷",
    },
    "licences": {
        "XK_XKZS": "安全生产许可证", "XK_XKBH": "(演)MK安许证字〔2099〕0009",
        "XK_JDRQ": "2026/10/08", "XK_YXQZ": "2026/10/10", "XK_YXQZI": "2029/10/09",
        "场所": "样例九号煤矿",
    },
    "unit-records": {
        "清单类型": "三违清单", "清单日期": "2026-10-31", "清单内容": "上半年23起。", "起数": "23",
    },
    "closures": {
        "计划文号": "（虚）政发〔2026〕3号", "计划日期": "2026-03-01", "关闭期限": "2026-12-31",
        "关闭原因": "不具备安全生产条件，整改无望。", "法律依据": "《煤矿安全生产条例》第七十条",
    },
}  # fmt: skip
CAME = {
    "accidents": ("accident", "recorded", {"level": "larger", "unit_late_minutes": 100}),
    "inspections": ("inspection", "planned", {"inspection_type": "covert"}),
    "referrals": ("referral", "found", {"offences": ["134-1", "134"]}),
    "exposures": ("exposure", "submitted", {"exposure_kind": "fake-training"}),
    "licences": ("licence", "published", {"application": "new", "applied_on": "2026-10-08"}),
    "unit-records": ("unit-record", "recorded", {"record_kind": "three-violations", "entries": 23}),
    "closures": ("suspension", "draft", {"suspension_kind": "closure", "close_by": "2026-12-31"}),
}
CLOCKS = {
    "accidents": {"accident.level_report", "accident.investigation", "accident.casualties"},
    "closures": {"suspension.closure"},
}


def row(kind: str, **changes: str) -> dict[str, str]:
    name = "行政相对人名称" if kind == "licences" else "单位名称"
    who = {name: "演示省虚岭县9号样例煤矿有限公司", "统一社会信用代码": credit_code(9)}
    return {**who, "填报机关": BUREAU, **ROWS[kind], **changes}


@pytest.fixture
def place(office: ImportOffice) -> None:
    """The mine of the licence in the file; it has another one already."""
    now = office.clerk.now
    with office.store.write() as session:
        session.add(
            Site(
                id=1, public_id="S-0000000009", type="coal-mine", name="样例九号煤矿",
                folded="样例九号煤矿", region="990121", created=now, updated=now,
            )
        )  # fmt: skip


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("kind", sorted(ROWS))
def test_a_row_becomes_a_case_and_is_taken_back(office: ImportOffice, kind: str) -> None:
    path = office.file(row(kind))
    report = office.dry(path, kind)
    assert (report.rows, report.ready, report.failed) == (1, 1, 0), report.problems
    batch = office.apply(path, kind)
    code, state, facts = CAME[kind]
    with office.store.write() as session:
        (case,) = session.exec(select(Docket).where(Docket.kind == code)).all()
        assert (case.state, case.batch_id, case.drafted_by) == (state, batch, 1)
        assert {name: case.facts.get(name) for name in facts} == facts
        clocks = session.exec(select(DocketClock)).all()
        assert {clock.code for clock in clocks} == CLOCKS.get(kind, set())
        public = {(row.kind, row.op) for row in session.exec(select(OutboxRow)).all()}
        wanted = {("licence", "PUT"), ("site", "PUT")} if kind == "licences" else set()
        assert public == wanted, "of these only a licence granted is public at once"
        assert len(session.exec(select(SiteLicence)).all()) == (kind == "licences")
    again = office.dry(path, kind)
    assert (again.skipped, again.ready, again.failed) == (1, 0, 0), again.problems
    with office.store.write() as session:
        docket = session.get(Docket, batch)
        assert docket is not None
        undoing.undo(session, office.approver, docket)
        (case,) = session.exec(select(Docket).where(Docket.kind == code)).all()
        assert case.state == known()[kind].withdrawn_state and case.closed_at
        assert not [c for c in session.exec(select(DocketClock)).all() if c.stopped_on is None]
        removed = session.exec(select(OutboxRow.kind).where(OutboxRow.op == "DEL")).all()
        assert list(removed) == (["licence"] if kind == "licences" else [])


BAD = [
    ("accidents", {"接报时间": "2026-11-10 07:00"}, ("received_at", "refused")),
    ("accidents", {"死亡人数": "99999"}, ("deaths", "invalid")),
    ("accidents", {"事故发生时间": "昨天"}, ("occurred_at", "invalid")),
    ("accidents", {"接报时间": "2026-12-10 07:00"}, ("received_at", "future")),
    ("accidents", {"直接经济损失": "很多"}, ("loss_yuan", "amount")),
    ("accidents", {"事故经过": ""}, ("course", "missing")),
    ("inspections", {"检查方式": "随便看看"}, ("inspection_type", "unmapped-term")),
    ("inspections", {"计划检查日期": "2026-13-01"}, ("planned_for", "date")),
    ("inspections", {"检查内容": "长" * 2001}, ("purpose", "too-long")),
    ("referrals", {"涉嫌罪名": "天气罪"}, ("offences", "unmapped-term")),
    ("referrals", {"统一社会信用代码": "123"}, ("code", "code")),
    ("exposures", {"基本案情": "电话13812345678"}, ("story", "personal-number")),
    ("exposures", {"材料来源": ""}, ("exposure_source", "missing")),
    ("licences", {"XK_YXQZI": "2026/10/01"}, ("until", "refused")),
    ("licences", {"XK_XKZS": "驾驶证"}, ("licence_kind", "unmapped-term")),
    ("licences", {"场所": "没有的矿"}, ("site", "unknown-site")),
    ("unit-records", {"清单类型": "查患奖励"}, ("award_yuan", "refused")),
    ("unit-records", {"清单类型": "好人好事"}, ("record_kind", "unmapped-term")),
    ("unit-records", {"起数": "许多"}, ("entries", "invalid")),
    ("closures", {"关闭期限": "2026-01-31"}, ("close_by", "refused")),
    ("closures", {"suspension_kind": "whole"}, ("suspension_kind", "refused")),
    ("closures", {"填报机关": "空谷县样例应急管理局"}, ("authority", "foreign-authority")),
    ("accidents", {"填报机关": "没有的局"}, ("authority", "unmapped-authority")),
]


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("kind", "changes", "problem"), BAD, ids=[f"{one[0]}-{one[2][0]}-{one[2][1]}" for one in BAD]
)
def test_a_bad_row_is_told_by_field_and_nothing_is_kept(
    office: ImportOffice, kind: str, changes: dict[str, str], problem: tuple[str, str]
) -> None:
    good = row(kind, 统一社会信用代码=credit_code(8))
    report = office.dry(office.file(good, row(kind, **changes)), kind)
    errors = {(p.field, p.code) for p in report.problems if p.severity == "error" and p.line == 3}
    assert errors == {problem}
    assert (report.ready, report.failed) == (1, 1), report.problems
    (told,) = [p for p in report.problems if p.severity == "error"]
    assert told.message("zh") != told.message("en")


def test_a_plan_from_above_visits_a_county_once_a_month(office: ImportOffice) -> None:
    with office.store.write() as session:
        unit = session.get(Authority, 1)
        assert unit is not None
        unit.level = "prefecture"
    first, later = row("inspections"), row("inspections", 统一社会信用代码=credit_code(8))
    report = office.dry(office.file(first, later), "inspections")
    (told,) = [p for p in report.problems if p.severity == "error"]
    assert (told.line, told.field, report.ready) == (3, "planned_for", 1)
    assert "9号样例煤矿" in told.message("zh")
    reason = later | {"同月再次检查理由": "接到举报"}
    assert office.dry(office.file(first, reason), "inspections").ready == 2


class Card(Form):
    """A kind that nobody has thought of."""

    card_number = line("Number of the card")
    seen_on = day("Seen on")
    told = block("What was seen")


TABLE = """
kind: card
title: {zh: 告知卡, en: Card}
number_word: 卡
schema: cards.Card
roles: [clerk]
adoption:
  states: [given]
imports:
  cards:
    title: {zh: 告知卡, en: Cards}
    state: given
    schemas: [cards.Card]
    identity: [card_number]
    effective: seen_on
    undone: gone
initial: given
states:
  given: {title: {zh: 已发, en: Given}, waits_for: [clerk]}
  gone: {title: {zh: 已收回, en: Gone}, closed: true}
actions:
  take:
    title: {zh: 收回, en: Take it back}
    from: [given]
    to: gone
    roles: [clerk]
"""


@pytest.mark.sqlite_only
def test_a_new_kind_has_its_import_from_its_table_alone(
    office: ImportOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields: Any = type("cards", (SimpleNamespace,), {"Card": Card})
    monkeypatch.setitem(field_sets._MODULES, "cards", fields)
    book = kinds.book()
    monkeypatch.setattr(book, "_tables", dict(book.tables))
    (office.folder / "card.yaml").write_text(TABLE, encoding="utf-8")
    book.add(office.folder / "card.yaml")
    field_sets.check(book)
    cells = {
        "企业名称": "样例矿业有限公司",
        "card_number": "7",
        "told": "样例",
        "Seen on": "2026-11-01",
    }
    office.apply(office.file(cells), "cards")
    with office.store.read() as session:
        (case,) = session.exec(select(Docket).where(Docket.kind == "card")).all()
        assert (case.state, case.facts["seen_on"]) == ("given", "2026-11-01")


SHOWN = """
kind: pond-danger
title: {zh: 尾矿库险情, en: Danger at a pond}
number_word: 险
hooks: registry.office.enforcement.hazards.lifecycle
public_kind: hazard
schema: hazards.Open
roles: [clerk]
redactable: [description]
clocks: [hazard.rectification]
adoption:
  states: [shown]
  guards: [hazard-days, hazard-term]
  starts: {hazard.rectification: set-day@rectify_by}
imports:
  pond-dangers:
    title: {zh: 尾矿库险情, en: Dangers at ponds}
    state: shown
    schemas: [hazards.Open, hazards.Order]
    identity: [order_number]
    effective: ordered_on
    optional: [rectification_owner]
    undone: gone
initial: told
states:
  told: {title: {zh: 已报告, en: Told}, waits_for: [approver]}
  shown: {title: {zh: 已公示, en: Shown}, waits_for: [clerk]}
  gone: {title: {zh: 已消除, en: Gone}, closed: true}
actions:
  order:
    title: {zh: 公示, en: Show it}
    from: [told]
    to: shown
    roles: [approver]
    approval: true
    four_eyes: [open]
    schema: hazards.Order
    effective: ordered_on
    publish: {op: publish, payload: hazard}
  end:
    title: {zh: 消除, en: It is gone}
    from: [shown]
    to: gone
    roles: [clerk]
    stops: [hazard.rectification]
    publish: {op: withdraw, reason: ended}
"""


@pytest.mark.sqlite_only
def test_a_new_kind_that_declares_it_is_published_cleared_and_on_the_desk(
    office: ImportOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = kinds.book()
    monkeypatch.setattr(book, "_tables", dict(book.tables))
    (office.folder / "pond.yaml").write_text(SHOWN, encoding="utf-8")
    book.add(office.folder / "pond.yaml")
    field_sets.check(book)
    cells = {
        "单位名称": "样例尾矿库有限公司", "统一社会信用代码": credit_code(7), "order_number": "1",
        "发现方式": "监督检查发现", "隐患类别": "H17", "隐患情况": "坝体渗水。",
        "发现日期": "2026-11-01", "下达日期": "2026-11-02", "整改期限": "2026-12-31",
        "整改要求": "立即处置。",
    }  # fmt: skip
    office.apply(office.file(cells), "pond-dangers")
    with office.store.write() as session:
        (case,) = session.exec(select(Docket).where(Docket.kind == "pond-danger")).all()
        (row,) = session.exec(select(OutboxRow)).all()
        assert (row.op, row.kind, row.public_id) == ("PUT", "hazard", case.public_id)
        desk = queries.desk(session, office.clerk.officer, date(2026, 12, 28))
        assert [item.docket.id for item in desk.due.rows] == [case.id]
        engine.act(session, case, "end", office.clerk, version=case.version)
        assert [one.op for one in session.exec(select(OutboxRow)).all()] == ["PUT", "DEL"]


def test_a_planned_closure_that_is_late_climbs(office: ImportOffice) -> None:
    office.apply(office.file(row("closures", 关闭期限="2026-11-19")), "closures")
    with office.store.write() as session:
        unit = session.get(Authority, 1)
        assert unit is not None
        unit.parent_id = 2
        (clock,) = session.exec(select(DocketClock)).all()
        assert clock.breach_due == date(2026, 11, 19)
        assert climb_due(session, office.clerk.now, office.clerk.book) == 1
        (lapse,) = session.exec(select(DocketLapse)).all()
        assert (lapse.authority_id, lapse.raised_to) == (1, 2)
