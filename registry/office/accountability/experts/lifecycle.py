"""The appraisal: which experts, who keeps out, what each one says, what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import select

from registry.core.i18n import N_, Text
from registry.office.accountability.experts import queries, recusal
from registry.office.accountability.experts.models import Expert
from registry.office.dockets.checks import authority_of
from registry.office.dockets.hooks import Panel, Refusal, Step, context, effect, guard, panel
from registry.office.dockets.models import DocketParty
from registry.office.enforcement import surroundings as _surroundings  # noqa: F401 - registers
from registry.office.entities import queries as entities
from registry.office.entities import subjects


def _named(step: Step) -> list[dict[str, Any]]:
    return [dict(one) for one in step.facts.get("experts") or ()]


def _active(step: Step) -> list[dict[str, Any]]:
    return [one for one in _named(step) if not one.get("recused_on")]


def _expert(step: Step) -> Expert | None:
    return queries.by_number(step.session, authority_of(step.session, step.docket),
                             step.data["expert"])  # fmt: skip


@guard("expert-fit")
def expert_fit(step: Step) -> Refusal | None:
    """An expert of the pool, valid on the day, of the field, whom nothing keeps out."""
    if step.preview or step.acting is None:
        return None
    found = _expert(step)
    if found is None:
        return Refusal(N_("There is no expert with this number in the pool."), {}, "expert")
    return _unfit(step, found) or _kept_out(step, found)


def _unfit(step: Step, found: Expert) -> Refusal | None:
    """Validity, field, and that nobody is named twice or leads beside another."""
    if not found.valid(step.effective):
        return Refusal(N_("He is not in the pool on that day."), {}, "expert")
    if step.data["expert_field"] not in found.fields:
        return Refusal(N_("This is not his field."), {}, "expert_field")
    if any(one["number"] == found.number for one in _named(step)):
        return Refusal(N_("He was named in this case already."), {}, "expert")
    if step.data.get("lead") and any(one.get("lead") for one in _active(step)):
        return Refusal(N_("Somebody else leads already."), {}, "lead")
    return None


def _kept_out(step: Step, found: Expert) -> Refusal | None:
    """His own matters, and those of whom he works or worked for."""
    assert step.acting is not None  # noqa: S101 - an officer names him
    linked = [other for ids in step.links.values() for other in ids]
    about = recusal.matter(step.session, step.docket, linked)
    since = recusal.since_when(step.acting.book.on(step.effective), step.effective)
    first = next(recusal.grounds(step.session, found, about, since), None)
    return Refusal(first, {}, "expert") if first else None


@effect("keep-expert")
def keep_expert(step: Step) -> Mapping[str, Any]:
    """The expert among those of the case; from his page the case is found, too."""
    found = _expert(step)
    assert found is not None and step.docket.id is not None  # noqa: S101 - the guard found him
    person = entities.entity(step.session, found.person_id)
    step.session.add(
        DocketParty(
            docket_id=step.docket.id, entity_id=found.person_id, role=recusal.ROLE,
            added_at=step.now,
        )
    )  # fmt: skip
    entry = {
        "number": found.number,
        "person_id": found.person_id,
        "name": person.name,
        "field": step.data["expert_field"],
        "lead": bool(step.data.get("lead")),
        "named_on": step.effective.isoformat(),
    }
    return dict.fromkeys(step.data) | {"experts": [*_named(step), entry]}


@guard("expert-named")
def expert_named(step: Step) -> Refusal | None:
    """Only an expert of this case who does not keep out of it."""
    if step.preview:
        return None if _active(step) else Refusal(N_("No expert has been named."))
    wanted = step.data["expert"].strip().upper()
    if not any(one["number"] == wanted for one in _active(step)):
        return Refusal(N_("This expert is not named in the case."), {}, "expert")
    return None


@effect("recuse-expert")
def recuse_expert(step: Step) -> Mapping[str, Any]:
    """He keeps out from now on; that he was named, and why he left, stays."""
    number = step.data["expert"].strip().upper()
    found = []
    for one in _named(step):
        if one["number"] == number:
            one |= {"recused_on": step.effective.isoformat(), "recusal": step.data["recusal_text"]}
            _release(step, one["person_id"])
        found.append(one)
    return dict.fromkeys(step.data) | {"experts": found}


def _release(step: Step, person_id: int) -> None:
    query = select(DocketParty).where(
        DocketParty.docket_id == step.docket.id,
        DocketParty.entity_id == person_id,
        DocketParty.role == recusal.ROLE,
    )
    for row in step.session.exec(query).all():
        row.removed_at = step.now


@effect("keep-opinion")
def keep_opinion(step: Step) -> Mapping[str, Any]:
    """What one expert says; a later opinion of his replaces the earlier one."""
    number = step.data["expert"].strip().upper()
    said = {"opined_on": step.effective.isoformat(), "opinion": step.data["expert_opinion"]}
    found = [one | said if one["number"] == number else one for one in _named(step)]
    return dict.fromkeys(step.data) | {"experts": found}


@guard("experts-led")
def experts_led(step: Step) -> Refusal | None:
    """At least one expert, and one who leads."""
    if not any(one.get("lead") for one in _active(step)):
        return Refusal(N_("Name the expert who leads."))
    return None


@guard("experts-heard")
def experts_heard(step: Step) -> Refusal | None:
    """Everybody who was named has given his opinion."""
    silent = [one["number"] for one in _active(step) if not one.get("opined_on")]
    if silent:
        return Refusal(N_("Opinions are missing: {who}."), {"who": "、".join(silent)})
    return None


@panel("experts")
def experts(step: Step) -> Panel | None:
    """The experts of the case, with who keeps out and who has spoken."""
    if step.acting is None:
        return None
    fields = step.acting.rules.titles("expert_fields")
    rows: list[list[str | Text]] = [
        [
            one["number"],
            one["name"],
            fields.get(one["field"], one["field"]),
            Text("组长", "leads") if one.get("lead") else Text("成员", "member"),
            _state(one),
            str(one.get("opinion") or one.get("recusal") or ""),
        ]
        for one in _named(step)
    ]
    header = (
        Text("专家编号", "Number"),
        Text("姓名", "Name"),
        Text("专业", "Field"),
        Text("职责", "Part"),
        Text("情况", "State"),
        Text("意见或者回避理由", "Opinion, or why he keeps out"),
    )
    return Panel(Text("专家", "Experts"), header, rows) if rows else None


def _state(one: Mapping[str, Any]) -> Text:
    if one.get("recused_on"):
        return Text(f"{one['recused_on']}回避", f"keeps out since {one['recused_on']}")
    if one.get("opined_on"):
        return Text(f"{one['opined_on']}出具意见", f"gave his opinion on {one['opined_on']}")
    return Text("待出具意见", "opinion awaited")


@context("appraisal")
def appraisal_context(step: Step) -> dict[str, Any]:
    """What the paper of the appraisal can say."""
    found = subjects.context(step)
    titles = subjects.book(step).titles("expert_fields")
    found["experts"] = [
        {"name": one["name"], "field": titles[one["field"]].zh, "opinion": one.get("opinion", ""),
         "part": "组长" if one.get("lead") else "成员"}
        for one in _active(step)
    ]  # fmt: skip
    return found
