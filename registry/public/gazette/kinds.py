"""The kinds of published record: one line each, read by everything that lists, shows or hands out.

To add a kind: its payload's shape (``payloads``), its row here, its prefix (``core.codes``), and
one function each where it behaves in its own way: how it is found (``handles``,
``search.documents``), its card and its page (``public_site``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from registry.core.i18n import N_
from registry.public.gazette import (
    enforcement,
    findings,
    outcomes,
    oversight,
    payloads,
    providers,
    snapshots,
)


@dataclass(frozen=True)
class RecordKind:
    """What every room knows of a kind. Texts are message keys.

    ``plural``: the last part of its list's address, on the site, in the API and as a dataset.
    ``one``, ``many``, ``newest``: what a record, its list and its list in order are called.
    ``schema``: its name in the API's description.
    """

    code: str
    plural: str
    shape: type
    schema: str
    one: str
    many: str
    newest: str
    searched: bool = True
    """Stands in the text search and can be filtered by."""
    listed: bool = True
    """Has a list in the API and a dataset."""
    news: bool = False
    """Stands on the start page and in the feed."""
    mapped: bool = False
    """Stands in the sitemap."""


_ALL = (
    RecordKind(
        "listing",
        "listings",
        payloads.ListingPayload,
        "Listing",
        N_("Listing"),
        N_("Listings"),
        N_("Listings, newest first"),
        news=True,
        mapped=True,
    ),
    RecordKind(
        "penalty",
        "penalties",
        payloads.PenaltyPayload,
        "Penalty",
        N_("Penalty"),
        N_("Penalties"),
        N_("Penalties, newest first"),
        news=True,
        mapped=True,
    ),
    RecordKind(
        "provider",
        "providers",
        providers.ProviderPayload,
        "Provider",
        N_("Service organization"),
        N_("Service organizations"),
        N_("Service organizations, newest first"),
        mapped=True,
    ),
    RecordKind(
        "hazard",
        "hazards",
        enforcement.HazardPayload,
        "Hazard",
        N_("Major hidden danger"),
        N_("Major hidden dangers"),
        N_("Major hidden dangers, newest first"),
        news=True,
        mapped=True,
    ),
    RecordKind(
        "suspension",
        "suspensions",
        enforcement.SuspensionPayload,
        "Suspension",
        N_("Suspension of production"),
        N_("Suspensions of production"),
        N_("Suspensions of production, newest first"),
        news=True,
        mapped=True,
    ),
    RecordKind(
        "accident",
        "accidents",
        outcomes.AccidentPayload,
        "Accident",
        N_("Accident"),
        N_("Accidents"),
        N_("Accidents, newest first"),
        news=True,
        mapped=True,
    ),
    RecordKind(
        "referral",
        "referrals",
        outcomes.ReferralPayload,
        "Referral",
        N_("Conviction of a unit"),
        N_("Convictions of units"),
        N_("Convictions of units, newest first"),
        news=True,
        mapped=True,
    ),
    RecordKind(
        "licence",
        "licences",
        oversight.LicencePayload,
        "Licence",
        N_("Licence granted"),
        N_("Licences granted"),
        N_("Licences granted, newest first"),
        mapped=True,
    ),
    RecordKind(
        "inspection",
        "inspections",
        oversight.InspectionPayload,
        "Inspection",
        N_("Result of an inspection"),
        N_("Results of inspections"),
        N_("Results of inspections, newest first"),
        news=True,
        mapped=True,
    ),
    RecordKind(
        "report",
        "reports",
        providers.ReportPayload,
        "Report",
        N_("Report"),
        N_("Reports"),
        N_("Reports, newest first"),
        mapped=True,
    ),
    RecordKind(
        "finding",
        "findings",
        findings.FindingPayload,
        "Finding",
        N_("Finding on a service organization"),
        N_("Findings on service organizations"),
        N_("Findings on service organizations, newest first"),
        searched=False,
    ),
    RecordKind(
        "exposure",
        "exposures",
        enforcement.ExposurePayload,
        "Exposure",
        N_("Negative example"),
        N_("Negative examples"),
        N_("Negative examples, newest first"),
        news=True,
        mapped=True,
    ),
    RecordKind(
        "external",
        "external",
        payloads.ExternalPayload,
        "ExternalEntry",
        N_("Entry in another body's list"),
        N_("Entries in lists of other bodies"),
        N_("Entries in lists of other bodies, newest first"),
    ),
    RecordKind(
        "site",
        "sites",
        payloads.SitePayload,
        "Site",
        N_("Mine or tailings pond"),
        N_("Mines and tailings ponds"),
        N_("Mines and tailings ponds, newest first"),
        mapped=True,
    ),
    RecordKind(
        "authority",
        "authorities",
        payloads.AuthorityPayload,
        "Authority",
        N_("Authority"),
        N_("Authorities"),
        N_("Authorities, newest first"),
        searched=False,
        mapped=True,
    ),
    RecordKind(
        "snapshot",
        "statistics",
        snapshots.SnapshotPayload,
        "FiguresOfPeriod",
        N_("Figures of a period"),
        N_("Figures of periods"),
        N_("Figures of periods, newest first"),
        searched=False,
    ),
    RecordKind(
        "statistic",
        "published-figures",
        payloads.StatisticPayload,
        "Statistic",
        N_("Published figures"),
        N_("Published figures"),
        N_("Published figures, newest first"),
        searched=False,
        listed=False,
    ),
    RecordKind(
        "intake-key",
        "intake-keys",
        payloads.IntakeKeyPayload,
        "IntakeKeys",
        N_("Keys of an intake of tips"),
        N_("Keys of intakes of tips"),
        N_("Keys of intakes of tips, newest first"),
        searched=False,
        listed=False,
    ),
    RecordKind(
        "intake-head",
        "intake-heads",
        payloads.IntakeHeadPayload,
        "IntakeHead",
        N_("Head of the intake chain"),
        N_("Heads of the intake chain"),
        N_("Heads of the intake chain, newest first"),
        searched=False,
        listed=False,
    ),
)

KINDS: Mapping[str, RecordKind] = {kind.code: kind for kind in _ALL}
"""By code, in the order in which they are shown."""


def codes(kinds: Iterable[RecordKind]) -> tuple[str, ...]:
    """The codes of ``kinds``."""
    return tuple(kind.code for kind in kinds)


SEARCHED = tuple(kind for kind in _ALL if kind.searched)
LISTED = tuple(kind for kind in _ALL if kind.listed)
NEWS = tuple(kind for kind in _ALL if kind.news)
MAPPED = tuple(kind for kind in _ALL if kind.mapped)


def about_person(payload: Mapping[str, object]) -> bool:
    """Whether a record is about a natural person of one of our own lists.

    Those stand in no list, index, title, feed or sitemap.
    """
    subject = payload.get("subject")
    return isinstance(subject, Mapping) and subject.get("kind") == "person"
