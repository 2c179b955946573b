"""What the officers' desk of reports and the organizations' own share: a report, its files, its
signatures. ``area`` names the blueprint whose addresses the page uses.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from flask import redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from admin import case_forms, case_page
from admin.context import acting, settings, working
from registry.core.errors import NotFound
from registry.core.i18n import N_
from registry.core.web import sessions as stores
from registry.office import dockets
from registry.office.audit import service as audit
from registry.office.dockets import kinds
from registry.office.dockets.models import Docket
from registry.office.entities import queries as entities
from registry.office.entities import site_queries
from registry.office.providers import queries as providers
from registry.office.reports import filekeeping, queries, signing
from registry.office.reports.models import PICTURES, ReportFile, ReportSignature
from registry.public.files.store import FileStore
from schemas.fields import Code, meta
from schemas.reports import ReportUpload, Signing

FORM_BYTES = 1 << 20
"""What a form takes beside its file."""
FILE_STATES = {
    "waiting": N_("being prepared"),
    "ready": N_("ready"),
    "failed": N_("could not be read"),
}
FILE_KINDS = {
    "original": N_("The report (PDF)"),
    "redacted": N_("Redacted copy for the public (PDF)"),
    "image": N_("Picture of the site (JPEG, PNG)"),
    "video": N_("Video of field work (MP4, WebM)"),
}


@dataclass(frozen=True)
class Signed:
    """A signature with the signer's name."""

    row: ReportSignature
    name: str


def load(docket_id: int, kind: str = "report") -> Docket:
    """A report that this account may see. Raises ``NotFound``."""
    docket = dockets.load(working(), docket_id, acting())
    if docket.kind != kind:
        raise NotFound
    return docket


def one(docket: Docket, area: str) -> dict[str, Any]:
    """All that the page of a report shows."""
    session, now = working(), acting()
    table = kinds.get("report")
    files = queries.files(session, docket.id or 0)
    return {
        "area": area,
        "docket": docket,
        "table": table,
        "state": table.states[docket.state],
        "organization": entities.entity(session, docket.subject_id or 0),
        "site": site_queries.site(session, docket.site_id) if docket.site_id else None,
        "facts": case_page.facts(table, docket),
        "files": [*files.values(), *queries.images(session, docket.id or 0)],
        "signatures": signed(docket),
        "roles": now.rules.titles("signature_roles"),
        "codes": now.rules.titles("finding_codes"),
        "findings": queries.findings(session, docket.id or 0),
        "finding_table": kinds.get("finding"),
        "versions": queries.versions(session, docket),
        "actions": dockets.available(session, docket, now),
        "file_states": FILE_STATES,
        "file_kinds": FILE_KINDS,
        "sent_back": queries.sent_back(session, docket),
    }


def signed(docket: Docket) -> list[Signed]:
    """Signatures with names."""
    rows = signing.of(working(), docket.id or 0)
    return [Signed(row, entities.entity(working(), row.person_id).name) for row in rows]


def sign_form(docket: Docket) -> ma.Schema:
    """The organization's staff on that day, to choose from."""
    people = providers.members(working(), docket.subject_id or 0, acting().today)
    titles = acting().rules.titles("certificate_kinds")
    choices = [
        (str(m.row.id), f"{m.name}（{titles[kind].zh if kind in titles else '—'} {m.row.masked}）")
        for m in people
        if not m.row.until and ((kind := m.row.certificate_kind) or True)
    ]
    made = Signing()
    made.load_fields["staff"] = Code(choices, required=True, metadata=meta(N_("Signer")))
    return made


def sign(docket: Docket, area: str) -> ResponseReturnValue:
    schema = sign_form(docket)
    back = url_for(f"{area}.show", docket_id=docket.id)
    context: dict[str, Any] = {"title": N_("Note a signature"), "back": back, "docket": docket}
    if request.method == "GET":
        values = {"version": docket.version, "signed_on": acting().today.isoformat()}
        return case_forms.page("admin/report_form.html", schema, values, **context)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        signing.sign(
            working(),
            docket,
            acting(),
            staff_id=int(data["staff"]),
            role=data["role"],
            signed_on=data["signed_on"],
            version=data["version"],
        )
        return redirect(back, 303)

    return case_forms.submit("admin/report_form.html", schema, done, **context)


def unsign(docket: Docket, signature_id: int, area: str) -> ResponseReturnValue:
    signing.unsign(working(), docket, acting(), signature_id)
    return redirect(url_for(f"{area}.show", docket_id=docket.id), 303)


def upload(docket: Docket, area: str) -> ResponseReturnValue:
    back = url_for(f"{area}.show", docket_id=docket.id)
    schema = ReportUpload()
    context: dict[str, Any] = {"title": N_("Add a file"), "back": back, "docket": docket}
    if request.method == "GET":
        return case_forms.page("admin/report_form.html", schema, {"kind": "original"}, **context)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        file, video = data["file"], data["kind"] == "video"
        sent = filekeeping.Sent(
            data["kind"], file.filename or "", file.stream, data.get("caption") or ""
        )
        filekeeping.add_file(
            working(),
            docket,
            acting(),
            sent,
            folder=settings().evidence_dir,
            limit=settings().max_video_bytes if video else settings().max_report_bytes,
            pictures=settings().report_pictures,
        )
        return redirect(back, 303)

    return case_forms.submit("admin/report_form.html", schema, done, **context)


def allow_large_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the body: uploads of reports may be larger than other forms."""
    if endpoint is not None and endpoint.endswith(".upload"):
        largest = max(settings().max_report_bytes, settings().max_video_bytes)
        request.max_content_length = largest + FORM_BYTES


def drop_image(docket: Docket, file_id: int, area: str) -> ResponseReturnValue:
    filekeeping.drop_image(working(), docket, acting(), file_id)
    return redirect(url_for(f"{area}.show", docket_id=docket.id), 303)


def download(docket_id: int, file_id: int) -> ResponseReturnValue:
    """The file as it was sent; the reading is audited."""
    with stores.independent("working") as session:
        docket = dockets.load(session, docket_id, acting())
        found = session.get(ReportFile, file_id)
        if found is None or found.docket_id != docket.id:
            raise NotFound
        store = FileStore(settings().evidence_dir)
        digest = found.public_sha256 if found.kind in PICTURES else found.sha256
        content = store.open(digest or found.sha256)
        audit.record(
            session,
            actor=acting().officer.account_id,
            action="reports:file:read",
            subject=f"docket:{docket_id}",
            detail={"file": file_id},
            now=acting().now,
        )
        name, media_type = found.name, found.media_type
    if isinstance(content, io.BufferedReader):
        return send_file(content, media_type, as_attachment=True, download_name=name)
    raise NotFound
