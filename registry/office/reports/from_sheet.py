"""A report's case made of the sheet that an organization's system filed, as at a filer's desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.core.names import fold
from registry.office import dockets
from registry.office.dockets.models import Docket
from registry.office.entities import queries as entities
from registry.office.entities.models import Entity
from registry.office.entities.vault import PersonKeys
from registry.office.providers.models import ProviderStaff
from registry.office.providers.service import certificate_fingerprint
from registry.office.reports import filekeeping, service, signing
from registry.office.reports.filekeeping import Kept
from registry.office.reports.models import FilingCase, ReportFile
from registry.office.staff import queries as staff
from registry.office.staff.officer import Acting
from registry.public.filings.service import Asked

OUTSIDE_SHEET = frozenset({"site", "replaces", "corrects", "signatures", "captions"})
"""Members of the metadata that are no facts of the case."""


def file(
    session: WorkingSession,
    acting: Acting,
    token: str,
    asked: Asked,
    kept: Sequence[Kept],
    *,
    keys: Callable[[], PersonKeys],
) -> FilingCase:
    """The case of what was handed in under ``token``: sheet, files, signatures, filed.

    Raises ``InvalidInput`` at the member of the request, ``Refused``, and what filing raises.
    """
    docket = _draft(session, acting, asked.sheet)
    for one in kept:
        filekeeping.add_kept(session, docket, acting, one)
    for number, signature in enumerate(asked.sheet["signatures"]):
        _sign(session, docket, acting, number, signature, keys)
    dockets.act(session, docket, "file", acting, version=docket.version)
    case = FilingCase(token=token, docket_id=docket.id or 0, told=docket.version)
    session.add(case)
    session.flush()
    return case


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
    keys: Callable[[], PersonKeys],
) -> None:
    signed_on = date.fromisoformat(signature["signed_on"])
    at = f"signatures.{number}"
    signer = _member(session, docket.subject_id or 0, signature, signed_on, keys)
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
    keys: Callable[[], PersonKeys],
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
        wanted = certificate_fingerprint(str(signature["certificate"]), keys())
        rows = [one for one in rows if one.fingerprint == wanted]
    able = [one for one in rows if one.active(day) and one.certified(day)]
    return next(iter(able or rows), None)
