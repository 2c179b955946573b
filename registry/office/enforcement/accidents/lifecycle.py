"""The accident: lateness from its instants, level from its figures, who looked before.

State Council Order 493 arts 3, 9, 11, 13, 19, 20, 29, 32; Work Safety Law art. 86.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.core.codes.regions import region_path
from registry.core.i18n import N_, Text
from registry.core.rules.duration import add_calendar
from registry.office.dockets import kinds
from registry.office.dockets.hooks import Panel, Refusal, Step, context, effect, guard, panel
from registry.office.dockets.models import Docket, DocketEvent
from registry.office.enforcement import surroundings
from registry.office.enforcement.accidents import figures
from registry.office.enforcement.accidents import publication as _public
from registry.office.entities import subjects
from registry.office.staff.models import Account

TOP = "especially-major"
SHOWN = 30


@guard("accident-order")
def accident_order(step: Step) -> Refusal | None:
    """Nobody hears of an accident before it happens."""
    occurred = step.instant("occurred_at")
    for name in ("unit_reported_at", "received_at"):
        known = step.instant(name)
        if occurred and known and known < occurred:
            return Refusal(N_("This instant lies before the step that it follows."), {}, name)
    return None


@effect("accident-figures")
def accident_figures(step: Step) -> Mapping[str, Any]:
    """The level from deaths, serious injuries and loss; missing persons count as dead."""
    facts = step.facts
    day = legal_day(step.instant("occurred_at") or step.now)
    if step.acting is None:
        return {}
    level = step.acting.book.on(day).accident_level(
        int(facts.get("deaths") or 0) + int(facts.get("missing") or 0),
        int(facts.get("serious_injuries") or 0),
        int(Decimal(facts.get("loss_yuan") or 0)),
    )
    return {"level": level.code}


@effect("accident-lateness")
def accident_lateness(step: Step) -> Mapping[str, Any]:
    """Minutes by which the unit's report came too late; None where it never reported."""
    occurred, reported = step.instant("occurred_at"), step.instant("unit_reported_at")
    if occurred is None or reported is None or step.acting is None:
        return {"unit_late_minutes": None}
    allowed = step.acting.book.on(legal_day(occurred)).deadline("accident.unit_report")
    return {"unit_late_minutes": figures.lateness(occurred, reported, allowed).minutes}


@guard("level-report-order")
def level_report_order(step: Step) -> Refusal | None:
    """A level reports what it received."""
    if step.preview:
        return None
    got, sent = step.instant("level_received_at"), step.instant("level_reported_at")
    occurred = step.instant("occurred_at")
    if occurred and got and got < occurred:
        return Refusal(
            N_("This instant lies before the step that it follows."), {}, "level_received_at"
        )
    if got and sent and sent < got:
        return Refusal(
            N_("This instant lies before the step that it follows."), {}, "level_reported_at"
        )
    return None


@effect("keep-level-report")
def keep_level_report(step: Step) -> Mapping[str, Any]:
    """The report of one level with its lateness, beside those before it."""
    got, sent = step.instant("level_received_at"), step.instant("level_reported_at")
    late = 0
    if got and sent and step.acting is not None:
        allowed = step.acting.book.on(legal_day(got)).deadline("accident.level_report")
        late = figures.lateness(got, sent, allowed).minutes
    entry = {
        "body": step.data["level_body"],
        "received_at": step.data["level_received_at"],
        "reported_at": step.data["level_reported_at"],
        "late_minutes": late,
    }
    blank = dict.fromkeys(("level_body", "level_received_at", "level_reported_at"))
    return blank | {"level_reports": [*(step.facts.get("level_reports") or ()), entry]}


@guard("level-suffices")
def level_suffices(step: Step) -> Refusal | None:
    """The investigating level is at least that of the accident (art. 19)."""
    if step.preview or step.acting is None:
        return None
    rules, wanted = step.acting.book.on(step.effective), _wanted(step)
    if figures.higher(wanted, step.data["investigating_level"]):
        return Refusal(
            N_("An accident of this level is investigated by this level at least: {level}."),
            {"level": rules.title("levels", wanted)},
            "investigating_level",
        )
    return None


def _wanted(step: Step) -> str:
    """The level that investigates an accident of the present figures."""
    assert step.acting is not None  # noqa: S101 - asked for officers
    rules, path = step.acting.book.on(step.effective), tuple(region_path(step.docket.region))
    return figures.investigating_level(rules, step.facts["level"], path)


@guard("level-higher")
def level_higher(step: Step) -> Refusal | None:
    """Raised means higher than before (art. 20)."""
    if step.preview:
        return None
    if not figures.higher(step.data["upgraded_level"], step.facts["investigating_level"]):
        return Refusal(N_("This is no higher than the present level."), {}, "upgraded_level")
    return None


@effect("level-raised")
def level_raised(step: Step) -> Mapping[str, Any]:
    """The higher level takes over; from where it was raised stays known."""
    data = step.data
    return {
        "raised_from": step.facts["investigating_level"],
        "investigating_level": data["upgraded_level"],
        "investigating_body": data["upgraded_body"],
        "upgraded_level": None,
        "upgraded_body": None,
    }


@guard("extended-once")
def extended_once(step: Step) -> Refusal | None:
    """The investigation is extended once (art. 29)."""
    if step.facts.get("extended_from"):
        return Refusal(N_("It has been extended already."))
    return None


@effect("investigation-extended")
def investigation_extended(step: Step) -> Mapping[str, Any]:
    """The extension begins where the first term ends."""
    occurred = step.instant("occurred_at")
    if occurred is None or step.acting is None:
        return {}
    day = legal_day(occurred)
    term = step.acting.book.on(day).deadline("accident.investigation").breach
    return {"extended_from": add_calendar(day, term)} if term else {}


