"""Filling empty stores with the demonstration, relative to today.

Everything goes through the services, so that what the demonstration shows is what officers get.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from sqlmodel import col, select

from registry.core import keys
from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.errors import Misconfigured
from registry.core.rules.duration import Duration, add_calendar
from registry.office.demo import (
    accountability,
    enforcement,
    listfile,
    measures,
    procedures,
    reports,
    statistics,
    tips,
)
from registry.office.demo.codes import credit_code, resident_id
from registry.office.demo.walk import World, walk_case
from registry.office.entities import service as entities
from registry.office.entities import site_licences, site_queries, sites, vault
from registry.office.entities.drafts import (
    DocumentDraft,
    EntityDraft,
    LicenceDraft,
    NameDraft,
    SiteDraft,
)
from registry.office.imports.context import Tools
from registry.office.publisher import authorities
from registry.office.staff import queries as staff_queries
from registry.office.staff import service as staff
from registry.office.staff.models import Account

if TYPE_CHECKING:
    from registry.office.worker.office import Office

HERE = Path(__file__).parent
PASSWORD = "demo-only-2026-mine"  # noqa: S105 - fixed and printed; refused outside demo mode


@dataclass(frozen=True)
class DemoOfficer:
    """What the demonstration prints of an officer."""

    login: str
    name: str
    roles: tuple[str, ...]
    secret: str


def officers() -> list[DemoOfficer]:
    """The demonstration's officers, with their fixed one-time-code secrets."""
    return [
        DemoOfficer(row["login"], row["name"], tuple(row["roles"]), row["secret"])
        for row in _read("world.yaml")["officers"]
    ]


def is_built(session: WorkingSession) -> bool:
    """Whether there is anybody in the store."""
    return session.exec(select(Account.id).limit(1)).first() is not None


def is_demo(session: WorkingSession) -> bool:
    """Whether the demonstration made the accounts in the store."""
    query = select(Account.id).where(col(Account.demo).is_(True))
    return session.exec(query.limit(1)).first() is not None


def build(office: Office, now: datetime) -> None:
    """Make the demonstration's records in empty stores. Raises ``Misconfigured`` outside demo."""
    if not office.settings.demo:
        raise Misconfigured(what="demo records belong to demo mode only (REGISTRY_DEMO=1)")
    with office.working.write() as session:
        world = people(office, session, now)
        content = _read("world.yaml")
        _entities(world, content, office)
        _sites(world, content)
        for serial, case in enumerate(_read("cases.yaml")["cases"], start=1):
            walk_case(world, case, serial)
        tools = Tools(
            office.settings.evidence_dir,
            vault.load(office.settings.key_dir),
            field_sets=office.field_sets,
        )
        enforcement.build(world, tools)
        accountability.build(world, tools.keys)
        listfile.bring_in(world, tools, office.settings.data_dir)
        reports.build(world, tools, office, PASSWORD)
        fines = tips.fines(world)
        measures.departments(world)
    tips.bring_in(office, world, PASSWORD, fines)
    procedures.bring_in(office, world)
    measures.bring_in(office, now)
    statistics.keep(office, now)


def people(office: Office, session: WorkingSession, now: datetime) -> World:
    """The demonstration's authorities and officers in an empty store."""
    keys.ensure_keys(office.settings.key_dir)
    world = World(session, office.book, now, office.settings.evidence_dir)
    _staff(world, _read("world.yaml"), office)
    return world


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return content


def _staff(world: World, content: Mapping[str, Any], office: Office) -> None:
    long_ago = world.now - timedelta(days=1000)
    small = []
    for row in content["authorities"]:
        code = row.get("code") or credit_code(row["code_kind"], row["region"], row["serial"])
        added = staff.add_authority(
            world.session,
            None,
            name=row["name"],
            name_en=row["name_en"],
            code=code,
            kind=row["kind"],
            level=row["level"],
            region=row["region"],
            parent_id=world.authorities.get(row.get("parent", "")),
            now=long_ago,
        )
        world.authorities[row["key"]] = added.id or 0
        if row.get("small"):
            small.append(added.id or 0)
    for authority_id in small:
        staff.set_small_office(world.session, None, authority_id, True, long_ago)
    for authority_id in world.authorities.values():
        authorities.publish_authority(world.session, None, authority_id, long_ago)
    sealed = keys.load_vault(office.settings.key_dir)
    for row in content["officers"]:
        if "entity" in row:
            continue
        account, _password = staff.add_account(
            world.session,
            None,
            login=row["login"],
            name=row["name"],
            authority_id=world.authorities[row["authority"]],
            grant=row["roles"],
            now=long_ago,
        )
        staff.set_demo_secrets(
            world.session,
            account.id or 0,
            password=PASSWORD,
            secret=row["secret"],
            vault=sealed,
            demo=office.settings.demo,
            now=long_ago,
        )
        world.officers[row["login"]] = staff_queries.officer(
            world.session, account.id or 0, legal_day(world.now)
        )


def _entities(world: World, content: Mapping[str, Any], office: Office) -> None:
    person_keys = vault.load(office.settings.key_dir)
    acting = world.acting("province.clerk", 900)
    kinds = (("former", "former"), ("short", "short"), ("english", "english"))
    for row in content["entities"]:
        names = [NameDraft(kind, name) for key, kind in kinds for name in row.get(key, ())]
        draft = EntityDraft(
            kind=row["kind"],
            name=row["name"],
            credit_code=row.get("code"),
            region=row.get("region"),
            address=row.get("address"),
            legal_representative=row.get("principal"),
            industry=row.get("industry"),
            names=tuple(names),
            document=_document(row),
        )
        added = entities.add_entity(world.session, acting, draft, keys=person_keys)
        world.entities[row["key"]] = added.id or 0
        world.names[row["key"]] = row["name"]
        world.regions[row["key"]] = row.get("region", "")


def _document(row: Mapping[str, Any]) -> DocumentDraft | None:
    if row["kind"] != "person":
        return None
    number = row.get("document") or resident_id(row["document_region"], row["document_serial"])
    return DocumentDraft("resident-id", number)


def _sites(world: World, content: Mapping[str, Any]) -> None:
    acting = world.acting("province.clerk", 880)
    for row in content["sites"]:
        draft = SiteDraft(
            type=row["type"],
            name=row["name"],
            name_en=row.get("name_en"),
            region=row["region"],
            place=row.get("place"),
        )
        site = sites.add_site(world.session, acting, draft)
        site_id = site.id or 0
        world.sites[row["key"]] = site_id
        since = world.day(row["since"])
        if "former_operator" in row:
            former = world.entities[row["former_operator"]]
            sites.add_operator(
                world.session,
                acting,
                site_id,
                site.version,
                former,
                since=world.day(row["since"] + 1500),
                until=since - timedelta(days=1),
            )
        operator = world.entities[row["operator"]]
        sites.add_operator(world.session, acting, site_id, site.version, operator, since=since)
        if "licence" in row:
            _licence(world, site_id, row["licence"])


def _licence(world: World, site_id: int, row: Mapping[str, Any]) -> None:
    acting = world.acting("province.clerk", 880)
    since = world.day(row["since"])
    draft = LicenceDraft(
        kind=row["kind"],
        number=row["number"],
        since=since,
        until=add_calendar(since, Duration(row["years"], "year")),
        status=row.get("status", "in-force"),
    )
    site = site_queries.site(world.session, site_id)
    site_licences.add_licence(world.session, acting, site_id, site.version, draft)
