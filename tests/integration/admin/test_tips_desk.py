"""The desks for reports, duty and rewards over HTTP: keys in the session, nothing in an address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from admin_desk import Browser, Site
from nacl.public import PrivateKey
from nacl.signing import SigningKey
from sqlmodel import select

from registry.core import keys, rules
from registry.core.db import GazetteSession, IntakeSession, Store
from registry.core.rules.reward_formula import RewardCase, reckon
from registry.core.settings import OfficeSettings
from registry.office import dockets
from registry.office.dockets import Link
from registry.office.dockets.models import Docket
from registry.office.publisher import service as publisher
from registry.office.rewards import queries as reading
from registry.office.rewards import service as rewards
from registry.office.rewards.models import Voucher
from registry.office.staff import officer_keys, queries
from registry.office.staff.models import Account
from registry.office.staff.officer import Acting
from registry.office.tips import ingest, intake_keys, posting
from registry.office.tips.ingest import Stores
from registry.office.tips.models import Tip, TipAccess, TipRecusal
from registry.public.inbox import claims

BOOK = rules.load(demo=True)
SECRET = "三号斜井夜间偷采"
ENTRY = {
    "channel": "hotline",
    "category": "T2",
    "detail": "H02",
    "region": "990121",
    "subject": "虚构矿",
    "text": SECRET,
    "employee": "yes",
    "name": "赵虚构",
    "contact": "电话",
}


class Desk:
    """The admin site with its three stores, and officers of the county on duty."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.settings: OfficeSettings = site.app.extensions["registry.settings"]
        self.gazette = Store(self.settings.gazette_url, GazetteSession)
        self.intake = Store(self.settings.intake_url, IntakeSession)
        self.stores = Stores(site.store, self.gazette, self.intake, self.settings.lock_dir)
        with site.store.write() as session:
            officer_keys.set_recovery(session, PrivateKey.generate().public_key, site.hands.now)

    def duty(self, login: str, *roles: str) -> int:
        account = self.site.account(login, *roles, at="county")
        with self.site.store.write() as session:
            officer_keys.put_on_duty(
                session, None, self.site.authorities["county"], account, self.site.hands.now
            )
        return account

    def work(self) -> None:
        now = self.site.hands.now
        with self.site.store.write() as session:
            intake_keys.publish(session, now)
        while publisher.run_once(
            self.site.store, self.gazette, now=now, lock_dir=self.settings.lock_dir, limit=50
        ):
            pass
        ingest.ingest(self.stores, now=now, book=BOOK)
        while posting.deliver(self.site.store, self.gazette, lock_dir=self.settings.lock_dir):
            pass

    def tip(self) -> int:
        with self.site.store.read() as session:
            return session.exec(select(Tip.docket_id)).one()

    def close(self) -> None:
        self.gazette.close()
        self.intake.close()


@pytest.fixture
def desk(site: Site) -> Iterator[Desk]:
    made = Desk(site)
    yield made
    made.close()


def ready(desk: Desk) -> tuple[Browser, int]:
    """A clerk signed in, and a report that he took down by telephone."""
    desk.duty("clerk", "clerk", "reviewer")
    desk.site.account("keeper", "custodian", at="county")
    desk.site.signed_in("keeper")
    browser = desk.site.signed_in("clerk")
    desk.work()
    answer = browser.post("/en/tips/enter", ENTRY)
    assert answer.status_code == 200, answer.text
    groups = re.findall(r'class="receipt-group">(\w{4})<', answer.text)
    assert len(groups) == 5
    assert SECRET not in answer.text
    desk.work()
    return browser, desk.tip()


def test_a_report_is_taken_down_opened_accepted_and_answered(desk: Desk) -> None:
    browser, tip = ready(desk)
    page = browser.get("/en/tips")
    assert "unread" in page and SECRET not in page
    closed = browser.get(f"/en/tips/{tip}")
    assert SECRET not in closed and "Open the report" in closed
    answer = browser.post(f"/en/tips/{tip}/open", {"reason": "", "no_conflict": "1"})
    assert answer.status_code == 422
    answer = browser.post(f"/en/tips/{tip}/open", {"reason": "审查", "no_conflict": "1"})
    assert answer.status_code == 303
    opened = browser.get(f"/en/tips/{tip}")
    assert SECRET in opened and "赵虚构" not in opened
    form = browser.get(f"/en/tips/{tip}/act/accept")
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version
    step = {"version": version[1], "reason": "有明确事实", "letter": "已受理"}
    assert browser.post(f"/en/tips/{tip}/act/accept", step).status_code == 303
    assert browser.post(f"/en/tips/{tip}/act/accept", step).status_code in (404, 409)
    assert "Accepted" in browser.get(f"/en/tips/{tip}")
    assert browser.get(f"/zh/tips/{tip}")
    assert browser.get("/zh/tips") and browser.get("/zh/tips/enter")


