"""Every address of the admin site, taken from the url map: who may not use it.

A new view is covered by being there. One with a new kind of argument makes the walk fail until
``FOREIGN`` says what such a thing of another authority is.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from admin_desk import Browser, Site
from werkzeug.routing import Rule

from admin import context
from registry.office.accountability.experts.models import Expert
from registry.office.dockets.models import Docket
from registry.office.enforcement.signatories.models import Signatory
from registry.office.entities.models import Entity
from registry.office.imports.models import ImportFile
from registry.office.procedures.models import PartyFiling
from registry.office.punishments.models import Department, Notice
from registry.office.reports.models import SampleDraw
from registry.office.staff.models import (
    AccountReset,
    Deputy,
    DutyOfficer,
    Leader,
    RoleGrant,
)
from registry.office.staff.officer import ROLES
from registry.office.tips.models import Tip, TipAsk, TipInforming
from registry.public.agencies import service as agencies

SERIALS = itertools.count(1)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def docket(site: Site) -> int:
    """A case of the province."""
    with site.store.write() as session:
        found = Docket(
            kind="penalty",
            number="样例1",
            year=2026,
            serial=next(SERIALS),
            state="draft",
            authority_id=site.authorities["province"],
            region="990000",
            drafted_by=1,
            title="样例案件",
            opened_at=site.hands.now,
        )
        session.add(found)
        session.flush()
        return found.id or 0


def informed(site: Site) -> int:
    """What the province was told of a concealed accident."""
    case = docket(site)
    with site.store.write() as session:
        session.add(
            Tip(
                docket_id=case, tip_id=f"{case:032x}", number=case, day=site.hands.now.date(),
                category="T1", bucket=1, envelope=b"", identity=b"", tip_key=b"", mailbox_key=b"",
                claim_key=b"",
            )
        )  # fmt: skip
        session.flush()
        found = TipInforming(
            docket_id=case, authority_id=site.authorities["province"], verifier_level="county",
            told_by=1, told_at=site.hands.now, envelope=b"",
        )  # fmt: skip
        session.add(found)
        session.flush()
        return found.id or 0


def signatory(site: Site) -> int:
    """One entitled to sign for the province."""
    with site.store.write() as session:
        found = Signatory(
            authority_id=site.authorities["province"],
            capacity="inspector",
            name="样例执法员",
            body="演示省样例应急管理厅",
            since=date(2026, 1, 1),
            added_by=1,
            added_at=site.hands.now,
        )
        session.add(found)
        session.flush()
        return found.id or 0


def leader(site: Site) -> int:
    """A leader whom the province keeps."""
    with site.store.write() as session:
        found = Leader(
            authority_id=site.authorities["province"], name="样例", post="government-head",
            body="演示省人民政府", since=date(2026, 1, 1), added_by=1, added_at=site.hands.now,
        )  # fmt: skip
        session.add(found)
        session.flush()
        return found.id or 0


def expert(site: Site) -> int:
    """An expert of the province's pool."""
    with site.store.write() as session:
        person = Entity(
            kind="person", name="样例专家", folded="样例专家", created=site.hands.now,
            updated=site.hands.now,
        )  # fmt: skip
        session.add(person)
        session.flush()
        found = Expert(
            authority_id=site.authorities["province"], person_id=person.id or 0,
            fields=["mining"], title="高工", since=date(2026, 1, 1), until=date(2027, 1, 1),
            added_by=1, added_at=site.hands.now,
        )  # fmt: skip
        session.add(found)
        session.flush()
        return found.id or 0


def grant(site: Site) -> int:
    with site.store.write() as session:
        found = RoleGrant(account_id=1, role="clerk", granted=site.hands.now)
        session.add(found)
        session.flush()
        return found.id or 0


def deputy(site: Site) -> int:
    other = site.account("stand.in", "clerk")
    with site.store.write() as session:
        found = Deputy(
            absent_id=1,
            deputy_id=other,
            since=date(2026, 11, 20),
            until=date(2026, 11, 21),
            created=site.hands.now,
        )
        session.add(found)
        session.flush()
        return found.id or 0


def uploaded(site: Site) -> int:
    with site.store.write() as session:
        found = ImportFile(
            sha256="0" * 64,
            name="x.csv",
            size=1,
            kind="listings",
            uploaded_by=1,
            uploaded=site.hands.now,
        )
        session.add(found)
        session.flush()
        return found.id or 0


def agency(site: Site) -> int:
    """An agency that only the installation answers for."""
    with site.intake() as session:
        added = agencies.admit(
            session,
            name="样例商务局",
            code="11990100XY00006022",
            authority=None,
            now=site.hands.now,
        )
        return added.id or 0


