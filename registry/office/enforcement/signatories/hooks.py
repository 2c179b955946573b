"""Signatures of several bodies on one case: who has signed, who has not, who was not entitled.

An act with ``capacity``, ``signatory`` and ``signed_on`` keeps one signature; which are needed
stands in the rules (``signature_rules``), by the fact that names the kind of decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from registry.core.errors import NotFound
from registry.core.i18n import N_, Text
from registry.core.rules.values import SignatureRule
from registry.office.dockets.hooks import Panel, Refusal, Step, effect, guard, panel
from registry.office.enforcement.signatories import queries
from registry.office.staff.models import Authority


@guard("signer-entitled")
def signer_entitled(step: Step) -> Refusal | None:
    """Nobody signs who was not entitled to on that day."""
    if step.preview:
        return None
    day = date.fromisoformat(step.data["signed_on"])
    capacity, name = step.data["capacity"], step.data["signatory"]
    if queries.entitled(step.session, _among(step, capacity), capacity, name, day) is None:
        return Refusal(
            N_("Nobody of this name was entitled to sign in this capacity on {day}."),
            {"day": day.isoformat()},
            "signatory",
        )
    return None


@guard("signed-in-order")
def signed_in_order(step: Step) -> Refusal | None:
    """A signature follows the application that it answers."""
    applied = step.day("applied_on")
    if not step.preview and applied and date.fromisoformat(step.data["signed_on"]) < applied:
        return Refusal(N_("This date lies before the step that it follows."), {}, "signed_on")
    return None


@effect("keep-signature")
def keep_signature(step: Step) -> Mapping[str, Any]:
    """The signature beside those already given; a later one in the same capacity replaces it."""
    day = date.fromisoformat(step.data["signed_on"])
    capacity, name = step.data["capacity"], step.data["signatory"]
    entry = queries.entitled(step.session, _among(step, capacity), capacity, name, day)
    given = {
        "name": name,
        "body": entry.body if entry else "",
        "signed_on": step.data["signed_on"],
        "opinion": step.data.get("opinion") or "",
    }
    blank = dict.fromkeys(("capacity", "signatory", "signed_on", "opinion"))
    return blank | {"signoffs": {**(step.facts.get("signoffs") or {}), capacity: given}}


@effect("drop-signatures")
def drop_signatures(_step: Step) -> Mapping[str, Any]:
    """Sent back: whoever signed signs again."""
    return {"signoffs": None}


@guard("all-signed")
def all_signed(step: Step) -> Refusal | None:
    """Every signature that the rules ask for is there, and was on the day of the approval."""
    given = step.facts.get("signoffs") or {}
    lacking = [code for code in needed(step) if code not in given]
    if lacking:
        return Refusal(N_("Signatures are missing: {who}."), {"who": _titles(step, lacking)})
    day = step.effective.isoformat()
    later = [code for code in needed(step) if given[code]["signed_on"] > day]
    if later:
        return Refusal(
            N_("Signed after that day: {who}."), {"who": _titles(step, later)}, "resumed_on"
        )
    return None


def _titles(step: Step, codes: Sequence[str]) -> Text:
    known = step.acting.rules.titles("signing_capacities") if step.acting else {}
    titles = [known.get(code, Text(code, code)) for code in codes]
    return Text("、".join(t.zh for t in titles), ", ".join(t.en for t in titles))


def needed(step: Step) -> tuple[str, ...]:
    """The capacities whose signatures this case needs, by the rules of the day."""
    rule = _rule(step)
    return rule.capacities if rule else ()


def _rule(step: Step) -> SignatureRule | None:
    if step.acting is None:
        return None
    act = f"{step.table.code}.{step.facts.get('suspension_kind', 'all')}"
    rule = step.acting.book.on(step.effective).table("signature_rules").get(act)
    return rule if isinstance(rule, SignatureRule) else None


def _among(step: Step, capacity: str) -> Sequence[int]:
    """For which authorities a signer must stand in the list: its own, and those above it.

    “Of the same level” means the authority that decides: its own, or the one that the case has
    climbed to.
    """
    rule = _rule(step)
    if rule is None or capacity not in rule.own:
        return queries.above(_authority(step))
    raised = step.facts.get("raised_to")
    return [step.docket.authority_id, *([raised] if raised else [])]


@panel("signatures")
def signatures(step: Step) -> Panel | None:
    """Who has signed, and whose signature is awaited."""
    given: Mapping[str, Mapping[str, str]] = step.facts.get("signoffs") or {}
    if step.acting is None:
        return None
    titles = step.acting.rules.titles("signing_capacities")
    codes = dict.fromkeys((*needed(step), *given))
    rows: list[list[str | Text]] = [
        [
            titles.get(code, Text(code, code)),
            given.get(code, {}).get("body", ""),
            given.get(code, {}).get("name", "—"),
            given.get(code, {}).get("signed_on", "—"),
        ]
        for code in codes
    ]
    header = (
        Text("身份", "Capacity"),
        Text("单位", "Body"),
        Text("签字人", "Signed by"),
        Text("签字日期", "Signed on"),
    )
    return Panel(Text("验收签字", "Signatures"), header, rows) if rows else None


def _authority(step: Step) -> Authority:
    found = step.session.get(Authority, step.docket.authority_id)
    if found is None:
        raise NotFound
    return found


@guard("team-entitled")
def team_entitled(step: Step) -> Refusal | None:
    """As many officers as the rules ask for, each an inspector on the day on which they act."""
    if step.preview or step.acting is None:
        return None
    field = "team_members" if "team_members" in step.data else "inspectors"
    names = list(dict.fromkeys(one.strip() for one in step.data[field].split("\n") if one.strip()))
    rule = step.acting.book.on(step.effective).table("signature_rules").get("team")
    least = len(rule.capacities) if isinstance(rule, SignatureRule) else 1
    if len(names) < least:
        return Refusal(N_("Name {least} officers at least, one a line."), {"least": least}, field)
    among = queries.above(_authority(step))
    for number, name in enumerate(names, start=1):
        if queries.entitled(step.session, among, "inspector", name, step.effective) is None:
            return Refusal(
                N_("Line {line}: nobody of this name was an inspector on {day} by the list of "
                   "signatories."),
                {"line": number, "day": step.effective.isoformat()},
                field,
            )  # fmt: skip
    return None
