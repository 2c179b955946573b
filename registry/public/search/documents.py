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
from registry.public.gazette.enforcement import (
    ExposurePayload,
    HazardPayload,
    SuspensionPayload,
)
from registry.public.gazette.outcomes import AccidentPayload, ReferralPayload
from registry.public.gazette.oversight import InspectionPayload, LicencePayload
from registry.public.gazette.payloads import (
    AuthorityRef,
    ExternalPayload,
    ListingPayload,
    PenaltyPayload,
    SitePayload,
    Subject,
)
from registry.public.gazette.providers import ProviderPayload, ReportPayload
from registry.public.gazette.queries import Record

FACETS = ("kind", "list", "region", "ground", "field", "scope", "status", "validity", "authority")
"""What results are counted and filtered by."""
AUTHORITY_CODE = "authority_code"
"""A keyword that filters like a facet and is not counted."""


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


@dataclass(slots=True)
class _Parts:
    names: list[str | None]
    codes: list[str | None] = field(default_factory=list)
    numbers: list[str | None] = field(default_factory=list)
    texts: list[str | None] = field(default_factory=list)
    keywords: dict[str, Iterable[str | None]] = field(default_factory=dict)
    date: str | None = None


def _listing(payload: Mapping[str, Any]) -> _Parts | None:
    listing = cast(ListingPayload, payload)
    subject, authority = listing["subject"], listing["authority"]
    if subject["kind"] == "person":
        return None
    return _Parts(
        names=_names(subject),
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
            "region": _region(subject, authority),
            "ground": [listing["ground"]],
            **_authority(authority),
        },
        date=listing["decision"]["date"],
    )


def _penalty(payload: Mapping[str, Any]) -> _Parts | None:
    penalty = cast(PenaltyPayload, payload)
    subject, authority = penalty["subject"], penalty["authority"]
    if subject["kind"] == "person":
        return None
    return _Parts(
        names=_names(subject),
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
        keywords={"region": _region(subject, authority), **_authority(authority)},
        date=penalty["decision"]["date"],
    )


def _provider(payload: Mapping[str, Any]) -> _Parts | None:
    provider = cast(ProviderPayload, payload)
    subject, authority = provider["subject"], provider["authority"]
    held = provider.get("qualification")
    if subject["kind"] == "person":
        return None
    return _Parts(
        names=_names(subject),
        codes=[subject.get("code")],
        numbers=[held["number"] if held else None],
        texts=[
            subject.get("address"),
            authority["name"],
            held["issuer"] if held else None,
            provider.get("website"),
        ],
        keywords={
            "region": _region(subject, authority),
            "field": [provider["field"]],
            "scope": provider["scopes"],
            "status": [provider["status"]],
            "validity": [held.get("until", "")[:4] if held else None],
            **_authority(authority),
        },
        date=held["since"] if held else provider["published_on"],
    )


def _decided(
    payload: Mapping[str, Any], texts: Iterable[str | None], **keywords: Iterable[str | None]
) -> _Parts | None:
    """Of a decision on a unit; None for one on a natural person."""
    subject: Subject = payload["subject"]
    authority: AuthorityRef = payload["authority"]
    if subject["kind"] == "person":
        return None
    return _Parts(
        names=_names(subject),
        codes=[subject.get("code")],
        numbers=[payload["decision"]["number"]],
        texts=[*texts, subject.get("address"), authority["name"]],
        keywords={"region": _region(subject, authority), **keywords, **_authority(authority)},
        date=payload["decision"]["date"],
    )


def _hazard(payload: Mapping[str, Any]) -> _Parts | None:
    hazard = cast(HazardPayload, payload)
    texts = [hazard["description"], hazard.get("requirements")]
    return _decided(payload, texts, ground=[hazard["hazard_code"]])


def _suspension(payload: Mapping[str, Any]) -> _Parts | None:
    order = cast(SuspensionPayload, payload)
    texts = [order["reason"], order["basis"], order.get("scope")]
    return _decided(payload, texts, ground=[order["suspension_kind"]])


