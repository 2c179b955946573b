"""The licence gate: conditions in substance, the applicant's record, what happens when one is lost.

Licence Regulation (State Council Order 397) arts 6, 7, 9, 14; Work Safety Law art. 63.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registry.core.errors import InvalidInput
from registry.core.i18n import N_, Text
from registry.office.dockets.hooks import Panel, Refusal, Step, context, effect, guard, panel
from registry.office.enforcement import lifecycle as _penalty  # noqa: F401 - registers on import
from registry.office.enforcement import surroundings, terms
from registry.office.enforcement.licences import publication as _publication  # noqa: F401
from registry.office.entities import site_licences, site_queries, subjects
from registry.office.entities.drafts import LicenceDraft

MET = "met"
STANDING = {
    "listing": ("published", "repair-applied", "repair-accepted", "objection"),
    "penalty": ("published", "served", "decided"),
    "suspension": ("ordered", "in-force", "applied"),
    "hazard": ("reported", "rectifying", "awaiting"),
    "licence": ("lacking", "revoked"),
}
"""States in which a case still weighs against an applicant."""
TITLES = {
    "listing": Text("列入严重失信名单（在列）", "On the list of the seriously untrustworthy"),
    "penalty": Text("行政处罚（未结）", "Penalties not closed"),
    "suspension": Text("停产整顿（未恢复）", "Suspensions in force"),
    "hazard": Text("重大事故隐患（未销号）", "Major dangers still open"),
    "licence": Text(
        "其他许可（不再具备条件、已吊销）", "Other licences lacking conditions or revoked"
    ),
}


def _conditions(step: Step) -> dict[str, dict[str, str]]:
    return dict(step.facts.get("conditions") or {})


def _wanted(step: Step) -> Mapping[str, Text]:
    """The conditions of the rules on the day of the application."""
    if step.acting is None:
        return {}
    day = step.day("applied_on") or step.today
    return step.acting.book.on(day).titles("licence_conditions")


def lacking(step: Step) -> list[Text]:
    """Conditions that were not looked at, or were found not to be met."""
    seen = _conditions(step)
    wanted = _wanted(step).items()
    return [title for code, title in wanted if seen.get(code, {}).get("result") != MET]


@effect("keep-condition")
def keep_condition(step: Step) -> Mapping[str, Any]:
    """What was seen of one condition; a later look replaces the earlier one."""
    data = step.data
    entry = {"result": data["result"], "seen": data["seen"], "on": step.effective.isoformat()}
    blank = dict.fromkeys(("condition", "result", "seen", "seen_on"))
    return blank | {"conditions": _conditions(step) | {data["condition"]: entry}}


@guard("licence-conditions-met")
def conditions_met(step: Step) -> Refusal | None:
    """Nothing is granted before every condition was seen to be met: in substance, not on paper."""
    left = lacking(step)
    if not left:
        return None
    return Refusal(
        N_("Conditions are not met or were not looked at: {which}."),
        {"which": Text("；".join(t.zh for t in left), "; ".join(t.en for t in left))},
    )


@guard("conditions-lacking")
def conditions_lacking(step: Step) -> Refusal | None:
    """Only what was seen to be lacking is ordered to be put right."""
    if all(one.get("result") == MET for one in _conditions(step).values()):
        return Refusal(N_("No condition was found to be lacking."))
    return None


@guard("credit-checked")
def credit_checked(step: Step) -> Refusal | None:
    """The applicant's record was looked at."""
    if not step.facts.get("credit_checked_on"):
        return Refusal(N_("The applicant's record has not been checked."))
    return None


@guard("licence-day")
def licence_day(step: Step) -> Refusal | None:
    """The day set for meeting the conditions, see ``terms.set_day``."""
    return terms.set_day(step)


@guard("licence-term")
def licence_term(step: Step) -> Refusal | None:
    """How long it runs, see ``terms.licence_ends``."""
    return terms.licence_ends(step)


