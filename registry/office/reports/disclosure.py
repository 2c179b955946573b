"""What the public reads of a report, and when it may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from sqlmodel import col, select

from registry.core import clock
from registry.core.i18n import N_
from registry.office.dockets.hooks import Publication, Refusal, Step, guard, payload
from registry.office.dockets.models import Docket, DocketLink
from registry.office.entities import payloads, site_queries, subjects
from registry.office.entities import queries as entities
from registry.office.reports import queries
from registry.office.reports.models import ReportFile
from registry.public.gazette.pictures import SitePicture
from registry.public.gazette.providers import (
    Client,
    PublicFile,
    ReportFinding,
    ReportPayload,
    ReportSigner,
)

OFFERED = frozenset({"valid", "replaced", "inaccurate"})
"""States in which the file is offered; a withdrawn or false one is only recognised."""


@guard("report-files-ready")
def files_ready(step: Step) -> Refusal | None:
    """Public copy and text are made, and stand where the public site reads them."""
    files = queries.files(step.session, step.docket.id or 0).values()
    if not files or any(one.state == "waiting" or not _is_out(one) for one in files):
        return Refusal(N_("The file is still being prepared for the public."))
    return None


def _is_out(one: ReportFile) -> bool:
    return one.out is not None


@guard("report-shown-over")
def shown_over(step: Step) -> Refusal | None:
    """The report has been shown for as long as its type wants."""
    until = step.day("until")
    return None if until and until < step.today else Refusal(N_("The term has not ended."))


@payload("report")
def report_payload(step: Step) -> Publication:
    """The report as the gazette shows it. Signers appear with name and role, nothing else."""
    facts = step.facts
    after = (step.action.to if step.action else "") or step.docket.state
    shown: ReportPayload = {
        "project": facts["project"],
        "number": facts["report_number"],
        "version": int(facts.get("version_no", 1)),
        "type": facts["type"],
        "field": _field(step),
        "subject": subjects.subject(step),
        "authority": subjects.authority(step),
        "issued_on": facts["issued_on"],
        "status": cast("Any", after),
        "signatures": _signers(step),
        "findings": _findings(step),
        "published_on": facts.get("published_on", step.today.isoformat()),
        "late": bool(facts.get("disclosure_late")),
    }
    for name in ("agreement_on", "notice_on", "field_since", "field_until", "summary"):
        if facts.get(name):
            shown[name] = facts[name]
    if facts.get("covers_since") and facts.get("covers_until"):
        shown["covers"] = {"since": facts["covers_since"], "until": facts["covers_until"]}
    _relations(step, shown)
    _files(step, shown, after)
    until = date.fromisoformat(facts["until"])
    return Publication(shown, clock.publish_until(until))


def _field(step: Step) -> str:
    known = step.facts.get("field")
    if known:
        return str(known)
    assert step.acting is not None  # noqa: S101 - stored at acceptance for what the registry does
    return step.acting.book.on(step.effective).report_type(step.facts["type"]).field


def _relations(step: Step, shown: ReportPayload) -> None:
    client = next((who for who, role in step.parties if role == "client"), None)
    if client is not None:
        unit = payloads.subject_payload(step.session, client)
        named: Client = {"name": unit["name"]}
        if unit.get("code"):
            named["code"] = unit["code"]
        shown["client"] = named
    if step.docket.site_id is not None:
        site = site_queries.site(step.session, step.docket.site_id)
        if site.published is not None:
            shown["site"] = site.public_id
    old = [step.session.get(Docket, one) for one in step.links.get("replaces", ())]
    before = next((one.public_id for one in old if one is not None and one.public_id), None)
    if before:
        shown["replaces"] = before
    after = _replaced_by(step)
    if after:
        shown["replaced_by"] = after


def _replaced_by(step: Step) -> str | None:
    query = (
        select(Docket)
        .join(DocketLink, col(DocketLink.docket_id) == col(Docket.id))
        .where(
            DocketLink.other_id == step.docket.id,
            DocketLink.relation == "replaces",
            col(Docket.public_id).is_not(None),
        )
    )
    found = step.session.exec(query.order_by(col(Docket.id).desc())).first()
    return found.public_id if found else None


def _signers(step: Step) -> list[ReportSigner]:
    taken_over = step.facts.get("signers")
    if taken_over:
        # Of a report brought in by a file: its rows are written with the batch.
        return [
            {
                "role": one["role"],
                "name": entities.entity(step.session, one["person"]).name,
                "on": one["on"],
            }
            for one in taken_over
        ]
    return [
        {
            "role": one.role,
            "name": entities.entity(step.session, one.person_id).name,
            "on": one.signed_on.isoformat(),
        }
        for one in queries.signatures(step.session, step.docket.id or 0)
    ]


def _findings(step: Step) -> list[ReportFinding]:
    found: list[ReportFinding] = []
    for finding in queries.findings(step.session, step.docket.id or 0):
        # The finding's own act is not over while it marks its report.
        now_confirmed = step.data.get("finding") == finding.id
        now_annulled = step.data.get("annulled") == finding.id
        if now_confirmed or (finding.state == "confirmed" and not now_annulled):
            on = step.data["decided_on"] if now_confirmed else finding.facts["decided_on"]
            found += [{"code": code, "on": on} for code in finding.facts.get("codes", ())]
    return found


def _files(step: Step, shown: ReportPayload, after: str) -> None:
    files = queries.files(step.session, step.docket.id or 0)
    original = files.get("original")
    if original is None:
        return
    copy = files.get("redacted") or original
    told: PublicFile = {
        "sha256": original.sha256,
        "pages": original.pages,
        "scan": not copy.characters,
    }
    if copy.public_sha256:
        told["public"], told["size"] = copy.public_sha256, copy.public_size
    if copy.kind == "redacted":
        told["redacted"] = True
    if after in OFFERED:
        told["offered"] = True
        if copy.text_sha256:
            told["text"] = copy.text_sha256
    shown["file"] = told
    images = queries.images(step.session, step.docket.id or 0)
    if images and after in OFFERED:
        shown["images"] = [_picture(one) for one in images if one.public_sha256]


def _picture(one: ReportFile) -> SitePicture:
    shown: SitePicture = {"file": one.public_sha256 or ""}
    if one.caption:
        shown["caption"] = one.caption
    if one.kind == "video":
        shown["video"] = one.media_type
    return shown


def public_hashes(payload: Mapping[str, Any]) -> frozenset[str]:
    """Files that a record needs on the public side."""
    file = payload.get("file", {})
    pictures = [one["file"] for one in payload.get("images", ())]
    names = [file.get("public"), file.get("text"), *pictures]
    return frozenset(name for name in names if name)
