"""The queue on both databases: claimed once, resumed after a death, retried, forgotten."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from registry.core import jobs
from registry.core.db import IntakeSession, Store
from registry.core.errors import NotFound
from registry.core.jobs import Failed, Job, OtherRequest, Step, Work
from registry.core.jobs.queue import FIRST_DELAY, LONGEST_DELAY, delay, under_way
from registry.core.jobs.running import LEASE, MOST_ATTEMPTS, claim

KIND = "sample"


def put(intake: Store[IntakeSession], now: datetime, *, total: int = 3) -> str:
    with intake.write() as session:
        job, _ = jobs.put(session, KIND, params={"x": 1}, now=now, total=total, due=now)
        return job.token


def read(intake: Store[IntakeSession], token: str, now: datetime) -> Job:
    with intake.read() as session:
        return jobs.get(session, KIND, token, "", now)


def one_more(work: Work, _now: datetime) -> Step:
    return Step(work.done + 1, finished=work.done + 1 >= work.total)


def run(intake: Store[IntakeSession], handler: object, now: datetime) -> bool:
    return jobs.run_step(intake, {KIND: handler}, clock=lambda: now)  # type: ignore[dict-item]


def test_step_by_step_to_the_end(intake: Store[IntakeSession], now: datetime) -> None:
    token = put(intake, now)
    seen = []
    while run(intake, one_more, now):
        job = read(intake, token, now)
        seen.append((job.done, jobs.state(job, now)))
    assert seen == [(1, "running"), (2, "running"), (3, "done")]


def test_what_a_step_writes_stands_with_its_progress(
    intake: Store[IntakeSession], now: datetime
) -> None:
    token = put(intake, now)

    def breaking(session: IntakeSession) -> None:
        session.add(Job(token="T" * 26, kind="other", params={}, created=now))
        session.flush()
        raise RuntimeError("disk full")

    run(intake, lambda work, _: Step(1, finished=False, save=breaking), now)
    with intake.read() as session:
        assert len(session.exec(select(Job)).all()) == 1
    job = read(intake, token, now)
    assert (job.done, job.attempts, job.claim) == (0, 1, None)


def test_a_dead_worker_loses_its_claim_and_one_step(
    intake: Store[IntakeSession], now: datetime
) -> None:
    token = put(intake, now)
    run(intake, one_more, now)
    dead = claim(intake, (KIND,), now)
    assert dead is not None and dead.done == 1
    assert not run(intake, one_more, now + LEASE - timedelta(seconds=1))
    assert run(intake, one_more, now + LEASE)
    assert read(intake, token, now).done == 2


DYING = """
import os, signal, sys
from datetime import datetime
from registry.core import jobs
from registry.core.db import IntakeSession, Store

def step(work, now):
    if work.done:
        os.kill(os.getpid(), signal.SIGKILL)
    return jobs.Step(work.done + 1, finished=False)

store = Store(sys.argv[1], IntakeSession)
at = datetime.fromisoformat(sys.argv[2])
while jobs.run_step(store, {"sample": step}, clock=lambda: at):
    pass
