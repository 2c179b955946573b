"""A fictional bureau for tests of cases: authorities A1 and A2, officers, subjects, papers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from registry.core import keys as key_files
from registry.core import rules
from registry.core.db import Store, WorkingSession
from registry.office import dockets
from registry.office.dockets import kinds
from registry.office.dockets.models import Docket
from registry.office.entities import service as entities
from registry.office.entities import vault
from registry.office.entities.drafts import DocumentDraft, EntityDraft
from registry.office.staff.models import Account, Authority
from registry.office.staff.officer import Acting, Officer

SHANGHAI = ZoneInfo("Asia/Shanghai")
BOOK = rules.load(demo=True)
PDF = b"%PDF-1.7 fictional"
ROLES = {
    "clerk": {"clerk"},
    "reviewer": {"reviewer"},
    "approver": {"approver"},
    "publisher": {"publisher"},
    "auditor": {"auditor"},
    "all": {"clerk", "reviewer", "approver", "publisher"},
}


def at(day: str, hour: int = 10) -> datetime:
    """Ten in the morning of ``day`` in Shanghai."""
    local = datetime.combine(date.fromisoformat(day), time(hour), SHANGHAI)
    return local.astimezone(UTC)


@dataclass
class Bureau:
    """Everyone and everything that a case needs."""

    folder: Path
    authority: int
    parent: int
    officers: dict[str, Officer]
    firm: int
    person: int
    keys: vault.PersonKeys
    extra: dict[str, Any] = field(default_factory=dict)

    def acting(self, who: str, day: str) -> Acting:
        return Acting(self.officers[who], at(day), BOOK)

    def act(
        self, session: WorkingSession, docket: Docket, action: str, who: str, day: str,
        data: dict[str, Any] | None = None, *, reason: str = "", sign: bool = True,
    ) -> Docket:  # fmt: skip
        """Attach whatever proof the action needs, and do it."""
        acting = self.acting(who, day)
        table = kinds.get(docket.kind)
        row = table.action(action)
        for part in (row, *(table.action(code) for code in row.chain)):
            for kind in part.evidence:
                self.attach(session, docket, who, day, kind)
        return dockets.act(
            session, docket, action, acting, version=docket.version, data=data or {},
            reason=reason or ("因故" if row.reason else ""),
            signature=acting.officer.name if row.signature and sign else "",
        )  # fmt: skip

    def attach(self, session: WorkingSession, docket: Docket, who: str, day: str, kind: str) -> int:
        upload = dockets.Upload(f"{kind}.pdf", PDF + kind.encode(), kind)
        found = dockets.attach(
            session, docket, self.acting(who, day), upload, folder=self.folder / "evidence"
        )
        assert found.id is not None
        return found.id


def build(session: WorkingSession, folder: Path, *, day: str = "2024-01-02") -> Bureau:
    """Authorities A2 (province) and A1 (county) of domain.md §8, one officer per role in each."""
    now = at(day)
    key_dir = folder / "keys"
    key_files.ensure_keys(key_dir)
    keys = vault.load(key_dir)
    parent = _authority(
        session, now, "演示省样例矿监机构", "11990000XY00000B4C", "mine-safety", "province",
        "990000", "/",
    )  # fmt: skip
    county = _authority(
        session, now, "虚岭县样例应急管理局", "11990121XY00000A64", "emergency-management",
        "county", "990121", parent.path, parent_id=parent.id,
    )  # fmt: skip
    officers = {}
    for name, roles in ROLES.items():
        officers[name] = _officer(session, now, name, roles, county)
        officers[f"second-{name}"] = _officer(session, now, f"second-{name}", roles, county)
        officers[f"parent-{name}"] = _officer(session, now, f"parent-{name}", roles, parent)
    acting = Acting(officers["clerk"], now, BOOK)
    firm = entities.add_entity(
        session,
        acting,
        EntityDraft(
            "enterprise",
            "演示省虚岭县一号样例煤矿有限公司(虚构)",
            credit_code="91990121XY00000126",
            region="990121",
            address="演示省虚岭县样例路1号",
            legal_representative="张样例",
        ),
    )
    person = entities.add_entity(
        session,
        acting,
        EntityDraft("person", "张样例", document=DocumentDraft("resident-id", RESIDENT)),
        keys=keys,
    )
    assert county.id and parent.id and firm.id and person.id
    return Bureau(folder, county.id, parent.id, officers, firm.id, person.id, keys)


def resident(stem: str) -> str:
    """A resident number with a right check digit (GB 11643) in the fictional region 99."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(d) * w for d, w in zip(stem, weights, strict=True))
    return stem + "10X98765432"[total % 11]


