"""A row of bibliographic sheets: a report that was disclosed elsewhere, with its file or without.

With a file it is taken over as accepted: the worker makes the public copy and discloses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import RegistryError
from registry.core.names import fold
from registry.core.rules.values import ReportType
from registry.office.dockets.models import Docket, DocketParty
from registry.office.entities import queries as entities
from registry.office.entities import site_queries
from registry.office.entities.drafts import EntityDraft
from registry.office.entities.models import Entity, Site
from registry.office.imports import subjects
from registry.office.imports.attached import Found
from registry.office.imports.cells import Cells
from registry.office.imports.context import Context
from registry.office.imports.judged import CaseDraft, Judged
from registry.office.imports.providers import authority_of
from registry.office.imports.table import Row
from registry.office.providers import queries as providers
from registry.office.providers.models import ProviderStaff
from registry.office.reports.models import ReportFile, ReportSheet, ReportSignature
from registry.office.staff.officer import Acting

DATES = ("agreement_on", "notice_on", "field_since", "field_until", "covers_since", "covers_until")


def judge(row: Row, context: Context) -> Judged:
    """The row with all its problems. Staff, qualification and number are looked up by index."""
    cells = Cells(row, context)
    judged = Judged(row.line, cells.problems)
    authority = authority_of(cells)
    judged.subject = subjects.unit(cells, None)
    subjects.flag_missing_code(cells, judged.subject)
    client = _client(cells)
    issued = cells.day("issued_on", past=True)
    if not cells.get("issued_on"):
        cells.note("issued_on", "missing")
    day = issued or context.today
    code = cells.term("type", context.rules(day).table("report_types"))
    if not cells.get("type"):
        cells.note("type", "missing")
    if code is None or issued is None or judged.subject is None:
        return judged
    kind = context.rules(day).report_type(code)
    facts = _facts(cells, code, issued)
    facts["signers"] = _store_checks(cells, judged.subject, kind, issued, facts)
    site = _site(cells)
    if site is not None:
        _scope_checks(cells, judged.subject, kind, site, issued)
    file = _file(cells)
    if file is not None:
        facts |= {"taken_file": dict(file), "file_sha256": file["sha256"]}
    if authority is None or client is None or cells.has_errors:
        return judged
    judged.persons = (("client", client),)
    facts["client_code"] = client.credit_code or ""
    judged.case = CaseDraft(
        kind="report",
        state="valid" if file is None else "accepted",
        authority_id=authority.id or 0,
        region=judged.subject.region or authority.region,
        title=str(facts["project"]),
        effective_on=issued,
        facts=facts,
        identity=(fold(str(facts["report_number"])),),
        site_id=site,
    )
    return judged


def _file(cells: Cells) -> Found | None:
    """The PDF that the row names, looked into; what is wrong with it is a problem of the row."""
    name = cells.get("file")
    if not name:
        return None
    try:
        return cells.context.attached.look(name)
    except RegistryError as error:
        cells.note("file", "invalid", text=error.message, limit=error.params.get("limit"))
        return None


def _client(cells: Cells) -> EntityDraft | None:
    inner = _Renamed(cells, {"name": "client", "code": "client_code"})
    return subjects.unit(inner, None)


class _Renamed(Cells):
    """The same row with some fields read from others, as the client's name for ``name``."""

    def __init__(self, cells: Cells, names: dict[str, str]) -> None:
        self.line, self.context, self.problems = cells.line, cells.context, cells.problems
        self._fields = {new: cells._fields.get(old, "") for new, old in names.items()}
        self._clean = {}


def _facts(cells: Cells, code: str, issued: date) -> dict[str, Any]:
    days = {name: cells.day(name) for name in DATES}
    found: dict[str, Any] = {
        "type": code,
        "report_number": cells.required("report_number")[:80],
        "project": cells.required("project")[:200],
        "issued_on": issued.isoformat(),
        "summary": cells.text("summary", 2000),
        **{name: day.isoformat() for name, day in days.items() if day is not None},
    }
    return {name: value for name, value in found.items() if value} | {"version_no": 1}


def _store_checks(
    cells: Cells, draft: EntityDraft, kind: ReportType, issued: date, facts: dict[str, Any]
) -> list[dict[str, Any]]:
    """Problems that only the store knows: number, qualification, certificates of signers."""
    context = cells.context
    session = context.session
    found = entities.find(session, code=draft.credit_code or "") if draft.credit_code else []
    organization = found[0].id if found else None
    field = context.rules(issued).provider_field(kind.field)
    if field.qualification and (
        organization is None or providers.holds(session, organization, kind.field, issued) is None
    ):
        cells.note("type", "out-of-scope")
    if organization is None:
        return []
    number = fold(str(facts.get("report_number", "")))
    query = (
        select(ReportSheet.docket_id)
        .join(Docket, col(Docket.id) == col(ReportSheet.docket_id))
        .where(
            ReportSheet.organization_id == organization,
            ReportSheet.folded == number,
            Docket.state != "discarded",
        )
    )
    if session.exec(query.limit(1)).first() is not None:
        cells.note("report_number", "number-taken")
    return _signers(cells, organization, kind, issued)


