"""Nobody alone takes over an officer's account: halves of a password, or a day to object."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select
from staff_house import PASSWORD, House

from registry.core.errors import NotFound
from registry.office.audit.models import AuditEntry
from registry.office.staff import queries, resets, second_factor, service, sessions, signing_in
from registry.office.staff.models import AccountReset
from registry.office.staff.officer import Officer
from registry.office.staff.refusals import NotYourself, ResetPending, SecondHalf, Settled, TooEarly

DAY = timedelta(hours=24)


def ask(house: House, by: Officer | None, account: int, *, device: bool = True) -> resets.Asked:
    with house.store.write() as session:
        asked = resets.ask(session, house.door.vault, by, account, device=device, now=house.now)
        session.flush()
        session.expunge(asked.reset)
        return asked


def confirm(house: House, by: Officer | None, reset: int | None, after: timedelta = DAY * 0) -> str:
    with house.store.write() as session:
        return resets.confirm(session, house.door.vault, by, reset or 0, house.now + after)[1]


def opens(house: House, login: str, password: str) -> str | None:
    """The stage of signing in to which the password leads."""
    try:
        token = signing_in.give_password(house.door, login, password, house.now)
    except signing_in.SignInFailed:
        return None
    with house.store.read() as session:
        found = sessions.standing(session, token, house.now)
        return found.stage if found else None


@pytest.mark.parametrize("device", [True, False])
def test_a_reset_takes_two_and_each_has_half(house: House, device: bool) -> None:
    one, two = (house.officer(house.account(n, "administrator")) for n in ("one", "two"))
    li = house.account("li", "clerk")
    token = house.sign_in("li")
    asked = ask(house, one, li, device=device)
    assert not asked.done and opens(house, "li", asked.shown) is None
    assert opens(house, "li", PASSWORD) == "code", "until it is confirmed, nothing changes"
    with house.store.read() as session:
        assert sessions.standing(session, token, house.now) is not None
        assert [a.login for _, a in resets.pending(session, two, house.now)] == ["li"]
    for _ in range(2):
        with pytest.raises(SecondHalf):
            confirm(house, one, asked.reset.id, after=3 * DAY)
    half = confirm(house, two, asked.reset.id)
    assert opens(house, "li", half) is None and opens(house, "li", PASSWORD) is None
    # With the device kept, even both administrators together lack the officer's code.
    assert opens(house, "li", f"{asked.shown}-{half}") == ("password" if device else "code")
    with house.store.read() as session:
        row = session.get_one(AccountReset, asked.reset.id)
        assert row.second_half is None and row.done and row.settled_by == two.account_id
        assert sessions.standing(session, token, house.now) is None
        found = [e for e in session.exec(select(AuditEntry)) if e.action.startswith("staff:")]
        mine = [e.action for e in found if e.subject == f"account:{li}"]
        assert "staff:reset:requested" in mine and mine[-1] != "staff:reset:requested"
    with pytest.raises(Settled):
        confirm(house, two, asked.reset.id)


@pytest.mark.sqlite_only
def test_no_administrator_confirms_the_reset_of_his_own_account(house: House) -> None:
    one = house.account("one", "administrator")
    asked = ask(house, None, one)
    with pytest.raises(NotYourself):
        confirm(house, house.officer(one), asked.reset.id)


def test_alone_it_waits_a_day_and_the_officer_can_refuse(house: House) -> None:
    one = house.officer(house.account("one", "administrator"))
    li = house.account("li", "clerk")
    asked = ask(house, one, li)
    with pytest.raises(TooEarly):
        confirm(house, one, asked.reset.id, after=DAY - timedelta(minutes=1))
    with pytest.raises(ResetPending):
        ask(house, one, li)
    with house.store.write() as session:
        assert resets.refuse(session, house.officer(li), asked.reset.id or 0, house.now) == li
    with pytest.raises(Settled):
        confirm(house, one, asked.reset.id, after=DAY)
    again = ask(house, one, li)
    half = confirm(house, one, again.reset.id, after=DAY)
    assert opens(house, "li", f"{again.shown}-{half}") == "password"
    with house.store.read() as session:
        done = [e for e in session.exec(select(AuditEntry)) if e.action == "staff:account:reset"]
        assert '"alone":true' in done[-1].detail


@pytest.mark.sqlite_only
def test_the_command_line_is_one_hand_too(house: House) -> None:
    one = house.officer(house.account("one", "administrator"))
    li = house.account("li", "clerk")
    asked = ask(house, None, li)
    with pytest.raises(SecondHalf):
        confirm(house, None, asked.reset.id, after=2 * DAY)
    assert opens(house, "li", f"{asked.shown}-{confirm(house, one, asked.reset.id)}") == "password"
    last = ask(house, None, one.account_id)
    with pytest.raises(TooEarly):
        confirm(house, None, last.reset.id)
    half = confirm(house, None, last.reset.id, after=DAY)
    assert opens(house, "one", f"{last.shown}-{half}") == "password"


def test_an_account_nobody_used_is_reset_at_once_and_a_used_one_never(house: House) -> None:
    one = house.officer(house.account("one", "administrator"))
    with house.store.write() as session:
        added, first = service.add_account(
            session, None, login="wu", name="样例吴", authority_id=house.city, now=house.now
        )
        wu = added.id or 0
    for _ in range(2):
        asked = ask(house, one, wu)
        assert asked.done and opens(house, "wu", asked.shown) == "password"
        assert opens(house, "wu", first) is None
    li = house.account("li")
    with house.store.write() as session:
        second_factor.set_secret(session, house.door.vault, li, "JBSWY3DPEHPK3PXP", house.now)
    asked = ask(house, one, li)
    confirm(house, one, asked.reset.id, after=DAY)
    house.now += 2 * DAY
    assert not ask(house, one, li).done, "waiting for its officer, it is still his account"


@pytest.mark.sqlite_only
def test_requests_lapse_and_stay_in_the_subtree(house: House) -> None:
    one = house.officer(house.account("one", "administrator"))
    far = house.officer(house.account("far", "administrator", at=house.county))
    li = house.account("li", "clerk", at=house.city)
    asked = ask(house, one, li)
    with pytest.raises(NotFound):
        confirm(house, far, asked.reset.id)
    with house.store.read() as session:
        assert not resets.pending(session, far, house.now)
        assert resets.pending_of(session, li, house.now + 7 * DAY) is None
        assert queries.account_by_login(session, "li") is not None
    with pytest.raises(Settled):
        confirm(house, one, asked.reset.id, after=7 * DAY)