RESIDENT = resident("99010119700101001")


def _authority(
    session: WorkingSession, now: datetime, name: str, code: str, kind: str, level: str,
    region: str, path: str, parent_id: int | None = None,
) -> Authority:  # fmt: skip
    found = Authority(
        public_id=f"A-{code[-10:]}", name=name, code=code, kind=kind, level=level, region=region,
        parent_id=parent_id, created=now,
    )  # fmt: skip
    session.add(found)
    session.flush()
    found.path = f"{path}{found.id}/"
    session.flush()
    return found


def _officer(
    session: WorkingSession, now: datetime, login: str, roles: set[str], authority: Authority
) -> Officer:
    assert authority.id
    account = Account(
        login=login, name=f"{login}甲", authority_id=authority.id, password_hash="x", created=now
    )
    session.add(account)
    session.flush()
    assert account.id
    return Officer(account.id, login, account.name, authority.id, authority.path, frozenset(roles))


def penalty_facts(**more: Any) -> dict[str, Any]:
    return {
        "violation_type": "accident-concealed",
        "violation_facts": "2026年3月2日发生死亡2人的事故后未报告。",
        "basis": "《中华人民共和国安全生产法》第一百一十条",
        "categories": ["fine"],
        "content": "罚款人民币120万元",
        "fine_yuan": "1200000.00",
        **more,
    }


def listing_facts(**more: Any) -> dict[str, Any]:
    return {
        "list": "work-safety",
        "ground": "G6-4",
        "sector": "coal",
        "summary": "瞒报生产安全事故，死亡2人。",
        **more,
    }


def open_penalty(session: WorkingSession, bureau: Bureau, day: str, **more: Any) -> Docket:
    return dockets.open_docket(
        session,
        "penalty",
        bureau.acting("clerk", day),
        facts=penalty_facts(**more),
        title="瞒报事故处罚案",
        region="990121",
        subject_id=bureau.firm,
    )


NOTICE = {"notice_method": "direct", "notice_served_to": "张样例"}
SERVICE = {"decision_method": "direct", "decision_served_to": "张样例"}


def decided_penalty(session: WorkingSession, bureau: Bureau, days: list[str]) -> Docket:
    """A penalty from opening to decision: opened, noticed, drafted, decided."""
    docket = open_penalty(session, bureau, days[0])
    bureau.act(session, docket, "notice", "clerk", days[1], {**NOTICE, "notice_served_on": days[1]})
    draft = {"decision_number": "（虚）应急罚〔2026〕1号", "decision_text": "决定罚款。"}
    bureau.act(session, docket, "draft_decision", "clerk", days[2], draft)
    bureau.act(session, docket, "decide", "approver", days[3], {"decided_on": days[3]})
    return docket


def open_listing(
    session: WorkingSession, bureau: Bureau, day: str, penalty: Docket | None, **more: Any
) -> Docket:
    assert penalty is None or penalty.id
    return dockets.open_docket(
        session,
        "listing",
        bureau.acting("clerk", day),
        facts=listing_facts(**more),
        title="瞒报事故列入案",
        region="990121",
        subject_id=bureau.firm,
        links=[dockets.Link("rests-on", penalty.id)] if penalty and penalty.id else [],
        parties=[dockets.Party(bureau.person, "principal")],
    )


def opened(store: Store[WorkingSession], folder: Path) -> Bureau:
    with store.write() as session:
        return build(session, folder)
