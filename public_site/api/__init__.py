"""The API under ``/api/v1``: thin calls over the same queries as the pages."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, request

from public_site.api import (
    certificates,
    datasets,
    docs,
    filing_form,
    filings,
    history,
    imports,
    keyed,
    limits,
    lists,
    log,
    match,
    measures,
    reconcile,
    records,
    watches,
    webhooks,
)
from public_site.api import suggesting as suggesting  # its calls join those of reconcile
from public_site.api.kit import PREFIX, Api, register
from registry.core.i18n import N_
from schemas.api import answers, requests
from schemas.api.certificates import CertificateBody
from schemas.api.filings import FilingSheet
from schemas.api.lists import FindBody, JudgementBody
from schemas.api.records import components
from schemas.api.telling import FeedbackBody, WatchesBody, WatchQuery, WebhookBody

VERSION = "1.0"
GROUPS = (
    records,
    match,
    lists,
    history,
    certificates,
    measures,
    filings,
    imports,
    watches,
    webhooks,
    log,
    datasets,
    reconcile,
)
_KEY = "registry.api"
_EXPOSED = "ETag, Link, Location, RateLimit, RateLimit-Policy, Repr-Digest, Retry-After"
_ALLOWED = "Authorization, Content-Type, Idempotency-Key, If-None-Match"
_ABOUT = N_(
    "Reads and checks of what is published need no key; what an agency keeps or receives here needs"
    " one, as its calls say. Errors are RFC 9457"
    " `application/problem+json` with a stable `type`, their words in the language of"
    " `Accept-Language`. Every answer applies what holds at the moment of the request: a record"
    " whose term has ended, or that was removed, is in none."
)

SECURITY = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "crk_…",
    "description": N_(
        "A key that the registry's authority issued to an agency, with the scopes that it is good"
        " for."
    ),
}


def install(app: Flask) -> None:
    """Register all calls and pages of the API; ``limits.install`` follows the site's limits."""
    app.after_request(lambda response: _finish(app, response))
    options = {
        "title": "Work Safety Credit Registry",
        "version": VERSION,
        "openapi_version": "3.1.0",
        "info": {"description": _ABOUT},
        "servers": [{"url": "/"}],
    }
    api = Api(app, spec_kwargs=options)
    for name, schema in {**_components(), **reconcile.SCHEMAS}.items():
        api.spec.components.schema(name, schema)
    api.spec.components.schema("Problem", schema=answers.Problem)
    api.spec.components.schema("MatchBody", schema=requests.MatchBody)
    api.spec.components.schema("PartyQuery", schema=requests.PartyQuery)
    api.spec.components.schema("FindBody", schema=FindBody)
    api.spec.components.schema("JudgementBody", schema=JudgementBody)
    api.spec.components.schema("CertificateBody", schema=CertificateBody)
    api.spec.components.schema("FilingSheet", schema=FilingSheet)
    for body in (FeedbackBody, WebhookBody, WatchesBody, WatchQuery):
        api.spec.components.schema(body.__name__, schema=body)
    api.spec.components.security_scheme(keyed.SCHEME, SECURITY)
    for module in GROUPS:
        register(app, api, module.calls)
    app.extensions[_KEY] = api
    docs.install(app, lambda: document(app))


@functools.cache
def _components() -> Mapping[str, dict[str, Any]]:
    """The shapes of records, made once per process; the document takes copies."""
    return components()


def install_limits(app: Flask) -> None:
    limits.install(app)


def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the API of ``app``."""
    found = docs.document(app.extensions[_KEY], [module.calls for module in GROUPS])
    filing_form.complete(found, app.extensions["registry.settings"].report_pictures)
    return found


def _finish(app: Flask, response: Response) -> Response:
    """CORS on everything here: it reads what is public, and knows no cookie."""
    if not request.path.startswith(f"{PREFIX}/"):
        return response
    limits.headers(app, response)
    if response.status_code == 401:
        keyed.challenge(response)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
        response.headers["Access-Control-Allow-Headers"] = _ALLOWED
        response.headers["Access-Control-Max-Age"] = "86400"
    if response.status_code >= 400:
        response.headers.add("Vary", "Accept-Language")
    return response