"""


def test_a_worker_killed_in_the_middle_is_taken_over_from(
    intake: Store[IntakeSession], now: datetime
) -> None:
    token = put(intake, now)
    died = subprocess.run(
        [sys.executable, "-c", DYING, str(intake.url), now.isoformat()], check=False
    )
    assert died.returncode == -signal.SIGKILL
    job = read(intake, token, now)
    assert (job.done, jobs.state(job, now)) == (1, "running"), "one step stands, one is lost"
    assert not run(intake, one_more, now)
    at = now + LEASE
    while run(intake, one_more, at):
        pass
    job = read(intake, token, at)
    assert (job.done, jobs.state(job, at)) == (3, "done")


def test_who_comes_back_too_late_writes_nothing(
    intake: Store[IntakeSession], now: datetime
) -> None:
    token = put(intake, now)

    def slow(work: Work, _now: datetime) -> Step:
        later = now + LEASE
        assert run(intake, one_more, later), "another worker takes it over meanwhile"
        return Step(99, finished=True)

    run(intake, slow, now)
    job = read(intake, token, now)
    assert (job.done, job.finished) == (1, None)


def test_two_workers_never_hold_the_same_job(intake: Store[IntakeSession], now: datetime) -> None:
    tokens = {put(intake, now) for _ in range(6)}
    taken: list[str] = []
    lock = threading.Lock()

    def take() -> None:
        while (work := claim(intake, (KIND,), now)) is not None:
            with lock:
                taken.append(work.token)

    threads = [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(tokens)


def test_failures_rest_longer_and_end(intake: Store[IntakeSession], now: datetime) -> None:
    token = put(intake, now)

    def failing(_work: Work, _now: datetime) -> Step:
        raise OSError("no")

    at, tries = now, 0
    while run(intake, failing, at):
        tries += 1
        job = read(intake, token, at)
        if job.finished:
            break
        assert job.due == at + delay(tries)
        assert not run(intake, failing, at), "it rests"
        at = job.due or at
    assert tries == MOST_ATTEMPTS
    job = read(intake, token, at)
    assert (job.error, jobs.state(job, at)) == ("server-error", "failed")


def test_success_forgives_failures(intake: Store[IntakeSession], now: datetime) -> None:
    token = put(intake, now)

    def once(work: Work, moment: datetime) -> Step:
        if work.attempt == 1:
            raise OSError("no")
        return one_more(work, moment)

    run(intake, once, now)
    run(intake, once, now + FIRST_DELAY)
    assert read(intake, token, now).attempts == 0


def test_what_can_never_succeed_is_given_up_at_once(
    intake: Store[IntakeSession], now: datetime
) -> None:
    token = put(intake, now)

    def hopeless(_work: Work, _now: datetime) -> Step:
        raise Failed

    run(intake, hopeless, now)
    assert read(intake, token, now).error == "job-failed"


def test_a_repeated_request_is_the_same_job(intake: Store[IntakeSession], now: datetime) -> None:
    def again(owner: str, digest: str) -> tuple[str, bool]:
        with intake.write() as session:
            job, fresh = jobs.put(
                session, KIND, params={}, now=now, owner=owner, request_key="k",
                request_digest=digest,
            )  # fmt: skip
            return job.token, fresh

    first, fresh = again("agency:1", "a")
    assert fresh and again("agency:1", "a") == (first, False)
    other, fresh = again("agency:2", "b")
    assert fresh and other != first, "keys of others are others"
    with pytest.raises(OtherRequest):
        again("agency:1", "b")
    with intake.read() as session:
        assert under_way(session, KIND, "agency:1") == 0, "drafts wait for their owner"


def test_drafts_wait_for_their_owner(intake: Store[IntakeSession], now: datetime) -> None:
    with intake.write() as session:
        job, _ = jobs.put(session, KIND, params={"a": 1}, now=now, total=1)
        token = job.token
    assert jobs.state(read(intake, token, now), now) == "draft"
    assert not run(intake, one_more, now)
    with intake.write() as session:
        jobs.start(session, jobs.get(session, KIND, token, "", now), now, b=2)
    assert jobs.state(read(intake, token, now), now) == "waiting"
    assert read(intake, token, now).params == {"a": 1, "b": 2}
    assert run(intake, one_more, now)


def test_only_its_owner_finds_it_and_only_in_time(
    intake: Store[IntakeSession], now: datetime
) -> None:
    ends = now + timedelta(hours=1)
    with intake.write() as session:
        job, _ = jobs.put(session, KIND, params={}, now=now, owner="agency:1", expires=ends)
        token = job.token
    with intake.write() as session:
        assert jobs.get(session, KIND, token, "agency:1", now)
        for kind, owner, at in ((KIND, "", now), (KIND, "agency:2", now), ("x", "agency:1", now),
                                (KIND, "agency:1", ends)):  # fmt: skip
            with pytest.raises(NotFound):
                jobs.get(session, kind, token, owner, at)
        assert jobs.erase_expired(session, ends - timedelta(seconds=1)) == 0
        assert jobs.erase_expired(session, ends) == 1


@given(st.integers(min_value=1, max_value=10_000))
def test_pauses_grow_and_are_bounded(attempts: int) -> None:
    assert FIRST_DELAY <= delay(attempts) <= LONGEST_DELAY
    assert delay(attempts) <= delay(attempts + 1)
