"""The desk of agencies as administrators of two levels and an auditor use it."""

from __future__ import annotations

import re

import pytest
from admin_desk import Browser, Site
from sqlalchemy import text

from registry.public.agencies import service as agencies
from registry.public.agencies.keys import KeyRefused, authenticate

CODE = "11990100XY00006022"
TOKEN = re.compile(r"<code>(crk_[0-9A-Z]{10}_[\w-]{43})</code>")


def admitted(site: Site, browser: Browser, at: str = "province") -> str:
    form = {"name": "样例商务局", "code": CODE, "authority": str(site.authorities[at])}
    answer = browser.post("/en/agencies/add", form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def issued(browser: Browser, where: str) -> str:
    answer = browser.post(f"{where}/keys", {"label": "许可系统", "scopes": ["match", "jobs"]})
    found = TOKEN.search(answer.text)
    assert answer.status_code == 200 and found, answer.text
    return found[1]


def test_a_key_from_issue_to_revocation(site: Site) -> None:
    site.account("one", "administrator")
    one = site.signed_in("one", confirmed=True)
    assert "No agency has been admitted yet" in one.get("/en/agencies")
    where = admitted(site, one)
    token = issued(one, where)
    page = one.get(where)
    assert token not in page and token[4:14] in page and "许可系统" in page
    assert "样例商务局" in one.get("/zh/agencies")
    with site.intake() as session:
        assert authenticate(session, token, site.hands.now).scopes == {"match", "jobs"}
    rotated = one.post(f"{where}/keys/{token[4:14]}/rotate")
    successor = TOKEN.search(rotated.text)
    assert successor and successor[1] != token
    assert one.post(f"{where}/keys/{token[4:14]}/revoke").status_code == 303
    with site.intake() as session:
        assert authenticate(session, successor[1], site.hands.now)
        with pytest.raises(KeyRefused):
            authenticate(session, token, site.hands.now)
    assert "key revoked" in one.get(where)
    again = one.post(f"{where}/keys/{token[4:14]}/rotate")
    assert again.status_code == 409 and "revoked" in again.text


def test_wrong_entries_come_back_as_typed(site: Site) -> None:
    site.account("one", "administrator")
    one = site.signed_in("one", confirmed=True)
    where = admitted(site, one)
    bad = one.post("/en/agencies/add", {"name": "打错的局", "code": CODE, "authority": "999"})
    assert bad.status_code == 422 and "打错的局" in bad.text
    twice = {"name": "x", "code": CODE, "authority": str(site.authorities["city"])}
    told = one.post("/en/agencies/add", twice)
    assert told.status_code == 422 and "already an agency" in told.text
    late = {"label": "旧系统", "scopes": ["jobs"], "until": "2001-01-01"}
    for form in ({"label": "旧系统"}, {"label": "旧系统", "scopes": ["all"]}, late):
        told = one.post(f"{where}/keys", form)
        assert told.status_code == 422 and "旧系统" in told.text, form
    with site.intake() as session:
        assert session.execute(text("SELECT count(*) FROM agency_key")).scalar() == 0


def test_administrators_see_what_their_subtree_answers_for(site: Site) -> None:
    site.account("top", "administrator")
    site.account("low", "administrator", at="county")
    site.account("shen", "auditor", at="city")
    low = site.signed_in("low", confirmed=True)
    above = {"name": "越权", "code": CODE, "authority": str(site.authorities["province"])}
    assert low.post("/en/agencies/add", above).status_code == 422
    where = admitted(site, low, "county")
    token = issued(low, where)
    assert "样例商务局" in site.signed_in("top").get("/en/agencies")
    shen = site.signed_in("shen", confirmed=True)
    assert "样例商务局" in shen.get(where) and "Revoke at once" not in shen.get(where)
    assert shen.post(f"{where}/keys/{token[4:14]}/revoke").status_code == 403


def test_another_authority_answers_from_now_on(site: Site) -> None:
    site.account("top", "administrator")
    site.account("low", "administrator", at="county")
    top = site.signed_in("top", confirmed=True)
    with site.intake() as session:
        unbound = agencies.admit(
            session, name="样例平台", code=CODE, authority=None, now=site.hands.now
        )
        where = f"/en/agencies/{unbound.id}"
    assert "cannot hand in rows" in top.get(where)
    low = site.signed_in("low", confirmed=True)
    county = {"authority": str(site.authorities["county"])}
    assert low.post(f"{where}/authority", county).status_code == 404, "none of his"
    assert top.post(f"{where}/authority", {"authority": "999"}).status_code == 422
    assert top.post(f"{where}/authority", county).status_code == 303
    assert "cannot hand in rows" not in top.get(where)
    assert f'value="{county["authority"]}" selected' in top.get(f"{where}/authority")
    above = {"authority": str(site.authorities["province"])}
    assert low.post(f"{where}/authority", above).status_code == 422, "not below him"
    with site.store.read() as session:
        query = text("SELECT detail FROM audit_entry WHERE action = 'agencies:agency:bound'")
        (noted,) = session.execute(query).scalars()
    assert CODE in noted


def test_every_act_is_audited_and_no_secret_with_it(site: Site) -> None:
    site.account("one", "administrator")
    one = site.signed_in("one", confirmed=True)
    token = issued(one, admitted(site, one))
    with site.store.read() as session:
        query = text("SELECT action, detail FROM audit_entry WHERE action LIKE 'agencies:%'")
        rows = session.execute(query).all()
    assert {row[0] for row in rows} == {"agencies:agency:admitted", "agencies:key:issued"}
    assert all(token[15:] not in row[1] for row in rows)


def test_without_a_fresh_confirmation_nothing_is_issued(site: Site) -> None:
    site.account("one", "administrator")
    where = admitted(site, site.signed_in("one", confirmed=True))
    site.hands.wait(11 * 60)
    stale = site.signed_in("one")
    page = stale.get(where)
    assert "Confirm to make changes" in page and "Issue a key" not in page
    assert stale.post(f"{where}/keys", {"scopes": ["match"]}).status_code == 403