@guard("time-to-mend-over")
def time_to_mend_over(step: Step) -> Refusal | None:
    """Revoked only where the time to put it right has passed (art. 14: in time, else revoked)."""
    until = step.day("rectify_by")
    day = step.today if step.preview else step.effective
    if until is not None and day <= until:
        return Refusal(N_("It may still be put right until {day}."), {"day": until.isoformat()})
    return None


@guard("not-while-mending")
def not_while_mending(step: Step) -> Refusal | None:
    """Whoever was given a day is not refused before it, unless it was looked at again."""
    return time_to_mend_over(step) if step.docket.state == "rectifying" else None


@guard("seen-again")
def seen_again(step: Step) -> Refusal | None:
    """What stood of the conditions before they were found lacking does not show them met again."""
    found = step.facts.get("rectification_on") or ""
    if all(one["on"] < found for one in _conditions(step).values()):
        return Refusal(N_("No condition was looked at since conditions were found lacking."))
    return None


@effect("licence-at-site")
def licence_at_site(step: Step) -> Mapping[str, Any]:
    """The granted licence stands at its site: nobody types it a second time."""
    facts, docket = step.facts, step.docket
    if docket.site_id is None or step.acting is None:
        return {}
    site = site_queries.site(step.session, docket.site_id)
    draft = LicenceDraft(
        kind=facts["licence_kind"],
        number=facts["licence_number"],
        since=step.day("valid_from"),
        until=step.day("until"),
        status="in-force",
    )
    try:
        made = site_licences.add_licence(
            step.session, step.acting, docket.site_id, site.version, draft
        )
    except InvalidInput as error:
        told = [message for messages in error.fields.values() for message in messages]
        raise InvalidInput({"licence_number": told}) from error
    return {"site_licence_id": made.id}


@effect("licence-taken-over")
def licence_taken_over(step: Step) -> Mapping[str, Any]:
    """A licence from a file: one that stands at its site already is that one."""
    facts, site_id = step.facts, step.docket.site_id
    if site_id is None:
        return {}
    known = site_licences.licence_at(
        step.session, site_id, facts["licence_kind"], facts["licence_number"]
    )
    return {"site_licence_id": known.id} if known is not None else licence_at_site(step)


@panel("credit-file")
def credit_file(step: Step) -> Panel | None:
    """What weighs against the applicant or the site, on one page."""
    rows: list[list[str | Text | tuple[str, int]]] = []
    for kind, states in STANDING.items():
        found = surroundings.cases(step, [kind], states, limit=5)
        if not found:
            rows.append([TITLES[kind], Text("无", "none")])
        rows += [[TITLES[kind], surroundings.reference(step, one)] for one in found]
    header = (Text("核查项目", "What was looked for"), Text("结果", "Found"))
    return Panel(Text("申请人信用情况", "The applicant's record"), header, rows)


@panel("licence-conditions")
def conditions_panel(step: Step) -> Panel | None:
    """Each condition: met or not, what was seen, when."""
    seen = _conditions(step)
    rows: list[list[str | Text]] = [
        [
            title,
            RESULTS.get(seen.get(code, {}).get("result", ""), Text("未核查", "not looked at")),
            seen.get(code, {}).get("seen", ""),
            seen.get(code, {}).get("on", ""),
        ]
        for code, title in _wanted(step).items()
    ]
    header = (
        Text("许可条件", "Condition"),
        Text("结论", "Result"),
        Text("核查情况", "What was seen"),
        Text("核查日期", "Seen on"),
    )
    return Panel(Text("许可条件逐项核查", "Conditions one by one"), header, rows) if rows else None


RESULTS = {MET: Text("符合", "met"), "not-met": Text("不符合", "not met")}


@context("licence")
def licence_context(step: Step) -> dict[str, Any]:
    """What the papers of a licence can say."""
    found = subjects.context(step)
    known = subjects.book(step)
    found["licence_kind"] = known.title("licence_kinds", step.facts["licence_kind"]).zh
    found["lacking"] = [title.zh for title in lacking(step)]
    return found
