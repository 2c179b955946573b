"""Fictional records (domain reference §8) and a client of the API over them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.test import TestResponse

from registry.core import jobs
from registry.core.clock import publish_until
from registry.core.db import GazetteSession, IntakeSession, Store
from registry.core.keys import load_agency_key
from registry.public.agencies import lists
from registry.public.agencies import queries as agencies
from registry.public.agencies import service as keys
from registry.public.gazette import log
from registry.public.gazette.entry import Entry, Handle
from registry.public.screening import ScreeningIndex
from registry.public.screening.lists import handler
from registry.public.search.engine import open_index
from registry.public.search.indexer import Indexer

AUTHORITY = {"name": "虚岭县样例应急管理局", "code": "11990121XY00000A64", "region": "990121"}
CODE = "91990121XY00000126"
E1 = {
    "kind": "enterprise",
    "name": "演示省虚岭县一号样例煤矿有限公司（虚构）",
    "code": CODE,
    "former_names": [{"name": "虚岭县老样例煤矿（虚构）", "until": "2019-05-31"}],
    "region": "990121",
}
E2 = {
    "kind": "enterprise",
    "name": "演示省空谷县样例铁矿有限公司（虚构）",
    "code": "91990122XY0000020F",
    "region": "990122",
}
PERSON = {"kind": "person", "name": "李样例", "document": "990101********0019"}
DECIDED = datetime(2026, 7, 1, 2, tzinfo=UTC)


def listing(subject: dict[str, Any], until: str = "2029-07-01", **more: Any) -> dict[str, Any]:
    return {
        "list": "work-safety",
        "ground": "G6-4",
        "subject": subject,
        "authority": AUTHORITY,
        "decision": {"number": "（虚岭）应急失信列〔2026〕1号", "date": "2026-07-01"},
        "term": {"since": "2026-07-01", "until": until},
        "status": "in-force",
        "published_on": "2026-07-20",
        "summary": "=1+1 井下发生顶板事故，隐瞒不报。",
        **more,
    }


PENALTY = {
    "subject": E1,
    "authority": AUTHORITY,
    "decision": {"number": "（虚岭）应急罚〔2026〕7号", "date": "2026-06-15"},
    "violation_type": "accident-concealed",
    "facts": "隐瞒事故。",
    "basis": "《生产安全事故报告和调查处理条例》第三十六条",
    "categories": ["fine"],
    "content": "处罚款二百万元",
    "seriousness": "serious",
    "term": {"since": "2026-06-15", "until": "2029-06-15"},
    "published_on": "2026-06-20",
    "fine_yuan": "2000000",
}
SITE = {
    "type": "coal-mine",
    "name": "虚岭县一号样例煤矿（虚构）",
    "region": "990121",
    "operators": [{"name": E1["name"], "code": CODE, "since": "2019-06-01"}],
    "licences": [{"kind": "safety", "number": "（演）MK安许证字〔2099〕0007"}],
}
EXTERNAL = {
    "list": "sdn",
    "reference": "99001",
    "name": "SAMPLE FICTION TRADING LLC",
    "type": "organization",
    "identifiers": [f"Unified Social Credit Code {CODE}"],
    "source_date": "2024-05-03",
}


def put(
    kind: str, id: str, payload: dict[str, Any], until: str = "", handles: tuple[Handle, ...] = ()
) -> Entry:
    ends = publish_until(date.fromisoformat(until)) if until else None
    return Entry(uuid4(), "PUT", kind, id, DECIDED, payload, ends, handles)


def removal(kind: str, id: str, reason: str = "annulled") -> Entry:
    return Entry(uuid4(), "DEL", kind, id, DECIDED, {"reason": reason})


@dataclass
class Service:
    """The API under test, its gazette and its clock."""

    app: Flask
    gazette: Store[GazetteSession]
    intake: Store[IntakeSession]
    index_dir: Path
    key_dir: Path
    instant: list[datetime]

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.app.test_client().get(f"/api/v1/{path}", **kwargs)

    def json(self, path: str, **kwargs: Any) -> Any:
        answer = self.get(path, **kwargs)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.get_json()

    def post(self, path: str, **kwargs: Any) -> TestResponse:
        return self.app.test_client().post(f"/api/v1/{path}", **kwargs)

    def match(self, *queries: object, **more: object) -> list[dict[str, Any]]:
        answer = self.post("match", json={"queries": list(queries), **more})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.get_json()["results"]
        return found

    def key(self, *scopes: str, code: str = "11990100XY00006022") -> dict[str, str]:
        """Headers with a fresh key of an agency."""
        with self.intake.write() as session:
            known = agencies.by_code(session, code)
            agency = known or keys.admit(
                session, name="演示市样例商务局", code=code, authority=None, now=self.instant[0]
            )
            _, token = keys.issue(session, agency.id or 0, scopes=scopes, now=self.instant[0])
        return {"Authorization": f"Bearer {token}"}

    def work(self) -> None:
        """What the worker does to jobs that are due now."""
        run = handler(
            self.intake, self.gazette, ScreeningIndex(), lambda: load_agency_key(self.key_dir)
        )
        while jobs.run_step(self.intake, {lists.KIND: run}, clock=lambda: self.instant[0]):
            pass

    def publish(self, *entries: Entry, index: bool = True) -> None:
        with self.gazette.write() as session:
            log.append(session, entries, recorded=self.instant[0])
        if index:
            opened = open_index("whoosh", self.index_dir)
            Indexer(self.gazette, opened).catch_up(self.instant[0], 1000)
            opened.close()