def _licence(payload: Mapping[str, Any]) -> _Parts | None:
    licence = cast(LicencePayload, payload)
    found = _decided(
        payload,
        [licence.get("scope"), licence.get("revocation_grounds")],
        field=[licence["licence_kind"]],
        status=[licence["status"]],
        validity=[licence["term"]["until"][:4]],
    )
    if found is not None:
        found.numbers.append(licence["licence_number"])
    return found


def _inspection(payload: Mapping[str, Any]) -> _Parts | None:
    inspection = cast(InspectionPayload, payload)
    texts = [*inspection.get("joint_with", []), *(f.get("text") for f in inspection["findings"])]
    return _decided(payload, texts, ground=[inspection["inspection_type"]])


def _accident(payload: Mapping[str, Any]) -> _Parts | None:
    accident = cast(AccidentPayload, payload)
    evaluation = accident.get("evaluation")
    texts = [
        accident["cause"],
        accident["responsibility"],
        accident["measures"],
        evaluation["text"] if evaluation else None,
        evaluation.get("remaining") if evaluation else None,
        accident["investigated_by"],
    ]
    region = region_path(accident["region"])
    return _decided(payload, texts, ground=[accident["level"]], region=region)


def _referral(payload: Mapping[str, Any]) -> _Parts | None:
    referral = cast(ReferralPayload, payload)
    return _decided(payload, [referral["court"]], ground=referral["offences"])


def _report(payload: Mapping[str, Any]) -> _Parts | None:
    report = cast(ReportPayload, payload)
    organization, authority = report["subject"], report["authority"]
    client = report.get("client")
    return _Parts(
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
            "region": _region(organization, authority),
            "field": [report["field"]],
            "scope": [report["type"]],
            "status": [report["status"]],
            "validity": [report["covers"]["until"][:4] if "covers" in report else None],
            **_authority(authority),
        },
        date=report["issued_on"],
    )


def _exposure(payload: Mapping[str, Any]) -> _Parts:
    example = cast(ExposurePayload, payload)
    authority, unit = example["authority"], example.get("unit")
    region = (unit.get("region") if unit else None) or authority.get("region")
    return _Parts(
        names=[example["name"], *(_names(unit) if unit else [])],
        codes=[unit.get("code") if unit else None],
        numbers=[example["decision"]["number"]],
        texts=[example["story"], example.get("lesson"), authority["name"]],
        keywords={
            "region": region_path(region) if region else (),
            "ground": [example["exposure_kind"]],
            **_authority(authority),
        },
        date=example["decision"]["date"],
    )


def _external(payload: Mapping[str, Any]) -> _Parts:
    entry = cast(ExternalPayload, payload)
    return _Parts(
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


def _site(payload: Mapping[str, Any]) -> _Parts:
    site = cast(SitePayload, payload)
    operators, licences = site["operators"], site["licences"]
    return _Parts(
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
    "hazard": _hazard,
    "suspension": _suspension,
    "accident": _accident,
    "referral": _referral,
    "licence": _licence,
    "inspection": _inspection,
    "exposure": _exposure,
    "report": _report,
    "external": _external,
    "site": _site,
}


def _names(subject: Subject) -> list[str | None]:
    former = [one["name"] for one in subject.get("former_names", [])]
    return [subject["name"], *former, *subject.get("short_names", []), subject.get("name_en")]


def _authority(authority: AuthorityRef) -> dict[str, Iterable[str | None]]:
    return {"authority": [authority["name"]], AUTHORITY_CODE: [authority.get("code")]}


def _region(subject: Subject, authority: AuthorityRef) -> tuple[str, ...]:
    """The subject's region, else that of the authority that decided."""
    code = subject.get("region") or authority.get("region")
    return region_path(code) if code else ()


def _present(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _day(text: str | None) -> date | None:
    """``text`` as a day; None where a foreign list writes it in another way."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
