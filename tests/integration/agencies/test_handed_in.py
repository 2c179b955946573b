"""What systems hand in: known by its request, bounded, and read by nobody but its own agency."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from registry.core.db import IntakeSession, Store
from registry.core.errors import NotFound
from registry.core.jobs import Busy, Job, OtherRequest
from registry.core.keys import SealBroken
from registry.office.demo.codes import credit_code
from registry.public.agencies import handed_in, service
from registry.public.agencies.handed_in import MOST_AT_ONCE, Tray
from registry.public.deliveries.models import RowDelivery

ROOT = b"r" * 32
TRAY = Tray(RowDelivery, "row-delivery", b"delivery")


def agency(session: IntakeSession, number: int, now: datetime) -> int:
    code = credit_code("11", "990121", 60_000 + number)
    return service.admit(session, name=f"{number}号局", code=code, authority=None, now=now).id or 0


def delivered(session: IntakeSession, holder: int, now: datetime, key: str) -> RowDelivery:
    job, fresh = TRAY.put(session, holder, request_key=key, request_digest=key, now=now)
    assert fresh
    row = RowDelivery(
        job_id=job.id or 0, token=job.token, agency_id=holder, kind="hazards", state="received",
        sha256="", size=1, received=now, changed=now,
        asked=TRAY.seal(ROOT, job.token, "asked", {"key": "值"}),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def test_so_many_wait_and_no_more(intake: Store[IntakeSession], now: datetime) -> None:
    with intake.write() as session:
        one, other = agency(session, 0, now), agency(session, 1, now)
        tokens = [
            delivered(session, one, now, f"k{number}").token for number in range(MOST_AT_ONCE)
        ]
    with pytest.raises(Busy), intake.write() as session:
        TRAY.put(session, one, request_key="more", request_digest="more", now=now)
    with intake.write() as session:
        # The one that is known is answered all the same, and others are not held up.
        job, fresh = TRAY.put(session, one, request_key="k3", request_digest="k3", now=now)
        assert (job.token, fresh) == (tokens[3], False)
        assert TRAY.put(session, other, request_key="k3", request_digest="x", now=now)[1]
        with pytest.raises(OtherRequest):
            TRAY.put(session, one, request_key="k3", request_digest="x", now=now)


def test_only_its_agency_finds_it_and_only_in_its_place_it_opens(
    intake: Store[IntakeSession], now: datetime
) -> None:
    with intake.write() as session:
        holder = agency(session, 0, now)
        row = delivered(session, holder, now, "k")
        second = delivered(session, holder, now, "l")
        assert TRAY.one(session, holder, row.token)[0] is row
        with pytest.raises(NotFound):
            TRAY.one(session, holder + 1, row.token)
        assert TRAY.asked(ROOT, row) == {"key": "值"}
        second.asked = row.asked
        with pytest.raises(SealBroken):
            TRAY.asked(ROOT, second)
        with pytest.raises(SealBroken):
            Tray(RowDelivery, "row-delivery", b"filing").asked(ROOT, row)


def test_the_office_s_word_takes_the_content_away(
    intake: Store[IntakeSession], now: datetime
) -> None:
    with intake.write() as session:
        row = delivered(session, agency(session, 0, now), now, "k")
        job = session.get_one(Job, row.job_id)
        assert handed_in.state(row, job, now) == "received"
        job.claimed_until = now + timedelta(seconds=9)
        assert handed_in.state(row, job, now) == "checking"
        job.finished, job.error = now, "server-error"
        assert handed_in.state(row, job, now) == "failed"
        later = now + timedelta(days=1)
        TRAY.noted(session, row, "checked", later, over=False)
        assert (row.state, row.changed, job.expires) == ("checked", later, None)
        assert handed_in.state(row, job, now) == "checked"
        with pytest.raises(NotFound):
            TRAY.asked(ROOT, row)
        TRAY.noted(session, row, "undone", later, over=True)
        assert job.expires == later + handed_in.KEPT_AFTER