def department(site: Site) -> int:
    """A department that the province looks after."""
    with site.store.write() as session:
        added = Department(
            name="样例财政厅",
            kind="mof",
            region="990000",
            authority_id=site.authorities["province"],
            created=site.hands.now,
        )
        session.add(added)
        session.flush()
        return added.id or 0


def measure_notice(site: Site) -> str:
    """A notice to such a department."""
    department_id = department(site)
    with site.store.write() as session:
        added = Notice(
            token="M-0000000001",
            department_id=department_id,
            listing="L-0000000001",
            measure="M5",
            state="due",
            since=site.hands.now,
        )
        session.add(added)
        return added.token


def drawn(site: Site) -> int:
    """A sample of the province."""
    with site.store.write() as session:
        found = SampleDraw(
            authority_id=site.authorities["province"],
            title="样例",
            seed="x",
            filters={},
            population=0,
            digest="",
            drawn_by=1,
            drawn_at=site.hands.now,
        )
        session.add(found)
        session.flush()
        return found.id or 0


def asked(site: Site) -> int:
    """Something that was asked about a report of the province."""
    docket_id = docket(site)
    with site.store.write() as session:
        tip = Tip(
            docket_id=docket_id, tip_id="0" * 32, number=1, day=date(2026, 11, 20),
            category="T2", bucket=1, envelope=b"", identity=b"", tip_key=b"", mailbox_key=b"",
            claim_key=b"",
        )  # fmt: skip
        session.add(tip)
        session.flush()
        found = TipAsk(docket_id=tip.docket_id, kind="purge", asked_by=1, asked_at=site.hands.now)
        session.add(found)
        session.flush()
        return found.id or 0


def on_duty(site: Site) -> int:
    with site.store.write() as session:
        found = DutyOfficer(
            authority_id=site.authorities["province"], account_id=1, since=site.hands.now
        )
        session.add(found)
        session.flush()
        return found.id or 0


def reset(site: Site) -> int:
    """A reset that somebody asked for, of an account of the province."""
    with site.store.write() as session:
        found = AccountReset(
            account_id=1, device=False, password_hash="x", requested=site.hands.now,
            alone_from=site.hands.now, until=site.hands.now + timedelta(days=7),
        )  # fmt: skip
        session.add(found)
        session.flush()
        return found.id or 0


def filed(site: Site) -> int:
    """What a party filed in a case of the province."""
    docket_id = docket(site)
    with site.store.write() as session:
        found = PartyFiling(
            filing_id=f"{docket_id:032x}", docket_id=docket_id, code_id=1, procedure="objection",
            day=date(2026, 11, 20), envelope=b"", lookup=b"", reply_key=b"",
        )  # fmt: skip
        session.add(found)
        session.flush()
        return found.id or 0


FOREIGN: dict[str, Callable[[Site], object]] = {
    "account_id": lambda _site: 1,
    "authority_id": lambda site: site.authorities["province"],
    "unit": lambda site: site.authorities["province"],
    "grant_id": grant,
    "deputy_id": deputy,
    "docket_id": docket,
    "filing_id": filed,
    "ask_id": asked,
    "duty_id": on_duty,
    "reset_id": reset,
    "file_id": uploaded,
    "draw_id": drawn,
    "agency_id": agency,
    "signatory_id": signatory,
    "leader_id": leader,
    "expert_id": expert,
    "department_id": department,
    "informing_id": informed,
    "notice": measure_notice,
}
"""Argument of an address to the id of something that the county's officers may not see."""

SHARED = {"entity_id", "other_id", "merge_id", "site_id", "licence_id", "operator_id", "staff_id"}
"""Enterprises, persons and sites belong to no authority: a unit punished here is listed there.
Reading a person is audited instead."""

POSTED = {"version": "1", "name": "样例", "role": "clerk"}
"""What a form must hold to get past its own checks and to the question whose thing it is."""

HARMLESS = {
    "kind": "penalty",
    "action": "submit",
    "name": "x",
    "evidence_id": 1,
    "document_id": 1,
    "report_file_id": 1,
    "signature_id": 1,
    "item_id": 1,
    "wanted": "identity",
    "snapshot_id": 1,
    "indicator": "hazards-found",
    "form": "csv",
    "dataset": "penalties",
    "sealed_id": "0" * 32,
    "code_id": 1,
    "prefix": "0000000000",
    "token": "0" * 26,
}
"""Arguments beside one of ``FOREIGN``, or that name no one's thing."""


