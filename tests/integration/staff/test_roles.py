"""Roles under four eyes, deputies, authorities, accounts: on real databases."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from staff_house import PASSWORD, House

from registry.core.clock import legal_day
from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput, Misconfigured, NotFound
from registry.office.staff import queries, resets, roles, service, sessions
from registry.office.staff.models import RoleGrant
from registry.office.staff.officer import CASEWORK, OVERSIGHT, ROLES, Officer
from registry.office.staff.refusals import (
    LastAdministrator,
    NotYourself,
    ParentDecides,
    RoleHeld,
    RolesApart,
    SecondAdministrator,
    Settled,
)


def held(house: House, account: int) -> frozenset[str]:
    return house.officer(account).roles


def propose(house: House, by: int, account: int, role: str) -> int:
    with house.store.write() as session:
        return roles.grant(session, house.officer(by), account, role, house.now).id or 0


def test_a_role_counts_once_a_second_administrator_confirms(house: House) -> None:
    one, two = house.account("one", "administrator"), house.account("two", "administrator")
    clerk = house.account("li")
    granted = propose(house, one, clerk, "clerk")
    assert held(house, clerk) == frozenset()
    with house.store.write() as session, pytest.raises(SecondAdministrator):
        roles.confirm(session, house.officer(one), granted, house.now)
    with house.store.write() as session:
        roles.confirm(session, house.officer(two), granted, house.now)
    assert held(house, clerk) == {"clerk"}
    with house.store.write() as session, pytest.raises(Settled):
        roles.refuse(session, house.officer(two), granted, house.now)


def test_a_refused_proposal_never_counts_and_can_be_made_again(house: House) -> None:
    one, two = house.account("one", "administrator"), house.account("two", "administrator")
    clerk = house.account("li")
    granted = propose(house, one, clerk, "clerk")
    with house.store.write() as session, pytest.raises(RoleHeld):
        roles.grant(session, house.officer(two), clerk, "clerk", house.now)
    with house.store.write() as session:
        roles.refuse(session, house.officer(two), granted, house.now)
    assert held(house, clerk) == frozenset()
    assert propose(house, one, clerk, "clerk") != granted


def test_a_lone_administrator_grants_alone(house: House) -> None:
    one, clerk = house.account("one", "administrator"), house.account("li")
    propose(house, one, clerk, "clerk")
    assert held(house, clerk) == {"clerk"}


def test_an_administrator_elsewhere_cannot_confirm_and_so_is_not_waited_for(house: House) -> None:
    one = house.account("one", "administrator", at=house.city)
    house.account("far", "administrator", at=house.county)
    clerk = house.account("li", at=house.city)
    propose(house, one, clerk, "clerk")
    assert held(house, clerk) == {"clerk"}


def ask(house: House, session: WorkingSession, by: Officer, account: int) -> resets.Asked:
    return resets.ask(session, house.door.vault, by, account, device=False, now=house.now)


@pytest.mark.parametrize("role", ROLES)
def test_no_one_grants_himself_anything(house: House, role: str) -> None:
    one = house.account("one", "administrator")
    with house.store.write() as session, pytest.raises(NotYourself):
        roles.grant(session, house.officer(one), one, role, house.now)
    with house.store.write() as session, pytest.raises(NotYourself):
        resets.ask(session, house.door.vault, house.officer(one), one, device=True, now=house.now)
    with house.store.write() as session, pytest.raises(NotYourself):
        service.disable(session, house.officer(one), one, house.now)


@pytest.mark.parametrize("oversight", OVERSIGHT)
@pytest.mark.parametrize("casework", CASEWORK)
def test_oversight_and_casework_stay_apart(house: House, oversight: str, casework: str) -> None:
    first, second = house.account("a", oversight), house.account("b", casework)
    for account, role in ((first, casework), (second, oversight)):
        with house.store.write() as session, pytest.raises(RolesApart):
            roles.grant(session, None, account, role, house.now)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_only_administrators_arrange_staff(house: House, role: str) -> None:
    someone, other = house.account("someone", role), house.account("other")
    by = house.officer(someone)
    with house.store.write() as session:
        for attempt in (
            lambda: roles.grant(session, by, other, "clerk", house.now),
            lambda: roles.revoke(session, by, other, "clerk", house.now),
            lambda: ask(house, session, by, other),
            lambda: service.disable(session, by, other, house.now),
            lambda: service.enable(session, by, other, house.now),
            lambda: service.rename(session, by, other, "x", house.now),
            lambda: service.set_small_office(session, by, house.county, True, house.now),
        ):
            with pytest.raises(Forbidden):
                attempt()
        with pytest.raises(Forbidden):
            service.add_account(
                session, by, login="x.y", name="x", authority_id=house.county, now=house.now
            )


def test_an_administrator_reaches_his_subtree_and_no_further(house: House) -> None:
    city = house.account("city", "administrator", at=house.city)
    above, below = house.account("above"), house.account("below", at=house.county)
    by = house.officer(city)
    with house.store.write() as session:
        service.rename(session, by, below, "样例改名", house.now)
        for attempt in (
            lambda: service.rename(session, by, above, "x", house.now),
            lambda: roles.grant(session, by, above, "clerk", house.now),
            lambda: ask(house, session, by, above),
        ):
            with pytest.raises(NotFound):
                attempt()
        with pytest.raises(Forbidden):
            service.add_account(
                session, by, login="x.y", name="x", authority_id=house.province, now=house.now
            )
        assert {row.account.login for row in queries.staff(session, by)} == {"city", "below"}


def test_the_last_administrator_stays(house: House) -> None:
    one = house.account("one", "administrator")
    with house.store.write() as session, pytest.raises(LastAdministrator):
        roles.revoke(session, None, one, "administrator", house.now)
    with house.store.write() as session, pytest.raises(LastAdministrator):
        service.disable(session, None, one, house.now)
    two = house.account("two", "administrator")
    with house.store.write() as session:
        service.disable(session, house.officer(two), one, house.now)
        assert roles.is_last_administrator(session, two)


def test_a_changed_role_ends_the_sessions(house: House) -> None:
    clerk = house.account("li", "clerk")
    token = house.sign_in("li")
    with house.store.write() as session:
        roles.revoke(session, None, clerk, "clerk", house.now)
    with house.store.read() as session:
        assert sessions.standing(session, token, house.now) is None
    assert held(house, clerk) == frozenset()


def test_a_deputy_has_the_casework_roles_on_the_days_named(house: House) -> None:
    absent, deputy = house.account("li", "approver", "reviewer"), house.account("wang", "clerk")
    first = legal_day(house.now) + timedelta(days=1)
    with house.store.write() as session:
        roles.set_deputy(
            session,
            house.officer(absent),
            absent_id=absent,
            deputy_id=deputy,
            since=first,
            until=first + timedelta(days=1),
            now=house.now,
        )
    for days, lent in ((0, False), (1, True), (2, True), (3, False)):
        officer = house.officer(deputy, days)
        assert (officer.roles == {"clerk", "approver", "reviewer"}) is lent
        assert officer.identities == ({deputy, absent} if lent else {deputy})
    # It is not handed on, and goes one way only.
    assert house.officer(absent, 1).identities == {absent}


def deputise(
    house: House, by: int | None, absent: int, deputy: int, *, term: tuple[int, int]
) -> int:
    """``term``: days from today to the first, and how many days."""
    days, length = term
    first = legal_day(house.now) + timedelta(days=days)
    with house.store.write() as session:
        return (
            roles.set_deputy(
                session,
                house.officer(by) if by else None,
                absent_id=absent,
                deputy_id=deputy,
                since=first,
                until=first + timedelta(days=length - 1),
                now=house.now,
            ).id
            or 0
        )


def test_what_a_deputyship_refuses(house: House) -> None:
    li, wang = house.account("li", "approver"), house.account("wang", "clerk")
    idle, far = house.account("idle"), house.account("far", "clerk", at=house.city)
    auditor = house.account("auditor", "auditor")
    wrong = [
        (li, 0, 1, "deputy"),
        (idle, 0, 1, "deputy"),
        (auditor, 0, 1, "deputy"),
        (far, 0, 1, "deputy"),
        (10**6, 0, 1, "deputy"),
        (wang, -1, 3, "since"),
        (wang, 0, 0, "until"),
        (wang, 0, 93, "until"),
    ]
    for deputy, days, length, field in wrong:
        with pytest.raises(InvalidInput) as caught:
            deputise(house, li, li, deputy, term=(days, length))
        assert field in caught.value.fields, (deputy, days, length)
    deputise(house, li, li, wang, term=(0, 92))
    with pytest.raises(InvalidInput):
        deputise(house, li, li, wang, term=(91, 3))
    with pytest.raises(Forbidden):
        deputise(house, wang, li, wang, term=(100, 3))


def test_an_ended_deputyship_lends_nothing(house: House) -> None:
    li, wang = house.account("li", "approver"), house.account("wang", "clerk")
    named = deputise(house, li, li, wang, term=(0, 5))
    assert "approver" in house.officer(wang).roles
    with house.store.write() as session, pytest.raises(Forbidden):
        roles.end_deputy(session, house.officer(wang), named, house.now)
    with house.store.write() as session:
        roles.end_deputy(session, house.officer(li), named, house.now)
    assert house.officer(wang).identities == {wang}


def test_disabling_ends_deputyships_and_hands_work_back(house: House) -> None:
    li, wang = house.account("li", "approver"), house.account("wang", "clerk")
    deputise(house, li, li, wang, term=(0, 5))
    told: list[tuple[int, int | None]] = []

    def leaving(_session: WorkingSession, who: int, by: int | None, _now: datetime) -> None:
        told.append((who, by))

    service.ON_LEAVING.append(leaving)
    try:
        with house.store.write() as session:
            service.disable(session, None, li, house.now)
    finally:
        service.ON_LEAVING.remove(leaving)
    assert told == [(li, None)]
    assert house.officer(wang).roles == {"clerk"}
    with pytest.raises(NotFound):
        house.officer(li)
    with house.store.write() as session:
        service.enable(session, None, li, house.now)
    assert house.officer(li).roles == {"approver"}
    assert house.officer(wang).roles == {"clerk"}


def test_the_tree_of_authorities(house: House) -> None:
    with house.store.read() as session:
        tree = queries.authorities(session)
        assert [one.id for one in tree] == [house.province, house.city, house.county]
        assert tree[2].path == f"/{house.province}/{house.city}/{house.county}/"
        assert [one.id for one in queries.authorities(session, tree[1].path)] == [
            house.city,
            house.county,
        ]
        assert queries.authority_by_name(session, "样例市应急管理局") is not None
        assert queries.authority_by_name(session, "样例市") is None
    with pytest.raises(InvalidInput):
        house.authority("重复", "11990121XY00000A64", house.city)


def test_a_path_never_takes_in_a_neighbour_with_the_same_beginning(house: House) -> None:
    ids = [house.authority(f"邻{n}", f"CODE{n}", house.province) for n in range(10)]
    first = min(ids)
    reader = house.officer(house.account("one", "administrator", at=first))
    with house.store.read() as session:
        for other in (*ids, house.province, house.city):
            assert reader.sees(queries.authority(session, other).path) is (other == first)


def test_the_parent_says_which_office_is_small_and_then_approves_for_it(house: House) -> None:
    own = house.officer(house.account("own", "administrator", at=house.county))
    parent = house.officer(house.account("parent", "administrator", at=house.city))
    approver = house.officer(house.account("county.app", "approver", at=house.county))
    above = house.officer(house.account("city.app", "approver", at=house.city))
    with house.store.write() as session:
        assert queries.may_approve_for(session, approver, house.county)
        with pytest.raises(ParentDecides):
            service.set_small_office(session, own, house.county, True, house.now)
        service.set_small_office(session, parent, house.county, True, house.now)
        assert queries.approving_authority(session, house.county).id == house.city
        assert not queries.may_approve_for(session, approver, house.county)
        assert queries.may_approve_for(session, above, house.county)
        with pytest.raises(ParentDecides):
            service.set_small_office(session, None, house.province, True, house.now)


def test_a_login_exists_once_whatever_its_case(house: House) -> None:
    house.account("li")
    with house.store.write() as session, pytest.raises(InvalidInput):
        service.add_account(
            session, None, login=" LI", name="x", authority_id=house.province, now=house.now
        )


def test_bootstrap_happens_once(working: Store[WorkingSession], now: datetime) -> None:
    for expected in (True, False):
        with working.write() as session:
            password = service.bootstrap(
                session, name="演示省样例应急管理厅", code="", region="990000", now=now
            )
        assert (password is not None) is expected
    with working.read() as session:
        found = queries.account_by_login(session, "admin")
        assert found is not None
        assert queries.active_with_role(session, "administrator") == {found.id}


def test_fixed_secrets_are_refused_outside_demo_mode(house: House) -> None:
    li = house.account("li")
    with house.store.write() as session, pytest.raises(Misconfigured):
        service.set_demo_secrets(
            session,
            li,
            password=PASSWORD,
            secret="JBSWY3DPEHPK3PXP",
            vault=house.door.vault,
            demo=False,
            now=house.now,
        )


def test_candidates_for_work_are_active_and_of_the_authority(house: House) -> None:
    li = house.account("li", "clerk")
    house.account("far", "clerk", at=house.city)
    house.account("auditor", "auditor")
    gone = house.account("gone", "clerk")
    pending = house.account("pending")
    with house.store.write() as session:
        service.disable(session, None, gone, house.now)
        session.add(RoleGrant(account_id=pending, role="clerk", granted=house.now))
        session.flush()
        found = [one.id for one in queries.colleagues(session, house.province)]
    assert found == [li]


def test_two_administrators_cannot_take_each_others_role(house: House) -> None:
    """What each looks at is what the other changes: only one of them may be first."""
    one, two = house.account("one", "administrator"), house.account("two", "administrator")
    officers = {one: house.officer(one), two: house.officer(two)}
    outcomes: list[str] = []

    def revoke(by: int, other: int) -> None:
        try:
            with house.store.write() as session:
                roles.revoke(session, officers[by], other, "administrator", house.now)
            outcomes.append("done")
        except LastAdministrator:
            outcomes.append("last")

    with house.store.write() as session:
        later = threading.Thread(target=revoke, args=(two, one))
        roles.revoke(session, officers[one], two, "administrator", house.now)
        later.start()
        later.join(0.3)
        assert later.is_alive(), "he waits for the first"
    later.join()
    assert outcomes == ["last"]
    assert held(house, one) == {"administrator"}
