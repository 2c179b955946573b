"""Reading entities. Nothing here opens a sealed document number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlmodel import col

from registry.core.db import WorkingSession
from registry.core.errors import InvalidInput, NotFound
from registry.core.i18n import N_
from registry.core.names import InvalidCreditCode, fold, parse_identifier
from registry.office.entities.models import (
    Entity,
    EntityMerge,
    EntityName,
    PersonDocument,
    Site,
    SiteOperator,
)
from registry.office.entities.vault import PersonKeys

PAGE = 50
_PREFETCHED = "registry.entities.prefetched"
Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows, which page it is (from 1), and how many rows there are in all."""

    rows: list[Row]
    total: int
    number: int = 1

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class _Prefetched:
    names: dict[int, list[EntityName]]
    documents: dict[int, PersonDocument | None]


@dataclass(frozen=True)
class Profile:
    """An entity with all that hangs on it. ``absorbed`` were merged into it."""

    entity: Entity
    names: list[EntityName]
    document: PersonDocument | None
    operations: list[tuple[SiteOperator, Site]]
    merges: list[tuple[EntityMerge, Entity]] = field(default_factory=list)
    absorbed: list[Entity] = field(default_factory=list)


def entity(session: WorkingSession, entity_id: int) -> Entity:
    """The entity, or the one it was merged into. Raises ``NotFound``."""
    found = session.get(Entity, entity_id)
    while found is not None and found.merged_into is not None:
        found = session.get(Entity, found.merged_into)
    if found is None:
        raise NotFound
    return found


def find(
    session: WorkingSession, *, code: str | None = None, name: str | None = None
) -> list[Entity]:
    """Entities with exactly this identifier, or which bear or bore exactly this name (folded).

    A code that is not one finds nothing. Merged entities answer as the one that was kept.
    """
    if code is not None:
        try:
            value = parse_identifier(code).value
        except InvalidCreditCode:
            return []
        where = or_(col(Entity.credit_code) == value, col(Entity.registration_number) == value)
        return _kept(session, select(Entity).where(where))
    if name is None:
        return []
    bearers = select(col(EntityName.entity_id)).where(col(EntityName.folded) == fold(name))
    return _kept(session, select(Entity).where(col(Entity.id).in_(bearers)))


def find_person(
    session: WorkingSession, keys: PersonKeys, *, kind: str, number: str
) -> Entity | None:
    """The person with this document. Who asks by number must audit it (see ``service``)."""
    holder = select(col(PersonDocument.entity_id)).where(
        col(PersonDocument.kind) == kind,
        col(PersonDocument.fingerprint) == keys.fingerprint(kind, number),
    )
    found = _kept(session, select(Entity).where(col(Entity.id).in_(holder)))
    return found[0] if found else None


def search(
    session: WorkingSession,
    text: str = "",
    *,
    kind: str | None = None,
    region: str | None = None,
    lacking_code: bool = False,
    page: int = 1,
) -> Page[Entity]:
    """Entities one of whose names contains ``text``, or whose code begins with it, by name.

    ``region`` takes a province or prefecture with everything below it. Natural persons are found
    only by whoever looks for one: with ``text``, or with their ``kind``.
    """
    query = select(Entity).where(col(Entity.merged_into).is_(None))
    if text.strip():
        query = query.where(_matches(text))
    if kind:
        query = query.where(col(Entity.kind) == kind)
    elif not text.strip():
        query = query.where(col(Entity.kind) != "person")
    if region:
        query = query.where(col(Entity.region).startswith(_region_stem(region), autoescape=True))
    if lacking_code:
        query = query.where(
            col(Entity.credit_code).is_(None),
            col(Entity.registration_number).is_(None),
            col(Entity.kind) != "person",
        )
    return paged(session, query, col(Entity.folded), col(Entity.id), page)


def bearing(session: WorkingSession, text: str) -> list[int]:
    """Ids of the entities that ``search`` finds first for ``text``; reads none of them."""
    if not text.strip():
        return []
    query = select(col(Entity.id)).where(col(Entity.merged_into).is_(None), _matches(text))
    found = session.scalars(query.order_by(col(Entity.folded), col(Entity.id)).limit(PAGE))
    return [one for one in found if one is not None]


def profile(session: WorkingSession, entity_id: int) -> Profile:
    """All that is kept on an entity. Raises ``NotFound``."""
    kept = entity(session, entity_id)
    operations = session.execute(
        select(SiteOperator, Site)
        .join(Site, col(Site.id) == col(SiteOperator.site_id))
        .where(col(SiteOperator.entity_id) == kept.id)
        .order_by(col(SiteOperator.since).desc(), col(SiteOperator.id).desc())
    )
    absorbed = session.scalars(select(Entity).where(col(Entity.merged_into) == kept.id))
    return Profile(
        entity=kept,
        names=names(session, kept.id),
        document=document(session, kept.id),
        operations=[(operator, site) for operator, site in operations],
        merges=merges_of(session, kept.id),
        absorbed=list(absorbed),
    )


