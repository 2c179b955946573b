"""The way back over many reports: from a site and a day, from a penalty, from a report."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert

from admin.benchmarks import caseworld
from admin.benchmarks.timing import latency
from registry.core import rules
from registry.core.db import Store, WorkingSession, sqlite_url
from registry.migrations import service as migrations
from registry.office.dockets.models import Docket
from registry.office.entities.models import Entity, Site
from registry.office.reports import backtrack
from registry.office.reports.backtrack import Start
from registry.office.reports.models import ReportSheet, ReportSignature
from registry.office.staff.models import Account, Authority
from registry.office.staff.officer import Acting, Officer

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ROLES = ("project-leader", "compiler", "report-reviewer", "process-lead", "technical-lead")
ASKED = 200
CHUNK = 5_000


def run(size: int, runs: int) -> list[str]:
    """``size`` reports of one organization per 200, one site per 20; ``ASKED`` ways per run."""
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
        store = Store(sqlite_url(Path(folder) / "working.db"), WorkingSession)
        migrations.upgrade("working", store)
        organizations, sites = max(1, size // 200), max(1, size // 20)
        _fill(store, size, organizations, sites)
        officer = Officer(1, "bench", "bench", 1, "/1/", frozenset({"approver"}))
        acting = Acting(officer, NOW, rules.load(demo=True))
        random = Random(5)  # noqa: S311 - a benchmark
        lines = []
        for name in ("site", "report"):
            taken = [_once(store, acting, name, random, (size, sites)) for _ in range(ASKED * runs)]
            lines.append(f"from a {name}: {latency(taken)}")
        store.close()
        return lines


def _once(
    store: Store[WorkingSession], acting: Acting, kind: str, random: Random, sizes: tuple[int, int]
) -> float:
    size, sites = sizes
    day = date(2026, 1, 1) - timedelta(days=random.randrange(1500))
    start = (
        Start(site_id=random.randrange(sites) + 1, day=day)
        if kind == "site"
        else Start(docket_id=random.randrange(size) + 1)
    )
    with store.read() as session:
        began = time.perf_counter()
        backtrack.trace(session, acting, start)
        return time.perf_counter() - began


def _fill(store: Store[WorkingSession], size: int, organizations: int, sites: int) -> None:
    people = organizations * 30
    with store.write() as session:
        session.add(
            Authority(
                id=1, public_id="A-0000000001", name="样例", code="x", kind="other", level="county",
                region="990121", path="/1/", created=NOW,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            Account(
                id=1,
                login="bench",
                name="bench",
                authority_id=1,
                password_hash="x",  # noqa: S106 - opens nothing
                created=NOW,
            )
        )
        session.flush()
        for first in range(1, organizations + people + 1, CHUNK):
            last = min(first + CHUNK, organizations + people + 1)
            rows = [
                caseworld.entity(n, NOW, "enterprise" if n <= organizations else "person")
                for n in range(first, last)
            ]
            session.execute(insert(Entity), rows)
        for first in range(1, sites + 1, CHUNK):
            rows = [caseworld.site(n, NOW) for n in range(first, min(first + CHUNK, sites + 1))]
            session.execute(insert(Site), rows)
        random = Random(3)  # noqa: S311 - a benchmark
        for first in range(1, size + 1, CHUNK):
            numbers = range(first, min(first + CHUNK, size + 1))
            made = [_report(n, organizations, sites, random) for n in numbers]
            session.execute(insert(Docket), [one[0] for one in made])
            session.execute(insert(ReportSheet), [one[1] for one in made])
            session.execute(insert(ReportSignature), [row for one in made for row in one[2]])


def _report(
    number: int, organizations: int, sites: int, random: Random
) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
    organization, site = number % organizations + 1, number % sites + 1
    issued = date(2026, 1, 1) - timedelta(days=random.randrange(1500))
    facts = {
        "report_number": f"N-{number}", "project": f"样例项目{number}", "type": "status-evaluation",
        "issued_on": issued.isoformat(), "version_no": 1, "summary": "样例结论" * 20,
    }  # fmt: skip
    docket = {
        "id": number, "kind": "report", "number": f"样{number}", "year": 2026, "serial": number,
        "state": "valid", "version": 1, "authority_id": 1, "region": "990121",
        "subject_id": organization, "site_id": site, "drafted_by": 1, "title": f"样例{number}",
        "facts": facts, "opened_at": NOW,
    }  # fmt: skip
    sheet = {
        "docket_id": number, "organization_id": organization, "client_id": None, "site_id": site,
        "folded": f"n{number}", "version": 1, "type": "status-evaluation", "issued_on": issued,
        "covers_since": issued - timedelta(days=30), "covers_until": issued + timedelta(days=365),
    }  # fmt: skip
    first = organizations + (organization - 1) * 30 + 1
    staff = random.sample(range(first, first + 30), len(ROLES))
    signed = [
        {"docket_id": number, "role": role, "person_id": person, "certificate_kind": "",
         "certificate_masked": "", "signed_on": issued, "document_sha256": ""}
        for role, person in zip(ROLES, staff, strict=True)
    ]  # fmt: skip
    return docket, sheet, signed
