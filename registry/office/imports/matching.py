"""Judged rows against what the registry already has, some hundred rows at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import or_, select
from sqlmodel import col

from registry.core.db import WorkingSession
from registry.core.names import fold
from registry.core.sheets.problems import Problem
from registry.office.dockets.models import Docket
from registry.office.entities.drafts import EntityDraft
from registry.office.entities.models import Entity, EntityName, PersonDocument
from registry.office.entities.vault import PersonKeys
from registry.office.imports.cases import identity as own_identity
from registry.office.imports.judged import CaseDraft, Judged
from registry.office.imports.kinds import Kind

FILLED = ("region", "address", "legal_representative", "industry")
"""Facts that an import may fill in where the registry has none."""


@dataclass
class Known:
    """What the store has on a chunk of rows."""

    by_code: dict[str, Entity] = field(default_factory=dict)
    by_name: dict[str, list[Entity]] = field(default_factory=dict)
    by_document: dict[str, Entity] = field(default_factory=dict)
    names: dict[int, set[str]] = field(default_factory=dict)
    cases: dict[int, list[Docket]] = field(default_factory=dict)


def look_up(session: WorkingSession, keys: PersonKeys, kind: Kind, rows: Sequence[Judged]) -> Known:
    """Everything on the subjects and persons of ``rows`` in a handful of queries."""
    drafts = [row.subject for row in rows if row.subject is not None]
    drafts += [draft for row in rows for _, draft in row.persons]
    known = Known()
    units = [draft for draft in drafts if draft.kind != "person"]
    _by_code(session, known, units)
    _by_name(session, known, units)
    _by_document(session, known, keys, [draft for draft in drafts if draft.kind == "person"])
    found = {e.id: e for e in known.by_code.values()} | {
        e.id: e for entities in known.by_name.values() for e in entities
    }
    _names(session, known, [entity_id for entity_id in found if entity_id])
    if kind.case:
        _cases(session, known, kind, [*found, *(e.id for e in known.by_document.values())])
    return known


def subject_of(known: Known, keys: PersonKeys, draft: EntityDraft) -> Entity | None:
    """The entity that the draft is: by code or document, else by its exact and only name."""
    if draft.kind == "person":
        return known.by_document.get(print_of(keys, draft) or "")
    for code in (draft.credit_code, draft.registration_number):
        if code and code in known.by_code:
            return known.by_code[code]
    same = known.by_name.get(fold(draft.name), [])
    if draft.credit_code or draft.registration_number:
        return None
    return same[0] if len(same) == 1 else None


def print_of(keys: PersonKeys, draft: EntityDraft) -> str | None:
    """The fingerprint of a person's full document number."""
    if draft.document is None or draft.document.is_masked:
        return None
    return keys.fingerprint(draft.document.kind, draft.document.number)


def compare(known: Known, keys: PersonKeys, row: Judged, kind: Kind) -> bool:
    """Note what the store says about the row; gives whether it amends something there."""
    draft = row.subject
    if draft is None:
        return False
    found = subject_of(known, keys, draft)
    if found is None:
        _refuse_namesakes(known, row, draft)
        return False
    _compare_subject(known, row, draft, found)
    if row.case is not None:
        return _compare_case(row, row.case, known.cases.get(found.id or 0, []), kind)
    return _compare_facts(known, row, draft, found)


def amendments(draft: EntityDraft, entity: Entity) -> dict[str, str]:
    """Facts that the draft has and the entity lacks."""
    found = {}
    for name in (*FILLED, "credit_code", "registration_number"):
        value = getattr(draft, name)
        if value and getattr(entity, name) is None:
            found[name] = value
    return found


def _refuse_namesakes(known: Known, row: Judged, draft: EntityDraft) -> None:
    coded = draft.credit_code or draft.registration_number
    if draft.kind != "person" and not coded and len(known.by_name.get(fold(draft.name), [])) > 1:
        row.note(Problem(row.line, "name", "ambiguous-name", draft.name))


def _compare_subject(known: Known, row: Judged, draft: EntityDraft, found: Entity) -> None:
    if found.kind == "person":
        if fold(found.name) != fold(draft.name):
            row.note(Problem(row.line, "name", "document-name", draft.name))
        return
    if fold(draft.name) not in known.names.get(found.id or 0, set()):
        params = {"name": found.name}
        row.note(Problem(row.line, "name", "code-name", draft.name, "warning", params))


def _compare_case(row: Judged, case: CaseDraft, cases: Iterable[Docket], kind: Kind) -> bool:
    for docket in cases:
        if identity_of(docket, kind) != case.identity:
            continue
        row.skipped = True
        left_out = {"published_on", "until", "measures", *_by_default(case, kind)}
        same = all(
            _is_same(docket, name, value)
            for name, value in case.facts.items()
            if name not in left_out
        )
        code = "already-listed" if same else "differs"
        row.note(Problem(row.line, "", code, "", "note" if same else "warning"))
    return False


