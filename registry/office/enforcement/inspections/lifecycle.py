"""The inspection: who was there, what was found, and what each finding became.

Work Safety Law arts 67 (certificates), 68 (record, refusal to sign), 69 (joint inspection).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registry.core.i18n import N_, Text
from registry.office.dockets import queries
from registry.office.dockets.hooks import Panel, Refusal, Step, context, effect, guard, panel
from registry.office.enforcement import opening
from registry.office.enforcement import surroundings as _surroundings  # noqa: F401 - registers
from registry.office.enforcement.inspections import rhythm as _rhythm  # noqa: F401 - registers
from registry.office.enforcement.inspections.publication import departments, findings_of
from registry.office.enforcement.signatories import hooks as _signatures  # noqa: F401
from registry.office.entities import subjects

MINOR = "minor"
SEVERITIES = "finding_severities"
"""The table of the rules with how grave a finding can be."""


@effect("keep-finding")
def keep_finding(step: Step) -> Mapping[str, Any]:
    """A finding with its number within this inspection."""
    found, data = findings_of(step), step.data
    entry = {
        "number": len(found) + 1,
        "text": data["finding_text"],
        "severity": data["severity"],
        "fix_by": data.get("fix_by"),
        "public_text": data.get("public_text") or "",
    }
    blank = dict.fromkeys(("finding_text", "severity", "fix_by", "public_text"))
    return blank | {"findings": [*found, entry]}


@guard("joint-department")
def joint_department(step: Step) -> Refusal | None:
    """Only a department of this joint inspection signs, once."""
    if step.preview:
        return None if departments(step.facts) else Refusal(N_("This is not a joint inspection."))
    if step.data["department"] not in departments(step.facts):
        return Refusal(N_("This department is not part of the inspection."), {}, "department")
    return None


@effect("keep-co-signature")
def keep_co_signature(step: Step) -> Mapping[str, Any]:
    """One shared record: each department signs it."""
    data = step.data
    signed = dict(step.facts.get("co_signatures") or {})
    signed[data["department"]] = {
        "name": data["co_signer"],
        "opinion": data.get("co_opinion") or "",
    }
    blank = dict.fromkeys(("department", "co_signer", "co_opinion"))
    return blank | {"co_signatures": signed}


@guard("all-departments-signed")
def all_departments_signed(step: Step) -> Refusal | None:
    """The shared record is closed once every department has signed."""
    lacking = [
        d for d in departments(step.facts) if d not in (step.facts.get("co_signatures") or {})
    ]
    if lacking:
        return Refusal(N_("Signatures are missing: {who}."), {"who": "、".join(lacking)})
    return None


@guard("refusal-noted")
def refusal_noted(step: Step) -> Refusal | None:
    """Where the unit does not sign, the record says so and why (art. 68)."""
    if step.preview or step.data.get("unit_signed") != "refused":
        return None
    if not step.data.get("unit_refusal"):
        return Refusal(N_("Note why the unit did not sign."), {}, "unit_refusal")
    return None


def _chosen(step: Step) -> dict[str, Any] | None:
    number = step.data.get("finding")
    return next((one for one in findings_of(step) if one["number"] == number), None)


@guard("finding-open")
def finding_open(step: Step) -> Refusal | None:
    """There is such a finding and nothing was done about it yet."""
    if step.preview:
        left = [one for one in findings_of(step) if not _settled(one)]
        return None if left else Refusal(N_("No finding is open."))
    one = _chosen(step)
    if one is None:
        return Refusal(N_("There is no finding with this number."), {}, "finding")
    if _settled(one):
        return Refusal(N_("This finding has been dealt with."), {}, "finding")
    return None


@guard("finding-is-minor")
def finding_is_minor(step: Step) -> Refusal | None:
    """A violation or a major danger is not settled by putting it right on the spot."""
    one = None if step.preview else _chosen(step)
    if one is not None and one["severity"] != MINOR:
        return Refusal(N_("This finding must become a case of its own."), {}, "finding")
    return None


def _settled(one: Mapping[str, Any]) -> bool:
    return bool(one.get("fixed_on") or one.get("case"))


def _settle(step: Step, **more: object) -> Mapping[str, Any]:
    number = step.data["finding"]
    found = [one | more if one["number"] == number else one for one in findings_of(step)]
    return {"findings": found, **{name: None for name in step.data}}


@effect("settle-finding")
def settle_finding(step: Step) -> Mapping[str, Any]:
    """A minor finding was put right."""
    return _settle(step, fixed_on=step.effective.isoformat())


@effect("open-hazard")
def open_hazard(step: Step) -> Mapping[str, Any]:
    """The finding becomes a danger under supervision in the same step."""
    one = _chosen(step)
    assert one is not None  # noqa: S101 - the guard found it
    facts = {
        "origin": "inspection",
        "hazard_code": step.data["hazard_code"],
        "description": one["text"],
        "found_on": step.facts["visited_on"],
    }
    return _settle(step, case=_open(step, "hazard", facts, "重大事故隐患"))


@effect("open-penalty")
def open_penalty(step: Step) -> Mapping[str, Any]:
    """The finding becomes a penalty case in the same step."""
    one = _chosen(step)
    assert one is not None  # noqa: S101 - the guard found it
    names = (
        "violation_type", "basis", "categories", "content", "fine_yuan", "confiscated_yuan",
        "ban_until",
    )  # fmt: skip
    facts = {name: step.data[name] for name in names if step.data.get(name)}
    return _settle(
        step, case=_open(step, "penalty", facts | {"violation_facts": one["text"]}, "行政处罚案")
    )


def _open(step: Step, kind: str, facts: Mapping[str, Any], word: str) -> str:
    """Opens the case, linked to this inspection; gives its number."""
    return opening.open_from(step, kind, facts, word, "found-by").number


@guard("findings-settled")
def findings_settled(step: Step) -> Refusal | None:
    """Nothing that was found is dropped."""
    left = [str(one["number"]) for one in findings_of(step) if not _settled(one)]
    if left:
        return Refusal(N_("Findings are still open: {numbers}."), {"numbers": "、".join(left)})
    return None


@panel("findings")
def findings_panel(step: Step) -> Panel | None:
    """Findings with what became of each."""
    if step.acting is None:
        return None
    rows = [_row(step, one) for one in findings_of(step)]
    header = (
        Text("序号", "No."),
        Text("问题", "Finding"),
        Text("程度", "Severity"),
        Text("公开表述", "Wording for the public"),
        Text("处理情况", "What became of it"),
    )
    return Panel(Text("发现的问题", "Findings"), header, rows) if rows else None


def _row(step: Step, one: Mapping[str, Any]) -> list[str | Text | tuple[str, int]]:
    became: str | Text | tuple[str, int] = Text("待处理", "open")
    if one.get("fixed_on"):
        became = Text(f"已于{one['fixed_on']}改正", f"put right on {one['fixed_on']}")
    elif one.get("case") and step.acting is not None:
        case = queries.by_number(step.session, step.acting.officer, one["case"])
        became = (case.number, case.id or 0) if case else str(one["case"])
    return [
        str(one["number"]),
        one["text"],
        _severity(step, one),
        one.get("public_text", ""),
        became,
    ]


def _severity(step: Step, one: Mapping[str, Any]) -> Text:
    titles = step.acting.rules.titles(SEVERITIES) if step.acting else {}
    return titles.get(one["severity"], Text(one["severity"], one["severity"]))


@panel("co-signatures")
def co_signatures(step: Step) -> Panel | None:
    """The departments of a joint inspection and their signatures."""
    signed = step.facts.get("co_signatures") or {}
    rows: list[list[str | Text]] = [
        [one, signed.get(one, {}).get("name", "—"), signed.get(one, {}).get("opinion", "")]
        for one in departments(step.facts)
    ]
    header = (Text("部门", "Department"), Text("签字人", "Signed by"), Text("意见", "Opinion"))
    return Panel(Text("联合检查", "Joint inspection"), header, rows) if rows else None


@context("inspection")
def inspection_context(step: Step) -> dict[str, Any]:
    """What the record of the visit can say."""
    found = subjects.context(step)
    found["findings"] = [{**one, "severity": _severity(step, one).zh} for one in findings_of(step)]
    found["co_signed"] = [
        {"department": name, **entry}
        for name, entry in (step.facts.get("co_signatures") or {}).items()
    ]
    return found
