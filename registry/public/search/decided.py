"""What is found by words of decisions on units: dangers, orders, licences, accidents and others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
    Subject,
)
from registry.public.search.parts import Parts, authority_keywords, names_of, regions_of


def _decided(
    payload: Mapping[str, Any], texts: Iterable[str | None], **keywords: Iterable[str | None]
) -> Parts | None:
    """Of a decision on a unit; None for one on a natural person."""
    subject: Subject = payload["subject"]
    authority: AuthorityRef = payload["authority"]
    if subject["kind"] == "person":
        return None
    return Parts(
        names=names_of(subject),
        codes=[subject.get("code")],
        numbers=[payload["decision"]["number"]],
        texts=[*texts, subject.get("address"), authority["name"]],
        keywords={
            "region": regions_of(subject, authority),
            **keywords,
            **authority_keywords(authority),
        },
        date=payload["decision"]["date"],
    )


def _hazard(payload: Mapping[str, Any]) -> Parts | None:
    hazard = cast(HazardPayload, payload)
    texts = [hazard["description"], hazard.get("requirements")]
    return _decided(payload, texts, ground=[hazard["hazard_code"]])


def _suspension(payload: Mapping[str, Any]) -> Parts | None:
    order = cast(SuspensionPayload, payload)
    texts = [order["reason"], order["basis"], order.get("scope")]
    return _decided(payload, texts, ground=[order["suspension_kind"]])


def _licence(payload: Mapping[str, Any]) -> Parts | None:
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


def _inspection(payload: Mapping[str, Any]) -> Parts | None:
    inspection = cast(InspectionPayload, payload)
    texts = [*inspection.get("joint_with", []), *(f.get("text") for f in inspection["findings"])]
    return _decided(payload, texts, ground=[inspection["inspection_type"]])


def _accident(payload: Mapping[str, Any]) -> Parts | None:
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


def _referral(payload: Mapping[str, Any]) -> Parts | None:
    referral = cast(ReferralPayload, payload)
    return _decided(payload, [referral["court"]], ground=referral["offences"])


def _exposure(payload: Mapping[str, Any]) -> Parts:
    example = cast(ExposurePayload, payload)
    authority, unit = example["authority"], example.get("unit")
    region = (unit.get("region") if unit else None) or authority.get("region")
    return Parts(
        names=[example["name"], *(names_of(unit) if unit else [])],
        codes=[unit.get("code") if unit else None],
        numbers=[example["decision"]["number"]],
        texts=[example["story"], example.get("lesson"), authority["name"]],
        keywords={
            "region": region_path(region) if region else (),
            "ground": [example["exposure_kind"]],
            **authority_keywords(authority),
        },
        date=example["decision"]["date"],
    )


DECIDED: Mapping[str, Callable[[Mapping[str, Any]], Parts | None]] = {
    "hazard": _hazard,
    "suspension": _suspension,
    "accident": _accident,
    "referral": _referral,
    "licence": _licence,
    "inspection": _inspection,
    "exposure": _exposure,
}
"""The mapping of each such kind of record."""
