"""What is public on a service organization, in order of time: register, reports, findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from public_site.present.finding import contest
from public_site.present.provider import EVENTS
from public_site.present.words import KIND_TITLES, address, day, status_on, title
from registry.core.db import GazetteSession
from registry.core.i18n import Text
from registry.core.rules import Rules
from registry.public.gazette import queries
from registry.public.gazette.queries import Record

KINDS = ("provider", "report", "finding", "penalty", "listing")
MOST = 30
"""Newest records of each kind."""


@dataclass(frozen=True)
class Event:
    """One line: when, what kind of thing (a message), what exactly, where it stands."""

    day: date
    what: str
    text: Text | str
    address: str | None
    status: str = ""
    """A key of ``words.STATUS`` where the record is worth something or not."""
    note: str = ""
    """A message."""


@dataclass(frozen=True)
class Chronicle:
    """Events, newest first, and how many records are not among them."""

    events: list[Event]
    left_out: int


def chronicle(
    session: GazetteSession, code: str, rules: Rules, now: datetime, today: date
) -> Chronicle:
    """All that is public on the organization with this credit code."""
    events: list[Event] = []
    left_out = 0
    for kind in KINDS:
        found, total = queries.newest_by_code(session, code, kind, MOST, now)
        left_out += total - len(found)
        for record in found:
            events += _EVENTS[kind](record, rules, today)
    return Chronicle(sorted(events, key=lambda one: one.day, reverse=True), left_out)


def _provider(record: Record, rules: Rules, today: date) -> Iterator[Event]:
    payload: Any = record.payload
    field, where = title(rules, "provider_fields", payload["field"]), _address(record)
    until = payload.get("qualification", {}).get("until")
    for number, one in enumerate(payload["history"], start=1):
        last = number == len(payload["history"])
        status = status_on(payload["status"], until, today) if last else ""
        yield from _event(one["on"], EVENTS[one["event"]], field, where, status)


def _report(record: Record, rules: Rules, today: date) -> Iterator[Event]:
    payload: Any = record.payload
    yield from _event(
        payload["issued_on"], KIND_TITLES["report"], payload["project"], _address(record),
        payload["status"],
    )  # fmt: skip


def _finding(record: Record, rules: Rules, today: date) -> Iterator[Event]:
    payload: Any = record.payload
    what = title(rules, "finding_codes", payload["codes"][0])
    yield from _event(
        payload["decision"]["date"], KIND_TITLES["finding"], what, _address(record), "",
        contest(payload),
    )  # fmt: skip


def _penalty(record: Record, rules: Rules, today: date) -> Iterator[Event]:
    payload: Any = record.payload
    what = title(rules, "violation_types", payload["violation_type"])
    yield from _event(payload["decision"]["date"], KIND_TITLES["penalty"], what, _address(record))


def _listing(record: Record, rules: Rules, today: date) -> Iterator[Event]:
    payload: Any = record.payload
    number = payload["decision"]["number"]
    yield from _event(payload["decision"]["date"], KIND_TITLES["listing"], number, _address(record))


def _event(
    on: str, what: str, text: Text | str, where: str | None, status: str = "", note: str = ""
) -> Iterator[Event]:
    known = day(on)
    if known is not None:
        yield Event(known, what, text, where, status, note)


def _address(record: Record) -> str | None:
    return address(record.kind, record.id)


_EVENTS = {
    "provider": _provider,
    "report": _report,
    "finding": _finding,
    "penalty": _penalty,
    "listing": _listing,
}
