"""What of a published record is found by words: one mapping per kind of record.

Natural persons of our own lists are never indexed, neither as subjects nor beside a unit: they
are found only by name and document number together (``/check``). Persons on the lists of other
bodies are published as such and are indexed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from registry.core.codes.regions import region_path
from registry.public.gazette.payloads import (
    ExternalPayload,
    ListingPayload,
    PenaltyPayload,
    SitePayload,
)
from registry.public.gazette.providers import ProviderPayload, ReportPayload
from registry.public.gazette.queries import Record
from registry.public.search.decided import DECIDED
from registry.public.search.parts import Parts, authority_keywords, names_of, regions_of

FACETS = ("kind", "list", "region", "ground", "field", "scope", "status", "validity", "authority")
"""What results are counted and filtered by."""


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """What an engine knows of one record.

    ``names``: present name first, then former, short, English names, aliases. ``codes``: credit
    codes, registration numbers and the like. ``numbers``: of decisions, licences, references.
    ``texts``: running text, one entry per passage. ``keywords``: facet to values; a region stands
    with all that it lies in. ``publish_until``: the instant from which it may not be shown.
    """

    id: str
    kind: str
    sequence: int
    names: tuple[str, ...]
    codes: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    date: date | None = None
    publish_until: datetime | None = None


def document(record: Record, text: str = "") -> IndexDocument | None:
    """What is indexed of ``record``; None where it must not stand in a text index.

    ``text``: what stands in the record's own file.
    """
    mapping = _MAPPINGS.get(record.kind)
    parts = mapping(record.payload) if mapping else None
    if parts is None:
        return None
    keywords = {"kind": (record.kind,), **parts.keywords}
    return IndexDocument(
        id=record.id,
        kind=record.kind,
        sequence=record.sequence,
        names=_present(parts.names),
        codes=_present(parts.codes),
        numbers=_present(parts.numbers),
        texts=_present([*parts.texts, text]),
        keywords={
            facet: found for facet, values in keywords.items() if (found := _present(values))
        },
        date=_day(parts.date),
        publish_until=record.publish_until,
    )


def _listing(payload: Mapping[str, Any]) -> Parts | None:
    listing = cast(ListingPayload, payload)
    subject, authority = listing["subject"], listing["authority"]
    if subject["kind"] == "person":
        return None
    return Parts(
        names=names_of(subject),
        codes=[subject.get("code")],
        numbers=[listing["decision"]["number"], listing.get("penalty_number")],
        texts=[
            listing.get("summary"),
            listing["decision"].get("text"),
            subject.get("address"),
            authority["name"],
            listing.get("reported_by"),
        ],
        keywords={
            "list": [listing["list"]],
            "region": regions_of(subject, authority),
            "ground": [listing["ground"]],
            **authority_keywords(authority),
        },
        date=listing["decision"]["date"],
    )


def _penalty(payload: Mapping[str, Any]) -> Parts | None:
    penalty = cast(PenaltyPayload, payload)
    subject, authority = penalty["subject"], penalty["authority"]
    if subject["kind"] == "person":
        return None
    return Parts(
        names=names_of(subject),
        codes=[subject.get("code")],
        numbers=[penalty["decision"]["number"]],
        texts=[
            penalty["facts"],
            penalty["basis"],
            penalty["content"],
            penalty["decision"].get("text"),
            subject.get("address"),
            authority["name"],
            penalty.get("licence_revoked"),
            penalty.get("note"),
        ],
        keywords={"region": regions_of(subject, authority), **authority_keywords(authority)},
        date=penalty["decision"]["date"],
    )


def _provider(payload: Mapping[str, Any]) -> Parts | None:
    provider = cast(ProviderPayload, payload)
    subject, authority = provider["subject"], provider["authority"]
    held = provider.get("qualification")
    if subject["kind"] == "person":
        return None
    return Parts(
        names=names_of(subject),
        codes=[subject.get("code")],
        numbers=[held["number"] if held else None],
        texts=[
            subject.get("address"),
            authority["name"],
            held["issuer"] if held else None,
            provider.get("website"),
        ],
        keywords={
            "region": regions_of(subject, authority),
            "field": [provider["field"]],
            "scope": provider["scopes"],
            "status": [provider["status"]],
            "validity": [held.get("until", "")[:4] if held else None],
            **authority_keywords(authority),
        },
        date=held["since"] if held else provider["published_on"],
    )


def _report(payload: Mapping[str, Any]) -> Parts | None:
    report = cast(ReportPayload, payload)
    organization, authority = report["subject"], report["authority"]
    client = report.get("client")
    return Parts(
        names=[report["project"]],
        codes=[organization.get("code"), client.get("code") if client else None],
        numbers=[report["number"]],
        texts=[
            organization["name"],
            client["name"] if client else None,
            report.get("summary"),
            authority["name"],
        ],
        keywords={
            "region": regions_of(organization, authority),
            "field": [report["field"]],
            "scope": [report["type"]],
            "status": [report["status"]],
            "validity": [report["covers"]["until"][:4] if "covers" in report else None],
            **authority_keywords(authority),
        },
        date=report["issued_on"],
    )


def _external(payload: Mapping[str, Any]) -> Parts:
    entry = cast(ExternalPayload, payload)
    return Parts(
        names=[entry["name"], *entry.get("aliases", [])],
        codes=list(entry.get("identifiers", [])),
        numbers=[entry["reference"]],
        texts=[
            entry.get("remarks"),
            *entry.get("programs", []),
            *entry.get("countries", []),
            *entry.get("details", {}).values(),
        ],
        keywords={"list": [entry["list"]]},
        date=entry["source_date"],
    )


def _site(payload: Mapping[str, Any]) -> Parts:
    site = cast(SitePayload, payload)
    operators, licences = site["operators"], site["licences"]
    return Parts(
        names=[site["name"], site.get("name_en")],
        codes=[operator.get("code") for operator in operators],
        numbers=[licence["number"] for licence in licences],
        texts=[site.get("place"), *(operator["name"] for operator in operators)],
        keywords={"region": region_path(site["region"]), "field": [site["type"]]},
        date=max((licence.get("since", "") for licence in licences), default=None),
    )


_MAPPINGS = {
    "listing": _listing,
    "penalty": _penalty,
    "provider": _provider,
    "report": _report,
    "external": _external,
    "site": _site,
    **DECIDED,
}


def _present(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _day(text: str | None) -> date | None:
    """``text`` as a day; None where a foreign list writes it in another way."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
