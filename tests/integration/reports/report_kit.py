"""E4 evaluates E1 at its mine: an agency with staff, a site, and reports at every stage."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from docket_office import BOOK, Bureau, at, build
from provider_kit import EVALUATION, member, organization, registered

from registry.core.db import Store, WorkingSession
from registry.office import dockets
from registry.office.demo.paper import pdf
from registry.office.dockets.models import Docket
from registry.office.entities import sites
from registry.office.entities.drafts import SiteDraft
from registry.office.reports import filekeeping, service, signing
from registry.office.reports.preparing import Preparer
from registry.office.staff.officer import Acting, Officer

TEAM = {
    "project-leader": "王样例",
    "compiler": "孙样例",
    "report-reviewer": "李样例",
    "process-lead": "钱样例",
    "technical-lead": "赵样例",
}
MEGABYTE = 1 << 20


@dataclass
class Desk:
    """Bureau, store and everything that a report needs."""

    bureau: Bureau
    working: Store[WorkingSession]
    folder: Path
    agency: int = 0
    site: int = 0
    staff: dict[str, int] = field(default_factory=dict)
    persons: dict[str, int] = field(default_factory=dict)
    filer: Officer | None = None

    @property
    def kept(self) -> Path:
        return self.folder / "evidence"

    def filing(self, day: str) -> Acting:
        assert self.filer is not None
        return Acting(self.filer, at(day), BOOK)

    def preparer(self) -> Preparer:
        return Preparer(
            self.working, kept=self.kept, out=self.folder / "files", lock_dir=self.folder / "locks"
        )

    def prepared(self, day: str) -> None:
        self.preparer().finish(at(day), BOOK)

    def draft(
        self,
        session: WorkingSession,
        day: str = "2026-03-10",
        *,
        by: Acting | None = None,
        **more: Any,
    ) -> Docket:
        return dockets.open_docket(
            session,
            "report",
            by or self.bureau.acting("clerk", day),
            facts=sheet(**more),
            title="一号样例煤矿安全现状评价",
            region="990121",
            subject_id=self.agency,
            site_id=self.site,
        )

    def add(
        self, session: WorkingSession, docket: Docket, content: bytes, kind: str = "original",
        day: str = "2026-03-10", by: Acting | None = None,
    ) -> Any:  # fmt: skip
        sent = filekeeping.Sent(kind, "报告.pdf", io.BytesIO(content))
        return filekeeping.add_file(
            session, docket, by or self.bureau.acting("clerk", day), sent, folder=self.kept,
            limit=5 * MEGABYTE,
        )  # fmt: skip

    def sign_all(
        self, session: WorkingSession, docket: Docket, day: str = "2026-03-10",
        by: Acting | None = None,
    ) -> None:  # fmt: skip
        acting = by or self.bureau.acting("clerk", day)
        for role, name in TEAM.items():
            signing.sign(
                session, docket, acting, staff_id=self.staff[name], role=role,
                signed_on=date(2026, 3, 8), version=docket.version,
            )  # fmt: skip

    def filed(self, session: WorkingSession, text: str = "结论：基本符合", **more: Any) -> Docket:
        docket = self.draft(session, **more)
        self.add(session, docket, pdf(["安全现状评价报告", text]))
        self.sign_all(session, docket)
        return self.bureau.act(session, docket, "file", "clerk", "2026-03-11")

    def disclosed(self, **more: Any) -> int:
        """A report from draft to disclosure; its id."""
        with self.working.write() as session:
            docket = self.filed(session, **more)
            self.bureau.act(session, docket, "accept", "approver", "2026-03-12")
            docket_id = docket.id or 0
        self.prepared("2026-03-12")
        return docket_id

    def finding(
        self, session: WorkingSession, report: Docket, codes: list[str], day: str = "2026-05-06"
    ) -> Docket:
        facts = {"codes": codes, "found_on": day, "finding_text": "与现场不符"}
        return service.open_finding(session, self.bureau.acting("clerk", day), report, facts)

    def confirmed(
        self, session: WorkingSession, report: Docket, codes: list[str], day: str = "2026-05-20"
    ) -> Docket:
        finding = self.finding(session, report, codes)
        told = {"told_on": "2026-05-06"}
        self.bureau.act(session, finding, "tell", "clerk", "2026-05-06", told)
        answer = {"answer_text": "认定如上"}
        return self.bureau.act(session, finding, "confirm", "approver", day, answer)


def sheet(**more: Any) -> dict[str, Any]:
    return {
        "type": "status-evaluation",
        "report_number": "DEMO-PJ-2026-0007",
        "project": "一号样例煤矿安全现状评价",
        "client_code": "91990121XY00000126",
        "agreement_on": "2026-01-05",
        "notice_on": "2026-01-20",
        "field_since": "2026-02-05",
        "field_until": "2026-02-10",
        "issued_on": "2026-03-09",
        "covers_since": "2026-01-01",
        "covers_until": "2026-12-31",
        "summary": "该矿具备安全生产条件。",
        **more,
    }


def opened_desk(working: Store[WorkingSession], folder: Path) -> Desk:
    with working.write() as session:
        bureau = build(session, folder)
        desk = Desk(bureau, working, folder)
        desk.agency = organization(session, bureau)
        registered(session, bureau, desk.agency, EVALUATION)
        for number, name in enumerate(TEAM.values()):
            row = member(session, bureau, desk.agency, name, f"PJ-1-{number:04d}")
            desk.staff[name], desk.persons[name] = row.id or 0, row.person_id
        acting = bureau.acting("clerk", "2024-02-02")
        mine = sites.add_site(
            session, acting, SiteDraft("coal-mine", "一号样例煤矿(虚构)", "990121")
        )
        desk.site = mine.id or 0
        base = bureau.officers["clerk"]
        desk.filer = Officer(
            base.account_id + 1000, "filer", "填报员", base.authority_id, base.authority_path,
            frozenset({"filer"}), entity_id=desk.agency,
        )  # fmt: skip
    return desk
