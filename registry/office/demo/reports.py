"""Service organizations of the demonstration, their staff, and reports at every stage.

E4 to E9 and R1 to R3 of the fictional set; a few dozen more organizations come as a file.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import yaml

from registry.core import keys as key_files
from registry.core.clock import legal_day
from registry.core.papers import pdf as papers
from registry.core.rules.duration import Duration, add_calendar
from registry.office import dockets
from registry.office.demo.names import firms
from registry.office.demo.paper import pdf
from registry.office.demo.walk import Walk, World
from registry.office.dockets.models import Docket
from registry.office.imports import service as imports
from registry.office.imports.context import Tools
from registry.office.providers import service as providers
from registry.office.reports import filekeeping, sampling, service, signing
from registry.office.reports.models import ReportFile
from registry.office.reports.preparing import Preparer
from registry.office.staff import queries as staff_queries
from registry.office.staff import service as staff
from registry.public.files.store import FileStore

if TYPE_CHECKING:
    from registry.office.worker.office import Office

HERE = Path(__file__).parent
CREW = ("province.clerk", "province.clerk", "province.approver", "province.approver")
MORE = 28
"""Organizations that come as a file."""
LIMIT = 8 << 20


def build(world: World, tools: Tools, office: Office, password: str) -> None:
    """Qualifications, staff, reports, findings, a sample, and an organization's own account."""
    content: dict[str, Any] = yaml.safe_load((HERE / "reports.yaml").read_text(encoding="utf-8"))
    _account(world, office, password)
    for row in content["providers"]:
        _provider(world, row)
    members = {(row["at"], row["name"]): _member(world, tools, row) for row in content["staff"]}
    _bring_in(world, tools, office.settings.data_dir)
    desk = _Desk(world, office, members)
    known: dict[str, Docket] = {}
    # In the order in which it happened: nothing can be done before what led to it.
    rows = [(int(row["issued"]), row) for row in content["reports"]]
    rows += [(int(row["found"]), row) for row in content["findings"]]
    for _, row in sorted(rows, key=lambda pair: -pair[0]):
        if "found" in row:
            desk.finding(row, known)
        else:
            known[row["key"]] = desk.report(row, known)
    _sample(world)


def _account(world: World, office: Office, password: str) -> None:
    """Who files for the organization; sees nothing else."""
    content = yaml.safe_load((HERE / "world.yaml").read_text(encoding="utf-8"))
    sealed = key_files.load_vault(office.settings.key_dir)
    for row in (one for one in content["officers"] if "entity" in one):
        account, _password = staff.add_account(
            world.session,
            None,
            login=row["login"],
            name=row["name"],
            authority_id=world.authorities[row["authority"]],
            grant=row["roles"],
            entity_id=world.entities[row["entity"]],
            now=world.now - timedelta(days=900),
        )
        staff.set_demo_secrets(
            world.session,
            account.id or 0,
            password=password,
            secret=row["secret"],
            vault=sealed,
            demo=office.settings.demo,
            now=world.now - timedelta(days=900),
        )
        world.officers[row["login"]] = staff_queries.officer(
            world.session, account.id or 0, legal_day(world.now)
        )


def _provider(world: World, row: Mapping[str, Any]) -> None:
    since = world.day(int(row["since"]))
    facts: dict[str, Any] = {"field": row["field"], "scopes": row["scopes"]}
    if "number" in row:
        until = add_calendar(since, Duration(5, "year")) - timedelta(days=1)
        facts |= {
            "certificate_number": row["number"],
            "certificate_issuer": "演示省样例应急管理厅",
            "since": since.isoformat(),
            "until": until.isoformat(),
            "assets_yuan": "12000000.00",
        }
    opened = int(row["opened"])
    docket = dockets.open_docket(
        world.session,
        "provider",
        world.acting(CREW[0], opened),
        facts=facts,
        title=f"{world.names[row['key']]}登记",
        region=world.regions[row["key"]],
        authority_id=world.authorities["root"],
        subject_id=world.entities[row["key"]],
    )
    walk = Walk(world, CREW, docket)
    walk.act("submit", 0, opened)
    walk.act("register", 2, opened - 1)
    if "revoked" in row:
        day = int(row["revoked"])
        why = {
            "revocation_number": f"(演)应急撤〔{world.day(day).year}〕1号",
            "revocation_text": "出具虚假安全评价报告。",
        }
        walk.act("propose_revocation", 0, day + 1, why, reason="出具虚假报告")
        walk.act("revoke", 2, day)


