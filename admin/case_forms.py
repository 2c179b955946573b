"""Forms and rows of the cases desk, made from tables and field sets: a new kind needs none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from admin import case_links, races
from admin.context import acting, settings, working
from registry.core.db import WorkingSession
from registry.core.errors import Conflict, InvalidInput, RegistryError
from registry.core.i18n import N_, Text, translate
from registry.core.web import forms
from registry.core.web.locale import language
from registry.core.web.messages import field_messages, sentence
from registry.office import dockets
from registry.office.dockets import engine, evidence
from registry.office.dockets.kinds import KindTable
from registry.office.dockets.models import Docket
from registry.office.dockets.replay import plain
from registry.office.entities import queries as entities
from registry.office.entities import site_queries
from registry.office.staff import queries as staff
from schemas import registry as field_sets
from schemas.dockets import NewCase, block, line
from schemas.fields import Code, Reference, is_instant, local_instant, meta, under

FILE = "file_"
OWN = frozenset({"version", "reason", "signature"})
"""Fields of every action form that are not facts; no field set of a kind may use them."""


def blend(*parts: ma.Schema, more: Mapping[str, Any] | None = None) -> ma.Schema:
    """One schema with the fields and checks of all ``parts``, and ``more`` fields after them."""
    bases = tuple(dict.fromkeys(type(part) for part in parts if type(part) is not ma.Schema))
    made: ma.Schema = type("Blend", bases or (ma.Schema,), dict(more or {}))()
    return made


def action_schema(table: KindTable, view: dockets.ActionView) -> ma.Schema:
    """The action's field set, with what it wants beside: proof, reason, signature, version."""
    action = view.action
    more: dict[str, Any] = {
        "version": ma.fields.Integer(required=True, metadata=meta(N_("Version"), widget="hidden"))
    }
    for kind in view.missing_evidence:
        label = table.evidence[kind]
        more[FILE + kind] = ma.fields.Raw(
            required=True, metadata={"label": label, "hint": file_hint(), "widget": "file"}
        )
    if action.reason:
        more["reason"] = block(N_("Reason"), maximum=2000)
    if action.signature:
        more["signature"] = line(N_("Signature"), hint=N_("Your own name as in your account."))
    return blend(field_sets.schema(action.schema), more=more)


def file_hint() -> str:
    """What may be attached, and how large all that is sent together may be."""
    endings = ", ".join(name.removeprefix(".").upper() for name in evidence.MEDIA_TYPES)
    most = settings().max_upload_bytes // 2**20
    told = N_("{endings}; at most {most} MiB in one go.")
    return translate(language(), told, endings=endings, most=most)


def new_schema(table: KindTable, about: Chosen) -> ma.Schema:
    """A new case: title, region, numbers of related cases, the kind's own facts."""
    known = case_links.candidates(table, about.subject.id) if about.subject else {}
    more = case_links.fields_for(table.relations, known)
    return blend(NewCase(), field_sets.schema(table.schema), more=more)


def link_form(docket: Docket) -> ma.Schema:
    """Numbers of further cases, see ``case_links.open_relations``."""
    more: dict[str, Any] = {
        "version": ma.fields.Integer(required=True, metadata=meta(N_("Version"), widget="hidden"))
    }
    return blend(more=more | case_links.fields_for(case_links.open_relations(docket)))


@dataclass(frozen=True)
class Chosen:
    """Whom and which place a new case is about, as chosen in the steps before its form."""

    subject: Any = None
    site: Any = None

    def defaults(self, table: KindTable) -> dict[str, object]:
        """What the form shows at first: nothing is asked that the registry knows."""
        office = staff.authority(working(), acting().officer.authority_id)
        places = (self.site, self.subject, office)
        region = next((one.region for one in places if one is not None and one.region), "")
        found: dict[str, object] = {"region": region}
        if self.subject is None:
            return found
        if self.subject.kind != "person":
            found["title"] = f"{self.subject.name}{table.title.zh}案"
        for name, numbers in case_links.candidates(table, self.subject.id).items():
            # Only what it must rest on is filled in: whether it has to do with an accident of
            # years ago, the officer says.
            if len(numbers) == 1 and table.relations[name].stands:
                found[case_links.PREFIX + name] = numbers[0]
        return found


def chosen(given: Mapping[str, str]) -> Chosen:
    """The subject and site named in the address or the form. Raises ``NotFound``."""
    session = working()
    subject_id, site_id = given.get("subject", ""), given.get("site", "")
    return Chosen(
        entities.entity(session, int(subject_id)) if subject_id.isdecimal() else None,
        site_queries.site(session, int(site_id)) if site_id.isdecimal() else None,
    )


def open_case(table: KindTable, about: Chosen, data: dict[str, Any]) -> Docket:
    """Open the case that the form describes."""
    related = list(case_links.links(data))
    return dockets.open_docket(
        working(),
        table.code,
        acting(),
        title=data.pop("title"),
        region=data.pop("region"),
        subject_id=about.subject.id if about.subject else None,
        site_id=about.site.id if about.site else None,
        links=related,
        facts=as_facts(data),
    )


def view_of(docket: Docket, action: str) -> dockets.ActionView:
    """The action as it stands for this officer, see ``engine.view``."""
    return engine.view(working(), docket, action, acting())


