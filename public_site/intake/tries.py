"""How often a code or receipt may be tried with one form: counted in its sealed token."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import current_app

from public_site.intake import tokens
from public_site.intake.tokens import Spent
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.core.web.moment import now

TRIES = 5
MANY = N_("That were many tries. Open this page again and start anew.")


def entry_token(kind: tokens.Kind, tries: int) -> str:
    """The token of a form into which a code or receipt is typed."""
    return tokens.seal(kind, {"tries": tries, "id": secrets.token_hex(16)}, now=now())


def spend(token: Mapping[str, Any], kind: tokens.Kind, field: str) -> int:
    """Take one try of the form; gives how many there were before.

    Raises ``InvalidInput`` at ``field`` where it was too many, or the form was used before.
    """
    spent: Spent = current_app.extensions["registry.tip-tries"]
    if token["tries"] >= TRIES or not spent.use(token["id"], tokens.LIFETIME[kind]):
        raise InvalidInput({field: [MANY]})
    return int(token["tries"])
