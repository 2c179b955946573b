"""The desk of checks: outcomes, the officer's history, decisions of the authority, privacy."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from admin_desk import Site
from sqlalchemy import text

from registry.core import keys
from registry.core.clock import publish_until
from registry.core.db import GazetteSession, Store
from registry.public.certificates import verify
from registry.public.gazette import log
from registry.public.gazette.entry import Entry, Handle
from registry.public.gazette.handles import person_handle

CODE = "91990121XY00000126"
UNIT = {"kind": "enterprise", "name": "演示省虚岭县一号样例煤矿有限公司（虚构）", "code": CODE}
PERSON = {"kind": "person", "name": "李样例", "document": "990101********0019"}
NUMBER = "990101199001010019"
CASE = {"purpose": "licensing", "reference": "演许〔2026〕7号"}


def listing(id: str, subject: dict[str, Any], *handles: Handle, **more: Any) -> Entry:
    payload = {
        "list": "work-safety",
        "ground": "G6-4",
        "subject": subject,
        "authority": {"name": "样例局", "code": "11990121XY00000A64", "region": "990121"},
        "decision": {"number": "（虚岭）应急失信列〔2026〕1号", "date": "2026-07-01"},
        "term": {"since": "2026-07-01", "until": "2029-07-01"},
        "status": "in-force",
        "published_on": "2026-07-20",
        **more,
    }
    ends = publish_until(date(2029, 7, 1))
    decided = datetime(2026, 7, 1, 2, tzinfo=UTC)
    return Entry(uuid4(), "PUT", "listing", id, decided, payload, ends, handles)


def publish(site: Site, *entries: Entry) -> None:
    settings = site.app.extensions["registry.settings"]
    store = Store(settings.gazette_url, GazetteSession)
    with store.write() as session:
        log.append(session, entries, recorded=site.hands.now)
    store.close()


@pytest.fixture
def listed(site: Site) -> Site:
    key = keys.load_person_key(site.app.extensions["registry.settings"].key_dir)
    publish(
        site,
        listing("L-0000000001", UNIT),
        listing("L-0000000003", PERSON, person_handle(key, PERSON["name"], NUMBER)),
    )
    site.account("li", "clerk")
    return site


def test_the_desk_says_why_a_record_was_found(listed: Site) -> None:
    li = listed.signed_in("li")
    answer = li.post("/en/checks", {"name": "一号样例煤矿", **CASE}).text
    assert "Why it was found: the name" in answer
    assert "How the names compare" in answer and "only in one of the names" in answer
    listed.hands.wait(1)
    pasted = li.post("/en/checks", {"name": f"一号样例煤矿（税号：{CODE}）", **CASE}).text
    assert "On a list" in pasted and "How the names compare" not in pasted


def test_outcomes_and_history(listed: Site) -> None:
    li = listed.signed_in("li")
    assert "You have made no check yet" in li.get("/en/checks")
    for form, words in (
        ({"code": CODE}, "On a list"),
        ({"name": UNIT["name"]}, "Possible match"),
        ({"name": "清白样例商店"}, "That is all that it says"),
        ({"name": PERSON["name"], "document": NUMBER}, "On a list"),
    ):
        listed.hands.wait(1)
        answer = li.post("/en/checks", {**form, **CASE})
        assert answer.status_code == 200 and words in answer.text, form
        assert NUMBER not in answer.text
    page = li.get("/en/checks")
    assert page.count("演许〔2026〕7号") == 4 and "L-0000000001" in page
    assert "清白" not in page and "样例煤矿" not in page, "whom it was about is not kept"
    again = li.post("/en/checks", {"code": CODE, **CASE}).text
    assert "Your earlier checks of the same" in again


def test_nothing_personal_is_kept_and_every_check_is_audited(listed: Site) -> None:
    li = listed.signed_in("li")
    li.post("/en/checks", {"name": PERSON["name"], "document": NUMBER, **CASE})
    with listed.intake() as session:
        kept = str(session.execute(text("SELECT * FROM check_made")).all())
    with listed.store.read() as session:
        rows = session.execute(
            text("SELECT detail FROM audit_entry WHERE action = 'checks:counterparty:checked'")
        ).all()
    assert len(rows) == 1 and "L-0000000003" in rows[0][0]
    for stored in (kept, str(rows)):
        assert PERSON["name"] not in stored and NUMBER not in stored


def test_history_is_each_officers_own(listed: Site) -> None:
    listed.account("wang", "clerk")
    listed.signed_in("li").post("/en/checks", {"code": CODE, **CASE})
    assert "You have made no check yet" in listed.signed_in("wang").get("/en/checks")


def test_not_the_same_is_the_authoritys_until_the_record_changes(listed: Site) -> None:
    listed.account("wang", "clerk")
    listed.account("zhao", "clerk", at="city")
    form = {"name": UNIT["name"], **CASE}
    li = listed.signed_in("li")
    assert "Not the same: remember it" in li.post("/en/checks", form).text
    judged = li.post("/en/checks/judgements", {**form, "record": "L-0000000001"})
    assert judged.status_code == 200 and "decided to be another" in judged.text
    wang = listed.signed_in("wang")
    assert "decided to be another" in wang.post("/en/checks", form).text
    zhao = listed.signed_in("zhao")
    assert "decided to be another" not in zhao.post("/en/checks", form).text
    publish(listed, listing("L-0000000001", UNIT, summary="更正。"))
    changed = wang.post("/en/checks", form).text
    assert "decided to be another" not in changed and "Possible match" in changed


def test_a_decision_is_taken_back(listed: Site) -> None:
    li = listed.signed_in("li")
    form = {"name": UNIT["name"], **CASE}
    li.post("/en/checks/judgements", {**form, "record": "L-0000000001"})
    with listed.intake() as session:
        token = session.execute(text("SELECT token FROM judgement")).scalar_one()
    assert li.post(f"/en/checks/judgements/{token}/revoke").status_code == 303
    assert "decided to be another" not in li.post("/en/checks", form).text
    by_code = {**form, "code": CODE, "record": "L-0000000001"}
    assert li.post("/en/checks/judgements", by_code).status_code == 409


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"name": "样例", "reference": "张三"},
        {"name": "样例", "purpose": "curiosity"},
        {"code": "91990121XY00000127"},
        {"document": NUMBER},
    ],
)
def test_wrong_entries_are_named_and_keep_what_was_typed(listed: Site, form: Any) -> None:
    answer = listed.signed_in("li").post("/en/checks", {**CASE, **form})
    assert answer.status_code == 422 and "field-error" in answer.text
    with listed.intake() as session:
        assert session.execute(text("SELECT count(*) FROM check_made")).scalar() == 0


def test_a_certificate_for_the_case_file_stands_in_the_officers_history(listed: Site) -> None:
    li = listed.signed_in("li")
    form = {"name": UNIT["name"], **CASE}
    page = li.post("/en/checks", form).text
    assert "Certificate as a file" in page
    answer = li.post("/en/checks/certificate", form)
    certificate = answer.get_json()
    name = f"certificate-{certificate['id']}.json"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    settings = listed.app.extensions["registry.settings"]
    log_key = keys.load_log_public(settings.key_dir)
    assert verify(answer.data, log_key, now=listed.hands.now)
    assert (certificate["purpose"], certificate["reference"]) == tuple(CASE.values())
    history = li.get("/en/checks")
    assert certificate["id"] in history and UNIT["name"] not in history
    wrong = li.post("/en/checks/certificate", {**form, "purpose": "curiosity"})
    assert wrong.status_code == 422 and UNIT["name"] in wrong.text, "what was typed is kept"
