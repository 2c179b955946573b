"""What mappings of records to what is found by words are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from registry.core.codes.regions import region_path
from registry.public.gazette.payloads import (
    AuthorityRef,
    Subject,
)

AUTHORITY_CODE = "authority_code"
"""A keyword that filters like a facet and is not counted."""


@dataclass(slots=True)
class Parts:
    """Of one record, as ``IndexDocument`` has them; what is empty or None is dropped there."""

    names: list[str | None]
    codes: list[str | None] = field(default_factory=list)
    numbers: list[str | None] = field(default_factory=list)
    texts: list[str | None] = field(default_factory=list)
    keywords: dict[str, Iterable[str | None]] = field(default_factory=dict)
    date: str | None = None


def names_of(subject: Subject) -> list[str | None]:
    """Present name first, then former, short and English ones."""
    former = [one["name"] for one in subject.get("former_names", [])]
    return [subject["name"], *former, *subject.get("short_names", []), subject.get("name_en")]


def authority_keywords(authority: AuthorityRef) -> dict[str, Iterable[str | None]]:
    """By which records of an authority are filtered."""
    return {"authority": [authority["name"]], AUTHORITY_CODE: [authority.get("code")]}


def regions_of(subject: Subject, authority: AuthorityRef) -> tuple[str, ...]:
    """The subject's region, else that of the authority that decided."""
    code = subject.get("region") or authority.get("region")
    return region_path(code) if code else ()
