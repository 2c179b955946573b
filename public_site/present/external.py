"""The page of an entry of a list that another body keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from public_site.present.cards import EXTERNAL_TYPES
from public_site.present.words import list_title
from registry.core.i18n import Text
from registry.core.rules import Rules
from registry.public.gazette.payloads import ExternalPayload
from registry.public.gazette.queries import Record


@dataclass(frozen=True)
class ExternalView:
    """An entry with its list's title."""

    payload: ExternalPayload
    list_title: Text
    type: str


def external_view(record: Record, rules: Rules, today: date) -> ExternalView:
    """``record`` as its page shows it, on every day alike."""
    payload = cast(ExternalPayload, record.payload)
    return ExternalView(
        payload=payload,
        list_title=list_title(rules, payload["list"]),
        type=EXTERNAL_TYPES.get(payload["type"], payload["type"]),
    )
