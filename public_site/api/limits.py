"""How often the API may be asked, and headers that say so (draft-ietf-httpapi-ratelimit-headers).

Counts and keys are the site's (``public_site.limits``): without a key of an agency, by address;
with one, by that key and with its own quota. A batch costs as many checks as it has queries.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Response, g, request
from flask_limiter import Limiter, RequestLimit
from werkzeug.exceptions import RequestEntityTooLarge

from public_site import limits as site
from public_site.api import bodies, keyed
from public_site.api.kit import PREFIX
from registry.core.clock import system_clock
from registry.core.errors import RegistryError
from registry.core.settings import PublicSettings

READ = "600/minute;12000/hour"
"""Ten a second: a mirror that asks for changes every minute needs one."""
SEARCH = "300/minute;6000/hour"
CHECKS = "3000/minute;40000/hour"
"""Counterparties, not requests: 10,000 names in batches of 200 take some four minutes."""
FILES = "60/minute;600/hour"
"""All datasets in all formats, twice."""
JOBS = "20/minute;200/hour"
WITH_KEY = {
    READ: "3000/minute;60000/hour",
    SEARCH: "600/minute;20000/hour",
    CHECKS: "12000/minute;400000/hour",
    FILES: "120/minute;1200/hour",
    JOBS: "20/minute;200/hour",
}
"""What the holder of a key has instead, wherever he asks from."""
_SEARCHES = {"search", "suggest_entities"}
_FILES = {"download_dataset", "list_datasets", "get_catalog"}
_JOBS = {"create_job", "file_report"}
_BATCHES = {"match", "reconcile", "reconciliation_manifest", "issue_certificate"}
_SHOWN = ("RateLimit", "RateLimit-Policy", "Retry-After")
_UNITS = {60: "minute", 3600: "hour"}


def install(app: Flask) -> None:
    """Put the limits before the calls of ``app``; call it after the site's own."""
    limiter = next(iter(app.extensions["limiter"]))
    times = cast(PublicSettings, app.extensions["registry.settings"]).api_quotas
    for endpoint, view in list(app.view_functions.items()):
        group, _, name = endpoint.partition(".")
        if not group.startswith("api-"):
            continue
        wanted: dict[str, Any] = {"limit_value": READ, "scope": "api-read"}
        if name in _SEARCHES:
            wanted = {"limit_value": SEARCH, "scope": "api-search"}
        elif name in _FILES:
            wanted = {"limit_value": FILES, "scope": "api-files"}
        elif name in _JOBS:
            wanted = {"limit_value": JOBS, "scope": "api-jobs"}
        elif name in _BATCHES:
            wanted = {"limit_value": CHECKS, "scope": "api-checks", "cost": cost}
        wanted["limit_value"] = _quota(wanted["limit_value"], times)
        if keyed.scope_of(view) is not None:
            # Who shows no key is turned away before any work: there is nothing to count.
            wanted["exempt_when"] = keyed.shows_none
        app.view_functions[endpoint] = limiter.shared_limit(key_func=caller, **wanted)(view)


def caller() -> str:
    """Whose quota it is: that of the key, or that of the address where there is no good one."""
    held = keyed.held()
    return f"key:{held.id}" if held else site.address_key()


@functools.cache
def _quota(without_key: str, times: int) -> Callable[[], str]:
    """One and the same provider per quota: views of one name share theirs, and count it once."""
    without, having = _times(without_key, times), _times(WITH_KEY[without_key], times)
    return lambda: having if keyed.held() else without


def _times(quota: str, times: int) -> str:
    """``quota`` with each of its amounts so many times as large."""
    return re.sub("[0-9]+", lambda amount: str(int(amount[0]) * times), quota)


def cost() -> int:
    """How many checks the request asks for; 1 for what cannot be read, which is refused later."""
    if "batch_cost" not in g:
        g.batch_cost = _cost()
    return int(g.batch_cost)


def _cost() -> int:
    try:
        if request.path.endswith("/match"):
            found = bodies.parse(bodies.raw_body())
            queries = found.get("queries") if isinstance(found, dict) else None
        else:
            request.max_content_length = bodies.LARGEST
            given = request.form or request.args
            text = given.get("queries") or given.get("extend") or "{}"
            queries = bodies.parse(text.encode(errors="surrogatepass"))
            if "queries" not in given and isinstance(queries, dict):
                queries = queries.get("ids")
    except (RegistryError, RequestEntityTooLarge):
        return 1
    return max(1, min(len(queries), 1000)) if isinstance(queries, dict | list) else 1


def headers(app: Flask, response: Response) -> None:
    """Replace the library's headers by those of the IETF draft."""
    for name in list(response.headers.keys()):
        if name.startswith("X-RateLimit"):
            del response.headers[name]
    limiter: Limiter = next(iter(app.extensions["limiter"]))
    counted = limiter.current_limits
    if response.status_code != 429:
        response.headers.pop("Retry-After", None)
    if not counted or not request.path.startswith(PREFIX):
        return
    asked_at = system_clock().timestamp()  # the limiter's own clock, which the tests do not set
    response.headers["RateLimit-Policy"] = ", ".join(
        f'"{_name(one)}";q={one.limit.amount};w={one.limit.get_expiry()}' for one in counted
    )
    response.headers["RateLimit"] = ", ".join(
        f'"{_name(one)}";r={max(0, one.remaining)};t={_wait(one, asked_at)}' for one in counted
    )
    if response.status_code == 429:
        waits = [_wait(one, asked_at) for one in counted if one.breached]
        response.headers["Retry-After"] = str(max(waits, default=60))


def _name(one: RequestLimit) -> str:
    return _UNITS.get(one.limit.get_expiry(), str(one.limit.get_expiry()))


def _wait(one: RequestLimit, asked_at: float) -> int:
    """Seconds until the quota is whole again, at least 1."""
    return min(one.limit.get_expiry(), max(1, round(one.reset_at - asked_at)))
