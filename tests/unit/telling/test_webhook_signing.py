"""Signatures of Standard Webhooks, held against the specification's own package."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from registry.core.clock import system_clock
from registry.public.webhooks import signing
from registry.public.webhooks.signing import SignatureRefused


@given(body=st.text(max_size=60), message=st.from_regex(r"msg_[A-Z0-9]{5,26}", fullmatch=True))
def test_the_standards_own_package_accepts_them(body: str, message: str) -> None:
    secret = signing.fresh_secret()
    given = signing.headers(secret, message, body.encode(), system_clock())
    # The package also reads the body as JSON when it hands it back.
    hook = Webhook(secret)
    signature = hook.sign(
        message, datetime.fromtimestamp(int(given[signing.TIMESTAMP])).astimezone(), body
    )
    assert signature == given[signing.SIGNATURE]


def test_a_message_is_read_by_the_package_and_forgeries_are_not() -> None:
    secret, body = signing.fresh_secret(), b'{"type":"listing.lifted"}'
    given = signing.headers(secret, "msg_1", body, system_clock())
    assert Webhook(secret).verify(body, given) == {"type": "listing.lifted"}
    for other in (body + b" ", body.replace(b"lifted", b"listed")):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(other, given)
    old = signing.headers(secret, "msg_1", body, system_clock() - timedelta(minutes=6))
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, old)


def test_ours_verifies_theirs(now: datetime) -> None:
    secret, body = signing.fresh_secret(), "{}"
    theirs = {
        signing.ID: "msg_7",
        signing.TIMESTAMP: str(int(now.timestamp())),
        signing.SIGNATURE: Webhook(secret).sign("msg_7", now, body),
    }
    assert signing.verify([secret], theirs, body.encode(), now) == "msg_7"
    both = [signing.fresh_secret(), secret]
    assert signing.verify(both, theirs, body.encode(), now) == "msg_7"


def test_forged_replayed_and_broken_messages(now: datetime) -> None:
    secret, body = signing.fresh_secret(), b"{}"
    good = signing.headers(secret, "msg_1", body, now)
    later, stamp = timedelta(minutes=6), str(int(now.timestamp()) + 1)
    other = good[signing.SIGNATURE].replace("v1", "v2")
    cases = {
        "another body": (good, b"{ }", now, secret),
        "another secret": (good, body, now, signing.fresh_secret()),
        "another id": ({**good, signing.ID: "msg_2"}, body, now, secret),
        "too old": (good, body, now + later, secret),
        "from the future": (good, body, now - later, secret),
        "another time": ({**good, signing.TIMESTAMP: stamp}, body, now, secret),
        "no time": ({**good, signing.TIMESTAMP: "soon"}, body, now, secret),
        "no signature": ({**good, signing.SIGNATURE: ""}, body, now, secret),
        "another version": ({**good, signing.SIGNATURE: other}, body, now, secret),
        "not ASCII": ({**good, signing.SIGNATURE: "v1,é"}, body, now, secret),
    }
    assert signing.verify([secret], good, body, now) == "msg_1"
    for name, (headers, sent, at, known) in cases.items():
        with pytest.raises(SignatureRefused):
            signing.verify([known], headers, sent, at)
            pytest.fail(name)
