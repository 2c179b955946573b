"""A record as one entry of a list: on the home page, among results, on an entity's page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from public_site.present.words import address, list_title, name_of, region_name, title
from registry.core.i18n import N_, Text
from registry.core.rules import Rules, UnknownRule
from registry.public.gazette.queries import Record

EXTERNAL_TYPES = {
    "organization": N_("Organisation"),
    "person": N_("Person"),
    "vessel": N_("Vessel"),
    "aircraft": N_("Aircraft"),
    "other": N_("Other"),
}


@dataclass(frozen=True)
class Card:
    """What is shown of a record in a list. ``name`` is empty for natural persons of our lists."""

    id: str
    kind: str
    address: str | None
    name: str
    chinese: bool
    reason: Text | str
    list: Text | str
    day: str
    until: str
    code: str
    authority: str
    region: str
    status: str
    """A key of ``words.STATUS`` where the record is worth something or not."""


def cards(records: Iterable[Record], rules: Rules) -> list[Card]:
    return [card(record, rules) for record in records]


def card(record: Record, rules: Rules) -> Card:
    build = _BUILDERS.get(record.kind, _plain)
    parts: dict[str, Any] = build(record.payload, rules)
    base: dict[str, Any] = {
        "chinese": record.kind != "external",
        "reason": "",
        "list": "",
        "day": "",
        "until": "",
        "code": "",
        "authority": "",
        "region": "",
        "status": "",
    }
    return Card(
        id=record.id,
        kind=record.kind,
        address=address(record.kind, record.id),
        name=name_of(record.payload),
        **(base | parts),
    )


def ground_title(rules: Rules, list_code: str, ground: str) -> Text:
    """The title of a ground; its code where the rules do not know it."""
    try:
        found = rules.list_kind(list_code).grounds.get(ground)
    except UnknownRule:
        found = None
    return found.title if found else Text(ground, ground)


def _listing(payload: Any, rules: Rules) -> dict[str, Any]:
    subject, authority = payload["subject"], payload["authority"]
    return {
        "reason": ground_title(rules, payload["list"], payload["ground"]),
        "list": list_title(rules, payload["list"]),
        "day": payload["decision"]["date"],
        "until": payload["term"]["until"],
        "code": subject.get("code", ""),
        "authority": authority["name"],
        "region": region_name(subject.get("region") or authority.get("region")),
    }


def _penalty(payload: Any, rules: Rules) -> dict[str, Any]:
    subject, authority = payload["subject"], payload["authority"]
    return {
        "reason": title(rules, "violation_types", payload["violation_type"]),
        "day": payload["decision"]["date"],
        "until": payload["term"]["until"],
        "code": subject.get("code", ""),
        "authority": authority["name"],
        "region": region_name(subject.get("region") or authority.get("region")),
    }


def _hazard(payload: Any, rules: Rules) -> dict[str, Any]:
    return _ordered(payload, title(rules, "hazard_codes", payload["hazard_code"]))


def _suspension(payload: Any, rules: Rules) -> dict[str, Any]:
    return _ordered(payload, title(rules, "suspension_kinds", payload["suspension_kind"]))


def _accident(payload: Any, rules: Rules) -> dict[str, Any]:
    shown = _ordered(payload, title(rules, "accident_levels", payload["level"]))
    return shown | {"day": payload["occurred_on"], "region": region_name(payload["region"])}


def _referral(payload: Any, rules: Rules) -> dict[str, Any]:
    shown = _ordered(payload, title(rules, "unit_offences", payload["offences"][0]))
    return shown | {"until": payload["term"]["until"]}


def _licence(payload: Any, rules: Rules) -> dict[str, Any]:
    return {
        **_ordered(payload, title(rules, "licence_kinds", payload["licence_kind"])),
        "status": payload["status"],
        "until": payload["term"]["until"],
    }


def _inspection(payload: Any, rules: Rules) -> dict[str, Any]:
    return _ordered(payload, title(rules, "inspection_types", payload["inspection_type"]))


def _exposure(payload: Any, rules: Rules) -> dict[str, Any]:
    authority, unit = payload["authority"], payload.get("unit", {})
    return {
        "reason": title(rules, "exposure_kinds", payload["exposure_kind"]),
        "day": payload["published_on"],
        "until": payload["term"]["until"],
        "code": unit.get("code", ""),
        "authority": authority["name"],
        "region": region_name(unit.get("region") or authority.get("region")),
    }


def _finding(payload: Any, rules: Rules) -> dict[str, Any]:
    return _ordered(payload, title(rules, "finding_codes", payload["codes"][0]))


def _ordered(payload: Any, reason: Text) -> dict[str, Any]:
    subject, authority = payload["subject"], payload["authority"]
    return {
        "reason": reason,
        "day": payload["decision"]["date"],
        "code": subject.get("code", ""),
        "authority": authority["name"],
        "region": region_name(subject.get("region") or authority.get("region")),
    }


def _external(payload: Any, rules: Rules) -> dict[str, Any]:
    return {
        "reason": EXTERNAL_TYPES.get(payload["type"], payload["type"]),
        "list": list_title(rules, payload["list"]),
        "day": payload["source_date"],
        "code": payload["reference"],
    }


def _site(payload: Any, rules: Rules) -> dict[str, Any]:
    current = [one["name"] for one in payload["operators"] if not one.get("until")]
    return {
        "reason": title(rules, "site_types", payload["type"]),
        "authority": "、".join(current),
        "region": region_name(payload["region"]),
    }


def _plain(payload: Any, rules: Rules) -> dict[str, Any]:
    return {"code": payload.get("code", ""), "region": region_name(payload.get("region"))}


def _provider(payload: Any, rules: Rules) -> dict[str, Any]:
    subject, authority = payload["subject"], payload["authority"]
    held = payload.get("qualification", {})
    return {
        "reason": title(rules, "provider_fields", payload["field"]),
        "status": payload["status"],
        "day": held.get("since", payload["published_on"]),
        "until": held.get("until", ""),
        "code": subject.get("code", ""),
        "authority": authority["name"],
        "region": region_name(subject.get("region") or authority.get("region")),
    }


def _report(payload: Any, rules: Rules) -> dict[str, Any]:
    organization = payload["subject"]
    return {
        "reason": title(rules, "report_types", payload["type"]),
        "status": payload["status"],
        "day": payload["issued_on"],
        "code": payload["number"],
        "authority": organization["name"],
        "region": region_name(organization.get("region")),
    }


_BUILDERS = {
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
    "finding": _finding,
    "report": _report,
    "external": _external,
    "site": _site,
}
