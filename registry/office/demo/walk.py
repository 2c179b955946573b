"""Walking a case through the docket tables, act by act, each on its own day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.rules import Rulebook
from registry.office.dockets import engine, evidence, kinds
from registry.office.dockets.evidence import Upload
from registry.office.dockets.models import Docket
from registry.office.dockets.service import Link, Party, open_docket
from registry.office.staff.officer import Acting, Officer

PAPER = b"%PDF-1.4\n% Fictional paper of the demonstration.\n%%EOF\n"


@dataclass
class World:
    """What the cases refer to by key, and how far back the days are counted from."""

    session: WorkingSession
    book: Rulebook
    now: datetime
    evidence_dir: Path
    authorities: dict[str, int] = field(default_factory=dict)
    officers: dict[str, Officer] = field(default_factory=dict)
    entities: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)
    sites: dict[str, int] = field(default_factory=dict)

    def acting(self, login: str, days_ago: int) -> Acting:
        return Acting(self.officers[login], self.now - timedelta(days=days_ago), self.book)

    def day(self, days_ago: int) -> date:
        return legal_day(self.now - timedelta(days=days_ago))


CREWS = {
    "a1": ("clerk", "reviewer", "approver", "publisher"),
    "city": ("city.clerk", "city.clerk", "city.approver", "city.approver"),
    "root": ("province.clerk", "province.clerk", "province.approver", "province.approver"),
}
"""Who drafts, reviews, approves and publishes at each authority."""


CLERK, REVIEWER, APPROVER, PUBLISHER = range(4)
"""Places in a crew."""
INSPECTORS = ("子样例", "丑样例")
"""Inspectors in the list of signatories."""


@dataclass
class Walk:
    """One docket under way."""

    world: World
    crew: tuple[str, str, str, str]
    docket: Docket

    def act(
        self,
        action: str,
        who: int,
        days_ago: int,
        data: Mapping[str, Any] | None = None,
        *,
        reason: str = "",
    ) -> None:
        """Attach the papers that ``action`` demands, then do it as crew member ``who``."""
        acting = self.world.acting(self.crew[who], days_ago)
        table = kinds.get(self.docket.kind)
        row = table.action(action)
        for part in [table.action(code) for code in row.chain] or [row]:
            for kind in part.evidence:
                upload = Upload(name="样例材料.pdf", kind=kind, content=PAPER)
                evidence.attach(
                    self.world.session,
                    self.docket,
                    acting,
                    upload,
                    folder=self.world.evidence_dir,
                )
        self.docket = engine.act(
            self.world.session,
            self.docket,
            action,
            acting,
            version=self.docket.version,
            data=data or {},
            reason=reason,
            signature=acting.officer.name if row.signature else "",
        )

    def served(self, days_ago: int, prefix: str) -> dict[str, Any]:
        return {
            f"{prefix}_served_on": self.world.day(days_ago),
            f"{prefix}_method": "direct",
            f"{prefix}_served_to": "样例签收人",
        }


def open_case(
    world: World,
    kind: str,
    subject: str,
    authority: str,
    days_ago: int,
    facts: Mapping[str, Any],
    word: str,
    *,
    site: str = "",
    links: Sequence[Link] = (),
    people: Sequence[Party] = (),
) -> Walk:
    """A case opened by the authority's clerk so many days ago."""
    crew = CREWS[authority]
    docket = open_docket(
        world.session,
        kind,
        world.acting(crew[CLERK], days_ago),
        facts=facts,
        title=f"{world.names[subject]}{word}",
        region=world.regions[subject],
        authority_id=world.authorities[authority],
        subject_id=world.entities[subject],
        site_id=world.sites.get(site),
        links=links,
        parties=people,
    )
    return Walk(world, crew, docket)


def walk_case(world: World, case: Mapping[str, Any], serial: int) -> None:
    """The penalty of ``case``, then its listing as far as ``case["state"]``."""
    authority = str(case.get("authority", "a1"))
    crew = CREWS[authority]
    people = [Party(world.entities[p["key"]], p["role"]) for p in case.get("people", ())]
    opened = dict(
        region=world.regions[case["subject"]],
        authority_id=world.authorities[authority],
        subject_id=world.entities[case["subject"]],
        site_id=world.sites.get(case.get("site", "")),
        parties=people,
    )
    penalty = fined(world, case, serial, crew, opened)
    _listing(world, case, serial, crew, opened, penalty)
    if "annulled" in case:
        _annul(Walk(world, crew, penalty), int(case["annulled"]), serial)


def _annul(walk: Walk, days_ago: int, serial: int) -> None:
    """A penalty is annulled, and the listing on it hears of it."""
    day = walk.world.day(days_ago)
    told = {
        "annulled_on": day,
        "annulled_by": "演示省人民政府（行政复议机关）",
        "annulment_number": f"(演)政复〔{day.year}〕{serial}号",
    }
    walk.act("propose_annulment", 0, days_ago, told, reason="复议决定撤销该处罚。")
    walk.act("annul", 2, days_ago, reason="执行复议决定。")


