"""The page of a listing: who is on which list, why, until when, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from public_site.present.moments import Moment, Term, term, timeline
from public_site.present.words import day, list_title, title
from registry.core.i18n import N_, Text
from registry.core.rules import Duration, ListKind, Rules, UnknownRule
from registry.core.web.locale import gettext as _
from registry.public.gazette.payloads import ListingPayload
from registry.public.gazette.queries import Record

STATUS = {
    "in-force": N_("in force"),
    "repair-applied": N_("in force, early removal applied for"),
    "repair-accepted": N_("in force, early removal being examined"),
}


@dataclass(frozen=True)
class Remedy:
    """What the listed may do, and within what time of being served."""

    title: Text
    within: Text | None
    basis: Text | None


@dataclass(frozen=True)
class ListingView:
    """A listing worked out for ``today``."""

    payload: ListingPayload
    kind: ListKind | None
    """None for a list that the rules do not know: its code then stands for it."""
    list_title: Text
    ground_title: Text
    ground_basis: Text | None
    status: str
    term: Term | None
    moments: list[Moment]
    measures: list[tuple[str, Text, Text | None]]
    remedies: list[Remedy]
    early_from: date | None
    roles: dict[str, Text]


def listing_view(record: Record, rules: Rules, today: date) -> ListingView:
    payload = cast(ListingPayload, record.payload)
    kind = _kind(rules, payload["list"])
    ground = kind.grounds.get(payload["ground"]) if kind else None
    since, until = day(payload["term"]["since"]), day(payload["term"]["until"])
    early = day(payload.get("early_removal_from"))
    return ListingView(
        payload=payload,
        kind=kind,
        list_title=list_title(rules, payload["list"]),
        ground_title=ground.title if ground else Text(payload["ground"], payload["ground"]),
        ground_basis=ground.basis if ground else None,
        status=STATUS.get(payload["status"], payload["status"]),
        term=term(since, until, today) if since and until else None,
        moments=timeline(_moments(payload, early, until), today),
        measures=[_measure(rules, code) for code in payload.get("measures", [])],
        remedies=_remedies(rules, kind),
        early_from=early,
        roles={
            one["role"]: title(rules, "roles", one["role"]) for one in payload.get("persons", [])
        },
    )


def _kind(rules: Rules, code: str) -> ListKind | None:
    try:
        return rules.list_kind(code)
    except UnknownRule:
        return None


def _moments(
    payload: ListingPayload, early: date | None, until: date | None
) -> list[Moment | None]:
    decided, entered = day(payload["decision"]["date"]), day(payload.get("entered_on"))
    published = day(payload["published_on"])
    return [
        Moment(decided, _("Decision to list")) if decided else None,
        Moment(entered, _("Entered in the credit information system")) if entered else None,
        Moment(published, _("Published here")) if published else None,
        Moment(early, _("Early removal may be applied for")) if early else None,
        Moment(until, _("Last day on the list"), _("Removed at midnight without an application."))
        if until
        else None,
    ]


def _measure(rules: Rules, code: str) -> tuple[str, Text, Text | None]:
    try:
        found = rules.measure(code)
    except UnknownRule:
        return code, Text(code, code), None
    return code, found.title, found.basis


def _remedies(rules: Rules, kind: ListKind | None) -> list[Remedy]:
    found = []
    for remedy in kind.remedies if kind else ():
        within, basis = _within(rules, remedy.deadline)
        found.append(Remedy(remedy.title, within.text if within else None, basis))
    return found


def _within(rules: Rules, code: str) -> tuple[Duration | None, Text | None]:
    try:
        deadline = rules.deadline(code)
    except UnknownRule:
        return None, None
    return deadline.breach or deadline.target, deadline.cite
