"""What was found wrong: whom it concerns, whether the organization was heard, what follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from registry.core import clock
from registry.core.i18n import N_
from registry.core.rules import Rules, UnknownRule
from registry.office.dockets import engine
from registry.office.dockets.hooks import Publication, Refusal, Step, effect, guard, payload
from registry.office.dockets.models import Docket
from registry.office.entities import subjects
from registry.office.reports import lifecycle as _lifecycle  # noqa: F401 - its table is acted on
from registry.office.reports import queries
from registry.public.gazette.findings import FindingPayload

GROUPS = ("false", "inaccurate", "conduct")
"""From the gravest on."""


def gravest(rules: Rules, codes: list[str]) -> str:
    """The group of the gravest of ``codes``. Raises ``UnknownRule``."""
    groups = {rules.finding_group(code) for code in codes}
    return next((group for group in GROUPS if group in groups), "conduct")


@guard("finding-fits")
def finding_fits(step: Step) -> Refusal | None:
    """What is said of a report is said of one; the codes exist; the report is the subject's."""
    if step.acting is None:
        return None
    codes = list(step.facts.get("codes") or ())
    try:
        group = gravest(step.acting.book.on(step.today), codes)
    except UnknownRule:
        return Refusal(N_("Choose what was found."), {}, "codes")
    reports = [step.session.get(Docket, one) for one in step.links.get("concerns", ())]
    if group != "conduct" and not reports:
        return Refusal(N_("Name the report that this concerns."), {}, "link_concerns")
    if any(one is None or one.subject_id != step.docket.subject_id for one in reports):
        return Refusal(N_("The report is another organization's."), {}, "link_concerns")
    if any(one is not None and one.state in {"draft", "filed", "discarded"} for one in reports):
        return Refusal(N_("The report has not been disclosed."), {}, "link_concerns")
    return None


@guard("finding-heard")
def finding_heard(step: Step) -> Refusal | None:
    """Nothing is confirmed before the organization has spoken or its time is over."""
    told = step.day("told_on")
    if step.last("contest") is not None or step.acting is None:
        return None
    if told is None:
        return Refusal(N_("The organization has not been told."))
    deadline = step.acting.book.on(told).deadlines.get("finding.contest")
    if deadline is None or deadline.breach is None:
        return None
    last = step.acting.book.due(told, deadline.breach)
    if step.today <= last.day or last.provisional:
        return Refusal(N_("The organization may still object until {day}."), {"day": last.day})
    return None


@effect("finding-confirmed")
def finding_confirmed(step: Step) -> Mapping[str, Any]:
    """The report is marked as what it was found to be; so is the organization's entry."""
    assert step.acting is not None  # noqa: S101 - approvals are officers'
    group = gravest(step.acting.book.on(step.today), list(step.facts.get("codes") or ()))
    decided = {"finding": step.docket.id, "decided_on": step.today.isoformat()}
    for docket_id in step.links.get("concerns", ()):
        report = step.session.get(Docket, docket_id)
        if report is not None:
            _mark(step, report, _mark_of(report, group), decided)
    until = {"until": last} if (last := _shown_until(step)) else {}
    return {"group": group, "decided_on": step.today, **until}


def _shown_until(step: Step) -> date | None:
    """The last day on which the finding stands on the organization's public page."""
    assert step.acting is not None  # noqa: S101 - see above
    deadline = step.acting.book.on(step.today).deadlines.get("finding.shown")
    if deadline is None or deadline.breach is None:
        return None
    return step.acting.book.due(step.today, deadline.breach).day


@guard("finding-shown-over")
def shown_over(step: Step) -> Refusal | None:
    """The finding has been public for its time."""
    until = step.day("until")
    return None if until and until < step.today else Refusal(N_("The term has not ended."))


@payload("finding")
def finding_payload(step: Step) -> Publication:
    """The finding by its codes, and whether the organization objected; no free text."""
    facts, until = step.facts, step.day("until")
    reports = [step.session.get(Docket, one) for one in step.links.get("concerns", ())]
    shown: FindingPayload = {
        "subject": subjects.subject(step),
        "authority": subjects.authority(step),
        "decision": {"number": step.docket.number, "date": str(facts["decided_on"])},
        "group": cast("Any", facts["group"]),
        "codes": list(facts["codes"]),
        "found_on": facts["found_on"],
        "told_on": facts["told_on"],
        "reports": [
            {"id": one.public_id, "number": str(one.facts["report_number"])}
            for one in reports
            if one is not None and one.public_id
        ],
        "published_on": step.today.isoformat(),
        "term": {"since": step.today.isoformat(), "until": until.isoformat() if until else ""},
    }
    contest = step.last("contest")
    if contest is not None:
        shown["contested_on"] = contest.effective_on.isoformat()
    return Publication(shown, clock.publish_until(until) if until else None)


def _mark_of(report: Docket, group: str) -> str:
    if report.state == "withdrawn":
        # It is no longer relied on; what was found of it is added.
        return "note_finding"
    if group == "false" and report.state != "false":
        return "find_false"
    return (
        "find_inaccurate" if group == "inaccurate" and report.state == "valid" else "note_finding"
    )


def _mark(step: Step, report: Docket, action: str, data: Mapping[str, Any]) -> None:
    assert step.acting is not None  # noqa: S101 - see above
    now: datetime = step.now
    engine.act_as_registry(step.session, report, action, now=now, book=step.acting.book, data=data)


@effect("finding-annulled")
def finding_annulled(step: Step) -> Mapping[str, Any]:
    """The report is what it was before, unless something else was found of it."""
    for docket_id in step.links.get("concerns", ()):
        report = step.session.get(Docket, docket_id)
        if report is None:
            continue
        others = [
            one
            for one in queries.findings(step.session, docket_id)
            if one.id != step.docket.id and one.state == "confirmed"
        ]
        grave = [one for one in others if one.facts.get("group") != "conduct"]
        restored = report.state in {"inaccurate", "false"} and not grave
        data = {"finding": None, "annulled": step.docket.id}
        _mark(step, report, "restore" if restored else "note_finding", data)
    return {"annulled_on": step.today}
