"""The people and places of an invented province: authorities, accounts, enterprises, mines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

PREFECTURES, COUNTIES = 12, 9
"""Authorities of a province: so many prefectures, so many counties in each."""


def authorities() -> Iterator[tuple[int, int | None, str, str]]:
    """Number, parent, level and region of each, parents first."""
    yield 1, None, "province", "990000"
    for n in range(PREFECTURES):
        yield 2 + n, 1, "prefecture", f"99{n + 1:02d}00"
    for n in range(PREFECTURES * COUNTIES):
        prefecture, county = n // COUNTIES, n % COUNTIES
        yield 2 + PREFECTURES + n, 2 + prefecture, "county", f"99{prefecture + 1:02d}{21 + county}"


def authority(
    number: int, parent: int | None, level: str, region: str, path: str, now: datetime
) -> dict[str, Any]:
    return {
        "id": number, "public_id": f"A-{number:010d}", "name": f"样例应急管理局{number}",
        "code": f"bench-{number}", "kind": "emergency-management", "level": level,
        "region": region, "parent_id": parent, "path": path, "created": now, "published": now,
    }  # fmt: skip


def account(number: int, authority: int, role: str, now: datetime) -> dict[str, Any]:
    return {
        "id": number, "login": f"{role}.{authority}", "name": f"样例{number}",
        "authority_id": authority, "password_hash": "opens nothing", "must_change": False,
        "created": now,
    }  # fmt: skip


def entity(number: int, now: datetime, kind: str = "enterprise") -> dict[str, Any]:
    """An enterprise, or a person, that is nothing but a name."""
    name = f"样例{number}号矿业有限公司（虚构）" if kind == "enterprise" else f"样例{number}"
    return {
        "id": number, "kind": kind, "name": name, "folded": name, "version": 1, "created": now,
        "updated": now,
    }  # fmt: skip


def site(number: int, now: datetime) -> dict[str, Any]:
    """A mine that is nothing but a name."""
    name = f"样例{number}号矿"
    return {
        "id": number, "public_id": f"S-{number:010d}", "type": "coal-mine", "name": name,
        "folded": name, "region": "990121", "version": 1, "created": now, "updated": now,
    }  # fmt: skip


def facts(chance: Random, days: list[date], number: int) -> dict[str, Any]:
    """What boards, figures and publication ask of the kinds that they know."""
    first, last = days[0].isoformat(), days[-1].isoformat()
    due = (days[-1] + timedelta(days=chance.randrange(10, 60))).isoformat()
    return {
        "decision_number": f"样例〔{days[0].year}〕{number}号", "order_number": f"样例{number}",
        "decided_on": first, "ordered_on": first, "found_on": first, "reported_on": first,
        "published_on": last, "since": first, "rectify_by": due,
        "claim_until": (days[-1] + timedelta(days=400)).isoformat(),
        "origin": chance.choices(
            ("inspection", "self-found", "tip", "monitoring"), (55, 30, 10, 5)
        )[0],
        "hazard_code": f"H{chance.randrange(1, 18):02d}", "description": "样例情况说明。" * 8,
        "violation_type": "other", "violation_facts": "样例违法事实。" * 8,
        "basis": "样例依据。", "content": "样例内容。", "seriousness": "general",
        "categories": ["fine"], "fine_yuan": str(chance.randrange(1, 200) * 5000),
        "list": "work-safety", "ground": "G7-4",
        "licence_kind": "safety", "licence_number": f"样例许〔{days[0].year}〕{number}号",
        "application": "new", "granted_on": first, "valid_from": first, "rectification_on": first,
        "inspection_type": "routine", "visited_on": first, "recorded_on": last,
        "unit_signed": "signed", "level": "general", "replied_on": last,
    }  # fmt: skip