def guarded(site: Site) -> list[Rule]:
    found = [rule for rule in site.app.url_map.iter_rules() if rule.endpoint not in context.OPEN]
    assert len(found) > 150, "the desks are not there"
    return found


def address(site: Site, rule: Rule, values: dict[str, object]) -> str:
    given = {name: values.get(name, HARMLESS.get(name, 1)) for name in rule.arguments}
    given["language"] = "en"
    known = {name: given[name] for name in rule.arguments}
    return str(site.app.url_map.bind("localhost").build(rule.endpoint, known))


def methods(rule: Rule) -> list[str]:
    return [method for method in METHODS if method in (rule.methods or ())]


def answer(browser: Browser, method: str, where: str, token: str) -> int:
    reply = browser.client.open(
        where,
        method=method,
        data={"csrf_token": token, **POSTED} if method != "GET" else None,
        base_url=browser.base,
        headers={"Referer": f"{browser.base}/en/"},
    )
    if reply.status_code in (302, 303) and "/sign-in" in reply.headers["Location"]:
        return 401
    return reply.status_code


def test_the_open_addresses_are_these_and_no_others() -> None:
    assert {
        "healthz",
        "root",
        "static",
        "session.sign_in",
        "session.code",
        "session.password",
        "session.device",
        "session.device_image",
        "session.leave",
    } == context.OPEN


def test_every_other_view_says_who_may_use_it(site: Site) -> None:
    silent = [
        rule.endpoint
        for rule in guarded(site)
        if context.roles_of(site.app.view_functions[rule.endpoint]) is None
    ]
    assert silent == []
    for rule in guarded(site):
        roles = context.roles_of(site.app.view_functions[rule.endpoint])
        assert roles is not None and roles <= set(ROLES), rule.endpoint


def test_a_view_that_says_nothing_is_refused(site: Site) -> None:
    site.account("one", *["administrator"])
    view = site.app.view_functions["account.index"]
    browser = site.signed_in("one")
    site.app.view_functions["account.index"] = lambda: "leaked"
    try:
        assert browser.response("/en/account").status_code == 403
    finally:
        site.app.view_functions["account.index"] = view


def test_check_03_no_address_answers_without_a_session(site: Site) -> None:
    site.account("first", "administrator")
    browser = site.browser()
    token = browser.token()
    for rule in guarded(site):
        for method in methods(rule):
            where = address(site, rule, {})
            assert answer(browser, method, where, token) == 401, (method, where)


def test_no_address_answers_with_an_ended_session(site: Site) -> None:
    site.account("first", "administrator")
    browser = site.signed_in("first", confirmed=True)
    token = browser.token()
    site.hands.wait(20 * 60)
    for rule in guarded(site):
        for method in methods(rule):
            where = address(site, rule, {})
            assert answer(browser, method, where, token) == 401, (method, where)


@pytest.mark.parametrize("role", [*ROLES, None])
def test_check_03_the_wrong_role_is_refused_everywhere(site: Site, role: str | None) -> None:
    site.account("first", *([role] if role else []))
    browser = site.signed_in("first", confirmed=True)
    token = browser.token()
    refused = 0
    for rule in guarded(site):
        roles = context.roles_of(site.app.view_functions[rule.endpoint]) or frozenset()
        if not roles or role in roles:
            continue
        for method in methods(rule):
            where = address(site, rule, {})
            assert answer(browser, method, where, token) == 403, (role, method, where)
            refused += 1
    assert refused > 0


def test_check_03_what_belongs_to_another_authority_is_not_found(site: Site) -> None:
    site.account("first", "clerk")
    things = {name: make(site) for name, make in FOREIGN.items()}
    tested = set()
    for roles in (("clerk", "reviewer", "approver", "publisher"), ("administrator",), ("auditor",)):
        login = roles[0]
        site.account(login, *roles, at="county")
        browser = site.signed_in(login, confirmed=True)
        token = browser.token()
        for rule in guarded(site):
            named = rule.arguments - {"language"} - HARMLESS.keys() - SHARED
            if not named:
                continue
            assert named <= FOREIGN.keys(), f"{rule}: say in FOREIGN what a foreign one is"
            for method in methods(rule):
                where = address(site, rule, things)
                told = answer(browser, method, where, token)
                assert told in (403, 404), (login, method, where, told)
                tested.add(rule.endpoint)
    assert len(tested) > 10


def test_language_is_the_only_thing_an_address_without_it_lacks(site: Site) -> None:
    site.account("first", "clerk")
    browser = site.signed_in("first")
    assert browser.response("/account").headers["Location"] in ("/zh/account", "/en/account")
    assert browser.response("/en/no-such-desk").status_code == 404
