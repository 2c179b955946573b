"""Signing in on real databases: what opens, what does not, what is counted and kept."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlmodel import select
from staff_house import PASSWORD, House

from registry.core.errors import InvalidInput
from registry.office.audit.models import AuditEntry
from registry.office.audit.queries import verify
from registry.office.staff import (
    credentials,
    passwords,
    queries,
    resets,
    second_factor,
    service,
    sessions,
    signing_in,
)
from registry.office.staff.credentials import StepUpFailed, StepUpNeeded
from registry.office.staff.door import Door, SessionOver
from registry.office.staff.models import Account, OneTimeSecret, RecoveryCode, StaffSession
from registry.office.staff.signing_in import SignInFailed


def audited(house: House) -> Counter[str]:
    with house.store.read() as session:
        assert verify(session).intact
        return Counter(row.action for row in session.exec(select(AuditEntry)))


def stage(house: House, token: str, seconds: float = 0) -> str | None:
    with house.store.read() as session:
        found = sessions.standing(session, token, house.now + timedelta(seconds=seconds))
        return found.stage if found else None


WRONG = "wrong"


def fail(house: House, login: str, password: str = WRONG, seconds: float = 0) -> None:
    with pytest.raises(SignInFailed):
        signing_in.give_password(
            house.door, login, password, house.now + timedelta(seconds=seconds)
        )


def test_password_and_code_open_a_session_under_a_new_token(house: House) -> None:
    house.account("li", "clerk")
    before = signing_in.give_password(house.door, "LI ", PASSWORD, house.now)
    assert stage(house, before) == "code"
    token = signing_in.give_code(house.door, before, house.code(), house.now)
    assert stage(house, token) == "full"
    assert stage(house, before) is None
    assert audited(house)["staff:sign-in:succeeded"] == 1


def test_the_token_is_nowhere_in_the_store(house: House) -> None:
    house.account("li", "clerk")
    token = house.sign_in("li")
    with house.store.read() as session:
        row = session.exec(select(StaffSession)).one()
        secret = session.exec(select(OneTimeSecret)).one()
    assert token not in str(row.model_dump())
    assert row.token_hash == sessions.token_hash(token)
    assert secret.sealed is not None and b"JBSWY3DPEHPK3PXP" not in secret.sealed


@pytest.mark.parametrize("typed", ["000000", "", "１２３", "密码不对", "x" * 300])
def test_a_wrong_code_opens_nothing_and_counts(house: House, typed: str) -> None:
    account = house.account("li", "clerk")
    token = signing_in.give_password(house.door, "li", PASSWORD, house.now)
    with pytest.raises(SignInFailed):
        signing_in.give_code(house.door, token, typed, house.now)
    assert stage(house, token) == "code"
    assert house.stored(account).failures == 1
    assert audited(house)["staff:second-factor:failed"] == 1


def test_check_07_a_used_code_is_refused_also_one_step_later(house: House) -> None:
    house.account("li", "clerk")
    house.sign_in("li")
    for seconds in (0, 30):
        at = house.now + timedelta(seconds=seconds)
        token = signing_in.give_password(house.door, "li", PASSWORD, at)
        with pytest.raises(SignInFailed):
            signing_in.give_code(house.door, token, house.code(0), at)
    assert house.sign_in("li", 60)


def test_one_code_opens_one_of_two_parallel_sign_ins(house: House) -> None:
    house.account("li", "clerk")
    tokens = [signing_in.give_password(house.door, "li", PASSWORD, house.now) for _ in range(4)]
    won: list[str] = []

    def work(token: str) -> None:
        with contextlib.suppress(SignInFailed):
            won.append(signing_in.give_code(house.door, token, house.code(), house.now))

    threads = [threading.Thread(target=work, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_a_session_awaiting_its_code_is_no_session(house: House) -> None:
    house.account("li", "clerk")
    token = signing_in.give_password(house.door, "li", PASSWORD, house.now)
    with pytest.raises(SessionOver):
        credentials.choose_password(house.door, token, "another good password", house.now)
    with pytest.raises(SessionOver):
        credentials.step_up(house.door, token, PASSWORD, house.code(), house.now)
    with pytest.raises(SessionOver):
        credentials.confirm_device(house.door, token, house.code(), house.now)
    assert stage(house, token, 15 * 60) is None


def test_five_failures_lock_and_the_lock_grows(house: House) -> None:
    account = house.account("li", "clerk")
    for _ in range(5):
        fail(house, "li")
    locked = house.stored(account).locked_until
    assert locked == house.now + timedelta(minutes=1)
    fail(house, "li", PASSWORD, 59)
    assert house.stored(account).failures == 5
    fail(house, "li", seconds=61)
    assert house.stored(account).locked_until == house.now + timedelta(seconds=61, minutes=2)
    assert house.sign_in("li", 61 + 121)
    assert house.stored(account).failures == 0
    told = audited(house)
    assert told["staff:sign-in:failed"] == 7 and told["staff:sign-in:locked"] == 2


def test_the_lock_ends_at_an_hour(house: House) -> None:
    account = house.account("li", "clerk")
    for failures, minutes in ((9, 32), (10, 60), (999, 60)):
        with house.store.write() as session:
            found = session.get_one(Account, account)
            found.failures, found.locked_until = failures, None
        fail(house, "li")
        assert house.stored(account).locked_until == house.now + timedelta(minutes=minutes)


def test_wrong_codes_lock_too_and_the_right_password_between_does_not_help(house: House) -> None:
    account = house.account("li", "clerk")
    for _ in range(5):
        token = signing_in.give_password(house.door, "li", PASSWORD, house.now)
        with pytest.raises(SignInFailed):
            signing_in.give_code(house.door, token, "000000", house.now)
    assert house.stored(account).locked_until is not None
    fail(house, "li", PASSWORD)
    with pytest.raises(SignInFailed):
        signing_in.give_code(house.door, token, house.code(), house.now)


def test_guesses_sent_at_once_are_counted_before_they_are_checked(house: House) -> None:
    account = house.account("li", "clerk")
    threads = [threading.Thread(target=fail, args=(house, "li")) for _ in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert house.stored(account).failures == 5


def test_check_14_a_failure_is_audited_without_what_was_typed(house: House) -> None:
    house.account("li", "clerk")
    fail(house, "li", "my secret typo")
    fail(house, "hunter2-typed-in-the-wrong-field")
    with house.store.read() as session:
        rows = session.exec(
            select(AuditEntry).where(AuditEntry.action == "staff:sign-in:failed")
        ).all()
    assert [row.subject for row in rows][1] == "account:unknown"
    assert "hunter2" not in str([row.model_dump() for row in rows])
    assert "secret" not in str([row.model_dump() for row in rows])


@pytest.mark.usefixtures("real_costs")
def test_check_08_an_unknown_login_costs_what_a_known_one_does(house: House) -> None:
    account = house.account("li", "clerk")
    with house.store.write() as session:
        session.get_one(Account, account).password_hash = passwords.hash_password(PASSWORD)

    def cost(login: str) -> float:
        times = []
        for _ in range(4):
            start = time.perf_counter()
            fail(house, login)
            times.append(time.perf_counter() - start)
        return min(times)

    known, unknown = cost("li"), cost("nobody")
    assert unknown > known / 3 and known > unknown / 3


def test_a_flood_of_hashes_is_turned_away_and_not_counted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = house.account("li", "clerk")
    monkeypatch.setattr(passwords, "_WAIT_SECONDS", 0.01)
    taken = 0
    while passwords._SLOTS.acquire(blocking=False):
        taken += 1
    try:
        with pytest.raises(passwords.Busy):
            signing_in.give_password(house.door, "li", PASSWORD, house.now)
    finally:
        for _ in range(taken):
            passwords._SLOTS.release()
    assert house.stored(account).failures == 0


@pytest.mark.sqlite_only
@pytest.mark.parametrize("act", ["add", "reset"])
def test_the_writers_lock_is_free_while_a_password_is_hashed(house: House, act: str) -> None:
    account = house.account("li", "clerk")
    taken, began, made = 0, threading.Event(), threading.Event()

    def work() -> None:
        with house.store.write() as session:
            began.set()
            if act == "add":
                service.add_account(
                    session, None, login="wu", name="样例吴", authority_id=1, now=house.now
                )
            else:
                resets.ask(session, house.door.vault, None, account, device=False, now=house.now)
        made.set()

    thread = threading.Thread(target=work)
    while passwords._SLOTS.acquire(blocking=False):
        taken += 1
    try:
        thread.start()
        assert began.wait(5)
        with house.store.write() as session:
            second_factor.renew_recovery_codes(session, account, house.now)
        assert not made.is_set()
    finally:
        for _ in range(taken):
            passwords._SLOTS.release()
    thread.join()
    assert made.is_set()


def test_idle_and_longest(house: House) -> None:
    account = house.account("li", "clerk")
    token = house.sign_in("li")
    assert stage(house, token, 20 * 60 - 1) == "full"
    assert stage(house, token, 20 * 60) is None
    for minute in range(0, 8 * 60, 15):
        at = house.now + timedelta(minutes=minute)
        with house.store.write() as session:
            found = sessions.standing(session, token, at)
            assert found is not None and found.account_id == account
            sessions.note(session, found.session_id, at)
    assert stage(house, token, 8 * 3600 - 1) == "full"
    assert stage(house, token, 8 * 3600) is None


def test_signing_out_and_disabling_end_sessions(house: House) -> None:
    account = house.account("li", "clerk")
    token = house.sign_in("li")
    signing_in.leave(house.door, token, house.now)
    assert stage(house, token) is None
    other = house.sign_in("li", 60)
    with house.store.write() as session:
        service.disable(session, None, account, house.now)
    assert stage(house, other, 60) is None
    fail(house, "li", PASSWORD, 120)
    assert audited(house)["staff:session:ended"] == 2


def first_sign_in(house: House) -> tuple[int, str]:
    with house.store.write() as session:
        added, password = service.add_account(
            session,
            None,
            login="new.one",
            name="样例新",
            authority_id=house.province,
            now=house.now,
        )
        return added.id or 0, password


def test_the_first_sign_in_forces_a_password_and_a_device(house: House) -> None:
    account, one_time = first_sign_in(house)
    token = signing_in.give_password(house.door, "new.one", one_time, house.now)
    assert stage(house, token) == "password"
    with pytest.raises(InvalidInput):
        credentials.choose_password(house.door, token, one_time, house.now)
    with pytest.raises(InvalidInput):
        credentials.choose_password(house.door, token, "short", house.now)
    token = credentials.choose_password(house.door, token, "井下三百米深处的矿灯亮着", house.now)
    assert stage(house, token) == "enrol"
    with house.store.read() as session:
        secret, uri = credentials.device_secret(session, house.door.vault, token, house.now)
    assert secret in uri and len(secret) == 32
    with pytest.raises(InvalidInput):
        credentials.confirm_device(house.door, token, "000000", house.now)
    import pyotp

    token, codes = credentials.confirm_device(
        house.door, token, str(pyotp.TOTP(secret).at(house.now)), house.now
    )
    assert stage(house, token) == "full" and len(set(codes)) == 10
    assert house.stored(account).one_time_until is None
    fail(house, "new.one", one_time)


def test_a_one_time_password_ends_after_a_week_and_after_use(house: House) -> None:
    _, one_time = first_sign_in(house)
    week = 7 * 24 * 3600
    fail(house, "new.one", one_time, week)
    first = signing_in.give_password(house.door, "new.one", one_time, house.now)
    second = signing_in.give_password(house.door, "new.one", one_time, house.now)
    credentials.choose_password(house.door, first, "井下三百米深处的矿灯亮着", house.now)
    with pytest.raises(SessionOver):
        credentials.choose_password(house.door, second, "another good password", house.now)


def test_recovery_codes_open_once_and_lead_to_a_new_device(house: House) -> None:
    account = house.account("li", "clerk")
    with house.store.write() as session:
        codes = second_factor.renew_recovery_codes(session, account, house.now)
    with house.store.read() as session:
        stored = session.exec(select(RecoveryCode)).all()
    assert not {row.code_hash for row in stored} & set(codes)
    token = signing_in.give_password(house.door, "li", PASSWORD, house.now)
    token = signing_in.give_code(house.door, token, codes[0].lower(), house.now)
    assert stage(house, token) == "enrol"
    again = signing_in.give_password(house.door, "li", PASSWORD, house.now)
    with pytest.raises(SignInFailed):
        signing_in.give_code(house.door, again, codes[0], house.now)
    with house.store.read() as session:
        assert second_factor.left(session, account) == 9
    # Until the new device is enrolled the old one still counts: a lost way back locks no one out.
    assert house.sign_in("li", 60)


def test_step_up_wants_password_and_a_fresh_code(house: House) -> None:
    house.account("li", "administrator")
    token = house.sign_in("li")
    with pytest.raises(StepUpNeeded):
        credentials.choose_password(house.door, token, "another good password", house.now)
    with pytest.raises(StepUpNeeded):
        credentials.new_device(house.door, token, house.now)
    with pytest.raises(StepUpNeeded):
        credentials.confirm_device(house.door, token, "000000", house.now)
    with pytest.raises(StepUpFailed):
        credentials.step_up(house.door, token, PASSWORD, house.code(), house.now)
    at = house.now + timedelta(seconds=30)
    fresh = credentials.step_up(house.door, token, PASSWORD, house.code(30), at)
    assert stage(house, token) is None and stage(house, fresh) == "full"
    with house.store.read() as session:
        for seconds, wanted in ((30, True), (30 + 599, True), (30 + 600, False)):
            found = sessions.standing(session, fresh, house.now + timedelta(seconds=seconds))
            assert found is not None and found.confirmed_lately is wanted


def test_check_17_five_wrong_confirmations_end_the_session(house: House) -> None:
    house.account("li", "administrator")
    token = house.sign_in("li")
    for _ in range(4):
        with pytest.raises(StepUpFailed):
            credentials.step_up(house.door, token, "wrong", house.code(30), house.now)
    with pytest.raises(SessionOver):
        credentials.step_up(house.door, token, "wrong", house.code(30), house.now)
    assert stage(house, token) is None
    told = audited(house)
    assert told["staff:step-up:failed"] == 5 and told["staff:session:killed"] == 1


def test_changing_the_password_ends_the_other_sessions(house: House) -> None:
    account = house.account("li", "clerk")
    other, mine = house.sign_in("li"), house.sign_in("li", 60)
    at = house.now + timedelta(seconds=90)
    mine = credentials.step_up(house.door, mine, PASSWORD, house.code(90), at)
    fresh = credentials.choose_password(house.door, mine, "a new and better password", at)
    assert stage(house, other, 90) is None and stage(house, mine, 90) is None
    assert stage(house, fresh, 90) == "full"
    with house.store.read() as session:
        assert len(queries.sessions(session, account, at)) == 1


def test_demo_accounts_do_not_enter_outside_demo_mode(house: House) -> None:
    account = house.account("li", "clerk")
    with house.store.write() as session:
        service.set_demo_secrets(
            session,
            account,
            password=PASSWORD,
            secret="JBSWY3DPEHPK3PXP",
            vault=house.door.vault,
            demo=True,
            now=house.now,
        )
    fail(house, "li", PASSWORD)
    open_door = Door(house.store, house.door.vault, demo=True)
    assert signing_in.give_password(open_door, "li", PASSWORD, house.now)
