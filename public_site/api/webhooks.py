"""Addresses of an agency that are called at every change."""

from __future__ import annotations

from typing import Any

from flask import Response

from public_site import context
from public_site.api import bodies
from public_site.api.keyed import holder, keyed
from public_site.api.kit import (
    as_response,
    asking,
    fitting,
    for_holder,
    group,
    in_path,
    loaded,
    reading,
)
from registry.core.clock import rfc3339
from registry.core.i18n import N_
from registry.core.web.moment import now
from registry.public.webhooks import queries, service
from registry.public.webhooks.models import Endpoint
from schemas.api.requests import ID_PATTERN
from schemas.api.telling import NewWebhook, WebhookBody, WebhooksAnswer

calls = group(
    "webhooks",
    N_("Webhooks"),
    N_(
        "Messages after Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`)."
        " They name ids only. Lifts go first. Answer 2xx within ten seconds; other answers are"
        " tried again for five days, 410 ends it."
    ),
)
ID = [in_path("id", N_("Id of the address."), pattern=ID_PATTERN)]
BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"$ref": "#/components/schemas/WebhookBody"},
            "example": {"url": "https://agency.example/hook", "events": ["listing.lifted"]},
        }
    },
}


@asking(
    calls,
    "/webhooks",
    id="add_webhook",
    summary=N_("Register an address"),
    answer=NewWebhook,
    body=BODY,
    errors=(409,),
    success=201,
)
@keyed("webhooks")
def add() -> Response:
    asked = loaded(WebhookBody(), bodies.json_body())
    with fitting():
        added = service.add(
            context.intake(),
            holder().agency_id,
            asked["url"],
            asked["events"],
            root=context.agency_key(),
            private=context.settings().webhook_private,
            now=now(),
        )
    answer = for_holder({**_told(added.endpoint), "secret": added.secret})
    answer.status_code = 201
    return answer


@reading(
    calls,
    "/webhooks",
    id="list_webhooks",
    summary=N_("The agency's addresses, and how far each is behind"),
    answer=WebhooksAnswer,
    validated=False,
)
@keyed("webhooks")
def every() -> Response:
    found = service.endpoints(context.intake(), holder().agency_id)
    return as_response({"results": [_told(one) for one in found]})


@asking(
    calls,
    "/webhooks/<string:id>",
    id="delete_webhook",
    summary=N_("Call an address no more"),
    answer=None,
    body=None,
    success=204,
    method="DELETE",
    path=ID,
)
@keyed("webhooks")
def delete(id: str) -> Response:
    service.remove(context.intake(), holder().agency_id, id)
    return Response(status=204)


def _told(one: Endpoint) -> dict[str, Any]:
    lag = queries.lag(context.intake(), one.id or 0, now())
    return {
        "id": one.token,
        "url": one.url,
        "events": one.events,
        "created": rfc3339(one.created),
        "disabled": rfc3339(one.disabled) if one.disabled else None,
        "failing_since": rfc3339(one.failing_since) if one.failing_since else None,
        "waiting": lag.waiting,
        "median_seconds": lag.median_seconds,
    }