def test_check_12_the_cases_desk_shows_and_takes_nothing_of_a_report(desk: Desk) -> None:
    browser, tip = ready(desk)
    assert browser.response(f"/en/cases/{tip}").headers["Location"].endswith(f"/tips/{tip}")
    for address in (f"/en/cases/{tip}/act/accept", f"/en/cases/{tip}/reassign"):
        assert browser.response(address).status_code == 404
    answer = browser.post(f"/en/cases/{tip}/evidence", {"kind": "other"})
    assert answer.status_code == 404


def test_who_is_spoken_of_is_turned_away_and_stays_away(desk: Desk) -> None:
    desk.duty("second", "clerk")
    desk.site.signed_in("second")
    ready(desk)
    other = desk.site.signed_in("second")
    with desk.site.store.write() as session:
        account = session.exec(select(Account).where(Account.login == "second")).one()
        account.name = "赵虚"
        session.add(account)
    first = desk.site.signed_in("clerk")
    answer = first.post("/en/tips/enter", {**ENTRY, "text": "安全员赵虚收钱"})
    assert answer.status_code == 200
    desk.work()
    with desk.site.store.read() as session:
        named = max(session.exec(select(Tip.docket_id)))
    answer = other.post(f"/en/tips/{named}/open", {"reason": "审查", "no_conflict": "1"})
    assert answer.status_code == 403 and "收钱" not in answer.text
    with desk.site.store.read() as session:
        assert session.exec(select(TipRecusal.docket_id)).all() == [named]
    assert other.response(f"/en/tips/{named}").status_code == 404
    assert f"/tips/{named}" not in other.get("/en/tips")


def test_a_report_about_the_office_is_handed_up_and_not_shown(desk: Desk) -> None:
    ready(desk)
    first = desk.site.signed_in("clerk")
    with desk.site.store.write() as session:
        county = queries.authority(session, desk.site.authorities["county"])
        name, above = county.name, county.parent_id
        assert above is not None
        session.expunge(county)
    # Taken down where no other intake was open: it lies with the very office that it names.
    told = {**ENTRY, "text": f"{name}收钱"}
    assert first.post("/en/tips/enter", told).status_code == 200
    desk.work()
    with desk.site.store.read() as session:
        named = max(session.exec(select(Tip.docket_id)))
    reason = {"reason": "审查", "no_conflict": "1"}
    held = first.post(f"/en/tips/{named}/open", reason)
    assert held.status_code == 403 and "office above" in held.text and "收钱" not in held.text
    place = next(key for key, one in desk.site.authorities.items() if one == above)
    account = desk.site.account("chief", "clerk", at=place)
    with desk.site.store.write() as session:
        officer_keys.put_on_duty(session, None, above, account, desk.site.hands.now)
    chief = desk.site.signed_in("chief")
    assert first.post(f"/en/tips/{named}/open", reason).status_code == 403
    assert first.response(f"/en/tips/{named}").status_code == 404
    assert f"/tips/{named}" not in first.get("/en/tips")
    assert chief.post(f"/en/tips/{named}/open", reason).status_code == 303
    assert "收钱" in chief.get(f"/en/tips/{named}")


def city_chief(desk: Desk) -> Browser:
    """An officer on duty at the office above, signed in with a key."""
    account = desk.site.account("chief", "clerk", at="city")
    with desk.site.store.write() as session:
        place = desk.site.authorities["city"]
        officer_keys.put_on_duty(session, None, place, account, desk.site.hands.now)
    return desk.site.signed_in("chief")


