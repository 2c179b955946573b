"""Writing reports: new versions, findings, what follows from a false one. Acts are the dockets'."""

from __future__ import annotations

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.core.i18n import N_
from registry.office import dockets
from registry.office.dockets import checks, evidence
from registry.office.dockets.models import Docket, DocketEvidence
from registry.office.entities import queries as entities
from registry.office.reports import queries
from registry.office.reports.models import ReportFile
from registry.office.staff.officer import Acting


def new_version(session: WorkingSession, acting: Acting, old: Docket) -> Docket:
    """A draft with the sheet of ``old`` that will replace it. Raises ``InvalidInput``."""
    if old.state not in {"valid", "inaccurate"}:
        raise InvalidInput({"report": [N_("Only a report that stands gets a new version.")]})
    own = {
        "version_no", "notice_late", "file_sha256", "until", "field", "disclosure_due",
        "disclosure_late", "public_id", "published_on", "withdrawn_id", "withdrawn_on", "finding",
        "annulled", "decided_on", "import_line", "signers",
    }  # fmt: skip
    facts = {name: value for name, value in old.facts.items() if name not in own}
    assert old.id is not None  # noqa: S101 - stored
    return dockets.open_docket(
        session,
        "report",
        acting,
        facts=facts,
        title=old.title,
        region=old.region,
        authority_id=old.authority_id,
        subject_id=old.subject_id,
        site_id=old.site_id,
        links=[dockets.Link("replaces", old.id)],
    )


def draft_listing(session: WorkingSession, acting: Acting, finding: Docket) -> Docket:
    """A drafted listing (ground G7-2) of the organization behind a confirmed false report.

    The proof of the finding and the report itself are attached. Raises ``InvalidInput`` where the
    finding is not that of a false report.
    """
    if finding.state != "confirmed" or finding.facts.get("group") != "false":
        raise InvalidInput({"finding": [N_("Only a confirmed false report leads to a listing.")]})
    if not acting.officer.has("clerk"):
        raise Forbidden
    subject = entities.entity(session, finding.subject_id or 0)
    rules = acting.rules
    titles = [rules.title("finding_codes", one) for one in finding.facts["codes"]]
    facts = {
        "list": "work-safety",
        "ground": "G7-2",
        "sector": "agency",
        "summary": "出具虚假报告：" + "；".join(one.zh for one in titles) + "。",
        "measures": [],
    }
    listing = dockets.open_docket(
        session,
        "listing",
        acting,
        facts=facts,
        title=f"{subject.name}列入案",
        region=finding.region,
        authority_id=acting.officer.authority_id,
        subject_id=subject.id,
        links=[dockets.Link("arises-from", finding.id or 0)],
    )
    _carry_proof(session, finding, listing, acting)
    return listing


def _carry_proof(session: WorkingSession, finding: Docket, listing: Docket, acting: Acting) -> None:
    """The same bytes under the listing: its evidence, and the reports that were found false."""
    query = select(DocketEvidence).where(DocketEvidence.docket_id == finding.id)
    found: list[DocketEvidence | ReportFile] = []
    found += session.exec(query.order_by(col(DocketEvidence.id))).all()
    for report_id in checks.links_of(session, finding).get("concerns", ()):
        original = queries.files(session, report_id).get("original")
        if original is not None:
            found.append(original)
    for one in found:
        evidence.keep(
            session,
            listing,
            acting,
            sha256=one.sha256,
            name=one.name,
            media_type=one.media_type,
            size=one.size,
            kind="case-file",
        )


def open_finding(
    session: WorkingSession, acting: Acting, report: Docket, facts: dict[str, object]
) -> Docket:
    """A drafted finding on a report. Raises as ``open_docket``."""
    return dockets.open_docket(
        session,
        "finding",
        acting,
        facts=facts,
        title=report.title,
        region=report.region,
        authority_id=acting.officer.authority_id,
        subject_id=report.subject_id,
        links=[dockets.Link("concerns", report.id or 0)],
    )
