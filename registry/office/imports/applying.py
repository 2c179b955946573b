"""An approved batch into the store: entities first, then the cases on them, chunk by chunk.

All in the caller's transaction: a problem that was not there at the dry run raises, and nothing
of the batch stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, insert, select
from sqlmodel import col

from registry.core.db import WorkingSession
from registry.core.names import fold, mask_document
from registry.office.dockets import Adopted, Docket, Party, adopt
from registry.office.entities.drafts import EntityDraft, NameDraft
from registry.office.entities.models import (
    Entity,
    EntityMerge,
    EntityName,
    PersonDocument,
)
from registry.office.entities.queries import prefetched
from registry.office.entities.vault import PersonKeys
from registry.office.imports import matching
from registry.office.imports.context import Progress
from registry.office.imports.judged import Judged
from registry.office.imports.matching import Known
from registry.office.imports.models import ImportedEntity
from registry.office.imports.problems import RowsRefused
from registry.office.imports.run import Chunk, Run, subject_key
from registry.office.staff.officer import Acting


@dataclass
class Applied:
    """Counts of what was done."""

    entities: int = 0
    amended: int = 0
    cases: int = 0


@dataclass
class _Batch:
    """One application under way. ``fresh`` maps keys of drafts to entities already added."""

    session: WorkingSession
    acting: Acting
    keys: PersonKeys
    docket: Docket
    run: Run
    fresh: dict[object, Entity] = field(default_factory=dict)
    done: Applied = field(default_factory=Applied)
    trace: dict[int, dict[str, object]] = field(default_factory=dict)
    traced: set[int] = field(default_factory=set)


def apply(
    session: WorkingSession,
    acting: Acting,
    docket: Docket,
    run: Run,
    progress: Progress | None = None,
) -> Applied:
    """Apply every row. Raises ``RowsRefused`` when one has an error, whatever the dry run said."""
    batch = _Batch(session, acting, run.tools.keys, docket, run)
    for chunk in run.chunks(progress):
        if run.report.failed:
            raise RowsRefused(count=run.report.failed)
        _apply_chunk(batch, chunk)
    return batch.done


def _apply_chunk(batch: _Batch, chunk: Chunk) -> None:
    rows = [row for row in chunk.rows if row.fits and not row.skipped]
    _add_missing(batch, chunk.known, rows)
    for row in rows:
        _amend(batch, chunk.known, row)
    cases: dict[tuple[str, str], list[Adopted]] = {}
    for row in rows:
        if row.case is not None:
            key = (row.case.kind, row.case.state)
            cases.setdefault(key, []).append(_adopted(batch, chunk.known, row))
    with prefetched(batch.session, _ids(adopted for made in cases.values() for adopted in made)):
        for (kind, state), made in cases.items():
            ids = adopt(
                batch.session,
                kind,
                state,
                made,
                batch.acting,
                batch_id=batch.docket.id,
                drafted_by=batch.docket.drafted_by,
            )
            finish = batch.run.kind.finish
            if finish is not None:
                finish(batch.session, batch.acting, ids)
            batch.done.cases += len(made)
    if batch.trace:
        batch.session.execute(insert(ImportedEntity), list(batch.trace.values()))
    batch.trace.clear()


def _ids(cases: Iterable[Adopted]) -> set[int]:
    found = set()
    for case in cases:
        found |= {case.subject_id or 0, *(party.entity_id for party in case.parties)}
    return found


def _drafts(rows: Iterable[Judged]) -> Iterable[tuple[int, EntityDraft]]:
    for row in rows:
        if row.subject is not None:
            yield row.line, row.subject
        for _, person in row.persons:
            yield row.line, person


def _add_missing(batch: _Batch, known: Known, rows: Sequence[Judged]) -> None:
    wanted: dict[object, tuple[int, EntityDraft]] = {}
    for line, draft in _drafts(rows):
        if _find(batch, known, draft) is None:
            wanted.setdefault(_key(draft), (line, draft))
    if not wanted:
        return
    ids = _insert(batch.session, [_entity(batch, draft) for _, draft in wanted.values()])
    added = {e.id: e for e in batch.session.scalars(select(Entity).where(col(Entity.id).in_(ids)))}
    new = []
    for entity_id, (key, (line, draft)) in zip(ids, wanted.items(), strict=True):
        batch.fresh[key] = added[entity_id]
        new.append((line, draft, added[entity_id]))
    names = [row for _, draft, entity in new for row in _names(entity, draft)]
    if names:
        batch.session.execute(insert(EntityName), names)
    documents = [_document(batch.keys, entity, draft) for _, draft, entity in new if draft.document]
    if documents:
        batch.session.execute(insert(PersonDocument), documents)
    for line, _, entity in new:
        _trace(batch, line, entity, added=True)
    batch.done.entities += len(new)
    _propose(batch, [entity for _, _, entity in new])


def _insert(session: WorkingSession, values: list[dict[str, object]]) -> list[int]:
    """Insert entities in one statement and give their ids in the same order.

    Making thousands of table objects one by one would cost more than all the rest. SQLite cannot
    give ids in the order of the rows but one by one; as its only writer we count them ourselves.
    """
    if session.get_bind().dialect.name != "sqlite":
        statement = insert(Entity).returning(col(Entity.id), sort_by_parameter_order=True)
        return [int(found) for found in session.scalars(statement, values) if found is not None]
    first = 1 + (session.scalar(select(func.max(col(Entity.id)))) or 0)
    ids = list(range(first, first + len(values)))
    numbered = [{**row, "id": number} for number, row in zip(ids, values, strict=True)]
    session.execute(insert(Entity), numbered)
    return ids


def _find(batch: _Batch, known: Known, draft: EntityDraft) -> Entity | None:
    return matching.subject_of(known, batch.keys, draft) or batch.fresh.get(_key(draft))


def _key(draft: EntityDraft) -> object:
    """Persons without a full document number are one only within the same wording of a number."""
    return subject_key(draft)


def _entity(batch: _Batch, draft: EntityDraft) -> dict[str, object]:
    return {
        "kind": draft.kind,
        "name": draft.name,
        "folded": fold(draft.name),
        "credit_code": draft.credit_code,
        "registration_number": draft.registration_number,
        "region": draft.region,
        "address": draft.address,
        "legal_representative": draft.legal_representative,
        "industry": draft.industry,
        "note": draft.note,
        "version": 1,
        "created": batch.acting.now,
        "created_by": batch.docket.drafted_by,
        "updated": batch.acting.now,
    }


def _names(entity: Entity, draft: EntityDraft) -> list[dict[str, object]]:
    named = (NameDraft("current", draft.name), *draft.names)
    return [
        {
            "entity_id": entity.id,
            "kind": name.kind,
            "name": name.name,
            "folded": fold(name.name),
            "since": name.since,
            "until": name.until,
        }
        for name in named
    ]


def _document(keys: PersonKeys, entity: Entity, draft: EntityDraft) -> dict[str, object]:
    document = draft.document
    assert document is not None  # noqa: S101 - the caller looked
    full = not document.is_masked
    return {
        "entity_id": entity.id,
        "kind": document.kind,
        "masked": mask_document(document.number),
        "sealed": keys.seal(document.kind, document.number) if full else None,
        "fingerprint": keys.fingerprint(document.kind, document.number) if full else None,
        "handle": keys.handle(entity.name, document.number) if full else None,
    }


def _amend(batch: _Batch, known: Known, row: Judged) -> None:
    """Fill in what the registry lacked; its own facts are never overwritten by a file."""
    draft = row.subject
    entity = matching.subject_of(known, batch.keys, draft) if draft else None
    if draft is None or entity is None:
        return
    filled = matching.amendments(draft, entity)
    names = known.names.get(entity.id or 0, set())
    fresh = [name for name in draft.names if fold(name.name) not in names]
    if not filled and not fresh:
        return
    for fact, value in filled.items():
        setattr(entity, fact, value)
    rows = [
        EntityName(entity_id=entity.id or 0, kind=n.kind, name=n.name, folded=fold(n.name))
        for n in fresh
    ]
    batch.session.add_all(rows)
    entity.version += 1
    entity.updated = batch.acting.now
    batch.session.flush()
    before = {"facts": sorted(filled), "names": [name.id for name in rows]}
    _trace(batch, row.line, entity, added=False, before=before, version=entity.version)
    batch.done.amended += 1


def _adopted(batch: _Batch, known: Known, row: Judged) -> Adopted:
    case, subject = row.case, row.subject
    assert case is not None and subject is not None  # noqa: S101 - a row that fits has both
    entity = _find(batch, known, subject)
    persons = [(role, _find(batch, known, draft)) for role, draft in row.persons]
    return Adopted(
        title=case.title,
        region=case.region,
        facts={**case.facts, "import_line": row.line},
        authority_id=case.authority_id,
        effective_on=case.effective_on,
        subject_id=entity.id if entity else None,
        site_id=case.site_id,
        parties=[Party(who.id or 0, role) for role, who in persons if who is not None],
    )


def _trace(batch: _Batch, line: int, entity: Entity, *, added: bool, **before: object) -> None:
    entity_id = entity.id or 0
    if entity_id not in batch.traced:
        batch.traced.add(entity_id)
        batch.trace[entity_id] = {
            "docket_id": batch.docket.id or 0,
            "entity_id": entity_id,
            "line": line,
            "added": added,
            "before": before,
        }


def _propose(batch: _Batch, new: Sequence[Entity]) -> None:
    """Namesakes of what was added are proposed as duplicates, for a person to decide."""
    mine = {entity.folded: entity for entity in new if entity.kind != "person"}
    if not mine:
        return
    query = (
        select(col(EntityName.entity_id), col(EntityName.folded))
        .join(Entity, col(Entity.id) == col(EntityName.entity_id))
        .where(
            col(EntityName.folded).in_(sorted(mine)),
            col(EntityName.kind).in_(("current", "former")),
            col(Entity.kind) != "person",
            col(Entity.merged_into).is_(None),
        )
    )
    pairs = set()
    for entity_id, folded in batch.session.execute(query):
        added = mine[folded]
        if entity_id != added.id:
            pairs.add((min(entity_id, added.id or 0), max(entity_id, added.id or 0)))
    batch.session.add_all(
        EntityMerge(
            low_id=low, high_id=high, signals=["same-name"], proposed=batch.acting.now, moved={}
        )
        for low, high in sorted(pairs)
    )
