"""Reports by the public in the demonstration: T-01 to T-04, as reporters and officers make them.

Officers on duty get their keys as sign-in makes them, under the demonstration's fixed password.
The recovery key is made and thrown away: a demonstration is never recovered. The receipt of T-01
is fixed and printed; refused outside demo mode like every demo secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from nacl.public import PrivateKey

from registry.core import keys
from registry.core.clock import legal_day, midnight
from registry.core.db import WorkingSession
from registry.core.keys import Vault
from registry.office import dockets
from registry.office.demo.walk import CREWS, World, fined
from registry.office.dockets.models import Docket
from registry.office.rewards import from_tip
from registry.office.rewards.from_tip import Asked, Special
from registry.office.staff import leaders, officer_keys
from registry.office.staff.officer import Acting
from registry.office.tips import ingest, intake_keys, opening, posting, service
from registry.office.tips.ingest import Stores
from registry.office.tips.service import Doing
from registry.public.inbox import receipt as receipts
from registry.public.inbox import recipients, sealing
from registry.public.inbox import service as inbox
from registry.public.inbox.content import tip_facts, tip_identity
from registry.public.inbox.service import Submission

if TYPE_CHECKING:
    from registry.office.worker.office import Office

ENTROPY = b"registry-demo-T1"
"""Of the printed receipt; every other one is random."""


def printed_receipt() -> str:
    """The receipt of T-01, as the demonstration prints it."""
    return receipts.shown(receipts.new_receipt(ENTROPY))


@dataclass
class _Desk:
    office: Office
    world: World
    vault: Vault
    private: dict[str, PrivateKey] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)

    def at(self, days_ago: int) -> datetime:
        # A tip's case begins at the day's midnight; its steps follow within the day.
        return midnight(legal_day(self.world.now - timedelta(days=days_ago))) + timedelta(hours=9)

    def acting(self, login: str, days_ago: int) -> Acting:
        return Acting(self.world.officers[login], self.at(days_ago), self.office.book)


DUTY = (("clerk", "a1"), ("reviewer", "a1"), ("approver", "a1"), ("city.clerk", "city"))
"""Who takes reports in, and for which authority."""
FINED = 14
"""Days ago on which the penalties behind the reports were decided."""
FINE = {
    "subject": "e1",
    "violation": "hazard-not-fixed",
    "ground": "",
    "basis": "《中华人民共和国安全生产法》第一百零二条。",
    "facts": "瓦斯超限仍组织作业，经举报查实。",
}


def fines(world: World) -> dict[str, str]:
    """The penalties behind T-01 and T-03; their case numbers."""
    found: dict[str, str] = {}
    for code, fine, subject, place, region in (
        ("T-01", "420000.00", "e1", "a1", "990121"),
        ("T-03", "10000.00", "e3", "a1", "990123"),
    ):
        case = {**FINE, "subject": subject, "fine": fine, "decided": FINED - 40}
        opened: dict[str, Any] = {
            "region": region,
            "authority_id": world.authorities[place],
            "subject_id": world.entities[subject],
        }
        found[code] = fined(world, case, 900 + len(found), CREWS[place], opened).number
    return found


def bring_in(office: Office, world: World, password: str, fines: Mapping[str, str]) -> None:
    """Make T-01 to T-04. ``fines``: case numbers of the penalties behind them, by tip."""
    desk = _Desk(office, world, keys.load_vault(office.settings.key_dir))
    _keys(desk, password)
    _hand_in(desk)
    _work_on(desk)
    _reward(desk, fines)
    _special(desk)
    _deliver(desk)


def _keys(desk: _Desk, password: str) -> None:
    """What sign-in makes for who is on duty, and the recovery key of two people."""
    long_ago = desk.at(400)
    made = [
        officer_keys.made_with(desk.world.officers[login].account_id, password, long_ago)
        for login in (*(login for login, _ in DUTY), "custodian")
    ]
    with desk.office.working.write() as session:
        acting = desk.world.acting("admin", 400)
        leader = {"name": "巳样例", "post": "other-leader", "title": "局长",
                  "authority": desk.world.authorities["a1"], "since": desk.world.day(400),
                  "body": "虚岭县样例应急管理局"}  # fmt: skip
        leaders.add(session, acting, leader)
        public = PrivateKey.generate().public_key
        officer_keys.set_recovery(session, public, long_ago)
        for (login, place), held in zip((*DUTY, ("custodian", "")), made, strict=True):
            assert held.private is not None and held.made is not None  # noqa: S101 - just made
            desk.private[login] = held.private
            session.add(held.made)
            if place:
                account = desk.world.officers[login].account_id
                authority = desk.world.authorities[place]
                officer_keys.put_on_duty(session, None, authority, account, long_ago)
        intake_keys.publish(session, long_ago)


TIPS: Mapping[str, Mapping[str, Any]] = {
    "T-01": {
        "days": 45,
        "category": "T2",
        "detail": "H02",
        "subject": {"name": "演示省虚岭县一号样例煤矿有限公司(虚构)", "code": "91990121XY00000126"},
        "text": "三号采煤面瓦斯传感器多次报警，班组长要求用衣服包住探头继续作业（虚构）。",
        "employee": "yes",
        "name": "举报样例",
    },
    "T-02": {
        "days": 60,
        "category": "T1",
        "subject": {"name": "演示省虚岭县一号样例煤矿有限公司(虚构)", "code": "91990121XY00000126"},
        "text": "井下顶板垮落死了两个人，没有上报，家属被要求签字不外传（虚构）。",
        "name": "举报样例",
    },
    "T-03": {
        "days": 40,
        "category": "T3",
        "detail": "T3b",
        "subject": {"name": "演示省无影县测试采石场有限公司(虚构)", "code": "91990123XY0000039T"},
        "text": "爆破员没有证，新来的人没有培训就上山放炮（虚构）。",
    },
    "T-04": {
        "days": 12,
        "category": "T2",
        "detail": "H02",
        "subject": {"name": "演示省虚岭县一号样例煤矿有限公司(虚构)", "code": "91990121XY00000126"},
        "text": "一号煤矿瓦斯超限还在生产（虚构）。",
    },
    "new": {
        "days": 1,
        "category": "T3",
        "detail": "T3a",
        "subject": {"name": "空谷县某停产矿(虚构)"},
        "text": "停产的矿夜里还在出矿石（虚构）。",
    },
}


def _hand_in(desk: _Desk) -> None:
    """As the public site does, sealed to the keys that the county publishes."""
    key = keys.load_receipt_key(desk.office.settings.key_dir)
    installation = receipts.secrets_of(key)
    with desk.office.working.read() as session:
        target = recipients.read(intake_keys.payload(session, desk.world.authorities["a1"]))
    for code, row in TIPS.items():
        receipt = receipts.new_receipt(ENTROPY if code == "T-01" else None)
        given = {name: value for name, value in row.items() if name not in {"days", "name"}}
        identity = tip_identity(
            name=row.get("name", ""), contact="虚构电话" if "name" in row else ""
        )
        now = desk.at(int(row["days"]))
        facts: Any = tip_facts(
            now=now, channel="web", language="zh", region="990121", identity=identity, **given
        )
        tip_id = sealing.new_id()
        submission = Submission(tip_id, str(row["category"]), facts, dict(identity))
        with desk.office.intake.write() as session:
            inbox.submit(
                session, submission, receipts.derive(receipt, installation), target, now=now
            )
        _take_in(desk, now)
        with desk.office.working.read() as reader:
            tip = ingest.by_tip_id(reader, tip_id)
            assert tip is not None  # noqa: S101 - taken in just before
            desk.taken[code] = tip.docket_id


def _take_in(desk: _Desk, now: datetime) -> None:
    office = desk.office
    stores = Stores(office.working, office.gazette, office.intake, office.settings.lock_dir)
    ingest.ingest(stores, now=now, book=office.book)


def _deliver(desk: _Desk) -> None:
    office = desk.office
    while posting.deliver(office.working, office.gazette, lock_dir=office.settings.lock_dir):
        pass


def _step(
    desk: _Desk, code: str, action: str, login: str, days_ago: int, reason: str, **more: Any
) -> None:
    """Open the tip as ``login`` and take a step."""
    acting, private, tip = desk.acting(login, days_ago), desk.private[login], desk.taken[code]
    with desk.office.working.write() as session:
        found = opening.open_tip(session, tip, acting, private, reason, vault=desk.vault)
        why = {"reason": reason, **more.pop("why", {})}
        doing = Doing(action, why, found.docket.version, **more)
        service.take(session, tip, acting, private, doing)


def _work_on(desk: _Desk) -> None:
    accepted = "你的举报已经受理，将在六十日内办结。"
    for code, days in (("T-01", 44), ("T-02", 58), ("T-03", 39)):
        _step(desk, code, "accept", "clerk", days, "有明确的单位和事实。", letter=accepted)
    routed = {"verifier_level": "county"}
    above = {"told_above": "虚岭县一号样例煤矿（虚构）瞒报死亡事故，已报请县政府组织核查。"}
    _step(
        desk, "T-02", "route", "clerk", 57, "瞒报事故，报县政府组织核查。", data=routed, why=above
    )
    for code, days in (("T-01", 43), ("T-03", 38)):
        _step(desk, code, "verify", "clerk", days, "现场核查。")
    for code, days in (("T-01", 12), ("T-02", 20), ("T-03", 12)):
        _step(desk, code, "find_true", "clerk", days, "经核查属实。")
    done = "经核查，你反映的问题属实，已依法处罚。"
    for code in ("T-01", "T-03"):
        _step(desk, code, "close", "reviewer", 10, "已处罚到位。", letter=done)
    told = "同一事项已经受理，正在办理。"
    why = {"refusal": "repeat"}
    _step(desk, "T-04", "refuse", "reviewer", 11, "与已受理事项重复。", letter=told, why=why)


def _reward(desk: _Desk, fines: Mapping[str, str]) -> None:
    asked = {
        "T-01": Asked("coal", fines["T-01"], exclusions_checked=True),
        "T-02": Asked(
            "coal", concealed_deaths=2, accident_level="general", exclusions_checked=True
        ),
        "T-03": Asked("non-coal", fines["T-03"], exclusions_checked=True),
    }
    for code, given in asked.items():
        with desk.office.working.write() as session:
            tip, acting = desk.taken[code], desk.acting("clerk", 8)
            opening.open_tip(
                session, tip, acting, desk.private["clerk"], "拟报奖励", vault=desk.vault
            )
            award = from_tip.propose(session, tip, acting, desk.private["clerk"], given)
            if code == "T-02":
                continue
            _approve(desk, session, tip, award)


def _special(desk: _Desk) -> None:
    """A special award for T-01, large enough to go before the finance department."""
    tip, acting, private = desk.taken["T-01"], desk.acting("clerk", 5), desk.private["clerk"]
    asked = Special(
        Decimal(500_000), "撤出三十名矿工，未造成伤亡（虚构）。", exclusions_checked=True
    )
    with desk.office.working.write() as session:
        opening.open_tip(session, tip, acting, private, "拟报专项奖励", vault=desk.vault)
        award = from_tip.propose_special(session, tip, acting, private, asked)
        dockets.act(session, award, "refer", acting, version=award.version)


def _approve(desk: _Desk, session: WorkingSession, tip: int, award: Docket) -> None:
    """Checked and approved by a second; the reporter is told."""
    approver = desk.acting("approver", 7)
    private = desk.private["approver"]
    opening.open_tip(session, tip, approver, private, "核对奖金计算", vault=desk.vault)
    checked = from_tip.check(session, award, approver, private)
    dockets.act(
        session, award, "approve", approver, version=award.version,
        data={"record_checked": checked.hash}, signature=approver.officer.name,
    )  # fmt: skip
    told = desk.acting("publisher", 6)
    dockets.act(
        session, award, "notify", told, version=award.version, data={"notified_on": told.today}
    )
