"""Whom a case is about, as papers and publications name them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import NotFound
from registry.core.rules import Rules
from registry.office.dockets import hooks
from registry.office.dockets.hooks import Step
from registry.office.entities import documents, payloads, queries, site_queries, sites, vault
from registry.office.entities.models import Entity
from registry.office.staff.models import Authority
from registry.office.staff.officer import Acting
from registry.public.gazette.entry import Handle
from registry.public.gazette.payloads import AuthorityRef, Person, Subject


def subject(step: Step) -> Subject:
    """The subject as the public may see it. Raises ``NotFound`` where the case has none."""
    if step.docket.subject_id is None:
        raise NotFound
    return payloads.subject_payload(step.session, step.docket.subject_id)


def is_person(step: Step) -> bool:
    """Whether the case is about a natural person."""
    if step.docket.subject_id is None:
        return False
    return queries.entity(step.session, step.docket.subject_id).kind == "person"


def persons(step: Step) -> list[Person]:
    """Natural persons beside the subject, masked."""
    return [payloads.person_payload(step.session, who, role) for who, role in step.parties]


def handles(step: Step) -> tuple[Handle, ...]:
    """Ways by which the public check finds the natural persons of the case."""
    ids = [who for who, _ in step.parties]
    if is_person(step) and step.docket.subject_id is not None:
        ids.append(step.docket.subject_id)
    return documents.person_handles(step.session, *dict.fromkeys(ids)) if ids else ()


def authority(step: Step) -> AuthorityRef:
    """The deciding authority."""
    found = step.session.get(Authority, step.docket.authority_id)
    if found is None:
        raise NotFound
    ref: AuthorityRef = {"name": found.name, "code": found.code, "region": found.region}
    if found.name_en:
        ref["name_en"] = found.name_en
    return ref


def site(step: Step) -> str | None:
    """Public id of the site, where the case has one; it becomes public with the case."""
    if step.docket.site_id is None:
        return None
    if step.acting is None:
        known = site_queries.site(step.session, step.docket.site_id)
        return known.public_id if known.published else None
    return sites.ensure_published(
        step.session, step.acting, step.docket.site_id, docket_id=step.docket.id
    )


@hooks.effect("site-published")
def site_published(step: Step) -> Mapping[str, Any]:
    """The mine or tailings pond that the published case names becomes public with it."""
    if step.docket.site_id is not None and step.acting is not None:
        sites.ensure_published(
            step.session, step.acting, step.docket.site_id, docket_id=step.docket.id
        )
    return {}


def context(step: Step) -> dict[str, Any]:
    """Subject, persons and authority for a paper. ``entity_id`` lets full numbers be filled in."""
    found: dict[str, Any] = {"authority": dict(authority(step)), "subject": {}, "persons": []}
    if step.docket.subject_id is not None:
        found["subject"] = _named(step.session, step.docket.subject_id)
    found["persons"] = [
        {**_named(step.session, who), "role": step_role(step, role)} for who, role in step.parties
    ]
    return found


def step_role(step: Step, role: str) -> str:
    """The role's official Chinese name."""
    return book(step).title("roles", role).zh


def book(step: Step) -> Rules:
    """The rules in force on the step's effective day."""
    if step.acting is None:
        raise NotFound
    return step.acting.book.on(step.effective)


def _named(session: WorkingSession, entity_id: int) -> dict[str, Any]:
    payload: Mapping[str, Any] = payloads.subject_payload(session, entity_id)
    entity = queries.entity(session, entity_id)
    kept = ("kind", "name", "code", "address", "document")
    named = {key: payload.get(key, "") for key in kept}
    return {**named, "entity_id": entity.id, "principal": entity.legal_representative or ""}


@hooks.secrets
def reveal(session: WorkingSession, context: dict[str, Any], acting: Acting, key_dir: Path) -> None:
    """Full document numbers in place of masked ones; each reading is kept and audited.

    A person of whom only a masked number is known stays masked.
    """
    keys = vault.load(key_dir)
    reason = f"paper of case {context.get('case', {}).get('number', '')}"
    for who in _people(context):
        try:
            who["document"] = documents.reveal_document(
                session, acting, who["entity_id"], reason, keys=keys
            )
        except NotFound:
            continue


def prefetch(session: WorkingSession, entity_ids: frozenset[int]) -> object:
    """The entities, so that each ``get`` finds them in the session."""
    found: list[Entity] = []
    wanted = sorted(entity_ids)
    for start in range(0, len(wanted), 500):
        query = select(Entity).where(col(Entity.id).in_(wanted[start : start + 500]))
        found += session.exec(query)
    return found


if prefetch not in hooks.PREFETCH:
    hooks.PREFETCH.append(prefetch)


def _people(context: dict[str, Any]) -> Iterable[dict[str, Any]]:
    subject = context.get("subject") or {}
    if subject.get("kind") == "person":
        yield subject
    for who in context.get("persons") or []:
        if who.get("kind") == "person":
            yield who
