"""The law of a report: its sheet, who may issue it, who must sign it, when it becomes public.

WSL art. 72, MEM Order 1 (2019) arts 17-22, AQ 8001-2007; values in rules/report_types.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from sqlmodel import col, select

from registry.core.i18n import N_
from registry.core.names import fold
from registry.core.rules import UnknownRule
from registry.core.rules.values import ReportType
from registry.office.dockets.hooks import Refusal, Step, effect, guard
from registry.office.dockets.models import Docket, DocketParty
from registry.office.entities import queries as entities
from registry.office.entities import site_queries
from registry.office.providers import queries as providers
from registry.office.reports import disclosure as _disclosure  # noqa: F401 - registers itself
from registry.office.reports import merging as _merging  # noqa: F401
from registry.office.reports import queries
from registry.office.reports.models import ReportSheet
from registry.office.reports.signing import missing_roles, signature_problem

LIVE = ("draft", "filed", "accepted", "valid", "replaced", "withdrawn", "inaccurate", "false")
CLIENT = "client"


def type_of(step: Step) -> ReportType | None:
    """The rules of the case's type on the day of issue; None for one unknown then."""
    if step.acting is None:
        return None
    day = step.day("issued_on") or step.today
    try:
        return step.acting.book.on(day).report_type(str(step.facts.get("type", "")))
    except UnknownRule:
        return None


@guard("report-sheet")
def sheet_fits(step: Step) -> Refusal | None:
    """The dates stand in their order, the client is known, and the type exists."""
    if type_of(step) is None:
        return Refusal(N_("There is no such type of report."), {}, "type")
    order = ("agreement_on", "field_since", "field_until", "issued_on")
    known = [(name, day) for name in order if (day := step.day(name)) is not None]
    for (_, earlier), (name, later) in pairwise(known):
        if later < earlier:
            return Refusal(N_("This date lies before the step that it follows."), {}, name)
    since, until = step.day("covers_since"), step.day("covers_until")
    if since and until and until < since:
        return Refusal(N_("This period ends before it begins."), {}, "covers_until")
    named = any(role == CLIENT for _, role in step.parties)
    if not named and client_of(step) is None and step.facts.get("client_code"):
        return Refusal(
            N_("The registry knows no unit with this code. The office can enter it."),
            {},
            "client_code",
        )
    return None


def client_of(step: Step) -> int | None:
    """The entity for which the report was made."""
    found = entities.find(step.session, code=str(step.facts.get("client_code") or ""))
    return found[0].id if found else None


@guard("report-number-free")
def number_free(step: Step) -> Refusal | None:
    """An organization gives a number once; a new version bears the number of the old one."""
    number = fold(str(step.facts.get("report_number") or ""))
    query = (
        select(ReportSheet, Docket)
        .join(Docket, col(Docket.id) == col(ReportSheet.docket_id))
        .where(
            ReportSheet.organization_id == (step.docket.subject_id or 0),
            ReportSheet.folded == number,
            col(ReportSheet.docket_id) != (step.docket.id or 0),
            col(Docket.state).in_(LIVE),
        )
    )
    others = step.session.exec(query).all()
    before = {old for old in step.links.get("replaces", ())}
    if any(docket.id not in before and sheet.version >= _version(step) for sheet, docket in others):
        return Refusal(
            N_("This organization has filed a report with this number. File a new version of it."),
            {},
            "report_number",
        )
    if before and not any(docket.id in before for _, docket in others):
        return Refusal(
            N_("A new version bears the number of the report that it replaces."),
            {},
            "report_number",
        )
    return None


def _version(step: Step) -> int:
    """1, or one more than the version that this one replaces."""
    replaced = step.links.get("replaces", [])
    old = step.session.get(Docket, replaced[0]) if replaced else None
    return int(old.facts.get("version_no", 1)) + 1 if old else 1


@effect("report-entered")
def report_entered(step: Step) -> Mapping[str, Any]:
    """The sheet, where it is found by number, site and client; and the client as a party."""
    session, docket, client = step.session, step.docket, client_of(step)
    issued = step.day("issued_on") or step.today
    row = session.get(ReportSheet, docket.id) or ReportSheet(
        docket_id=docket.id or 0,
        organization_id=docket.subject_id or 0,
        folded="",
        type="",
        issued_on=issued,
        covers_since=issued,
        covers_until=issued,
    )
    row.client_id, row.site_id, row.type = client, docket.site_id, str(step.facts["type"])
    row.folded, row.version = fold(str(step.facts["report_number"])), _version(step)
    row.issued_on, row.covers_since, row.covers_until = issued, *covered(step)
    session.add(row)
    session.flush()
    _name_client(step, client)
    notice = _notice_late(step)
    return {"version_no": row.version, "notice_late": notice}


def covered(step: Step) -> tuple[date, date]:
    """The time of which the report speaks: as it says, else from field work to issue."""
    issued = step.day("issued_on") or step.today
    since = step.day("covers_since") or step.day("field_since") or issued
    return since, step.day("covers_until") or issued


