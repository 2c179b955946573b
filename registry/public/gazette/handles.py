"""By which exact names, codes and numbers a record is found.

Natural persons of our own lists have no handle here: they are found only by name and full
document number together, through ``person_handle``, which the office computes (the number never
reaches the gazette).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from registry.core.names import InvalidCreditCode, fold, normalize_document, parse_credit_code
from registry.public.gazette.enforcement import (
    ExposurePayload,
    HazardPayload,
    SuspensionPayload,
)
from registry.public.gazette.entry import Handle, HandleType
from registry.public.gazette.findings import FindingPayload
from registry.public.gazette.outcomes import AccidentPayload, ReferralPayload
from registry.public.gazette.oversight import InspectionPayload, LicencePayload
from registry.public.gazette.payloads import (
    AuthorityPayload,
    ExternalPayload,
    IntakeKeyPayload,
    ListingPayload,
    PenaltyPayload,
    SitePayload,
    Subject,
)
from registry.public.gazette.providers import ProviderPayload, ReportPayload

_CODE_LIKE = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])")


def handles_of(kind: str, payload: Mapping[str, object]) -> tuple[Handle, ...]:
    """All handles that can be read from a payload, without repetition."""
    reader = _READERS.get(kind)
    found = reader(payload) if reader else ()
    return tuple(dict.fromkeys(handle for handle in found if handle.value))


def person_handle(key: bytes, name: str, number: str) -> Handle:
    """The way to a natural person: HMAC-SHA-256 over folded name and document number.

    ``number`` in full; its case and spaces do not count. Whoever lacks ``key`` cannot try
    numbers against the gazette.
    """
    text = f"{fold(name)}\0{normalize_document(number)}"
    return Handle("person", hmac.new(key, text.encode(), hashlib.sha256).hexdigest())


def _text(type: HandleType, texts: Iterable[str | None]) -> Iterator[Handle]:
    for text in texts:
        if text:
            yield Handle(type, fold(text))


def _code(type: HandleType, code: str | None) -> Iterator[Handle]:
    if code:
        yield Handle(type, code.strip().upper())


def _subject(subject: Subject) -> Iterator[Handle]:
    if subject["kind"] == "person":
        return
    former = [one["name"] for one in subject.get("former_names", [])]
    names = [subject["name"], subject.get("name_en"), *former, *subject.get("short_names", [])]
    yield from _text("name", names)
    yield from _code("code", subject.get("code"))


def _listing(payload: Mapping[str, object]) -> Iterator[Handle]:
    listing = cast(ListingPayload, payload)
    yield from _subject(listing["subject"])
    yield from _text("number", [listing["decision"]["number"], listing.get("penalty_number")])
    yield from _code("site", listing.get("site"))


def _penalty(payload: Mapping[str, object]) -> Iterator[Handle]:
    penalty = cast(PenaltyPayload, payload)
    yield from _subject(penalty["subject"])
    yield from _text("number", [penalty["decision"]["number"]])
    yield from _code("site", penalty.get("site"))


def _provider(payload: Mapping[str, object]) -> Iterator[Handle]:
    provider = cast(ProviderPayload, payload)
    yield from _subject(provider["subject"])
    if "qualification" in provider:
        yield from _text("number", [provider["qualification"]["number"]])


def _order(payload: Mapping[str, object]) -> Iterator[Handle]:
    """Of a danger, a suspension, an accident, a conviction or an inspection."""
    order = cast("HazardPayload | SuspensionPayload | AccidentPayload | ReferralPayload", payload)
    yield from _subject(order["subject"])
    yield from _text("number", [order["decision"]["number"]])
    yield from _code("site", order.get("site"))


def _referral(payload: Mapping[str, object]) -> Iterator[Handle]:
    yield from _order(payload)
    for id in cast(ReferralPayload, payload).get("records", []):
        yield from _code("record", id)


def _inspection(payload: Mapping[str, object]) -> Iterator[Handle]:
    yield from _order(payload)
    for finding in cast(InspectionPayload, payload)["findings"]:
        yield from _code("record", finding.get("record"))


def _licence(payload: Mapping[str, object]) -> Iterator[Handle]:
    licence = cast(LicencePayload, payload)
    yield from _subject(licence["subject"])
    yield from _text("number", [licence["licence_number"], licence["decision"]["number"]])
    yield from _code("site", licence.get("site"))


def _report(payload: Mapping[str, object]) -> Iterator[Handle]:
    report = cast(ReportPayload, payload)
    yield from _text("name", [report["project"]])
    yield from _code("code", report["subject"].get("code"))
    yield from _code("entity", report.get("client", {}).get("code"))
    file = report.get("file")
    hashes = [file["sha256"], file.get("public")] if file else []
    yield from _text("number", [report["number"], *hashes])
    yield from _code("site", report.get("site"))


def _finding(payload: Mapping[str, object]) -> Iterator[Handle]:
    finding = cast(FindingPayload, payload)
    yield from _code("code", finding["subject"].get("code"))
    yield from _text("number", [finding["decision"]["number"]])


def _exposure(payload: Mapping[str, object]) -> Iterator[Handle]:
    example = cast(ExposurePayload, payload)
    if "unit" in example:
        yield from _subject(example["unit"])
    yield from _text("number", [example["decision"]["number"]])


def _external(payload: Mapping[str, object]) -> Iterator[Handle]:
    entry = cast(ExternalPayload, payload)
    identifiers = entry.get("identifiers", [])
    yield from _text("name", [entry["name"], *entry.get("aliases", [])])
    yield from _text("number", [entry["reference"], *identifiers])
    for token in (token for text in identifiers for token in _CODE_LIKE.findall(text.upper())):
        try:
            yield Handle("code", parse_credit_code(token).value)
        except InvalidCreditCode:
            continue


def _site(payload: Mapping[str, object]) -> Iterator[Handle]:
    site = cast(SitePayload, payload)
    yield from _text("name", [site["name"], site.get("name_en")])
    yield from _text("number", [licence["number"] for licence in site["licences"]])
    for operator in site["operators"]:
        yield from _code("entity", operator.get("code"))


def _authority(payload: Mapping[str, object]) -> Iterator[Handle]:
    authority = cast(AuthorityPayload, payload)
    yield from _text("name", [authority["name"], authority.get("name_en")])
    yield from _code("code", authority["code"])
    yield from _code("entity", authority.get("parent"))


def _intake_key(payload: Mapping[str, object]) -> Iterator[Handle]:
    keys = cast(IntakeKeyPayload, payload)
    yield from _code("region", keys["region"])
    yield from _code("code", keys["authority"].get("code"))


def _none(_payload: Mapping[str, object]) -> Iterator[Handle]:
    return iter(())


_READERS = {
    "listing": _listing,
    "penalty": _penalty,
    "provider": _provider,
    "hazard": _order,
    "suspension": _order,
    "accident": _order,
    "referral": _referral,
    "licence": _licence,
    "inspection": _inspection,
    "exposure": _exposure,
    "finding": _finding,
    "report": _report,
    "external": _external,
    "site": _site,
    "authority": _authority,
    "statistic": _none,
    "snapshot": _none,
    "intake-key": _intake_key,
    "intake-head": _none,
}
