"""Reports filed through the API: carried to the desk where those of the sign-in stand, and back.

The worker opens what was handed in, looks into the files outside every transaction, and then
takes the same steps as a filer at his desk, all in one transaction: the sheet, the files, the
signatures, the filing. Whatever is wrong leaves nothing behind and is told by field. The working
store commits first and knows each filing by its id, so a crash in between repeats and adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from registry.core.db import IntakeSession, Store, WorkingSession
from registry.core.errors import InvalidInput, NotFound, RegistryError
from registry.core.i18n import N_, Text
from registry.core.jobs.running import Handler
from registry.core.names import fold
from registry.core.rules import Rulebook
from registry.office import dockets
from registry.office.dockets.models import Docket
from registry.office.entities import queries as entities
from registry.office.entities.models import Entity
from registry.office.entities.vault import PersonKeys
from registry.office.providers.models import ProviderStaff
from registry.office.providers.service import certificate_fingerprint
from registry.office.reports import queries, service, signing
from registry.office.reports.filers import filer_of
from registry.office.reports.models import FilingCase, ReportFile
from registry.office.reports.service import Kept, Sent
from registry.office.staff import queries as staff
from registry.office.staff.officer import Acting
from registry.public.agencies.handed_in import Save
from registry.public.agencies.models import AgencyRow
from registry.public.filings import lifecycle
from registry.public.filings import service as filings
from registry.public.filings.models import ReportFiling
from registry.public.filings.service import Asked, HandedIn, News, Said
from registry.public.inbox import blobs, filesealing

OUTSIDE_SHEET = frozenset({"site", "replaces", "corrects", "signatures", "captions"})
"""Members of the metadata that are no facts of the case."""
BATCH = 100


@dataclass(frozen=True)
class Places:
    """What the carrying needs of an installation."""

    working: Store[WorkingSession]
    intake: Store[IntakeSession]
    sealed: Path
    """Folder of the sealed files of filings."""
    kept: Path
    """Folder of files by content hash."""
    limit: int
    """Largest file, in bytes."""
    root: Callable[[], bytes]
    """The agencies' key."""
    keys: Callable[[], PersonKeys]
    book: Rulebook


def handler(places: Places) -> Handler:
    """Of the job of one filing: first it is carried, then its sealed files are erased."""

    def carry(row: ReportFiling, agency: AgencyRow, now: datetime) -> Save:
        news, root = _outcome(places, row, agency, now), places.root()

        def save(session: IntakeSession) -> None:
            filings.note(session, root, row.token, news, now)
            if news.state != "refused" and row.corrects:
                corrected = News("corrected", corrected_by=row.token)
                filings.note(session, root, row.corrects, corrected, now)

        return save

    def erase(row: ReportFiling) -> Save:
        blobs.erase(places.sealed, row.files)
        return lambda session: filings.forget_files(session, row.job_id)

    return filings.TRAY.handler(places.intake, carry, erase)


def _outcome(places: Places, row: ReportFiling, agency: AgencyRow, now: datetime) -> News:
    """What became of a filing: done now, or before a crash."""
    with places.working.read() as session:
        known = session.get(FilingCase, row.token)
        if known is not None:
            return _news(session, known)
    kept: list[Kept] = []
    try:
        asked = filings.opened(places.root(), row)
        with places.working.write() as session:
            acting = filer_of(session, agency, now, places.book)
        with places.working.read() as session:
            captions = iter(asked.sheet.get("captions") or ())
            for number, one in enumerate(asked.files):
                caption = next(captions, "") if one.kind == "image" else ""
                kept.append(replace(_take_file(session, places, one, number), caption=caption))
        with places.working.write() as session:
            return _file(session, acting, row.token, asked, kept, places)
    except RegistryError as error:
        with places.working.read() as session:
            digests = [name for one in kept for name in (one.sha256, one.rewritten) if name]
            service.drop_unused(session, places.kept, digests)
        return News("refused", _said(error))