def _scope_checks(
    cells: Cells, draft: EntityDraft, kind: ReportType, site_id: int, issued: date
) -> None:
    """Whether the organization's scopes admit the kind of site."""
    session, rules = cells.context.session, cells.context.rules(issued)
    found = entities.find(session, code=draft.credit_code or "") if draft.credit_code else []
    field = rules.provider_field(kind.field)
    if not found or found[0].id is None or not field.qualification:
        return
    place = site_queries.site(session, site_id).type
    wanted = {code for code in field.scopes if place in rules.provider_scope(code).sites}
    held = providers.holds(session, found[0].id, kind.field, issued)
    if held is not None and wanted and not wanted & held:
        cells.note("site", "out-of-scope")


def _signers(
    cells: Cells, organization: int, kind: ReportType, issued: date
) -> list[dict[str, Any]]:
    rules = cells.context.rules(issued)
    found: list[dict[str, Any]] = []
    control: set[int] = set()
    for role in rules.titles("signature_roles"):
        name = cells.get(role)
        if not name:
            if role in kind.signers and role in cells.context.columns:
                cells.note(role, "missing")
            continue
        staff = _staff(cells.context.session, organization, name, issued)
        if staff is None:
            cells.note(role, "no-certificate", "")
            continue
        if rules.signature_role(role).control and staff.person_id in control:
            cells.note(role, "two-roles", "")
        elif rules.signature_role(role).control:
            control.add(staff.person_id)
        found.append(
            {"role": role, "person": staff.person_id, "staff": staff.id, "on": issued.isoformat()}
        )
    return found


def _staff(
    session: WorkingSession, organization: int, name: str, day: date
) -> ProviderStaff | None:
    """The one member of the staff of this name with a certificate valid on that day."""
    query = (
        select(ProviderStaff)
        .join(Entity, col(Entity.id) == col(ProviderStaff.person_id))
        .where(ProviderStaff.organization_id == organization, Entity.folded == fold(name))
    )
    fit = [row for row in session.exec(query) if row.active(day) and row.certified(day)]
    return fit[0] if fit else None


def _site(cells: Cells) -> int | None:
    text = cells.get("site")
    if not text:
        return None
    query = select(Site.id).where(Site.public_id == text.strip().upper())
    found = cells.context.session.exec(query).first()
    if found is None:
        cells.note("site", "unmapped-term")
    return found


def finish(session: WorkingSession, acting: Acting, ids: Sequence[int]) -> None:
    """Sheets and signatures of reports that were just taken over."""
    for docket in session.exec(select(Docket).where(col(Docket.id).in_(ids))).all():
        facts, docket_id = docket.facts, docket.id or 0
        _free_number(session, docket)
        issued = date.fromisoformat(facts["issued_on"])
        since = facts.get("covers_since") or facts.get("field_since") or facts["issued_on"]
        parties = session.exec(select(DocketParty).where(DocketParty.docket_id == docket_id)).all()
        client = next((one.entity_id for one in parties if one.role == "client"), None)
        session.add(
            ReportSheet(
                docket_id=docket_id,
                organization_id=docket.subject_id or 0,
                client_id=client,
                site_id=docket.site_id,
                folded=fold(facts["report_number"]),
                version=1,
                type=facts["type"],
                issued_on=issued,
                covers_since=date.fromisoformat(since),
                covers_until=date.fromisoformat(facts.get("covers_until") or facts["issued_on"]),
            )
        )
        taken = facts.get("taken_file")
        if taken:
            session.add(_report_file(docket_id, taken, acting))
        for one in facts.get("signers", ()):
            session.add(_signature(session, docket_id, one, facts.get("file_sha256", "")))
            session.add(_party(docket_id, one, acting))
    session.flush()


def _free_number(session: WorkingSession, docket: Docket) -> None:
    """The number of a batch that was undone is free again."""
    query = (
        select(ReportSheet)
        .join(Docket, col(Docket.id) == col(ReportSheet.docket_id))
        .where(
            ReportSheet.organization_id == docket.subject_id,
            ReportSheet.folded == fold(docket.facts["report_number"]),
            Docket.state == "discarded",
        )
    )
    for old in session.exec(query).all():
        session.delete(old)
    session.flush()


def _party(docket_id: int, one: dict[str, Any], acting: Acting) -> DocketParty:
    return DocketParty(
        docket_id=docket_id, entity_id=one["person"], role=one["role"], added_at=acting.now
    )


def _report_file(docket_id: int, taken: dict[str, Any], acting: Acting) -> ReportFile:
    return ReportFile(
        docket_id=docket_id,
        kind="original",
        sha256=taken["sha256"],
        name=taken["name"],
        media_type="application/pdf",
        size=taken["size"],
        pages=taken["pages"],
        added_by=acting.officer.account_id,
        added_at=acting.now,
    )


def _signature(
    session: WorkingSession, docket_id: int, one: dict[str, Any], sha256: str
) -> ReportSignature:
    staff = session.get(ProviderStaff, one["staff"])
    return ReportSignature(
        docket_id=docket_id,
        role=one["role"],
        person_id=one["person"],
        staff_id=one["staff"],
        certificate_kind=staff.certificate_kind if staff else "",
        certificate_masked=staff.masked if staff else "",
        fingerprint=staff.fingerprint if staff else None,
        signed_on=date.fromisoformat(one["on"]),
        document_sha256=sha256,
    )
