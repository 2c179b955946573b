"""Keys of agencies: their writing, what they may do, and who stands behind a bearer's token.

A token is ``crk_PREFIX_SECRET``: the prefix finds the row, the secret proves the holder. The
store keeps the secret's hash only, so a token is shown once, when it is made.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select, update

from registry.core.clock import legal_day
from registry.core.codes.public_id import CROCKFORD
from registry.core.db import IntakeSession
from registry.core.errors import RegistryError
from registry.core.i18n import N_
from registry.public.agencies.models import AgencyRow, KeyRow

SCOPES: dict[str, str] = {
    "match": N_("Check counterparties under the agency's own quota"),
    "jobs": N_("Check whole lists as jobs"),
    "history": N_("See the agency's checks; remember “not the same”"),
    "certificates": N_("Receive signed certificates of checks"),
    "measures": N_("Receive measures due and report on them"),
    "watches": N_("Have stored counterparties watched"),
    "webhooks": N_("Be called at every change"),
    "reports": N_("File the organization's own reports"),
    "imports": N_("Hand in rows for the imports desk"),
}
"""What a key may be good for, each with its words."""
_TOKEN = re.compile(r"crk_([0-9A-HJKMNP-TV-Z]{10})_([A-Za-z0-9_-]{43})")
_NOBODY = bytes(32)
DEMO_PREFIX = "DEM0DEM0DE"
"""Of the demonstration's key, which everybody knows."""


class KeyMissing(RegistryError):  # noqa: N818 - the family reads as sentences
    """The call needs a key and none was sent."""

    code = "key-missing"
    status = 401
    message = N_("This call needs a key: send it as “Authorization: Bearer …”.")


class KeyRefused(RegistryError):  # noqa: N818
    """The key is unknown, revoked or expired; which of these is the holder's business alone."""

    code = "key-refused"
    status = 401
    message = N_("This key is not known, or no longer good.")


class ScopeMissing(RegistryError):  # noqa: N818
    """The key is good, for other things."""

    code = "scope-missing"
    status = 403
    message = N_("This key is not good for this call: it lacks the scope “{scope}”.")


@dataclass(frozen=True)
class AgencyKey:
    """A good key and the agency that holds it."""

    id: int
    prefix: str
    agency_id: int
    agency: str
    agency_code: str
    scopes: frozenset[str]
    expires: datetime | None
    last_used: date | None

    def require(self, scope: str) -> None:
        """Raises ``ScopeMissing`` where the key is not good for ``scope``."""
        if scope not in self.scopes:
            raise ScopeMissing(scope=scope)


@dataclass(frozen=True)
class FreshToken:
    """A token as its holder gets it, once, and what the store keeps of it."""

    token: str
    prefix: str
    secret_hash: bytes


def fresh_token() -> FreshToken:
    """A new random token."""
    prefix = "".join(secrets.choice(CROCKFORD) for _ in range(10))
    secret = secrets.token_urlsafe(32)
    return FreshToken(f"crk_{prefix}_{secret}", prefix, _hash(secret))


def split(token: str) -> tuple[str, str] | None:
    """Prefix and secret of ``token``; None for what has not the shape of one."""
    shape = _TOKEN.fullmatch(token.strip())
    return (shape[1], shape[2]) if shape else None


def demo_token() -> FreshToken:
    """The demonstration's token: fixed, printed at its start, refused everywhere else."""
    secret = "demo-only".ljust(43, "-")
    return FreshToken(f"crk_{DEMO_PREFIX}_{secret}", DEMO_PREFIX, _hash(secret))


def authenticate(
    session: IntakeSession, bearer: str, now: datetime, *, demo: bool = False
) -> AgencyKey:
    """The key behind ``bearer`` (the token, without "Bearer"). Raises ``KeyRefused``.

    The demonstration's token counts with ``demo`` only.
    """
    parts = split(bearer)
    if parts is None or (parts[0] == DEMO_PREFIX and not demo):
        raise KeyRefused
    prefix, secret = parts
    query = select(KeyRow, AgencyRow).where(
        col(KeyRow.prefix) == prefix, col(AgencyRow.id) == col(KeyRow.agency_id)
    )
    found = session.exec(query).first()
    kept = found[0].secret_hash if found else _NOBODY
    if not hmac.compare_digest(kept, _hash(secret)) or found is None or not good(found[0], now):
        raise KeyRefused
    row, agency = found
    return AgencyKey(
        id=row.id or 0,
        prefix=row.prefix,
        agency_id=row.agency_id,
        agency=agency.name,
        agency_code=agency.code,
        scopes=frozenset(row.scopes) & SCOPES.keys(),
        expires=row.expires,
        last_used=row.last_used,
    )


def good(row: KeyRow, now: datetime) -> bool:
    """Whether the key may be used at ``now``."""
    return row.revoked is None and (row.expires is None or now < row.expires)


def note_use(session: IntakeSession, key_id: int, now: datetime) -> None:
    """Note that the key was used on this legal day."""
    change = update(KeyRow).where(col(KeyRow.id) == key_id).values(last_used=legal_day(now))
    session.exec(change)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
