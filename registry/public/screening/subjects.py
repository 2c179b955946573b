"""What the records of the screened kinds say about who is meant: names, code, place, births.

Natural persons of our own lists give no name here (design: they stand in no index and are found
only by name and document number together). Foreign lists' persons do: their publishers name them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from registry.core.names import fold
from registry.public.gazette.payloads import ExternalPayload, ListingPayload

SCREENED_KINDS = ("listing", "external")
"""The lists: what ``clear`` says that the party was not found in."""

Via = Literal["name", "former", "short", "english", "alias", "code", "document"]
"""By which of a subject's names, or by what else, a record was found."""


@dataclass(frozen=True, slots=True)
class ScreenedSubject:
    """Whom a record is about, as far as screening may know."""

    name: str
    names: tuple[tuple[str, Via], ...]
    code: str = ""
    region: str = ""
    births: tuple[str, ...] = ()
    document: str = ""
    """Masked, of a person."""


def subject_of(kind: str, payload: Mapping[str, Any]) -> ScreenedSubject | None:
    """The subject of a record of a screened kind, else None."""
    if kind == "listing":
        return _listing(cast(ListingPayload, payload))
    if kind == "external":
        return _external(cast(ExternalPayload, payload))
    return None


def names_of(kind: str, payload: Mapping[str, Any]) -> tuple[str, ...]:
    """The names under which a record stands in the screening index; none for our persons."""
    subject = subject_of(kind, payload)
    return tuple(name for name, _ in subject.names) if subject else ()


def person_of(payload: Mapping[str, Any], name: str) -> tuple[str, str]:
    """Name and masked document of the person called ``name`` in a listing, itself or beside it."""
    listing = cast(ListingPayload, payload)
    subject = listing["subject"]
    if subject["kind"] == "person":
        return subject["name"], subject.get("document", "")
    for person in listing.get("persons", []):
        if fold(person["name"]) == fold(name):
            return person["name"], person.get("document", "")
    return subject["name"], ""


def _listing(listing: ListingPayload) -> ScreenedSubject:
    subject = listing["subject"]
    if subject["kind"] == "person":
        return ScreenedSubject(subject["name"], (), document=subject.get("document", ""))
    names: list[tuple[str, Via]] = [(subject["name"], "name")]
    names += [(former["name"], "former") for former in subject.get("former_names", [])]
    names += [(short, "short") for short in subject.get("short_names", [])]
    if english := subject.get("name_en"):
        names.append((english, "english"))
    return ScreenedSubject(
        subject["name"], tuple(names), subject.get("code", ""), subject.get("region", "")
    )


def _external(entry: ExternalPayload) -> ScreenedSubject:
    names: list[tuple[str, Via]] = [(entry["name"], "name")]
    names += [(alias, "alias") for alias in entry.get("aliases", [])]
    return ScreenedSubject(entry["name"], tuple(names), births=tuple(entry.get("birth_dates", ())))
