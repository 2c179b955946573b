"""Measures that an agency must apply or lift, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from public_site import context
from public_site.api import bodies, cursors
from public_site.api.keyed import holder, keyed
from public_site.api.kit import (
    as_response,
    asking,
    fitting,
    for_holder,
    group,
    in_path,
    loaded,
    page_url,
    reading,
    with_next,
)
from registry.core.clock import rfc3339
from registry.core.i18n import N_
from registry.core.rules import UnknownRule
from registry.core.web.locale import say
from registry.core.web.moment import now, today
from registry.public.measures import lifecycle, service
from registry.public.measures.models import MeasureTask
from registry.public.measures.service import Feedback
from schemas.api.requests import ID_PATTERN
from schemas.api.telling import DueArgs, FeedbackBody, Measure, MeasuresAnswer

calls = group(
    "measures",
    N_("Measures"),
    N_(
        "What a department must apply after a listing was published, and lift after it was"
        " removed. A lift stays open until the department says that it is done."
    ),
)
ID = [in_path("id", N_("Id of the notice."), pattern=ID_PATTERN)]
BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"$ref": "#/components/schemas/FeedbackBody"},
            "example": {"answer": "applied", "on": "2026-07-21"},
        }
    },
}
ACTIONS = {"due": "apply", "received": "apply", "lift-due": "lift"}


@reading(
    calls,
    "/measures/due",
    id="list_measures",
    summary=N_("Measures that wait for the agency"),
    args=DueArgs,
    answer=MeasuresAnswer,
    errors=(400, 422),
    validated=False,
)
@keyed("measures")
def due(args: Mapping[str, Any]) -> Response:
    agency, limit = holder().agency_id, args["limit"]
    states = (args["state"],) if args["state"] else tuple(sorted(lifecycle.OPEN))
    bound = {"of": f"measures:{agency}", "state": args["state"]}
    start = cursors.number(args["next"], bound)
    session = context.intake()
    rows = service.due(session, agency, states=states, after=start, limit=limit + 1)
    shown = rows[:limit]
    following = cursors.pack(str(shown[-1].id), bound) if len(rows) > limit else None
    refused = service.refusals(session, [one.token for one in shown])
    body = {"results": [_told(one, refused.get(one.token)) for one in shown], "next": following}
    return for_holder(
        with_next(body, "measures/due", {"state": args["state"], "limit": limit, "next": following})
    )


@asking(
    calls,
    "/measures/<string:id>/feedback",
    id="answer_measure",
    summary=N_("Say what the agency did"),
    description=N_(
        "`received`, `applied`, `not-applicable` (with the reason), or `lifted` once the measure"
        " is to be lifted. An answer that does not fit where the measure stands is refused (409)."
    ),
    answer=Measure,
    body=BODY,
    errors=(409,),
    path=ID,
)
@keyed("measures")
def answer(id: str) -> Response:
    said = loaded(FeedbackBody(), bodies.json_body())
    given = Feedback(said["answer"], said["on"], said["reason"], said["reference"])
    with fitting():
        task = service.answer(context.intake(), holder().agency_id, id, given, now())
    return as_response(_told(task, None))


def _told(task: MeasureTask, refused: str | None) -> dict[str, Any]:
    title, basis = _words(task.measure)
    late = task.state == "lift-due" and task.lift_by is not None and task.lift_by < today()
    told: dict[str, Any] = {
        "id": task.token,
        "action": ACTIONS.get(task.state, "none"),
        "state": task.state,
        "measure": task.measure,
        "title": title,
        "basis": basis,
        "listing": task.listing,
        "url": page_url("listing", task.listing),
        "since": rfc3339(task.since),
        "overdue": late,
        "reminders": task.reminders,
    }
    if task.lift_since is not None:
        told["lift_since"] = rfc3339(task.lift_since)
    if task.lift_by is not None:
        told["lift_by"] = task.lift_by.isoformat()
    return told | ({"refused": refused} if refused else {})


def _words(code: str) -> tuple[str, str]:
    try:
        found = context.rules().measure(code)
    except UnknownRule:
        return code, ""
    return say(found.title), say(found.basis)