def test_leaders_are_entered_and_reports_about_them_go_above(desk: Desk) -> None:
    """Also: what an officer declares. The desk says why it went, and shows nothing."""
    chief = city_chief(desk)
    browser, tip = ready(desk)
    desk.site.account("head", "administrator")
    head = desk.site.signed_in("head", confirmed=True)
    county = str(desk.site.authorities["county"])
    form = head.get(f"/zh/leaders/new?authority={county}")
    assert f'<option value="{county}" selected' in form
    leader = {
        "authority": county, "name": "欧阳样例", "title": "局长", "post": "other-leader",
        "body": "县局", "since": "2026-01-05",
    }  # fmt: skip
    assert head.post("/en/leaders/new", {**leader, "name": ""}).status_code == 422
    assert head.post("/en/leaders/new", leader).status_code == 303
    twice = head.post("/en/leaders/new", leader)
    assert twice.status_code == 422 and "entered already" in twice.text
    assert "欧阳样例" in head.get("/en/duty")
    assert "go to the office above" in head.get("/en/leaders")
    assert browser.post("/en/leaders/1/end", {"until": "2026-11-19"}).status_code == 403
    assert browser.post("/en/tips/enter", {**ENTRY, "text": "欧阳局长收钱"}).status_code == 200
    desk.work()
    with desk.site.store.read() as session:
        named = max(session.exec(select(Tip.docket_id)))
    reason = {"reason": "审查", "no_conflict": "1"}
    turned = browser.post(f"/en/tips/{named}/open", reason)
    assert turned.status_code == 403 and "收钱" not in turned.text
    assert browser.response(f"/en/tips/{named}").status_code == 404
    assert chief.post(f"/en/tips/{named}/open", reason).status_code == 303

    assert browser.post(f"/en/tips/{tip}/open", reason).status_code == 303
    assert "to the office above" in browser.get(f"/en/tips/{tip}")
    assert browser.post(f"/en/tips/{tip}/concerns-us").status_code == 303
    assert browser.response(f"/en/tips/{tip}").status_code == 404
    assert chief.post(f"/en/tips/{tip}/open", reason).status_code == 303
    assert head.post("/en/leaders/1/end", {"until": "2026-11-19"}).status_code == 303
    assert "欧阳样例" not in head.get("/en/duty")


def test_the_office_above_receives_what_it_is_told(desk: Desk) -> None:
    chief = city_chief(desk)
    browser, _ = ready(desk)
    concealed = {**ENTRY, "category": "T1", "detail": ""}
    assert browser.post("/en/tips/enter", concealed).status_code == 200
    desk.work()
    with desk.site.store.read() as session:
        tip = max(session.exec(select(Tip.docket_id)))
    reason = {"reason": "审查", "no_conflict": "1"}
    assert browser.post(f"/en/tips/{tip}/open", reason).status_code == 303
    step = {"version": _version(browser, f"/en/tips/{tip}/act/accept"), "reason": "核实"}
    assert browser.post(f"/en/tips/{tip}/act/accept", step).status_code == 303
    address = f"/en/tips/{tip}/act/route"
    step = {"version": _version(browser, address), "reason": "核实", "verifier_level": "county"}
    lacking = browser.post(address, step)
    assert lacking.status_code == 422 and "What the office above is told" in lacking.text
    assert browser.post(address, {**step, "told_above": "瞒报两人死亡"}).status_code == 303
    assert "not received yet" in browser.get(f"/en/tips/{tip}")
    assert "(1)" in chief.get("/en/tips") and "瞒报两人死亡" not in chief.get("/en/tips/informed")
    shown = chief.post("/en/tips/informed/1")
    assert shown.status_code == 200 and "瞒报两人死亡" in shown.text and SECRET not in shown.text
    assert "样例chief" in browser.get(f"/en/tips/{tip}")
    assert chief.get("/zh/tips/informed") and "(1)" not in chief.get("/en/tips")
    assert browser.post("/en/tips/informed/1").status_code == 404