@guard("especially-major")
def especially_major(step: Step) -> Refusal | None:
    """A reply within thirty days instead of fifteen (art. 32)."""
    if step.facts.get("level") != TOP:
        return Refusal(N_("This is not an especially major accident."))
    return None


@guard("below-especially-major")
def below_especially_major(step: Step) -> Refusal | None:
    """A reply within fifteen days (art. 32)."""
    if step.facts.get("level") == TOP:
        return Refusal(N_("This is an especially major accident."))
    return None


_TOO_LOW = Text(
    "按现有伤亡、损失，应由上级组织调查（可提级）",
    "By the present figures it is for a higher level (raise it)",
)


@panel("accident-state")
def accident_state(step: Step) -> Panel | None:
    """Level, lateness of the unit, who investigates."""
    if step.acting is None:
        return None
    facts, rules = step.facts, step.acting.rules
    rows: list[list[str | Text]] = [
        [Text("事故等级", "Level"), rules.title("accident_levels", facts["level"])],
        [Text("企业报告", "Report of the unit"), _late(facts)],
    ]
    if facts.get("investigating_level"):
        level = rules.title("levels", facts["investigating_level"])
        rows.append([Text("调查层级", "Investigating level"), level])
        wanted = _wanted(step)
        if step.docket.closed_at is None and figures.higher(wanted, facts["investigating_level"]):
            rows.append([_TOO_LOW, rules.title("levels", wanted)])
    if facts.get("raised_from"):
        before = rules.title("levels", facts["raised_from"])
        rows.append([Text("提级前层级", "Level before it was raised"), before])
    if step.docket.public_id and facts.get("published_on"):
        rows.append([Text("向社会公布", "Public since"), facts["published_on"]])
    elif facts.get("withheld_on"):
        ground = rules.title("withholding_grounds", facts["withholding_ground"])
        rows.append([Text("不予公布事由", "Not made public because"), ground])
        if facts.get("released_on"):
            rows.append([Text("可以公布，自", "May be public since"), facts["released_on"]])
    header = (Text("项目", "Item"), Text("内容", "Content"))
    return Panel(Text("等级与报告", "Level and report"), header, rows)


def _late(facts: Mapping[str, Any]) -> Text:
    late = facts.get("unit_late_minutes")
    if late is None:
        return Text("未报告", "The unit has not reported")
    if late == 0:
        return Text("按时报告", "In time")
    return Text(f"迟报{late}分钟", f"{late} minutes late")


@panel("reporting-chain")
def reporting_chain(step: Step) -> Panel | None:
    """Each level: received, reported on, how late."""
    rows: list[list[str | Text]] = [
        [
            one["body"],
            one["received_at"],
            one["reported_at"],
            Text(f"超时{one['late_minutes']}分钟", f"{one['late_minutes']} minutes late")
            if one["late_minutes"]
            else Text("按时", "in time"),
        ]
        for one in step.facts.get("level_reports") or ()
    ]
    header = (
        Text("机关", "Body"),
        Text("接报时间", "Received"),
        Text("上报时间", "Reported on"),
        Text("时限", "Time limit"),
    )
    return Panel(Text("逐级上报", "Reports from level to level"), header, rows) if rows else None


@panel("backtracking")
def backtracking(step: Step) -> Panel | None:
    """Who checked, accepted, approved and signed at this place before the accident."""
    occurred = step.instant("occurred_at")
    if occurred is None or step.acting is None:
        return None
    query = (
        select(DocketEvent, Docket, Account.name)
        .join(Docket, col(Docket.id) == col(DocketEvent.docket_id))
        .join(Account, col(Account.id) == col(DocketEvent.actor_id), isouter=True)
        .where(
            surroundings.about(step),
            surroundings.below(step.acting.officer),
            col(Docket.kind).in_(surroundings.KINDS),
            col(DocketEvent.signature_name) != "",
            col(DocketEvent.effective_on) <= legal_day(occurred),
        )
        .order_by(col(DocketEvent.effective_on).desc(), col(DocketEvent.id).desc())
        .limit(SHOWN)
    )
    rows: list[list[str | Text | tuple[str, int]]] = [
        [
            event.effective_on.isoformat(),
            kinds.get(case.kind).title,
            (case.number, case.id or 0),
            _act(case, event),
            event.signature_name or name or "",
        ]
        for event, case, name in step.session.exec(query)
    ]
    header = (
        Text("日期", "Day"),
        Text("类型", "Kind"),
        Text("案号", "Case number"),
        Text("事项", "Act"),
        Text("签字人", "Signed by"),
    )
    title = Text(
        "倒查：事故前谁检查、谁验收、谁签字", "Before the accident: who checked, accepted, signed"
    )
    return Panel(title, header, rows)


def _act(case: Docket, event: DocketEvent) -> Text:
    action = kinds.get(case.kind).actions.get(event.action)
    return action.title if action else Text(event.action, event.action)


@context("accident")
def accident_context(step: Step) -> dict[str, Any]:
    """What the papers of an accident can say."""
    found = subjects.context(step)
    occurred = step.instant("occurred_at")
    found["occurred"] = _written(occurred) if occurred else ""
    found["level"] = subjects.book(step).title("accident_levels", step.facts["level"]).zh
    found["published"] = _public.texts(step.facts)
    return found


def _written(instant: datetime) -> str:
    local = instant + timedelta(hours=8)
    return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute:02d}分"
