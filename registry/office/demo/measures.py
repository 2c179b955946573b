"""Joint punishment in the demonstration: a department with a system, one without, a late lift.

The lift is that of the listing that was revoked long ago, so the departments hear of it in two
steps: of its publication, and of its removal, each at its own time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import col, select

from registry.core.clock import legal_day
from registry.office.demo.codes import credit_code
from registry.office.demo.walk import World
from registry.office.publisher import service as publisher
from registry.office.publisher.models import OutboxRow
from registry.office.punishments import carrying, publication, service, telling
from registry.office.punishments.models import Department
from registry.office.punishments.service import DepartmentDraft
from registry.office.staff import queries as staff
from registry.public import certificates
from registry.public.agencies import service as agencies
from registry.public.agencies.keys import SCOPES
from registry.public.gazette import checkpoint
from registry.public.measures import service as measures
from registry.public.measures.lifecycle import Answer
from registry.public.measures.models import MeasureTask
from registry.public.measures.service import Feedback
from registry.public.screening import CheckRequest, check, load_index

if TYPE_CHECKING:
    from registry.office.worker.office import Office

FINANCE = "虚岭县样例财政局"
FINANCE_CODE = credit_code("11", "990121", 980)
MARKET = "静水县样例市场监督管理局"
CERTIFIED = "91990121XY00000126"
FILE = "demo-certificate.json"
TOLD, REMOVED = timedelta(days=199), timedelta(days=148)
"""Before now: when the revoked listing was published, and when it was removed."""
ANSWERS: tuple[Answer, ...] = (*("applied",) * 6, "received", "not-applicable")
REASON = "该单位未申请财政资金项目。"


def departments(world: World) -> None:
    """Two departments; the one with a system has its agency from ``bring_in``."""
    acting = world.acting("admin", 0)
    drafts = (
        DepartmentDraft(FINANCE, "mof", "990121", ("M5",), None, world.authorities["a1"]),
        DepartmentDraft(MARKET, "samr", "990125", ("M4",)),
    )
    for draft in drafts:
        service.add_department(world.session, acting, draft)


def bring_in(office: Office, now: datetime) -> None:
    """Publish what the cases decided, tell the departments, answer for one, certify a check."""
    _admit(office, now)
    _publish(office, now, _rows_before_the_removal(office))
    _tell(office, now - TOLD, MARKET)
    _publish(office, now, None)
    _tell(office, now - REMOVED, MARKET)
    _tell(office, now - timedelta(days=9), FINANCE)
    carrying.tell(office.working, office.intake, now - timedelta(days=9))
    _answer(office, now)
    carrying.take_in(office.working, office.intake, now)
    with office.working.write() as session:
        publication.publish_figures(session, now)
    _certify(office, now)


def _admit(office: Office, now: datetime) -> None:
    with office.intake.write() as intake, office.working.write() as session:
        department = session.exec(select(Department).where(Department.name == FINANCE)).one()
        above = staff.authority(session, department.authority_id).public_id
        agency = agencies.admit(intake, name=FINANCE, code=FINANCE_CODE, authority=above, now=now)
        agencies.set_demo_key(intake, agency.id or 0, SCOPES, demo=office.settings.demo, now=now)
        department.agency_id = agency.id


def _rows_before_the_removal(office: Office) -> int:
    with office.working.read() as session:
        removals = (OutboxRow.op == "DEL", OutboxRow.kind == "listing")
        first = select(func.min(OutboxRow.id)).where(*removals)
        before = select(func.count()).select_from(OutboxRow)
        return session.exec(before.where(col(OutboxRow.id) < session.exec(first).one())).one()


def _publish(office: Office, now: datetime, rows: int | None) -> None:
    locks = office.settings.lock_dir
    left = rows
    while left is None or left > 0:
        limit = publisher.BATCH if left is None else min(left, publisher.BATCH)
        done = publisher.run_once(
            office.working, office.gazette, now=now, lock_dir=locks, limit=limit
        )
        if not done:
            return
        left = None if left is None else left - done


def _tell(office: Office, at: datetime, name: str) -> None:
    """One department hears of what stands in the log, as if it were ``at``."""
    with office.gazette.read() as gazette, office.working.write() as session:
        only = session.exec(select(Department).where(Department.name == name)).all()
        while telling.catch_up(session, gazette, office.book, at, only=only):
            pass


def _answer(office: Office, now: datetime) -> None:
    with office.intake.write() as session:
        tasks = session.exec(select(MeasureTask).order_by(col(MeasureTask.id))).all()
        for place, (task, answer) in enumerate(zip(tasks, ANSWERS, strict=False), start=2):
            day = legal_day(now - timedelta(days=max(0, 9 - place)))
            given = Feedback(answer, day, REASON if answer == "not-applicable" else "")
            measures.answer(session, task.agency_id, task.token, given, now)


def _certify(office: Office, now: datetime) -> None:
    issuer = certificates.load_issuer(office.settings.key_dir, office.settings.base_url)
    with office.gazette.write() as session:
        checkpoint.sign_newest(session, office.settings.key_dir, now=now)
    with office.gazette.read() as session, office.intake.write() as intake:
        asked = CheckRequest(code=CERTIFIED)
        found = check(session, asked, index=load_index(session, now), now=now)
        rules = office.book.on(legal_day(now))
        issued = certificates.issue(intake, session, issuer, asked, found, rules)
    (office.settings.data_dir / FILE).write_text(issued.text, encoding="utf-8")