def test_an_identity_is_opened_by_the_custodian_after_two_agreed(desk: Desk) -> None:
    desk.duty("boss", "approver")
    desk.site.signed_in("boss")
    browser, tip = ready(desk)
    browser.post(f"/en/tips/{tip}/open", {"reason": "审查", "no_conflict": "1"})
    assert browser.post(f"/en/tips/{tip}/ask/identity", {"reason": "核实"}).status_code == 303
    boss = desk.site.signed_in("boss", confirmed=True)
    keeper = desk.site.signed_in("keeper", confirmed=True)
    assert keeper.post("/en/tips/identities/1").status_code == 403
    assert boss.post("/en/tips/asks/1/grant").status_code == 303
    assert keeper.response("/en/tips").headers["Location"].endswith("/en/tips/identities")
    assert "Question 1" in keeper.get("/en/tips/identities")
    shown = keeper.post("/en/tips/identities/1")
    assert shown.status_code == 200 and "赵虚构" in shown.text
    assert keeper.post("/en/tips/identities/1").status_code == 403


def test_the_duty_roster_says_which_intakes_are_open(desk: Desk) -> None:
    desk.site.account("head", "administrator")
    clerk = desk.site.account("clerk", "clerk", at="county")
    desk.site.account("keeper", "custodian", at="county")
    head = desk.site.signed_in("head", confirmed=True)
    county = desk.site.authorities["county"]
    answer = head.post("/en/duty", {"authority": str(county), "account": str(clerk)})
    assert answer.status_code == 303, answer.text
    assert "no key yet" in head.get("/en/duty")
    desk.site.signed_in("keeper")
    desk.site.signed_in("clerk")
    assert "intake open" in head.get("/en/duty")
    assert head.post("/en/duty/1/end").status_code == 409
    assert head.get("/zh/duty")


def test_a_voucher_is_paid_at_the_counter_without_a_name(desk: Desk) -> None:
    site = desk.site
    browser, tip = ready(desk)
    del browser
    site.account("till", "cashier", at="county")
    key = SigningKey(b"k" * 32)
    number = _voucher(desk, tip, key)
    till = site.signed_in("till", confirmed=True)
    assert till.get("/en/rewards") and till.get("/zh/rewards") and till.get("/en/rewards/pay")
    wrong = till.post("/en/rewards/pay", {"voucher": number, "pin": "000000"})
    assert wrong.status_code == 422 and "do not belong together" in wrong.text
    right = till.post("/en/rewards/pay", {"voucher": number, "pin": "407218"})
    assert right.status_code == 200, right.text
    award = re.search(r"/rewards/(\d+)/pay", right.text)
    assert award
    paid = till.post(f"/en/rewards/{award[1]}/pay", {"voucher": number})
    assert paid.status_code == 303
    assert "Paid" in till.get("/en/rewards")
    day = site.hands.now.date().isoformat()
    for kind in ("csv", "xlsx"):
        sheet = till.post(
            "/en/rewards/ledger", {"since": "2026-01-01", "until": day, "format": kind}
        )
        assert sheet.status_code == 200 and sheet.data


def test_a_special_award_from_the_report_to_the_leaders_minutes(desk: Desk) -> None:
    """Consented to unseen by the finance department, approved by an act of its own."""
    desk.site.app.extensions["registry.rules"] = BOOK
    desk.duty("boss", "approver")
    desk.site.signed_in("boss")
    browser, tip = ready(desk)
    desk.site.account("purse", "finance", at="county")
    reason = {"reason": "审查", "no_conflict": "1"}
    assert browser.post(f"/en/tips/{tip}/open", reason).status_code == 303
    for action in ("accept", "verify", "find_true"):
        address = f"/en/tips/{tip}/act/{action}"
        number = re.search(r'name="version" value="(\d+)"', browser.get(address))
        assert number
        step = {"version": number[1], "reason": "核实"}
        assert browser.post(address, step).status_code == 303
    assert "special" in browser.get(f"/en/tips/{tip}")
    address = f"/en/rewards/tips/{tip}/special"
    assert "600,000" in browser.get(address) and browser.get(address.replace("/en/", "/zh/"))
    asked = {"special_yuan": "600000.01", "averted": "撤出三十人", "exclusions_checked": "1"}
    wrong = browser.post(address, asked)
    assert wrong.status_code == 422 and "more than the rule allows" in wrong.text
    assert "撤出三十人" in wrong.text, "what was typed stays"
    assert browser.post(address, {**asked, "special_yuan": "600000"}).status_code == 303
    again = browser.post(address, asked)
    assert again.status_code == 422 and "already" in again.text

    with desk.site.store.read() as session:
        award = session.exec(select(Docket.id).where(Docket.kind == "award")).one()
    boss = desk.site.signed_in("boss", confirmed=True)
    assert boss.post(f"/en/tips/{tip}/open", reason).status_code == 303
    check = f"/en/rewards/{award}/check"
    assert "撤出三十人" in boss.get(check) and "500,000" in boss.get(check)
    minutes = {"minutes_on": desk.site.hands.now.date().isoformat(), "minutes_number": "纪7号"}
    signed = {**minutes, "signature": "样例boss"}
    early = boss.post(check, {**signed, "version": _version(boss, check)})
    assert early.status_code in (403, 409, 422) and "500,000" in early.text
    assert boss.post(f"/en/rewards/{award}/refer").status_code == 303
    purse = desk.site.signed_in("purse", confirmed=True)
    page = purse.get(f"/en/rewards/{award}/consent")
    assert "600,000" in page and SECRET not in page and "撤出三十人" not in page
    assert purse.get(f"/zh/rewards/{award}/decline")
    for address in (f"/en/tips/{tip}", f"/en/cases/{award}", check):
        assert purse.response(address).status_code in (403, 404), address
    letter = {"consent_number": "财函1号", "signature": "样例purse"}
    form = f"/en/rewards/{award}/consent"
    assert purse.post(form, {**letter, "version": _version(purse, form)}).status_code == 303
    done = boss.post(check, {**signed, "version": _version(boss, check)})
    assert done.status_code == 303, done.text
    assert "Approved" in boss.get("/en/rewards")


