"""Officers' keys: made at sign-in, open in a session with its cookie, lost with the password."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from nacl.public import PrivateKey
from sqlmodel import select
from staff_house import PASSWORD, House

from registry.core.db import WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.office.staff import (
    credentials,
    keyring,
    officer_keys,
    queries,
    resets,
    roles,
    service,
    sessions,
    signing_in,
)
from registry.office.staff.models import OfficerKey, StaffSession

OTHER = "新风井里吹来了另一阵凉风啊"


def on_duty(house: House, login: str = "li", *held: str) -> int:
    account = house.account(login, *(held or ("clerk",)))
    with house.store.write() as session:
        officer_keys.put_on_duty(session, None, house.county, account, house.now)
    return account


def key_of(house: House, account: int) -> OfficerKey | None:
    with house.store.read() as session:
        found = officer_keys.current(session, account)
        if found is not None:
            session.expunge(found)
        return found


def opened(house: House, token: str) -> PrivateKey:
    with house.store.read() as session:
        return officer_keys.open_here(session, token)


def test_a_key_is_made_at_the_first_sign_in_on_duty_and_stays(house: House) -> None:
    account = on_duty(house)
    assert key_of(house, account) is None
    first = opened(house, house.sign_in("li"))
    stored = key_of(house, account)
    assert stored is not None and stored.public == bytes(first.public_key)
    again = opened(house, house.sign_in("li", 60))
    assert bytes(again) == bytes(first)


def test_who_is_not_on_duty_has_no_key(house: House) -> None:
    account = house.account("wang", "clerk")
    token = house.sign_in("wang")
    assert key_of(house, account) is None
    with pytest.raises(officer_keys.NoKeyHere):
        opened(house, token)


def test_a_custodian_has_a_key_without_a_roster(house: House) -> None:
    account = house.account("zhao", "custodian")
    house.sign_in("zhao")
    assert key_of(house, account) is not None


def test_no_store_and_no_other_cookie_open_the_key(house: House) -> None:
    account = on_duty(house)
    token = house.sign_in("li")
    private = bytes(opened(house, token))
    with house.store.read() as session:
        rows = [*session.exec(select(OfficerKey)), *session.exec(select(StaffSession))]
        held = [value for row in rows for value in row.model_dump().values()]
    assert not any(isinstance(v, bytes) and private in v for v in held)
    with pytest.raises(officer_keys.NoKeyHere):
        opened(house, token[:-1] + ("A" if token[-1] != "A" else "B"))
    stored = key_of(house, account)
    assert stored is not None
    with pytest.raises(keyring.WrongPassphrase):
        keyring.unprotect(stored.protected, "wrong password here")


def test_signing_out_and_ending_sessions_forget_the_key(house: House) -> None:
    on_duty(house)
    token = house.sign_in("li")
    signing_in.leave(house.door, token, house.now)
    with house.store.read() as session:
        assert all(
            row.wrapped_key is None for row in session.exec(select(StaffSession)) if row.ended
        )
    with pytest.raises(officer_keys.NoKeyHere):
        opened(house, token)


def test_the_key_follows_the_cookie_through_a_confirmation(house: House) -> None:
    on_duty(house)
    token = house.sign_in("li")
    before = bytes(opened(house, token))
    at = house.now + timedelta(seconds=60)
    fresh = credentials.step_up(house.door, token, PASSWORD, house.code(60), at)
    assert bytes(opened(house, fresh)) == before
    with pytest.raises(officer_keys.NoKeyHere):
        opened(house, token)


def test_changing_the_password_keeps_the_key(house: House) -> None:
    account = on_duty(house)
    token = house.sign_in("li")
    private = bytes(opened(house, token))
    at = house.now + timedelta(seconds=60)
    fresh = credentials.step_up(house.door, token, PASSWORD, house.code(60), at)
    fresh = credentials.choose_password(house.door, fresh, OTHER, at)
    assert bytes(opened(house, fresh)) == private
    stored = key_of(house, account)
    assert stored is not None
    assert bytes(keyring.unprotect(stored.protected, OTHER)) == private
    with pytest.raises(keyring.WrongPassphrase):
        keyring.unprotect(stored.protected, PASSWORD)


def test_a_reset_by_an_administrator_loses_the_key_and_a_new_one_is_made(house: House) -> None:
    account = on_duty(house)
    old = bytes(opened(house, house.sign_in("li")))
    hours = 25 * 3600
    at = house.now + timedelta(seconds=hours)
    with house.store.write() as session:
        asked = resets.ask(session, house.door.vault, None, account, device=False, now=house.now)
        reset_id, first = asked.reset.id or 0, asked.shown
    assert key_of(house, account) is not None
    with house.store.write() as session:
        _, second = resets.confirm(session, house.door.vault, None, reset_id, at)
    assert key_of(house, account) is None
    password = f"{first}-{second}"
    token = signing_in.give_password(house.door, "li", password, at)
    token = signing_in.give_code(house.door, token, house.code(hours), at)
    with house.store.read() as session:
        row = sessions.by_token(session, token)
        assert row is not None and row.stage == "password" and row.wrapped_key is None
    token = credentials.choose_password(house.door, token, OTHER, at)
    assert bytes(opened(house, token)) != old
    stored = key_of(house, account)
    assert stored is not None
    assert bytes(keyring.unprotect(stored.protected, OTHER)) == bytes(opened(house, token))


def test_check_25_the_last_officer_on_duty_cannot_leave(house: House) -> None:
    on_duty(house)
    house.sign_in("li")
    with house.store.write() as session:
        duty = officer_keys.on_duty(session, house.county)[0].id or 0
        with pytest.raises(officer_keys.LastOnDuty):
            officer_keys.take_off_duty(session, None, duty, house.now)
    on_duty(house, "wang")
    with house.store.write() as session, pytest.raises(officer_keys.LastOnDuty):
        officer_keys.take_off_duty(session, None, duty, house.now)
    house.sign_in("wang", 60)
    with house.store.write() as session:
        officer_keys.take_off_duty(session, None, duty, house.now)
        assert [one.account_id for one in officer_keys.on_duty(session, house.county)] != []


def test_only_officers_of_the_line_with_casework_are_put_on_duty(house: House) -> None:
    auditor = house.account("shen", "auditor")
    below = house.account("qian", "clerk", at=house.county)
    with house.store.write() as session:
        for account, place in ((auditor, house.county), (below, house.city), (9999, house.county)):
            with pytest.raises(InvalidInput):
                officer_keys.put_on_duty(session, None, place, account, house.now)
    admin = house.account("admin", "administrator", at=house.county)
    with house.store.write() as session, pytest.raises(Forbidden):
        officer_keys.put_on_duty(session, house.officer(admin), house.city, below, house.now)


def test_custodians_of_the_next_authority_above_stand_in(house: House) -> None:
    account = house.account("zhao", "custodian", at=house.city)
    house.sign_in("zhao")
    with house.store.read() as session:
        county = queries.authority(session, house.county)
        found = officer_keys.custodian_keys(session, county)
        assert [one.account_id for one in found] == [account]
    with house.store.write() as session:
        roles.revoke(session, None, account, "custodian", house.now)
        assert officer_keys.custodian_keys(session, county) == []


def test_rooms_above_hear_of_every_change(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[datetime] = []

    def hear(_session: WorkingSession, now: datetime) -> None:
        heard.append(now)

    monkeypatch.setattr(officer_keys, "ON_CHANGE", [hear])
    account = on_duty(house)
    house.sign_in("li")
    with house.store.write() as session:
        officer_keys.set_recovery(session, PrivateKey.generate().public_key, house.now)
        service.disable(session, None, account, house.now)
    assert len(heard) == 4


def test_the_recovery_key_opens_with_both_passphrases_only() -> None:
    private = PrivateKey.generate()
    file = keyring.protect_twice(private, "first of two people", "second of two people")
    assert bytes(keyring.unprotect_twice(file, "first of two people", "second of two people")) == (
        bytes(private)
    )
    for first, second in (
        ("second of two people", "first of two people"),
        ("first of two people", "first of two people"),
        ("first of two people", ""),
    ):
        with pytest.raises(keyring.WrongPassphrase):
            keyring.unprotect_twice(file, first, second)
    for damaged in (
        "",
        "x",
        file[:-40],
        file.replace("registry", "other"),
        "registry-recovery-key-v1\n!!",
    ):
        with pytest.raises(keyring.WrongPassphrase):
            keyring.unprotect_twice(damaged, "first of two people", "second of two people")


def test_a_later_recovery_key_replaces_the_earlier(house: House) -> None:
    with house.store.write() as session:
        first = officer_keys.set_recovery(session, PrivateKey.generate().public_key, house.now)
        second = officer_keys.set_recovery(session, PrivateKey.generate().public_key, house.now)
        assert officer_keys.recovery(session) == second
        assert first.retired is not None
