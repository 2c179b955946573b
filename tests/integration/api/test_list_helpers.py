"""A long list checked by several processes at once: same answers, nothing lost, nothing twice."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest
from api_kit import E1, Service, removal
from sqlmodel import col, select
from test_api_lists import as_csv, hand_in, result

from registry.core import jobs
from registry.core.keys import load_agency_key
from registry.public.agencies.lists import KIND, PART_ROWS
from registry.public.agencies.models import CheckRow
from registry.public.screening import ScreeningIndex
from registry.public.screening.helpers import Helpers
from registry.public.screening.lists import handler

PARTS = 2
ROWS = PARTS * PART_ROWS + 40


@pytest.fixture
def helpers(service: Service) -> Iterator[Helpers]:
    made = Helpers(service.gazette.url, None, 1, patience=2)
    yield made
    made.dismiss()


def names() -> list[tuple[str, ...]]:
    """Listed ones, strangers and rows that are wrong, in every part."""
    kinds = [E1["name"], "演示省清白{n}号商店", "，", E1["name"].replace("省", "")]
    return [("name",), *((kinds[n % 4].format(n=n),) for n in range(ROWS))]


def ready(helpers: Helpers) -> None:
    until = time.monotonic() + 60
    while not helpers.call(1):
        assert time.monotonic() < until, "the helper never came"
        time.sleep(0.02)


def worked(service: Service, headers: dict[str, str], helpers: Helpers | None) -> str:
    id = str(hand_in(service, as_csv(names()), headers).get_json()["id"])
    step(service, helpers, lambda: None)
    return id


def step(service: Service, helpers: Helpers | None, between: Callable[[], None]) -> int:
    """Steps until the job is done; ``between`` happens before each."""
    root = load_agency_key(service.key_dir)
    run = {KIND: handler(service.intake, service.gazette, ScreeningIndex(), lambda: root, helpers)}
    steps = 0
    while True:
        between()
        if not jobs.run_step(service.intake, run, clock=lambda: service.instant[0]):
            return steps
        steps += 1


def history(service: Service, id: str) -> list[tuple[str, list[str], int, bytes]]:
    with service.intake.read() as session:
        rows = session.exec(
            select(CheckRow).where(col(CheckRow.job) == id).order_by(col(CheckRow.id))
        )
        return [(row.outcome, row.matched, row.sequence, row.query) for row in rows]


def test_several_processes_give_what_one_gives(service: Service, helpers: Helpers) -> None:
    headers = service.key("jobs")
    alone = worked(service, headers, None)
    ready(helpers)
    id = str(hand_in(service, as_csv(names()), headers).get_json()["id"])
    assert step(service, helpers, lambda: None) == 2, "two parts at each step"
    assert result(service, id, headers) == result(service, alone, headers)
    assert len(result(service, id, headers)) == ROWS
    assert history(service, id) == history(service, alone)
    service.publish(removal("listing", "L-0000000001"), removal("external", "X-0000000001"))
    later = worked(service, headers, helpers)
    assert {row["outcome"] for row in result(service, later, headers)} == {"clear", "error"}, (
        "a helper sees what was published since it came"
    )


@pytest.mark.sqlite_only
@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hanging"])
def test_a_lost_helper_loses_and_doubles_nothing(
    service: Service, helpers: Helpers, blow: signal.Signals
) -> None:
    headers = service.key("jobs")
    alone = worked(service, headers, None)
    ready(helpers)
    (victim,) = helpers.pids
    struck = []

    def strike() -> None:
        if not struck:
            struck.append(victim)
            os.kill(victim, blow)

    id = str(hand_in(service, as_csv(names()), headers).get_json()["id"])
    step(service, helpers, strike)
    assert struck and victim not in helpers.pids
    assert result(service, id, headers) == result(service, alone, headers)
    assert history(service, id) == history(service, alone)


@pytest.mark.sqlite_only
def test_helpers_end_with_their_worker(service: Service, helpers: Helpers) -> None:
    ready(helpers)
    (pid,) = helpers.pids
    helpers.dismiss()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert helpers.call(0) == 0 and not helpers.pids, "a short list calls none"
