"""The desk of files for the credit platforms, in both languages."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from admin_desk import Browser, Site

from registry.core.db import GazetteSession, Store, sqlite_url
from registry.public.gazette import log
from registry.public.gazette.entry import Entry

pytestmark = pytest.mark.sqlite_only
CODES = {"county": "11990121XY00000A64", "province": "11990000XY00000C1X"}


def published(site: Site, now: datetime, at: str, number: str) -> Entry:
    return Entry(
        event_id=UUID(int=int(number)), op="PUT", kind="penalty",
        id=f"P-{number:>010}", effective=now, publish_until=None,
        payload={
            "subject": {"kind": "enterprise", "name": f"样例{number}号煤矿有限公司"},
            "authority": {"name": at, "code": CODES[at]},
            "decision": {"number": f"罚{number}", "date": "2026-10-12"},
            "violation_type": "other", "facts": "样例", "basis": "样例", "categories": ["fine"],
            "content": "罚款", "seriousness": "general", "fine_yuan": "50000",
            "term": {"since": "2026-10-12", "until": "2027-10-12"}, "published_on": "2026-10-13",
        },
    )  # fmt: skip


def taken(hand: Browser, query: str) -> str:
    with hand.response(f"/zh/platform/penalties.csv{query}") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")
        return answer.text


def test_an_officer_takes_what_his_subtree_decided(
    site: Site, now: datetime, tmp_path: Path
) -> None:
    store = Store(sqlite_url(tmp_path / "gazette.db"), GazetteSession)
    with store.write() as session:
        rows = [published(site, now, "county", "1"), published(site, now, "province", "2")]
        log.append_each(session, rows, recorded=now)
    store.close()
    site.account("county.clerk", "clerk", at="county")
    site.account("top", "auditor")
    hand, top = site.signed_in("county.clerk"), site.signed_in("top")
    page = hand.get("/en/platform")
    assert "Files for the credit platform" in page and "Administrative penalties" in page
    assert "信用平台报送文件" in hand.get("/zh/platform")
    own = taken(hand, "")
    assert "罚1" in own and "罚2" not in own and "行政处罚决定书文号" in own
    assert "罚2" in taken(top, "")
    later = taken(top, "?since=2026-10-13")
    assert "罚" in later and "罚1" not in later
    hand.get("/zh/platform/listings.csv", 404)
    hand.get("/zh/platform/penalties.jsonl", 404)
    wrong = hand.get("/en/platform?since=2026-13-40&until=2026-10-01", 422)
    assert "2026-13-40" in wrong and 'href="#field-since"' in wrong and ".csv" not in wrong
    wrong = hand.get("/zh/platform?since=2026-10-02&until=2026-10-01", 422)
    assert "2026-10-02" in wrong and 'href="#field-until"' in wrong
    foreign = site.authorities["province"]
    assert 'href="#field-unit"' in hand.get(f"/zh/platform?unit={foreign}", 422)
