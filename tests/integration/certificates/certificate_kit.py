"""A gazette with a few fictional records, the keys over it, and a certificate of a check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from registry.core import keys, rules
from registry.core.clock import legal_day
from registry.core.db import GazetteSession, IntakeSession, Store
from registry.public import certificates
from registry.public.certificates import Issued
from registry.public.gazette import Entry, checkpoint, log
from registry.public.screening import CheckRequest, check, load_index

CODE = "91990121XY00000126"
NAME = "演示省虚岭县一号样例煤矿有限公司（虚构）"
DECIDED = datetime(2026, 7, 1, 2, tzinfo=UTC)


def listing(name: str = NAME, code: str = CODE) -> dict[str, Any]:
    return {
        "list": "work-safety",
        "ground": "G6-4",
        "subject": {"kind": "enterprise", "name": name, "code": code},
        "authority": {"name": "虚岭县样例应急管理局"},
        "decision": {"number": "（虚岭）列〔2026〕1号", "date": "2026-07-01"},
        "term": {"since": "2026-07-01", "until": "2029-07-01"},
        "status": "in-force",
        "published_on": "2026-07-20",
    }


@dataclass
class Bench:
    """Stores, keys, and one instant."""

    gazette: Store[GazetteSession]
    intake: Store[IntakeSession]
    key_dir: Path
    now: datetime

    def publish(self, *entries: Entry, signed: bool = True) -> None:
        with self.gazette.write() as session:
            log.append(session, entries, recorded=self.now)
            if signed:
                session.flush()
                checkpoint.sign_newest(session, self.key_dir, now=self.now)

    def issue(self, **asked: Any) -> Issued:
        request = CheckRequest(**asked)
        book = rules.load(demo=True)
        issuer = certificates.load_issuer(self.key_dir, "https://registry.example")
        with self.gazette.read() as session, self.intake.write() as kept:
            key = keys.load_person_key(self.key_dir)
            index = load_index(session, self.now)
            result = check(session, request, index=index, now=self.now, person_key=key)
            today = book.on(legal_day(self.now))
            return certificates.issue(kept, session, issuer, request, result, today)

    @property
    def log_key(self) -> Any:
        return keys.load_log_public(self.key_dir)


def put(id: str, payload: dict[str, Any]) -> Entry:
    return Entry(uuid4(), "PUT", "listing", id, DECIDED, payload, None)


def remove(id: str, when: datetime) -> Entry:
    return Entry(uuid4(), "DEL", "listing", id, when, {"reason": "revoked"})