def _by_default(case: CaseDraft, kind: Kind) -> set[str]:
    """Facts that hold the default for an empty cell: of these the file says nothing."""
    defaults = kind.file.defaults if kind.file is not None else {}
    return {
        name
        for name, usual in defaults.items()
        if case.facts.get(name) == (case.facts.get(usual[1:]) if usual[:1] == "@" else usual)
    }


def _is_same(docket: Docket, name: str, value: object) -> bool:
    """Amounts by their worth; a decision without a number of its own goes by the case's."""
    known = docket.facts.get(name)
    if name == "decision_number" and not known:
        return value == docket.number
    if name.endswith("_yuan") and known and value:
        return Decimal(str(known)) == Decimal(str(value))
    return bool(known == value)


def identity_of(docket: Docket, kind: Kind) -> tuple[str, ...]:
    """What makes a case of the store the same as one of a file (see ``CaseDraft.identity``)."""
    facts = docket.facts
    if kind.file is not None:
        return own_identity(facts, kind.file)
    number = str(facts.get("decision_number") or "")
    if docket.kind == "penalty":
        return (number,)
    if docket.kind == "provider":
        return (str(facts.get("field")),)
    if docket.kind == "report":
        return (fold(str(facts.get("report_number"))),)
    return (str(facts.get("list")), str(facts.get("ground")), number or str(facts.get("since")))


def _compare_facts(known: Known, row: Judged, draft: EntityDraft, found: Entity) -> bool:
    names = known.names.get(found.id or 0, set())
    new_names = [name for name in draft.names if fold(name.name) not in names]
    if amendments(draft, found) or new_names:
        row.note(Problem(row.line, "", "amends", "", "note"))
        return True
    row.skipped = True
    row.note(Problem(row.line, "", "already-listed", "", "note"))
    return False


def _by_code(session: WorkingSession, known: Known, drafts: Sequence[EntityDraft]) -> None:
    codes = {d.credit_code for d in drafts} | {d.registration_number for d in drafts}
    wanted = sorted(code for code in codes if code)
    if not wanted:
        return
    either = or_(col(Entity.credit_code).in_(wanted), col(Entity.registration_number).in_(wanted))
    for entity in session.scalars(select(Entity).where(either)):
        kept = _kept(session, entity)
        for code in (entity.credit_code, entity.registration_number):
            if code:
                known.by_code[code] = kept


def _by_name(session: WorkingSession, known: Known, drafts: Sequence[EntityDraft]) -> None:
    names = {fold(d.name) for d in drafts if not (d.credit_code or d.registration_number)}
    if not names:
        return
    query = select(Entity).where(
        col(Entity.folded).in_(sorted(names)),
        col(Entity.kind) != "person",
        col(Entity.merged_into).is_(None),
    )
    for entity in session.scalars(query.order_by(col(Entity.id))):
        known.by_name.setdefault(entity.folded, []).append(entity)


def _by_document(
    session: WorkingSession, known: Known, keys: PersonKeys, drafts: Sequence[EntityDraft]
) -> None:
    prints = sorted({print_ for draft in drafts if (print_ := print_of(keys, draft))})
    if not prints:
        return
    query = (
        select(Entity, col(PersonDocument.fingerprint))
        .join(PersonDocument, col(PersonDocument.entity_id) == col(Entity.id))
        .where(col(PersonDocument.fingerprint).in_(prints))
    )
    for entity, print_ in session.execute(query):
        known.by_document[str(print_)] = _kept(session, entity)


def _names(session: WorkingSession, known: Known, ids: Sequence[int]) -> None:
    query = select(col(EntityName.entity_id), col(EntityName.folded)).where(
        col(EntityName.entity_id).in_(ids)
    )
    for entity_id, folded in session.execute(query) if ids else ():
        known.names.setdefault(entity_id, set()).add(folded)


def _cases(session: WorkingSession, known: Known, kind: Kind, ids: Sequence[int | None]) -> None:
    query = select(Docket).where(
        col(Docket.kind) == kind.case,
        col(Docket.subject_id).in_([i for i in ids if i]),
    )
    if kind.file is None:
        query = query.where(col(Docket.closed_at).is_(None))
    else:
        # A number is not given twice, also where the case is closed; what a batch took back is.
        query = query.where(col(Docket.state) != kind.withdrawn_state)
    for docket in session.scalars(query) if ids else ():
        known.cases.setdefault(docket.subject_id or 0, []).append(docket)


def _kept(session: WorkingSession, entity: Entity) -> Entity:
    while entity.merged_into is not None:
        found = session.get(Entity, entity.merged_into)
        if found is None:
            break
        entity = found
    return entity