@contextmanager
def prefetched(session: WorkingSession, ids: Iterable[int]) -> Iterator[None]:
    """Reads names and documents of many entities at once; inside the block they are not asked
    for again. For batches that build hundreds of payloads and change no name meanwhile.
    """
    wanted = sorted(ids)
    found = _Prefetched({i: [] for i in wanted}, dict.fromkeys(wanted))
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        for name in session.scalars(select(EntityName).where(col(EntityName.entity_id).in_(part))):
            found.names[name.entity_id].append(name)
        papers = select(PersonDocument).where(col(PersonDocument.entity_id).in_(part))
        for paper in session.scalars(papers):
            found.documents[paper.entity_id] = paper
    session.info[_PREFETCHED] = found
    try:
        yield
    finally:
        session.info.pop(_PREFETCHED, None)


def names(session: WorkingSession, entity_id: int | None) -> list[EntityName]:
    """Every name of the entity: current first, then former by their end, newest first."""
    known: _Prefetched | None = session.info.get(_PREFETCHED)
    if known is not None and entity_id in known.names:
        rows = list(known.names[entity_id])
    else:
        own = select(EntityName).where(col(EntityName.entity_id) == entity_id)
        rows = list(session.scalars(own))
    order = {"current": 0, "english": 1, "short": 2, "former": 3}
    rows.sort(key=lambda row: row.until or row.since or date.min, reverse=True)
    rows.sort(key=lambda row: order[row.kind])
    return rows


def document(session: WorkingSession, entity_id: int | None) -> PersonDocument | None:
    """The person's document as stored: masked and sealed."""
    known: _Prefetched | None = session.info.get(_PREFETCHED)
    if known is not None and entity_id in known.documents:
        return known.documents[entity_id]
    return session.scalars(
        select(PersonDocument).where(col(PersonDocument.entity_id) == entity_id)
    ).first()


def masked(session: WorkingSession, entities: Iterable[Entity]) -> dict[int, str]:
    """The masked document numbers of those who have one: they tell namesakes apart."""
    persons = [one.id for one in entities if one.kind == "person"]
    query = select(PersonDocument).where(col(PersonDocument.entity_id).in_(persons))
    return {paper.entity_id: paper.masked for paper in session.scalars(query)} if persons else {}


def merges_of(
    session: WorkingSession, entity_id: int | None, *, state: str = "proposed"
) -> list[tuple[EntityMerge, Entity]]:
    """Proposals that name the entity, each with the other entity."""
    merges = session.scalars(
        select(EntityMerge).where(
            col(EntityMerge.state) == state,
            or_(col(EntityMerge.low_id) == entity_id, col(EntityMerge.high_id) == entity_id),
        )
    )
    found = []
    for merge in merges:
        other = merge.high_id if merge.low_id == entity_id else merge.low_id
        found.append((merge, entity(session, other)))
    return found


def proposed_merges(session: WorkingSession, page: int = 1) -> Page[EntityMerge]:
    """Duplicates that wait for a person, oldest first."""
    query = select(EntityMerge).where(col(EntityMerge.state) == "proposed")
    return paged(session, query, col(EntityMerge.proposed), col(EntityMerge.id), page)


def _matches(text: str) -> ColumnElement[bool]:
    folded = fold(text)
    code = text.strip().upper()
    bearers = select(col(EntityName.entity_id)).where(
        col(EntityName.folded).contains(folded, autoescape=True)
    )
    return or_(
        col(Entity.id).in_(bearers),
        col(Entity.credit_code).startswith(code, autoescape=True),
        col(Entity.registration_number).startswith(code, autoescape=True),
    )


def _region_stem(region: str) -> str:
    if region.endswith("0000"):
        return region[:2]
    return region[:4] if region.endswith("00") else region


def _kept(session: WorkingSession, query: Select[Entity]) -> list[Entity]:
    found = {}
    for row in session.scalars(query.order_by(col(Entity.id))):
        kept = row if row.merged_into is None else entity(session, row.id or 0)
        found[kept.id] = kept
    return list(found.values())


def paged(
    session: WorkingSession, query: Select[Row], first: object, second: object, page: int
) -> Page[Row]:
    """Page ``page`` (from 1) of the query's rows, ordered by the two columns."""
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(first, second)  # type: ignore[arg-type]
    rows = session.scalars(ordered.limit(PAGE).offset((page - 1) * PAGE))
    return Page(list(rows), total, page)


def one(session: WorkingSession, table: type[Row], row_id: int) -> Row:
    """A row of one of the room's tables. Raises ``NotFound``."""
    found = session.get(table, row_id)
    if found is None:
        raise NotFound
    return found


def only(session: WorkingSession, text: str, field_name: str) -> Entity:
    """The one entity with this code or exactly this name. Raises ``InvalidInput`` at the field."""
    found = find(session, code=text) or find(session, name=text)
    if not found:
        raise InvalidInput({field_name: [N_("No entity has this code or exactly this name.")]})
    if len(found) > 1:
        raise InvalidInput({field_name: [N_("Several entities bear this name. Give the code.")]})
    return found[0]
