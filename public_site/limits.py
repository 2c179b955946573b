"""How often one address may ask, counted without keeping the address.

The key is a keyed hash of the remote address (IPv6: its /64). With counts in this process the
key of the hash is random and replaced every hour; with counts in Redis, which many processes
share, it is derived from the site's secret and the hour. Either way nothing links one hour's
counts to the next, and no address is written or logged.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, request
from flask_limiter import Limiter

from registry.core.settings import PublicSettings
from registry.core.web.moment import now

SEARCH = "1200/minute;20000/hour"
"""A search costs some 30 ms; a reader makes a few a minute, a library's shared address more."""
EXPORT = "30/minute;300/hour"
CHECK = "60/minute;600/hour"
LIST = "6/minute;40/hour"
"""Uploads of whole lists, each of which is as much work as its rows."""
PERSON_CHECK = "12/minute;60/hour"
"""Of persons: slow enough that nobody walks through document numbers."""


@dataclass
class _Hourly:
    """The hash key of the running hour."""

    secret: bytes | None
    hour: int = -1
    key: bytes = field(default=b"", repr=False)

    def of(self, hour: int) -> bytes:
        if hour != self.hour:
            fixed = hmac.digest(self.secret, str(hour).encode(), "sha256") if self.secret else None
            self.hour, self.key = hour, fixed or secrets.token_bytes(32)
        return self.key


def _exporting() -> bool:
    return bool(request.args.get("format"))


def _of_person() -> bool:
    return request.form.get("what") == "person"


LIMITS: dict[str, tuple[tuple[str, Callable[[], bool] | None], ...]] = {
    "search.results": ((SEARCH, None), (EXPORT, _exporting)),
    "check.result": ((CHECK, None), (PERSON_CHECK, _of_person)),
    "lists.upload": ((LIST, None),),
    "certificates.issue": ((CHECK, None), (PERSON_CHECK, _of_person)),
    "certificates.verify": ((CHECK, None),),
    "tips_rewards.entries": ((EXPORT, None),),
}
"""Endpoint to limits, each with the condition under which it counts."""


def install(app: Flask, settings: PublicSettings) -> None:
    """Put the limits before the views of ``app``; call it when all of them are registered."""
    shared = not settings.rate_limit_url.startswith("memory:")
    secret = str(app.secret_key).encode() if shared else None
    app.extensions["registry.rate-key"] = _Hourly(secret)
    limiter = Limiter(
        address_key,
        app=app,
        storage_uri=settings.rate_limit_url,
        strategy="moving-window",
        headers_enabled=True,
        retry_after="delta-seconds",
        in_memory_fallback_enabled=True,
    )
    for endpoint, limits in LIMITS.items():
        view: Any = app.view_functions[endpoint]
        for limit, counts in limits:
            exempt = None if counts is None else _not(counts)
            view = limiter.limit(limit, exempt_when=exempt)(view)
        app.view_functions[endpoint] = view


def _not(condition: Callable[[], bool]) -> Callable[[], bool]:
    return lambda: not condition()


def address_key() -> str:
    """The asking address, hashed with this hour's key."""
    hourly: _Hourly = current_app.extensions["registry.rate-key"]
    key = hourly.of(int(now().timestamp()) // 3600)
    packed = _network(request.remote_addr or "0.0.0.0")  # noqa: S104 - no peer: a test or a socket
    return hashlib.blake2b(packed, key=key, digest_size=16).hexdigest()


def _network(address: str) -> bytes:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address.encode()
    if isinstance(parsed, ipaddress.IPv6Address):
        # A server that listens on both families sees IPv4 as ::ffff:a.b.c.d, all of it one /64.
        mapped = parsed.ipv4_mapped
        return mapped.packed if mapped else parsed.packed[:8]
    return parsed.packed
