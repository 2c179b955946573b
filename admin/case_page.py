"""What the page of a case shows, made from its table and field sets: a new kind needs none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import marshmallow as ma

from admin import case_links
from admin.case_forms import evidence_form
from admin.context import acting, working
from registry.core.db import WorkingSession
from registry.core.errors import NotFound
from registry.core.i18n import N_, Text
from registry.core.web import forms
from registry.core.web.locale import language, say
from registry.core.web.messages import sentence
from registry.office import dockets
from registry.office.dockets import (
    bases,
    casefile,
    checks,
    climbing,
    engine,
    evidence,
    hooks,
    kinds,
)
from registry.office.dockets.kinds import KindTable
from registry.office.dockets.models import Docket
from registry.office.dockets.shape import Action
from registry.office.entities import queries as entities
from registry.office.entities import site_queries
from registry.office.procedures import queries as filings
from registry.office.staff import queries as staff
from registry.office.staff.officer import CASEWORK, Acting
from schemas import registry as field_sets
from schemas.fields import is_instant, under


@dataclass(frozen=True)
class Party:
    """A party by name, for the page."""

    entity_id: int
    name: str
    kind: str
    role: Text | None


def facts(table: KindTable, docket: Docket) -> list[tuple[Text | str, Any, bool]]:
    """Facts with their labels, in the order of the forms; True where the value is a rule text."""
    rows: dict[str, tuple[Text | str, Any, bool]] = {}
    with under(acting().rules):
        for name in table.schemas():
            for key, item in field_sets.schema(name).load_fields.items():
                if docket.facts.get(key) not in (None, "", []) and key not in rows:
                    label = item.metadata.get("label", key)
                    rows[key] = (label, *_shown(item, docket.facts[key]))
    return list(rows.values())


def _shown(item: ma.fields.Field[Any], value: Any) -> tuple[Any, bool]:
    if isinstance(value, bool):
        return (N_("Yes") if value else N_("No")), True
    given = item.metadata.get("choices")
    choices = given() if callable(given) else given
    if choices:
        titles = dict(choices)
        several = value if isinstance(value, list) else [value]
        return [titles.get(code, code) for code in several], True
    return value, False


def subject(docket: Docket) -> Party | None:
    """Whom the case is about."""
    return _party(docket.subject_id, None) if docket.subject_id else None


def parties(docket: Docket) -> list[Party]:
    """Who else has a part, with the role's title."""
    found = casefile.parties(working(), docket)
    titles = acting().rules.roles
    return [_party(entity_id, titles.get(role)) for entity_id, role in found]


def _party(entity_id: int, role: Text | None) -> Party:
    entity = entities.entity(working(), entity_id)
    return Party(entity_id, entity.name, entity.kind, role)


def case(docket: Docket) -> dict[str, Any]:
    """All that the page of a case shows."""
    session, now = working(), acting()
    table = kinds.get(docket.kind)
    return {
        "docket": docket,
        "table": table,
        "state": table.states[docket.state],
        "authority": staff.authority(session, docket.authority_id),
        "names": staff.names_of(session, {docket.owner_id or 0, docket.drafted_by}),
        "subject": subject(docket),
        "site": site_queries.site(session, docket.site_id) if docket.site_id else None,
        "parties": parties(docket),
        "facts": facts(table, docket),
        "actions": dockets.available(session, docket, now),
        "timeline": casefile.timeline(session, docket),
        "clocks": casefile.clocks(session, docket, now.today, now.book, now.now),
        "panels": panels(session, table, docket, now, table.panels),
        "lapses": climbing.views(session, docket),
        "evidence": evidence.of(session, docket),
        "papers": casefile.papers(session, docket),
        "links": casefile.links(session, docket, now.officer),
        "filings": filings.shown(session, docket, now.today),
        "upload": forms.describe(evidence_form(table)),
        "can_work": now.officer.has(*CASEWORK),
        "can_link": table.relations and now.officer.has(*table.roles),
        "wanting": bases.wanting(docket),
        "today": now.today,
        "deputies": staff.deputies(session, docket.owner_id or 0, now.today),
    }


def beside(docket: Docket, action: Action) -> list[hooks.Panel]:
    """What stands above the form of an act."""
    return panels(working(), kinds.get(docket.kind), docket, acting(), action.beside)


def panels(
    session: WorkingSession, table: KindTable, docket: Docket, now: Acting, names: Sequence[str]
) -> list[hooks.Panel]:
    """The panels called ``names`` that have something to say."""
    if not names:
        return []
    log = engine.events(session, docket)
    step = checks.step_of(session, table, docket, acting=now, now=now.now, log=log)
    made = (hooks.PANELS[name](step) for name in names)
    return [panel for panel in made if panel is not None]


def helpers() -> dict[str, Any]:
    """What the templates of the desk call."""
    return {
        "say_refusal": say_refusal,
        "fact_label": fact_label,
        "instant_text": is_instant,
        "relation_title": case_links.title,
        "filed_title": lambda code: acting().rules.title("procedures", code),
    }


def say_refusal(refusal: dockets.Refusal) -> str:
    """A refusal in the reader's language."""
    return sentence(dockets.Refused(refusal), language())


def fact_label(table: KindTable, name: str) -> str:
    """What a fact is called in the kind's forms, in the reader's language."""
    for code in (table.schema, *(action.schema for action in table.actions.values())):
        item = field_sets.schema(code).load_fields.get(name)
        if item is not None:
            return say(item.metadata.get("label", name))
    return name


def text_of(docket: Docket, name: str) -> str:
    """A text of the case that may be redacted. Raises ``NotFound``."""
    if name not in kinds.get(docket.kind).redactable or name not in docket.facts:
        raise NotFound
    return str(docket.facts[name])