def _said(error: RegistryError) -> Said:
    """What is wrong, by field; what belongs to none stands under ``report``."""
    if isinstance(error, InvalidInput):
        fields = {name: list(messages) for name, messages in error.fields.items()}
    elif isinstance(error, dockets.Refused):
        fields = {error.refusal.field_name or "report": [error.message]}
    else:
        fields = {"report": [error.message]}
    return Said(errors=fields, params={k: _plain(v) for k, v in error.params.items()})


def _plain(value: object) -> object:
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    return value if isinstance(value, int) else str(value)


def _take_file(session: WorkingSession, places: Places, one: HandedIn, number: int) -> Kept:
    """The file out of its seal, looked into. Raises ``InvalidInput`` at its part of the request."""
    with blobs.open_sealed(places.sealed, one.sealed.id) as source:
        plain = filesealing.plain_reader(source, file_id=one.sealed.id, key=one.sealed.key)
        sent = Sent(one.kind, one.sealed.name, plain)
        try:
            return service.look_into(session, sent, folder=places.kept, limit=places.limit)
        except InvalidInput as error:
            at = {"original": "file", "image": f"image.{number}"}.get(one.kind, one.kind)
            fields = {at if name == "file" else name: m for name, m in error.fields.items()}
            raise InvalidInput(fields, **error.params) from error


def _file(
    session: WorkingSession,
    acting: Acting,
    token: str,
    asked: Asked,
    kept: Sequence[Kept],
    places: Places,
) -> News:
    docket = _draft(session, acting, asked.sheet)
    for one in kept:
        service.add_kept(session, docket, acting, one)
    for number, signature in enumerate(asked.sheet["signatures"]):
        _sign(session, docket, acting, number, signature, places)
    dockets.act(session, docket, "file", acting, version=docket.version)
    case = FilingCase(token=token, docket_id=docket.id or 0, told=docket.version)
    session.add(case)
    session.flush()
    return _news(session, case)


def _draft(session: WorkingSession, acting: Acting, sheet: Mapping[str, Any]) -> Docket:
    """A new draft with the sheet, a next version, or the returned draft that it corrects."""
    facts = {name: value for name, value in sheet.items() if name not in OUTSIDE_SHEET}
    mine = acting.officer.entity_id or 0
    site = _site(session, str(sheet["client_code"]), str(sheet.get("site") or ""))
    if sheet.get("corrects"):
        docket = _returned(session, acting, str(sheet["corrects"]))
    elif sheet.get("replaces"):
        docket = service.new_version(session, acting, _own(session, mine, str(sheet["replaces"])))
    else:
        organization = entities.entity(session, mine)
        above = staff.authority(session, acting.officer.authority_id)
        return dockets.open_docket(
            session,
            "report",
            acting,
            facts={name: value for name, value in facts.items() if value not in ("", None)},
            title=str(sheet["project"]),
            region=organization.region or above.region,
            subject_id=mine,
            site_id=site,
        )
    docket.site_id, docket.title = site, str(sheet["project"])
    return dockets.act(session, docket, "edit", acting, version=docket.version, data=facts)


def _site(session: WorkingSession, client_code: str, public_id: str) -> int | None:
    """The mine or pond, which the client works."""
    if not public_id:
        return None
    clients = entities.find(session, code=client_code)
    known = entities.profile(session, clients[0].id).operations if clients else []  # type: ignore[arg-type]
    for _, site in known:
        if site.public_id == public_id:
            return site.id
    raise InvalidInput({"site": [N_("The registry knows no such mine or pond of this client.")]})


def _returned(session: WorkingSession, acting: Acting, token: str) -> Docket:
    case = session.get(FilingCase, token)
    docket = session.get(Docket, case.docket_id) if case else None
    wrong = InvalidInput({"corrects": [N_("Only a filing that was returned is corrected.")]})
    if case is None or docket is None or docket.subject_id != acting.officer.entity_id:
        raise wrong
    if docket.state != "draft" or not case.open:
        raise wrong
    case.open = False
    signing.unsign_all(session, docket)
    rows = session.exec(select(ReportFile).where(ReportFile.docket_id == docket.id))
    for row in rows:
        row.replaced = True
    session.flush()
    return docket