def _name_client(step: Step, client: int | None) -> None:
    query = select(DocketParty).where(
        DocketParty.docket_id == step.docket.id,
        DocketParty.role == CLIENT,
        col(DocketParty.removed_at).is_(None),
    )
    present = step.session.exec(query).all()
    for one in present:
        if one.entity_id != client:
            step.session.delete(one)
    step.session.flush()
    if client is not None and not any(one.entity_id == client for one in present):
        party = DocketParty(
            docket_id=step.docket.id or 0, entity_id=client, role=CLIENT, added_at=step.now
        )
        step.session.add(party)
    step.session.flush()


def _notice_late(step: Step) -> bool | None:
    """Whether field work began sooner after its notice than the law allows."""
    found, work, notice = type_of(step), step.day("field_since"), step.day("notice_on")
    if found is None or not found.notice or work is None or step.acting is None:
        return None
    if notice is None:
        return True
    rules = step.acting.book.on(work)
    deadline = rules.deadlines.get(rules.provider_field(found.field).notice)
    if deadline is None or deadline.breach is None:
        return None
    last = step.acting.book.calendar.ahead(work, deadline.breach)
    return notice > last.day


@guard("report-in-scope")
def in_scope(step: Step) -> Refusal | None:
    """Where the field needs one, the organization was qualified on the day of issue."""
    found, issued = type_of(step), step.day("issued_on")
    if found is None or issued is None or step.acting is None:
        return None
    rules = step.acting.book.on(issued)
    field = rules.provider_field(found.field)
    if not field.qualification:
        return None
    held = providers.holds(step.session, step.docket.subject_id or 0, found.field, issued)
    if held is None:
        return Refusal(
            N_("The organization was not qualified in “{field}” on {day}."),
            {"field": field.title, "day": issued.isoformat()},
        )
    wanted = _scopes(step, field.scopes)
    if wanted and not wanted & held:
        return Refusal(
            N_("The site is outside the organization's scope: it needs “{scope}”."),
            {"scope": rules.provider_scope(sorted(wanted)[0]).title},
        )
    return None


def _scopes(step: Step, scopes: tuple[str, ...]) -> frozenset[str]:
    """Scopes of the field that admit the kind of site; empty where any does."""
    if step.docket.site_id is None or step.acting is None:
        return frozenset()
    kind = site_queries.site(step.session, step.docket.site_id).type
    rules = step.acting.book.on(step.day("issued_on") or step.today)
    return frozenset(code for code in scopes if kind in rules.provider_scope(code).sites)


@guard("report-has-file")
def has_file(step: Step) -> Refusal | None:
    """The report itself is there; where trade secrets are claimed, so is the redacted copy."""
    files = queries.files(step.session, step.docket.id or 0)
    original = files.get("original")
    if original is None:
        return Refusal(N_("The report itself is missing: add it as a PDF."))
    if original.state == "failed":
        return Refusal(N_("The file could not be read. Add it anew."))
    if step.facts.get("secret") and "redacted" not in files:
        return Refusal(N_("Add the redacted copy that may be published."))
    return None


@guard("report-signed")
def signed(step: Step) -> Refusal | None:
    """Every role that the type wants has signed, with a certificate valid that day."""
    found = type_of(step)
    if found is None or step.acting is None:
        return None
    rules = step.acting.book.on(step.day("issued_on") or step.today)
    signatures = queries.signatures(step.session, step.docket.id or 0)
    lacking = missing_roles(found, signatures)
    if lacking:
        return Refusal(
            N_("A signature is missing: {role}."),
            {"role": rules.title("signature_roles", lacking[0])},
        )
    for one in signatures:
        problem = signature_problem(step.session, rules, one, signatures)
        if problem is not None:
            return problem
    return None


@effect("report-stamped")
def stamped(step: Step) -> Mapping[str, Any]:
    """What was signed is the file as it is filed."""
    original = queries.files(step.session, step.docket.id or 0)["original"]
    for one in queries.signatures(step.session, step.docket.id or 0):
        one.document_sha256 = original.sha256
        step.session.add(one)
    step.session.flush()
    return {"file_sha256": original.sha256}


@effect("report-dropped")
def dropped(step: Step) -> Mapping[str, Any]:
    """A discarded draft gives its number free."""
    row = step.session.get(ReportSheet, step.docket.id)
    if row is not None:
        step.session.delete(row)
        step.session.flush()
    return {}


@effect("report-term")
def report_term(step: Step) -> Mapping[str, Any]:
    """How long the report is shown, and whether it is disclosed in time."""
    found, issued = type_of(step), step.day("issued_on")
    if found is None or issued is None or step.acting is None:
        return {}
    shown = step.acting.book.due(issued, found.shown).day
    known: dict[str, Any] = {"until": shown, "field": found.field}
    deadline = step.acting.book.on(issued).deadlines.get("agency.disclosure")
    if deadline is not None and deadline.breach is not None:
        last = step.acting.book.due(issued, deadline.breach)
        known["disclosure_due"] = last.day
        known["disclosure_late"] = step.effective > last.day and not last.provisional
    return known
