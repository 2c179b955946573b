"""Keys of agencies: made, proved, limited in time, rotated and revoked, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from registry.core.db import IntakeSession, Store
from registry.core.errors import InvalidInput, NotFound
from registry.migrations import grants
from registry.public.agencies import queries, service
from registry.public.agencies.keys import (
    AgencyKey,
    KeyRefused,
    ScopeMissing,
    authenticate,
    fresh_token,
    note_use,
    split,
)
from registry.public.agencies.models import LOOK_ONLY
from registry.public.agencies.service import ROTATION, KeyOver

CODE = "11990100XY00006022"


def made(
    intake: Store[IntakeSession], now: datetime, *scopes: str, expires: datetime | None = None
) -> tuple[str, str]:
    """Prefix and token of a fresh key of the one agency."""
    with intake.write() as session:
        known = queries.by_code(session, CODE)
        agency = known or service.admit(
            session, name="演示市样例商务局", code=CODE, authority=None, now=now
        )
        row, token = service.issue(
            session, agency.id or 0, scopes=scopes or ("match",), expires=expires, now=now
        )
        return row.prefix, token


def proved(intake: Store[IntakeSession], token: str, now: datetime) -> AgencyKey:
    with intake.read() as session:
        return authenticate(session, token, now)


def test_a_token_proves_its_holder(intake: Store[IntakeSession], now: datetime) -> None:
    prefix, token = made(intake, now, "match", "jobs")
    found = proved(intake, token, now)
    assert (found.agency, found.agency_code, found.prefix) == ("演示市样例商务局", CODE, prefix)
    assert found.scopes == {"match", "jobs"}
    found.require("jobs")
    with pytest.raises(ScopeMissing, match="certificates"):
        found.require("certificates")


def test_the_store_keeps_no_secret(intake: Store[IntakeSession], now: datetime) -> None:
    prefix, token = made(intake, now)
    secret = token.removeprefix(f"crk_{prefix}_")
    with intake.read() as session:
        row = session.execute(text("SELECT * FROM agency_key")).one()
    assert all(secret not in str(value) and secret.encode() != value for value in row)


def test_what_is_not_quite_the_token_is_refused(
    intake: Store[IntakeSession], now: datetime
) -> None:
    _, token = made(intake, now)
    other = fresh_token().token
    crossed = token[:15] + other[15:]
    last = "A" if token[-5] != "A" else "B"
    flipped = token[:-5] + last + token[-4:]
    for wrong in ("", "crk_", other, crossed, flipped, token[:-1], token + "A", token.lower()):
        with pytest.raises(KeyRefused):
            proved(intake, wrong, now)


@given(st.text(max_size=80) | st.from_regex(r"crk_[0-9A-Z]{9,11}_[\w-]{42,44}", fullmatch=True))
def test_no_text_breaks_the_reader(given_text: str) -> None:
    found = split(given_text)
    assert found is None or given_text.strip() == "crk_{}_{}".format(*found)


def test_a_key_ends_on_time(intake: Store[IntakeSession], now: datetime) -> None:
    ends = now + timedelta(days=1)
    _, token = made(intake, now, expires=ends)
    assert proved(intake, token, ends - timedelta(microseconds=1))
    with pytest.raises(KeyRefused):
        proved(intake, token, ends)


def test_a_revoked_key_is_no_good_at_once_and_for_good(
    intake: Store[IntakeSession], now: datetime
) -> None:
    prefix, token = made(intake, now)
    with intake.write() as session:
        service.revoke(session, prefix, now)
        service.revoke(session, prefix, now + timedelta(days=1))
        assert service.key(session, prefix).revoked == now
    with pytest.raises(KeyRefused):
        proved(intake, token, now)
    with intake.write() as session, pytest.raises(KeyOver):
        service.rotate(session, prefix, now)
    with intake.write() as session, pytest.raises(NotFound):
        service.revoke(session, "0000000000", now)


def test_rotation_leaves_time_to_change_over(intake: Store[IntakeSession], now: datetime) -> None:
    prefix, token = made(intake, now, "jobs")
    with intake.write() as session:
        fresh, successor = service.rotate(session, prefix, now)
        assert fresh.scopes == ["jobs"] and fresh.prefix != prefix
    before_the_end = now + ROTATION - timedelta(seconds=1)
    assert proved(intake, token, before_the_end) and proved(intake, successor, before_the_end)
    with pytest.raises(KeyRefused):
        proved(intake, token, now + ROTATION)
    assert proved(intake, successor, now + ROTATION)


def test_what_cannot_be_issued(intake: Store[IntakeSession], now: datetime) -> None:
    made(intake, now)
    with intake.write() as session:
        for scopes in ((), ("everything",), ("match", "everything")):
            with pytest.raises(InvalidInput) as wrong:
                service.issue(session, 1, scopes=scopes, now=now)
            assert list(wrong.value.fields) == ["scopes"]
        with pytest.raises(InvalidInput) as late:
            service.issue(session, 1, scopes=["match"], expires=now, now=now)
        assert list(late.value.fields) == ["expires"]
        with pytest.raises(NotFound):
            service.issue(session, 99, scopes=["match"], now=now)
        with pytest.raises(InvalidInput) as twice:
            service.admit(session, name="样例", code=CODE, authority=None, now=now)
        assert list(twice.value.fields) == ["code"]


def test_use_is_noted_by_the_day(intake: Store[IntakeSession], now: datetime) -> None:
    _, token = made(intake, now)
    found = proved(intake, token, now)
    assert found.last_used is None
    with intake.write() as session:
        note_use(session, found.id, now)
    assert str(proved(intake, token, now).last_used) == "2026-11-20"


def test_agencies_by_the_authority_that_answers(
    intake: Store[IntakeSession], now: datetime
) -> None:
    made(intake, now)
    with intake.write() as session:
        service.admit(
            session, name="样例局", code="11990121XY00000A64", authority="A-0000000001", now=now
        )
    with intake.read() as session:
        assert [one.agency.name for one in queries.holders(session, ["A-0000000001"])] == ["样例局"]
        assert len(queries.holders(session)) == 2
        assert len(queries.holder(session, 1).keys) == 1
        with pytest.raises(NotFound):
            queries.holder(session, 99)


@pytest.fixture
def public(intake: Store[IntakeSession]) -> Iterator[Store[IntakeSession]]:
    """The intake store as the public site opens it: by authorizer, or with the role's grants."""
    if intake.is_sqlite:
        store = Store(intake.url, IntakeSession, look_only=LOOK_ONLY)
    else:
        with intake.engine.begin() as connection:
            connection.execute(
                text(
                    "DO $$ BEGIN CREATE ROLE registry_public LOGIN;"
                    " EXCEPTION WHEN duplicate_object THEN NULL; END $$"
                )
            )
        assert grants.apply(
            "intake", intake, "registry_public", insert_only=(), look_only=LOOK_ONLY
        )
        url = intake.engine.url.set(username="registry_public")
        store = Store(url.render_as_string(hide_password=False), IntakeSession)
    yield store
    store.close()


def test_the_public_process_makes_no_key(
    public: Store[IntakeSession], intake: Store[IntakeSession], now: datetime
) -> None:
    _, token = made(intake, now)
    found = proved(public, token, now)
    with public.write() as session:
        note_use(session, found.id, now)
    assert proved(public, token, now).last_used is not None
    for attempt in (
        "UPDATE agency_key SET revoked = NULL",
        "UPDATE agency_key SET scopes = scopes",
        "UPDATE agency SET name = 'x'",
        "DELETE FROM agency_key",
        "INSERT INTO agency (name, code, created) VALUES ('x', 'y', '2026-01-01')",
        "INSERT INTO agency_key (agency_id, prefix, secret_hash, scopes, label, created)"
        " VALUES (1, 'x', 'x', '[]', '', '2026-01-01')",
    ):
        refused = pytest.raises(DatabaseError, match=r"not authorized|prohibited|denied")
        with refused, public.write() as session:
            session.execute(text(attempt))
