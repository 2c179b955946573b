"""What parties file online: the heap, codes on served papers, recording and answering."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from admin import case_forms
from admin.context import acting, officer, requires, settings, working
from registry.core import keys as key_files
from registry.core.codes import qr
from registry.core.errors import NotFound
from registry.core.i18n import N_
from registry.core.web import sessions as stores
from registry.office import dockets
from registry.office.dockets import documents, kinds
from registry.office.dockets.models import Docket
from registry.office.entities import queries as entities
from registry.office.procedures import codes, offers, queries, service, slip
from registry.office.procedures.models import PartyFiling
from registry.office.procedures.service import Tools
from registry.office.staff import queries as staff
from registry.office.staff.officer import CASEWORK
from registry.office.tips import files
from registry.public.procedures.codes import secrets_of
from schemas import registry as field_sets
from schemas.dockets import block, line
from schemas.fields import Code, Codes, meta

desk = Blueprint("procedures", __name__, url_prefix="/procedures")
READERS = (*CASEWORK, "auditor")
STATES = {
    "new": N_("Not yet in the case"),
    "recorded": N_("In the case, not answered"),
    "answered": N_("Answered"),
    "withdrawn": N_("Taken back"),
}
ENDED = {
    "replaced": N_("Replaced"),
    "revoked": N_("Revoked"),
    "expired": N_("Expired"),
}


def tools() -> Tools:
    """Keys and places of this process."""
    own = settings()
    return Tools(
        key_files.load_vault(own.key_dir),
        own.sealed_dir,
        own.evidence_dir,
        own.key_dir,
        checked,
        own.data_dir / "templates",
    )


def checked(content: bytes, kind: str) -> bytes:
    """A copy drawn anew, by the process that also cleans the files of reports."""
    try:
        return files.run_cleaner(content, kind)
    except files.NoCleanCopy:
        raise service.NotChecked from None


def _docket(docket_id: int) -> Docket:
    found = dockets.load(working(), docket_id, acting())
    if offers.of(found.kind) is None:
        raise NotFound
    return found


@desk.get("")
@requires(*READERS)
def index() -> str:
    rows = queries.heap(working(), officer(), acting().today)
    return render_template(
        "admin/procedures.html", rows=rows, titles=_titles(), states=STATES, most=queries.HEAP
    )


def _titles() -> Mapping[str, Any]:
    return acting().rules.titles("procedures")


@desk.get("/of/<int:docket_id>")
@requires(*READERS)
def case(docket_id: int) -> str:
    docket = _docket(docket_id)
    session, today = working(), acting().today
    found = queries.codes_of(session, docket, today)
    return render_template(
        "admin/procedures_case.html",
        docket=docket,
        table=kinds.get(docket.kind),
        rows_of_case=queries.of_docket(session, docket, today),
        codes=found,
        names=staff.names_of(session, {one.code.issued_by for one in found}),
        titles=_titles(),
        states=STATES,
        ended=ENDED,
        issue=bool(_papers(docket)),
        can_work=officer().has(*CASEWORK),
    )


def _papers(docket: Docket) -> list[Any]:
    offered = offers.of(docket.kind)
    return queries.papers_for(working(), docket, offered.papers) if offered else []


def _issue_form(docket: Docket) -> ma.Schema:
    table = kinds.get(docket.kind)
    papers = [(str(p.id), f"{documents.spec_of(table, p.code).title} {p.number}")
              for p in _papers(docket)]  # fmt: skip
    people = [
        (str(one), entities.entity(working(), one).name) for one in codes.parties(working(), docket)
    ]
    more: dict[str, Any] = {
        "paper": Code(papers, required=True, metadata=meta(N_("On which paper"))),
        "party": Code(people, required=True, metadata=meta(N_("For which party"))),
        "identity_check": line(
            N_("How identity was checked"),
            hint=N_("Needed where the party has a code that it lost or that others know."),
            required=False,
        ),
    }
    return case_forms.blend(more=more)


@desk.route("/of/<int:docket_id>/codes", methods=["GET", "POST"])
@requires(*CASEWORK)
def issue(docket_id: int) -> ResponseReturnValue:
    docket = _docket(docket_id)
    schema = _issue_form(docket)
    if request.method == "GET":
        return case_forms.page("admin/procedures_issue.html", schema, {}, docket=docket)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        printed = codes.issue(
            working(),
            docket,
            acting(),
            document_id=int(data["paper"]),
            entity_id=int(data["party"]),
            identity_check=data.get("identity_check") or "",
            installation=secrets_of(key_files.load_receipt_key(settings().key_dir)),
        )
        return _slip(docket, printed)

    return case_forms.submit("admin/procedures_issue.html", schema, done, docket=docket)


def _slip(docket: Docket, printed: codes.Printed) -> str:
    """The paper with its code, to be printed now. The code is in no address."""
    found, spec, context = documents.open_paper(
        working(), docket, printed.row.document_id, acting(), key_dir=settings().key_dir
    )
    return render_template(
        "admin/documents/code.html",
        spec=spec,
        number=found.number,
        blocks=documents.page(spec, context),
        authority=context["authority"].get("name", ""),
        docket=docket,
        printed=printed,
        slip=slip.of(working(), printed, _public_address()),
        title=slip.TITLE,
    )


@desk.post("/of/<int:docket_id>/codes/<int:code_id>/word")
@requires(*CASEWORK)
def word(docket_id: int, code_id: int) -> ResponseReturnValue:
    """The same paper with the same code as a Word file. The code comes from the page just made."""
    docket = _docket(docket_id)
    known = secrets_of(key_files.load_receipt_key(settings().key_dir))
    code = request.form.get("code", "")
    printed = codes.printed(working(), docket, acting(), code_id, code=code, installation=known)
    made = service.paper(working(), docket, acting(), printed.row.document_id, tools=tools())
    last = slip.of(working(), printed, _public_address())
    content = io.BytesIO(slip.into_word(made.content, last))
    sent = send_file(content, documents.WORD, as_attachment=True, download_name=made.name)
    sent.headers["Cache-Control"] = "no-store"
    return sent


def _public_address() -> str:
    base = settings().base_url
    return f"{base}/zh/procedures" if base else ""


@desk.get("/of/<int:docket_id>/address.svg")
@requires(*CASEWORK)
def address(docket_id: int) -> ResponseReturnValue:
    """The address of the public page as a QR code; the code of the paper is not in it."""
    _docket(docket_id)
    if not _public_address():
        raise NotFound
    return Response(qr.svg(_public_address()), mimetype="image/svg+xml")


@desk.post("/of/<int:docket_id>/codes/<int:code_id>/revoke")
@requires(*CASEWORK)
def revoke(docket_id: int, code_id: int) -> ResponseReturnValue:
    docket = _docket(docket_id)
    codes.revoke(working(), docket, acting(), code_id)
    return redirect(url_for("procedures.case", docket_id=docket.id), 303)


def _shown(filing: PartyFiling, docket: Docket) -> dict[str, Any]:
    """What the page of a filing shows; opening it is audited, on its own."""
    with stores.independent("working") as session:
        again = session.get_one(PartyFiling, filing.id)
        content = service.read(session, again, acting(), tools=tools())
    offer = service.offer_of(filing, docket)
    open_now = filing.state == "new" and offer.act and offer.open_in(docket.state)
    return {
        "filing": filing,
        "docket": docket,
        "content": content,
        "files": service.files_of(content),
        "checkable": service.ENDINGS,
        "capacity": service.CAPACITIES.get(content.get("capacity", ""), ""),
        "title": _titles()[filing.procedure],
        "states": STATES,
        "offer": offer,
        "act": kinds.get(docket.kind).actions[offer.act] if open_now else None,
        "answer": service.answer_of(filing, tools()),
        "can_work": officer().has(*CASEWORK),
        "conditions": content.get("conditions") or [],
    }


@desk.get("/<int:filing_id>")
@requires(*READERS)
def show(filing_id: int) -> ResponseReturnValue:
    filing, docket = queries.load(working(), filing_id, acting())
    return render_template("admin/procedures_one.html", **_shown(filing, docket))


@desk.get("/<int:filing_id>/files/<sealed_id>")
@requires(*READERS)
def file(filing_id: int, sealed_id: str) -> ResponseReturnValue:
    with stores.independent("working") as session:
        filing, _docket = queries.load(session, filing_id, acting())
        found, content = service.checked_copy(session, filing, sealed_id, acting(), tools=tools())
    sent = send_file(
        io.BytesIO(content), found.type, as_attachment=True, download_name=found.name or "file"
    )
    sent.headers["Cache-Control"] = "no-store"
    return sent


@desk.route("/<int:filing_id>/record", methods=["GET", "POST"])
@requires(*CASEWORK)
def record(filing_id: int) -> ResponseReturnValue:
    filing, docket = queries.load(working(), filing_id, acting())
    offer = service.offer_of(filing, docket)
    if not offer.act:
        raise NotFound
    view = case_forms.view_of(docket, offer.act)
    table = kinds.get(docket.kind)
    # The filing and its files are the proof: none is asked for beside them.
    schema = case_forms.action_schema(table, dockets.ActionView(view.action, view.refusal))
    context: dict[str, Any] = {"docket": docket, "view": view, "filing": filing}
    if request.method == "GET":
        content = _shown(filing, docket)["content"]
        values = offers.prefilled(offer, content, filing.day) | {"version": docket.version}
        return case_forms.page("admin/procedures_record.html", schema, values, **context)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        own = {name: data.pop(name) for name in case_forms.OWN if name in data}
        facts = case_forms.as_facts(data, docket.facts)
        service.record(working(), filing, docket, acting(), data=facts, tools=tools(), **own)
        return redirect(url_for("procedures.show", filing_id=filing.id), 303)

    return case_forms.submit("admin/procedures_record.html", schema, done, **context)


def _answer_form(docket: Docket) -> ma.Schema:
    table = kinds.get(docket.kind)
    papers = [
        (str(row.id), f"{documents.spec_of(table, row.code).title} {row.number}")
        for row in documents.of(working(), docket)
    ]
    more: dict[str, Any] = {
        "text": block(
            N_("Answer to the party"),
            hint=N_("In Chinese, with reasons and remedies. It appears on the party's page."),
        ),
        "papers": Codes(
            papers, load_default=lambda: [], metadata=meta(N_("Papers that go with it"))
        ),
    }
    return case_forms.blend(more=more)


@desk.route("/<int:filing_id>/answer", methods=["GET", "POST"])
@requires(*CASEWORK)
def answer(filing_id: int) -> ResponseReturnValue:
    filing, docket = queries.load(working(), filing_id, acting())
    schema = _answer_form(docket)
    context: dict[str, Any] = {
        "docket": docket, "filing": filing, "title": _titles()[filing.procedure]
    }  # fmt: skip
    if request.method == "GET":
        return case_forms.page("admin/procedures_answer.html", schema, {}, **context)

    def done(data: dict[str, Any]) -> ResponseReturnValue:
        service.answer(
            working(),
            filing,
            docket,
            acting(),
            text=data["text"],
            papers=[int(one) for one in data["papers"]],
            tools=tools(),
        )
        return redirect(url_for("procedures.show", filing_id=filing.id), 303)

    return case_forms.submit("admin/procedures_answer.html", schema, done, **context)


field_sets.check()
