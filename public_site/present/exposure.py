"""The page of a negative example."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from public_site.present.moments import Term, term
from public_site.present.words import day, title
from registry.core.i18n import Text
from registry.core.rules import Rules
from registry.public.gazette.enforcement import ExposurePayload
from registry.public.gazette.queries import Record


@dataclass(frozen=True)
class ExposureView:
    """A negative example worked out for ``today``."""

    payload: ExposurePayload
    kind: Text
    term: Term | None
    roles: dict[str, Text]


def exposure_view(record: Record, rules: Rules, today: date) -> ExposureView:
    """``record`` as its page shows it."""
    payload = cast(ExposurePayload, record.payload)
    since, until = day(payload["term"]["since"]), day(payload["term"]["until"])
    return ExposureView(
        payload=payload,
        kind=title(rules, "exposure_kinds", payload["exposure_kind"]),
        term=term(since, until, today) if since and until else None,
        roles={
            one["role"]: title(rules, "roles", one["role"]) for one in payload.get("persons", [])
        },
    )
