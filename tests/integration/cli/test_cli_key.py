"""``registry key``: issue, list, rotate, revoke; the secret is shown once; all of it audited."""

from __future__ import annotations

import json

from cli_house import Command
from sqlalchemy import text
from sqlmodel import select

from registry.core.clock import system_clock
from registry.office.audit.models import AuditEntry
from registry.office.staff.models import Authority
from registry.public.agencies.keys import authenticate
from registry.public.agencies.models import AgencyRow

CODE = "11990100XY00006022"
OTHER = "91990100XY0000047B"
AUTHORITY = "11990121XY00000A64"


def test_the_life_of_a_key(installed: Command) -> None:
    told = installed.refused("key", "add", CODE, "--scope", "match")
    assert CODE in told
    added = installed("key", "add", CODE, "--name", "演示市样例商务局", "--scope", "match")
    token = added.out.strip()
    with installed.office() as office, office.intake.read() as session:
        found = authenticate(session, token, system_clock())
    assert found.scopes == {"match"}
    listed = installed("key", "list").out
    assert found.prefix in listed and "演示市样例商务局" in listed
    assert token.split("_", 2)[2] not in listed
    rotated = installed("key", "rotate", found.prefix).out.strip()
    assert rotated != token
    assert installed("key", "revoke", found.prefix).status == 0
    assert "revoked" in installed("key", "list").out
    second = installed("key", "add", CODE, "--scope", "jobs", "--until", "2099-01-01")
    assert second.status == 0 and "2099" in installed("key", "list").out
    with installed.office() as office, office.working.read() as session:
        rows = session.execute(
            text("SELECT action FROM audit_entry WHERE action LIKE 'agencies%' ORDER BY id")
        )
        actions = [action for (action,) in rows]
    assert actions == [
        "agencies:agency:admitted",
        "agencies:key:issued",
        "agencies:key:rotated",
        "agencies:key:revoked",
        "agencies:key:issued",
    ]


def test_a_platform_is_bound_to_the_authority_that_answers_for_it(installed: Command) -> None:
    asked = ("key", "add", CODE, "--name", "样例监测平台", "--scope", "imports", "--authority")
    assert "no authority with the code 91XX" in installed.refused(*asked, "91XX")
    with installed.office() as office, office.working.write() as session:
        above = session.exec(select(Authority)).one()
        above.code = AUTHORITY
        bound = above.public_id
    assert installed(*asked, AUTHORITY).status == 0
    with installed.office() as office, office.intake.read() as session:
        assert session.exec(select(AgencyRow)).one().authority == bound


def test_a_known_agency_is_bound_later(installed: Command) -> None:
    assert installed("key", "add", CODE, "--name", "样例监测平台", "--scope", "imports").status == 0
    with installed.office() as office, office.working.write() as session:
        above = session.exec(select(Authority)).one()
        above.code = AUTHORITY
        bound = above.public_id
    told = installed.refused("key", "add", CODE, "--scope", "jobs", "--authority", AUTHORITY)
    assert "registry key bind" in told
    assert "no agency" in installed.refused("key", "bind", OTHER, "--authority", AUTHORITY)
    assert "no authority" in installed.refused("key", "bind", CODE, "--authority", "91XX")
    for _ in range(2):
        assert installed("key", "bind", CODE, "--authority", AUTHORITY).status == 0
    assert installed("key", "add", CODE, "--scope", "jobs", "--authority", AUTHORITY).status == 0
    with installed.office() as office:
        with office.intake.read() as session:
            assert session.exec(select(AgencyRow)).one().authority == bound
        with office.working.read() as session:
            query = select(AuditEntry.detail).where(AuditEntry.action == "agencies:agency:bound")
            (detail,) = session.exec(query)
    noted = json.loads(detail)
    assert (noted["before"], noted["authority"]) == (None, bound), "done twice, noted once"


def test_what_is_refused(installed: Command) -> None:
    assert "no key" in installed.refused("key", "revoke", "NOSUCHKEY1")
    assert "no key" in installed.refused("key", "rotate", "NOSUCHKEY1")
    installed.refused("key", "add", "123", "--name", "x", "--scope", "match")
    installed.refused("key", "add", CODE, "--name", "x", "--scope", "all", status=2)
    past = ("--scope", "match", "--until", "2001-01-01")
    assert "expires" in installed.refused("key", "add", CODE, "--name", "样例", *past)
    assert installed("key", "list").out == "", "a refused key leaves no agency behind"