def _member(world: World, tools: Tools, row: Mapping[str, Any]) -> int:
    since = world.day(1000)
    draft = providers.StaffDraft(
        name=row["name"],
        since=since,
        post=row.get("post", ""),
        certificate_kind=row.get("certificate", "safety-evaluator"),
        level=row.get("level"),
        number=row["number"],
        certificate_since=since,
        certificate_until=world.day(int(row.get("until", -700))),
        person_id=world.entities.get(row.get("person", "")),
    )
    acting = world.acting(CREW[0], 850)
    organization = world.entities[row["at"]]
    return providers.add_staff(world.session, acting, organization, draft, keys=tools.keys).id or 0


HEADS = (
    "序号",
    "机构名称",
    "统一社会信用代码",
    "类别",
    "业务范围",
    "资质证书编号",
    "发证机关",
    "发证日期",
    "有效期至",
    "注册地址",
)
KINDS = (
    ("安全评价", "煤炭开采业"),
    ("检测检验", "金属非金属矿山"),
    ("安全评价", "金属、非金属矿及其他矿采选业"),
)


def _bring_in(world: World, tools: Tools, folder: Path) -> None:
    """More organizations, as a province publishes them: submitted by one, approved by another."""
    path = folder / "demo-providers.csv"
    _write(world, path)
    clerk = world.acting("city.clerk", 1)
    kept = imports.store(world.session, clerk, "providers", path, tools=tools)
    batch = imports.submit(world.session, clerk, kept.id or 0)
    approver = world.acting("city.approver", 0)
    imports.approve(world.session, approver, batch.id or 0, version=batch.version, tools=tools)
    path.unlink()


def _write(world: World, path: Path) -> None:
    random = Random(23)  # noqa: S311 - fiction, not secrecy
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADS)
        for number, firm in enumerate(firms(MORE, first_serial=6000, seed=31), start=1):
            brand = re.sub(r"(有限责任公司|有限公司)?\(虚构\)$", "", firm.name)
            field, scope = KINDS[number % len(KINDS)]
            since = world.day(random.randint(60, 1700)).replace(day=1)
            writer.writerow(
                (
                    number,
                    f"{brand}{field}服务有限公司(虚构)",
                    firm.code,
                    field,
                    scope,
                    f"(演)机〔{since.year}〕{number:03d}",
                    "演示省样例应急管理厅",
                    since.isoformat(),
                    since.replace(year=since.year + 5).isoformat(),
                    firm.address,
                )
            )