def _version(browser: Browser, address: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', browser.get(address))
    assert found
    return found[1]


def test_check_22_the_ledger_for_the_finance_office_names_nobody(desk: Desk) -> None:
    """Voucher, sums, accounts, the ledger's own number of a posting: no case, officer or key."""
    ready(desk)
    desk.site.account("till", "cashier", at="county")
    key = SigningKey(b"k" * 32)
    number = _voucher(desk, desk.tip(), key)
    till = desk.site.signed_in("till")
    period = {"since": "2026-01-01", "until": desk.site.hands.now.date().isoformat()}
    text = till.post("/en/rewards/ledger", {**period, "format": "csv"}).get_data(as_text=True)
    assert tuple(text.lstrip("\ufeff").splitlines()[0].split(",")) == reading.HEADER
    with desk.site.store.read() as session:
        names = [*session.exec(select(Account.name)), *session.exec(select(Account.login))]
        cases = session.exec(select(Docket.number)).all()
        hidden = [
            row.claim_key.hex()
            for row in session.exec(select(Voucher).where(Voucher.number == number))
        ]
    assert text.count("\n") > 1 and not [one for one in (*names, *cases, *hidden) if one in text]


def _voucher(desk: Desk, tip: int, key: SigningKey) -> str:
    """An award through its services up to the claim; its voucher's number."""
    site, now = desk.site, desk.site.hands.now
    boss = site.account("boss", "approver", at="county")
    second = site.account("second", "clerk", at="county")
    day = now.date()
    pack = BOOK.on(day).reward_pack("T2", "coal", ["990000"])
    case = RewardCase(kind="T2", received_on=day, fine_imposed=Decimal(100_000))
    done = reckon(pack, case)
    with site.store.write() as session:
        acting = {
            one: Acting(queries.officer(session, one, day), now, BOOK) for one in (boss, second)
        }
        award = rewards.propose(
            session, acting[second],
            rewards.Proposal("T2", done, bytes(key.verify_key), [1], "990121",
                             site.authorities["county"], True, [Link("rewards", tip)]),
        )  # fmt: skip
        session.add(TipAccess(docket_id=tip, account_id=boss, opened_at=now))
        session.flush()
        dockets.act(
            session, award, "approve", acting[boss], version=award.version,
            data={"record_checked": done.hash}, signature="样例boss",
        )  # fmt: skip
        dockets.act(
            session, award, "notify", acting[second], version=award.version,
            data={"notified_on": day},
        )  # fmt: skip
        number = rewards.vouchers(session, award)[0].number
        pin = claims.hash_pin("407218")
        rewards.claim(
            session, number, pin=pin, signature=claims.sign(key, number, pin),
            vault=keys.load_vault(desk.settings.key_dir), now=now, book=BOOK,
        )  # fmt: skip
        assert session.get_one(Docket, award.id).state == "claimed"
    return number