def _own(session: WorkingSession, mine: int, public_id: str) -> Docket:
    query = select(Docket).where(
        col(Docket.public_id) == public_id, Docket.kind == "report", Docket.subject_id == mine
    )
    found = session.exec(query).first()
    if found is None:
        raise InvalidInput(
            {"replaces": [N_("The organization has no disclosed report with this id.")]}
        )
    return found


def _sign(
    session: WorkingSession,
    docket: Docket,
    acting: Acting,
    number: int,
    signature: Mapping[str, Any],
    places: Places,
) -> None:
    signed_on = date.fromisoformat(signature["signed_on"])
    at = f"signatures.{number}"
    signer = _member(session, docket.subject_id or 0, signature, signed_on, places)
    if signer is None:
        raise InvalidInput({f"{at}.name": [N_("Nobody of this name is noted among the staff.")]})
    try:
        signing.sign(
            session,
            docket,
            acting,
            staff_id=signer.id or 0,
            role=signature["role"],
            signed_on=signed_on,
            version=docket.version,
        )
    except InvalidInput as error:
        fields = {
            f"{at}.{'name' if name == 'staff' else name}": messages
            for name, messages in error.fields.items()
        }
        raise InvalidInput(fields, **error.params) from error


def _member(
    session: WorkingSession,
    organization: int,
    signature: Mapping[str, Any],
    day: date,
    places: Places,
) -> ProviderStaff | None:
    """Of the staff with this name (and certificate, if given) whoever may sign that day."""
    query = (
        select(ProviderStaff)
        .join(Entity, col(Entity.id) == col(ProviderStaff.person_id))
        .where(
            ProviderStaff.organization_id == organization,
            Entity.folded == fold(str(signature["name"])),
        )
    )
    rows = list(session.exec(query.order_by(col(ProviderStaff.id))))
    if signature.get("certificate"):
        wanted = certificate_fingerprint(str(signature["certificate"]), places.keys())
        rows = [one for one in rows if one.fingerprint == wanted]
    able = [one for one in rows if one.active(day) and one.certified(day)]
    return next(iter(able or rows), None)


def _news(session: WorkingSession, case: FilingCase) -> News:
    """Where the case stands, in the words of whoever filed."""
    docket = session.get(Docket, case.docket_id)
    if docket is None:
        raise NotFound
    state = lifecycle.of_case(docket.state)
    reason = ""
    if state == "returned":
        reason = queries.sent_back(session, docket)
    elif state == "discarded":
        reason = queries.last_reason(session, docket)
    return News(state, Said(reason), docket.number, docket.public_id)


def behind(session: WorkingSession) -> bool:
    """Whether a case moved of which whoever filed it was not told; cheap, without a lock."""
    return session.exec(_moved().limit(1)).first() is not None


def _moved() -> Any:
    return (
        select(FilingCase)
        .join(Docket, col(Docket.id) == col(FilingCase.docket_id))
        .where(col(FilingCase.open).is_(True), col(FilingCase.told) < col(Docket.version))
        .order_by(col(FilingCase.docket_id))
    )


def tell(places: Places, now: datetime) -> int:
    """Tell organizations where their filings stand; how many changed. Can be repeated safely."""
    with places.working.read() as session:
        moved = [
            (one.token, docket.version, _news(session, one))
            for one in session.exec(_moved().limit(BATCH))
            if (docket := session.get(Docket, one.docket_id)) is not None
        ]
    if not moved:
        return 0
    root = places.root()
    with places.intake.write() as session:
        for token, _, news in moved:
            filings.note(session, root, token, news, now)
    with places.working.write() as session:
        for token, version, news in moved:
            row = session.get(FilingCase, token)
            if row is not None:
                row.told, row.open = version, row.open and news.state not in lifecycle.ENDED
    return len(moved)
