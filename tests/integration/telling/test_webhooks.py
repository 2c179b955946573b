"""Deliveries to a side that really listens: order, signatures, patience, and dead ends."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from sqlmodel import select
from standardwebhooks import Webhook
from telling_kit import Desk, Listener, listing, subscribe

from registry.core import keys
from registry.core.errors import InvalidInput, NotFound
from registry.public.webhooks import delivery, queries, service, signing
from registry.public.webhooks.models import Delivery, Endpoint

L1, L2, L3 = "L-0000000001", "L-0000000002", "L-0000000003"


def root(desk: Desk) -> bytes:
    return keys.load_agency_key(desk.office.settings.key_dir)


def endpoint(desk: Desk) -> Endpoint:
    with desk.office.intake.read() as session:
        return session.exec(select(Endpoint)).one()


def test_listings_are_told_lifts_first_and_signed(desk: Desk, listener: Listener) -> None:
    secret = subscribe(desk, listener.url, "listing.published", "listing.lifted")
    desk.publish(L1, listing())
    desk.work()
    desk.publish(L2, listing("另一家样例公司", ""))
    desk.publish(L1)
    desk.publish(L3, listing("来去匆匆样例", ""))
    desk.publish(L3, listing("来去匆匆样例（更正）", ""))
    desk.work()
    assert listener.types == [
        "listing.published", "listing.lifted", "listing.published", "listing.published",
    ]  # fmt: skip
    ids = [one["data"]["id"] for one in listener.messages]
    assert ids == [L1, L1, L2, L3]
    assert len({headers["webhook-id"] for headers, _ in listener.got}) == 4
    for headers, body in listener.got:
        assert signing.verify([secret], headers, body, desk.now)
        assert "样例" not in body.decode()
        assert (
            Webhook(secret).sign(headers["webhook-id"], desk.now, body.decode())
            == headers["webhook-signature"]
        )
    with desk.office.intake.read() as session:
        told = queries.lag(session, endpoint(desk).id or 0, desk.now)
    assert (told.waiting, told.heard, told.median_seconds) == (0, 4, 0.0)


@pytest.mark.sqlite_only
def test_a_side_that_is_down_is_tried_again_and_hears_the_lift_first(
    desk: Desk, listener: Listener
) -> None:
    subscribe(desk, listener.url, "listing.published", "listing.lifted")
    listener.status = 503
    desk.publish(L1, listing())
    desk.work()
    assert len(listener.got) == 1
    desk.work()
    assert len(listener.got) == 1, "it rests"
    desk.publish(L1)
    desk.work()
    assert len(listener.got) == 1, "what comes meanwhile does not wake it"
    first = listener.got[0][0]["webhook-id"]
    listener.status = 200
    desk.now += delivery.DELAYS[0]
    desk.work()
    assert listener.types[1:] == ["listing.lifted", "listing.published"]
    assert listener.got[2][0]["webhook-id"] == first, "a repetition is known by its id"
    assert endpoint(desk).failing_since is None


@pytest.mark.sqlite_only
def test_dead_ends_are_given_up(desk: Desk, listener: Listener) -> None:
    subscribe(desk, listener.url, "listing.published")
    listener.status = 500
    desk.publish(L1, listing())
    for _ in range(30):
        desk.work()
        desk.now += delivery.DELAYS[-1]
    calls = len(listener.got)
    assert endpoint(desk).disabled is not None
    assert 8 < calls < 20
    desk.publish(L2, listing("后来样例", ""))
    desk.work()
    assert len(listener.got) == calls


@pytest.mark.sqlite_only
@pytest.mark.parametrize("status", [410, 302])
def test_gone_ends_at_once_and_a_redirect_is_not_followed(
    desk: Desk, listener: Listener, status: int
) -> None:
    subscribe(desk, listener.url, "listing.published")
    listener.status = status
    desk.publish(L1, listing())
    desk.work()
    assert (endpoint(desk).disabled is not None) is (status == 410)
    assert len(listener.got) == 1


@pytest.mark.sqlite_only
def test_nothing_private_is_called(desk: Desk, listener: Listener) -> None:
    """At registration, and again at the call: a name may have changed its answer since."""
    with desk.office.intake.write() as session:
        for url in (listener.url, "https://127.0.0.1/", "https://localhost/x", "ftp://a.example/"):
            with pytest.raises(InvalidInput) as wrong:
                service.add(
                    session, desk.agency_id, url, ["listing.lifted"],
                    root=root(desk), private=False, now=desk.now,
                )  # fmt: skip
            assert set(wrong.value.fields) == {"url"}
        with pytest.raises(InvalidInput) as wrong:
            service.add(
                session, desk.agency_id, listener.url, ["everything"],
                root=root(desk), private=True, now=desk.now,
            )  # fmt: skip
        assert set(wrong.value.fields) == {"events"}
    subscribe(desk, listener.url, "listing.published")
    desk.publish(L1, listing())
    desk.telling.news(desk.now)
    with desk.office.intake.write() as session:
        row = session.exec(select(Endpoint)).one()
        row.url = "https://rebound.example/hook"
    heard = delivery.turn(
        desk.office.intake, endpoint(desk).id or 0, root(desk), clock=lambda: desk.now,
        private=False, resolver=lambda _host, _port: ["10.0.0.7"],
    )  # fmt: skip
    assert heard == 0
    assert endpoint(desk).failures == 1
    assert listener.got == []


@pytest.mark.sqlite_only
def test_secrets_are_sealed_and_endpoints_are_ones_own(desk: Desk, listener: Listener) -> None:
    secret = subscribe(desk, listener.url, "listing.lifted")
    row = endpoint(desk)
    assert secret.encode() not in row.secret
    assert service.secret_of(row, root(desk)) == secret
    with desk.office.intake.write() as session:
        with pytest.raises(NotFound):
            service.remove(session, desk.agency_id + 1, row.token)
        service.emit(session, "listing.lifted", {"id": L1}, now=desk.now)
        service.remove(session, desk.agency_id, row.token)
        assert session.exec(select(Delivery)).all() == []


@pytest.mark.sqlite_only
def test_two_workers_do_not_send_twice(desk: Desk, listener: Listener) -> None:
    subscribe(desk, listener.url, "listing.published")
    for number in range(1, 9):
        desk.publish(f"L-000000000{number}", listing(f"样例{number}", ""))
    desk.telling.news(desk.now)
    one = endpoint(desk).id or 0

    def turn() -> None:
        delivery.turn(desk.office.intake, one, root(desk), clock=lambda: desk.now, private=True)

    threads = [threading.Thread(target=turn) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [json.loads(body)["data"]["id"] for _, body in listener.got]
    assert sorted(ids) == [f"L-000000000{number}" for number in range(1, 9)]
    desk.now += timedelta(days=31)
    with desk.office.intake.write() as session:
        assert service.forget_delivered(session, desk.now) == 8