class _Desk:
    """Reports on their way, each act on its own day."""

    def __init__(self, world: World, office: Office, members: dict[tuple[str, str], int]) -> None:
        self.world, self.members = world, members
        self.kept = FileStore(office.settings.evidence_dir)
        self.preparer = Preparer(
            office.working,
            kept=office.settings.evidence_dir,
            out=office.settings.file_dir,
            lock_dir=office.settings.lock_dir,
        )

    def report(self, row: Mapping[str, Any], known: Mapping[str, Docket]) -> Docket:
        day = int(row["issued"])
        if "replaces" in row:
            old = known[row["replaces"]]
            acting = self.world.acting(CREW[0], day - 1)
            docket = service.new_version(self.world.session, acting, old)
            walk = Walk(self.world, CREW, docket)
            walk.act("edit", 0, day - 1, self._sheet(row))
        else:
            docket = self._open(row, day - 1)
            walk = Walk(self.world, CREW, docket)
        self._file(docket, row, day - 1)
        for role, name in row["signed"].items():
            signing.sign(
                self.world.session,
                docket,
                self.world.acting(CREW[0], day - 1),
                staff_id=self.members[(row["by"], name)],
                role=role,
                signed_on=self.world.day(day),
                version=docket.version,
            )
        stage = row.get("state", "valid")
        if stage == "draft":
            return docket
        walk.act("file", 0, day - 2)
        if stage != "filed":
            walk.act("accept", 2, day - 3)
            now = self.world.now - timedelta(days=day - 4)
            self.preparer.disclose(self.world.session, docket, now, self.world.book)
        if stage == "withdrawn":
            after = int(row["withdrawn"])
            walk.act("propose_withdrawal", 0, after + 1, reason="机构申请撤回")
            walk.act("withdraw", 2, after)
        return docket

    def _open(self, row: Mapping[str, Any], days_ago: int) -> Docket:
        world = self.world
        return dockets.open_docket(
            world.session,
            "report",
            world.acting(CREW[0], days_ago),
            facts=self._sheet(row),
            title=row["project"],
            region=world.regions[row["client"]],
            authority_id=world.authorities["root"],
            subject_id=world.entities[row["by"]],
            site_id=world.sites.get(row.get("site", "")),
        )

    def _sheet(self, row: Mapping[str, Any]) -> dict[str, Any]:
        issued = int(row["issued"])
        work = issued + 20
        known = {
            "agreement_on": work + 30,
            "notice_on": work + 14,
            "field_since": work,
            "field_until": work - 2,
            "issued_on": issued,
            "covers_since": work,
            "covers_until": issued - 365,
        }
        return {
            "type": row["type"],
            "report_number": row["number"],
            "project": row["project"],
            "client_code": row["code"],
            "summary": row["summary"],
            **{name: self.world.day(days).isoformat() for name, days in known.items()},
        }

    def _file(self, docket: Docket, row: Mapping[str, Any], days_ago: int) -> None:
        pages = [
            f"{row['project']}\n\n报告编号：{row['number']}\n（演示数据，虚构）",
            *row["pages"],
        ]
        content = pdf(pages, author="样例编制人")
        sent = filekeeping.Sent("original", f"{row['number']}.pdf", io.BytesIO(content))
        added = filekeeping.add_file(
            self.world.session,
            docket,
            self.world.acting(CREW[0], days_ago),
            sent,
            folder=self.kept.directory,
            limit=LIMIT,
            # Our own paper needs no child to be looked at.
            inspect=lambda path: int(papers.inspect(path)["pages"]),
        )
        self._prepare(added)

    def _prepare(self, row: ReportFile) -> None:
        copy, text = self.kept.draft("copy"), self.kept.draft("text")
        found = papers.prepare(self.kept.path(row.sha256), copy, text)
        with copy.open("rb") as file, text.open("rb") as words:
            row.public_sha256, row.text_sha256 = self.kept.store(file), self.kept.store(words)
        row.public_size, row.characters = copy.stat().st_size, int(found["characters"])
        row.state = "ready"
        copy.unlink()
        text.unlink()
        self.world.session.add(row)
        self.world.session.flush()

    def finding(self, row: Mapping[str, Any], known: Mapping[str, Docket]) -> None:
        day = int(row["found"])
        facts = {
            "codes": row["codes"],
            "found_on": self.world.day(day).isoformat(),
            "finding_text": row["text"],
        }
        acting = self.world.acting(CREW[0], day)
        docket = service.open_finding(self.world.session, acting, known[row["report"]], facts)
        walk = Walk(self.world, CREW, docket)
        walk.act("tell", 0, day - 1, {"told_on": self.world.day(day - 1)})
        if "decided" in row:
            answer = {"answer_text": "经复核，情况属实，认定如上。"}
            walk.act("confirm", 2, int(row["decided"]), answer)


def _sample(world: World) -> None:
    acting = world.acting(CREW[1], 5)
    filters = sampling.Filters()
    drawn = sampling.draw(
        world.session, acting, title="年度报告抽查", size=3, filters=filters, seed="demo-seed-99"
    )
    for item, _docket in sampling.items(world.session, drawn.id or 0)[:2]:
        day: date = world.day(2)
        sampling.examine(
            world.session,
            world.acting(CREW[1], 2),
            item.id or 0,
            outcome="sound",
            note="",
            examined_on=day,
        )