def take(docket: Docket, action: str, data: dict[str, Any]) -> Docket:
    """Attach the proof that came with the form, and act."""
    attach_files(working(), docket, data)
    own = {name: data.pop(name) for name in OWN if name in data}
    return dockets.act(
        working(), docket, action, acting(), data=as_facts(data, docket.facts), **own
    )


def attach_files(session: WorkingSession, docket: Docket, data: dict[str, Any]) -> None:
    """Takes the files out of ``data`` and attaches them. Raises ``InvalidInput`` at the file."""
    for name in [name for name in data if name.startswith(FILE)]:
        sent: FileStorage = data.pop(name)
        upload = dockets.Upload(sent.filename or "", sent.read(), name.removeprefix(FILE))
        try:
            dockets.attach(session, docket, acting(), upload, folder=settings().evidence_dir)
        except InvalidInput as error:
            raise InvalidInput({name: error.fields["file"]}) from error


def page(
    template: str,
    schema: ma.Schema,
    values: Mapping[str, object],
    error: RegistryError | None = None,
    **context: object,
) -> ResponseReturnValue:
    """``template`` with the form; with the error at its fields or above them, if there is one."""
    told: dict[str, list[str]] = {}
    if isinstance(error, InvalidInput) and error.fields:
        told = field_messages(error, language())
    elif error is not None:
        told = {races.field_of(error, schema): [sentence(error, language())]}
    with under(acting().rules):
        form = forms.Form(forms.describe(schema, values), values, told)
        shown = render_template(template, form=form, **context)
    return (shown, error.status) if error else shown


def form_of(schema: ma.Schema, values: Mapping[str, object]) -> forms.Form:
    """A form that stands on a page beside other things."""
    with under(acting().rules):
        return forms.Form(forms.describe(schema, values), values, {})


def signature_form(*before: ma.Schema) -> ma.Schema:
    """The fields of ``before``, the officer's signature, and the version that he saw."""
    return blend(
        *before,
        more={
            "version": ma.fields.Integer(
                required=True, metadata=meta(N_("Version"), widget="hidden")
            ),
            "signature": line(N_("Signature"), hint=N_("Your own name as in your account.")),
        },
    )


def submit(
    template: str,
    schema: ma.Schema,
    act: Callable[[dict[str, Any]], ResponseReturnValue],
    **context: object,
) -> ResponseReturnValue:
    """Load the posted form and ``act``; whatever is refused shows the form again, as typed."""
    try:
        with under(acting().rules):
            data = forms.load(schema, request.form, request.files)
        return act(data)
    except Conflict as error:
        shown = races.lost(context, request.form)
        return page(template, schema, shown.values, error, **context, meanwhile=shown.meanwhile)
    except RegistryError as error:
        return page(template, schema, request.form, error, **context)


def values_of(docket: Docket, schema: ma.Schema, today: str) -> dict[str, object]:
    """What the form shows at first: facts already known, today for the day of the act."""
    known = {name: docket.facts[name] for name in schema.load_fields if name in docket.facts}
    known |= {name: local_instant(v) for name, v in known.items() if is_instant(v)}
    days = (name for name, f in schema.load_fields.items() if f.metadata.get("widget") == "date")
    blank = {name: today for name in days if name.endswith("_on") and schema.fields[name].required}
    return {**blank, **known, "version": docket.version}


def colleague_form(docket: Docket) -> ma.Schema:
    """To whom the case can be given."""
    offices = {docket.authority_id, acting().officer.authority_id}
    people = [c for office in sorted(offices) for c in staff.colleagues(working(), office)]
    choices = [(str(c.id), f"{c.name} ({c.login})") for c in people if c.id != docket.owner_id]
    more = {
        "version": ma.fields.Integer(required=True, metadata=meta(N_("Version"), widget="hidden")),
        "owner": Code(choices, required=True, metadata=meta(N_("Colleague"))),
        "reason": block(N_("Reason"), maximum=1000),
    }
    return blend(more=more)


def evidence_form(table: KindTable) -> ma.Schema:
    """A file with its kind."""
    choices: list[tuple[str, Text | str]] = [
        *table.evidence.items(),
        (evidence.OTHER, N_("Other")),
    ]
    more = {
        "kind": Code(choices, required=True, metadata=meta(N_("Kind of evidence"))),
        "file": ma.fields.Raw(
            required=True, metadata={"label": N_("File"), "hint": file_hint(), "widget": "file"}
        ),
        "personal": ma.fields.Boolean(
            load_default=False,
            metadata=meta(N_("It holds personal data"), widget="checkbox"),
        ),
    }
    return blend(more=more)


def party_form(table: KindTable) -> ma.Schema:
    """The role of a party that was chosen."""
    titles = acting().rules.roles
    choices = [(role, titles[role]) for role in table.parties if role in titles]
    more = {
        "version": ma.fields.Integer(required=True, metadata=meta(N_("Version"), widget="hidden")),
        "entity": Reference("hidden", required=True, metadata=meta(N_("Party"))),
        "role": Code(choices, required=True, metadata=meta(N_("Role"))),
    }
    return blend(more=more)


def as_facts(data: Mapping[str, Any], known: Collection[str] = ()) -> dict[str, Any]:
    """Form data as facts: JSON values. What was left empty is gone, if it was ``known``."""
    found: dict[str, Any] = {k: None if v in ("", []) else v for k, v in plain(data).items()}
    return {name: v for name, v in found.items() if v is not None or name in known}
