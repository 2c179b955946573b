"""The public part of the way back: from reports to those who vouched, and what else these signed.

Rests on the published records alone. A signer is known by the organization and the name that the
reports bear: the same name elsewhere may be another person, and is not joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import url_for

from public_site.present.words import STATUS, title
from registry.core.db import GazetteSession
from registry.core.graph import Drawing, Node, draw
from registry.core.i18n import Text
from registry.core.rules import Rules
from registry.core.web.locale import say
from registry.public.gazette import queries
from registry.public.gazette.providers import ReportPayload
from registry.public.gazette.queries import Record

MOST_REPORTS = 12
"""Reports that are followed, the newest; a site rarely has more at one time."""
MOST_OTHERS = 8
"""Other reports named per person and organization."""
LOOKED_AT = 60
"""Newest reports of an organization among which those of a signer are looked for."""


@dataclass(frozen=True)
class Start:
    """Where the way begins, as a box of the drawing."""

    label: str
    address: str = ""


@dataclass
class Voucher:
    """An organization, or a person at one, with what it vouched for."""

    key: str
    name: str
    code: str
    person: bool
    roles: list[Text] = field(default_factory=list)
    reports: list[Record] = field(default_factory=list)
    """Of those that are followed."""
    others: Sequence[Record] = ()
    total: int = 0
    """How many other reports there are; of a person: among the newest of the organization."""

    @property
    def more(self) -> int:
        return self.total - len(self.others)


@dataclass(frozen=True)
class WayBack:
    """The way back from a start, as rows and as a drawing."""

    reports: Sequence[Record]
    vouchers: Sequence[Voucher]
    drawing: Drawing
    left_out: int = 0
    """Reports that are not followed."""


def way_back(
    session: GazetteSession, start: Start, reports: Sequence[Record], rules: Rules, now: datetime
) -> WayBack | None:
    """The way from ``start`` through ``reports``, newest first; None where there are none.

    A single report is the start itself.
    """
    followed = reports[:MOST_REPORTS]
    if not followed:
        return None
    vouchers = _vouchers(followed, rules)
    _others(session, vouchers, {one.id for one in followed}, now)
    return WayBack(
        reports=followed,
        vouchers=vouchers,
        drawing=_drawing(start, followed, vouchers),
        left_out=len(reports) - len(followed),
    )


def _report(record: Record) -> ReportPayload:
    return cast(ReportPayload, record.payload)


def _vouchers(reports: Iterable[Record], rules: Rules) -> list[Voucher]:
    """Organizations and signers of ``reports``, each once, in the order of the reports."""
    found: dict[str, Voucher] = {}
    for record in reports:
        subject = _report(record)["subject"]
        at = subject.get("code") or subject["name"]
        organization = found.setdefault(
            at, Voucher(f"organization-{at}", subject["name"], subject.get("code", ""), False)
        )
        organization.reports.append(record)
        for signature in _report(record)["signatures"]:
            who = f"{at}/{signature['name']}"
            person = found.setdefault(
                who, Voucher(f"person-{who}", signature["name"], subject.get("code", ""), True)
            )
            role = title(rules, "signature_roles", signature["role"])
            if role not in person.roles:
                person.roles.append(role)
            if record not in person.reports:
                person.reports.append(record)
    return sorted(found.values(), key=lambda one: one.person)


def _others(
    session: GazetteSession, vouchers: Iterable[Voucher], followed: set[str], now: datetime
) -> None:
    """What else each of them vouched for, the newest first."""
    newest: dict[str, tuple[list[Record], int]] = {}
    for one in vouchers:
        if not one.code:
            continue
        if one.code not in newest:
            newest[one.code] = queries.newest_by_code(session, one.code, "report", LOOKED_AT, now)
        known, total = newest[one.code]
        mine = [record for record in known if record.id not in followed and _by(record, one)]
        one.others = mine[:MOST_OTHERS]
        one.total = len(mine) if one.person else total - len(one.reports)


def _by(record: Record, voucher: Voucher) -> bool:
    if not voucher.person:
        return True
    return any(one["name"] == voucher.name for one in _report(record)["signatures"])


def _drawing(start: Start, reports: Sequence[Record], vouchers: Sequence[Voucher]) -> Drawing:
    begin = Node("start", start.label, "start", 0, start.address)
    nodes, edges = {"start": begin}, []
    for record in reports:
        report = _report(record)
        key = f"report-{record.id}"
        note = say(STATUS[report["status"]])
        look = f"report-{report['status']}"
        nodes[key] = Node(key, _label(report), look, 1, _address(record), note)
        edges.append(("start", key))
    for one in vouchers:
        where = "" if one.person or not one.code else url_for("entities.entity", code=one.code)
        look = "person" if one.person else "organization"
        nodes[one.key] = Node(one.key, one.name, look, 2, where)
        edges += [(f"report-{record.id}", one.key) for record in one.reports]
        for record in one.others:
            key = f"other-{record.id}"
            report = _report(record)
            nodes[key] = Node(
                key, _label(report), "other", 3, _address(record), say(STATUS[report["status"]])
            )
            edges.append((one.key, key))
    return draw(list(nodes.values()), edges)


def _label(report: ReportPayload) -> str:
    """The number, and which version where there is more than one."""
    return f"{report['number']} v{report['version']}" if report["version"] > 1 else report["number"]


def _address(record: Record) -> str:
    return url_for("reports.report", id=record.id)
