"""Every page of the admin site that needs nothing in its address opens, in both languages."""

from __future__ import annotations

import pytest
from admin_desk import Site

ROLES = (("clerk", "reviewer", "approver", "publisher"), ("administrator",), ("auditor",))


@pytest.mark.parametrize("roles", ROLES, ids=lambda roles: roles[0])
def test_no_desk_fails_at_first_sight(site: Site, roles: tuple[str, ...]) -> None:
    site.account("someone", *roles)
    browser = site.signed_in("someone", confirmed=True)
    rules = (rule for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    bare = {rule.rule for rule in rules if rule.arguments <= {"language"}}
    opened = 0
    for address in sorted(bare):
        if "device" in address or "static" in address:
            continue  # these belong to a step of signing in
        for language in ("zh", "en"):
            answer = browser.response(address.replace("<any(zh,en):language>", language))
            assert answer.status_code in {200, 302, 303, 308, 403}, (address, answer.status_code)
            opened += answer.status_code == 200
    assert opened >= 8
