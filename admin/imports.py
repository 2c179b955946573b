"""The imports desk: files tried row by row, batches approved by a second officer, undone."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from admin.context import acting, requires, settings, store, working
from admin.forms import handle, show
from registry.core.errors import NotFound
from registry.core.i18n import Text
from registry.core.sheets import limits
from registry.core.sheets.problems import UnusableFile
from registry.core.web import forms
from registry.core.web import sessions as stores
from registry.office import dockets
from registry.office.dockets import kinds
from registry.office.entities import vault
from registry.office.external import description
from registry.office.external import service as external
from registry.office.imports import mapping, queries, report, retention, service
from registry.office.imports.context import Tools
from registry.office.imports.kinds import known
from registry.office.staff.officer import CASEWORK
from schemas.imports import Decision, ListUpload, ReasonedDecision, Upload
from schemas.rows import Rows

desk = Blueprint("imports", __name__, url_prefix="/imports")
READERS = (*CASEWORK, "auditor")
SUBMITTERS = ("clerk", "publisher", "reviewer")
SHOWN = 500
"""Problems on the page; the CSV has them all."""


def tools() -> Tools:
    """What imports need of this installation."""
    here = settings()
    return Tools(
        evidence_dir=here.evidence_dir,
        keys=vault.load(here.key_dir),
        limits=limits.from_settings(here.max_upload_bytes, here.max_import_rows),
        mapping_folders=_own_folders("mappings"),
        field_sets=Rows(),
    )


def _own_folders(name: str) -> tuple[Path, ...]:
    """An installation's own mappings and lists lie in its rules directory."""
    rules = settings().rules_dir
    return (rules / name,) if rules else ()