def fined(
    world: World,
    case: Mapping[str, Any],
    serial: int,
    crew: tuple[str, str, str, str],
    opened: dict[str, Any],
) -> Docket:
    decided = int(case["decided"]) + 40
    facts = {
        "violation_type": case["violation"],
        "violation_facts": case["facts"],
        "basis": case["basis"],
        "categories": ["fine"],
        "content": f"处以罚款人民币{case['fine'].split('.')[0]}元。",
        "fine_yuan": case["fine"],
    }
    title = f"{world.names[case['subject']]}行政处罚案"
    clerk = world.acting(crew[0], decided + 30)
    docket = open_docket(world.session, "penalty", clerk, facts=facts, title=title, **opened)
    walk = Walk(world, crew, docket)
    walk.act("notice", 0, decided + 25, walk.served(decided + 25, "notice"))
    walk.act("waive", 0, decided + 20, {"defence_waived_on": world.day(decided + 20)})
    number = f"(演)应急罚〔{world.day(decided).year}〕{serial}号"
    text = f"经查，{case['facts']}依据{case['basis']}决定{facts['content']}"
    walk.act("draft_decision", 0, decided + 3, {"decision_number": number, "decision_text": text})
    walk.act("decide", 2, decided, {"decided_on": world.day(decided)})
    walk.act("serve", 0, decided - 2, walk.served(decided - 2, "decision"))
    walk.act("publish", 3, decided - 4)
    if case["ground"] != "G7-3":
        # Who refuses to perform is listed for that; the others have paid and put it right.
        done = {
            "performed_on": world.day(decided - 9),
            "performance": "罚款已缴纳。",
        }
        walk.act("perform", 0, decided - 9, done)
        right = {"rectified_on": world.day(decided - 10), "rectification_text": "违法行为已改正。"}
        walk.act("rectify", 0, decided - 10, right)
    return walk.docket


STAGES = ("draft", "noticed", "drafted", "decided", "published")


def _listing(
    world: World,
    case: Mapping[str, Any],
    serial: int,
    crew: tuple[str, str, str, str],
    opened: dict[str, Any],
    penalty: Docket,
) -> None:
    decided = int(case["decided"])
    facts = {name: case[name] for name in ("list", "ground", "sector", "summary")}
    facts["measures"] = list(case.get("measures", ()))
    if "no_person" in case:
        facts["no_person_reason"] = case["no_person"]
    links = [Link("rests-on", penalty.id or 0)]
    title = f"{world.names[case['subject']]}列入案"
    clerk = world.acting(crew[0], decided + 20)
    docket = open_docket(
        world.session, "listing", clerk, facts=facts, title=title, links=links, **opened
    )
    walk = Walk(world, crew, docket)
    stage = STAGES.index(case["state"]) if case["state"] in STAGES else len(STAGES)
    number = f"(演)应急列〔{world.day(decided).year}〕{serial}号"
    text = f"经查，{case['facts']}决定将该单位列入安全生产严重失信主体名单，期限三年。"
    steps = (
        ("notice", 0, decided + 15, walk.served(decided + 15, "notice")),
        ("draft_decision", 0, decided + 3, {"decision_number": number, "decision_text": text}),
        ("decide", 2, decided, {"decided_on": world.day(decided)}),
    )
    for place, (action, who, days_ago, data) in enumerate(steps, start=1):
        if stage < place:
            return
        if action == "draft_decision":
            walk.act("waive", 0, decided + 10, {"defence_waived_on": world.day(decided + 10)})
        walk.act(action, who, days_ago, data)
    if stage < STAGES.index("published"):
        return
    entered = decided - 2
    done = walk.served(entered, "decision") | {"entered_on": world.day(entered)}
    walk.act("complete", 3, entered, done)
    if case["state"] == "revoked":
        _annul(Walk(world, crew, penalty), int(case["revoked"]), serial)
    _afterwards(walk, case, serial)


def _afterwards(walk: Walk, case: Mapping[str, Any], serial: int) -> None:
    day = walk.world.day
    if case["state"] in {"repair-applied", "repair-accepted"}:
        applied = int(case["applied"])
        told = {"applied_on": day(applied), "applicant": "样例申请人", "commitment": True}
        walk.act("apply_repair", 0, applied, told)
        if case["state"] == "repair-accepted":
            accepted = int(case["accepted"])
            walk.act("accept_repair", 1, accepted, {"accepted_on": day(accepted)})
    if case["state"] == "revoked":
        fell = int(case["revoked"])
        told = {"basis_fell_on": day(fell), "revocation_basis": "复议机关撤销了所依据的处罚决定。"}
        walk.act("propose_revocation", 0, fell - 1, told, reason="所依据的处罚决定被撤销。")
        paper = {"removal_number": f"(演)应急移〔{day(fell).year}〕{serial}号"}
        walk.act("revoke", 2, fell - 2, paper, reason="列入依据已不存在。")
        walk.act("lifted", 0, fell - 5, {"lifted_on": day(fell - 5)})