@contextmanager
def _received(upload: FileStorage) -> Iterator[Path]:
    """The upload as a file of ours, under a name of ours, gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="import-") as folder:
        path = Path(folder) / "upload"
        upload.save(path)
        yield path


def _upload_form() -> Upload:
    kinds_of_files = known()
    offered = [(kind.code, kind.title) for kind in kinds_of_files.values()]
    own = _own_folders("mappings")
    found = [one for code in kinds_of_files for one in mapping.mappings(code, own)]
    return Upload(offered, [(one.name, one.title) for one in found])


def _list_form() -> ListUpload:
    found = description.descriptions(_own_folders("external"))
    choices: list[tuple[str, Text | str]] = [(one.code, one.title) for one in found.values()]
    return ListUpload(choices)


@desk.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    rows = queries.files(working(), acting())
    return render_template("admin/imports.html", rows=rows, kinds=known())


@desk.route("/new", methods=["GET", "POST"])
@requires(*SUBMITTERS)
def upload() -> ResponseReturnValue:
    schema = _upload_form()
    if request.method == "GET":
        return show("admin/imports_new.html", schema)

    def act(data: dict[str, Any]) -> ResponseReturnValue:
        sent: FileStorage = data["file"]
        with _received(sent) as path, store().read() as reader:
            row = service.store(
                working(),
                acting(),
                data["kind"],
                path,
                tools=tools(),
                mapping=data["mapping"] or None,
                file_name=sent.filename or "",
                reader=reader,
            )
        return redirect(url_for("imports.file", file_id=row.id), 303)

    return handle("admin/imports_new.html", schema, act, UnusableFile)


@desk.get("/files/<int:file_id>")
@requires(*READERS)
def file(file_id: int) -> ResponseReturnValue:
    row = queries.file(working(), acting(), file_id)
    docket = dockets.load(working(), row.docket_id, acting()) if row.docket_id else None
    actions = dockets.available(working(), docket, acting()) if docket else []
    return render_template(
        "admin/imports_one.html",
        row=row,
        report=queries.report(row),
        kind=known()[row.kind],
        docket=docket,
        kept_until=retention.kept_until(row, docket, acting().book),
        actions={one.action.code: one for one in actions},
        shown=SHOWN,
    )


@desk.get("/files/<int:file_id>/report.csv")
@requires(*READERS)
def report_csv(file_id: int) -> ResponseReturnValue:
    row = queries.file(working(), acting(), file_id)
    text = io.StringIO(newline="")
    report.write_csv(queries.report(row), text)
    answer = Response(text.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="import-{row.id}.csv"'
    return answer


@desk.post("/files/<int:file_id>/submit")
@requires(*SUBMITTERS)
def submit(file_id: int) -> ResponseReturnValue:
    row = queries.file(working(), acting(), file_id)
    service.submit(working(), acting(), row.id or 0)
    return _back(file_id)


@desk.post("/files/<int:file_id>/approve")
@requires("approver")
def approve(file_id: int) -> ResponseReturnValue:
    seen = forms.load(Decision(), request.form)["version"]
    docket_id = _docket_of(file_id)
    service.approve(working(), acting(), docket_id, version=seen, tools=tools())
    return _back(file_id)


@desk.post("/files/<int:file_id>/undo")
@requires("approver")
def undo(file_id: int) -> ResponseReturnValue:
    seen = forms.load(Decision(), request.form)["version"]
    docket_id = _docket_of(file_id)
    service.approve_undo(working(), acting(), docket_id, version=seen, tools=tools())
    return _back(file_id)


REASONED = {
    "reject": service.reject,
    "request_undo": service.request_undo,
    "keep": service.refuse_undo,
}


@desk.route("/files/<int:file_id>/act/<action>", methods=["GET", "POST"])
@requires(*CASEWORK)
def act(file_id: int, action: str) -> ResponseReturnValue:
    docket = dockets.load(working(), _docket_of(file_id), acting())
    if action not in REASONED:
        raise NotFound
    title = kinds.get(docket.kind).action(action).title
    context: dict[str, Any] = {"file_id": file_id, "title": title}
    if request.method == "GET":
        values = {"version": docket.version}
        return show("admin/imports_act.html", ReasonedDecision(), values, **context)

    def decide(data: dict[str, Any]) -> ResponseReturnValue:
        REASONED[action](working(), acting(), docket.id or 0, **data)
        return _back(file_id)

    return handle("admin/imports_act.html", ReasonedDecision(), decide, **context)


@desk.route("/lists", methods=["GET", "POST"])
@requires(*SUBMITTERS)
def lists() -> ResponseReturnValue:
    schema = _list_form()
    if request.method == "GET":
        return show("admin/imports_lists.html", schema, **_standing())

    def compare(data: dict[str, Any]) -> ResponseReturnValue:
        sent: FileStorage = data.pop("file")
        name = data.pop("list")
        with _received(sent) as path:
            outcome = _import(name, path, sent.filename or "", data)
        return render_template("admin/imports_outcome.html", outcome=outcome, shown=SHOWN)

    expected = (UnusableFile, external.SnapshotRefused)
    return handle("admin/imports_lists.html", schema, compare, *expected, **_standing())


def _import(name: str, path: Path, file_name: str, options: dict[str, Any]) -> external.Outcome:
    own = _own_folders("external")
    try:
        return external.import_snapshot(
            working(),
            acting(),
            name,
            path,
            file_name=file_name,
            limits=tools().limits,
            folders=own,
            **options,
        )
    except external.SnapshotRefused as refusal:
        with stores.independent("working") as session:
            external.record_refusal(session, acting(), name, refusal)
        raise


def _standing() -> dict[str, Any]:
    found = description.descriptions(_own_folders("external"))
    # The request's own session would hold the writer's lock while a list is read from its file.
    with store().read() as session:
        newest = {code: external.newest(session, code) for code in found}
    return {"lists": found, "newest": newest}


def _docket_of(file_id: int) -> int:
    row = queries.file(working(), acting(), file_id)
    return queries.batch_of(row)


def _back(file_id: int) -> ResponseReturnValue:
    return redirect(url_for("imports.file", file_id=file_id), 303)
