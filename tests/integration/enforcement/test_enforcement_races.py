"""Several at once on one case: nothing is published twice, and no work of either is lost."""

from __future__ import annotations

from collections.abc import Callable

from at_once import at_once
from docket_office import BOOK, Bureau, at
from enforcement_kit import inspectors, published
from sqlmodel import select
from test_hazards import CLAIM, ordered
from test_public_inspections import recorded

from registry.core.db import Store, WorkingSession
from registry.core.errors import Conflict
from registry.office.dockets import climbing, engine
from registry.office.dockets.models import Docket, DocketLapse
from registry.office.dockets.replay import replay


def acting_on(
    working: Store[WorkingSession], bureau: Bureau, docket_id: int, version: int,
    action: str, who: str, day: str, **data: str,
) -> Callable[[], object]:  # fmt: skip
    def act() -> object:
        with working.write() as session:
            docket = session.get(Docket, docket_id)
            assert docket is not None
            files = [
                bureau.attach(session, docket, who, day, kind)
                for kind in ("rectification-proof",) if action == "claim"
            ]  # fmt: skip
            engine.act(
                session, docket, action, bureau.acting(who, day), version=version, data=data,
                evidence=files,
            )  # fmt: skip
        return action

    return act


def test_two_publishers_make_one_record(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        docket = recorded(session, bureau, "minor", team=inspectors(session, bureau))
        docket_id, version = docket.id or 0, docket.version
    acts = [
        acting_on(working, bureau, docket_id, version, "publish", who, "2026-07-13")
        for who in ("publisher", "second-all", "publisher")
    ]
    found = at_once(*acts)
    assert found.count("publish") == 1, found
    assert sum(isinstance(one, Conflict) for one in found) == 2, found
    with working.read() as session:
        kept = session.get(Docket, docket_id)
        assert kept is not None
        assert [op for op, _ in published(session, kept)] == ["PUT"]
        assert kept.version == version + 1 and kept.public_id == kept.facts["public_id"]


def test_the_registry_and_an_officer_at_once(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    """Past the limit a case climbs, or what the officer does comes first; never half of both."""
    with working.write() as session:
        docket = ordered(session, bureau)
        docket_id, version = docket.id or 0, docket.version

    def sweep() -> object:
        with working.write() as session:
            return climbing.climb_due(session, at("2026-08-01"), BOOK)

    claim = acting_on(
        working, bureau, docket_id, version, "claim", "clerk", "2026-08-01",
        **{**CLAIM, "claimed_on": "2026-08-01"},
    )  # fmt: skip
    climbed, claimed = at_once(sweep, claim)
    assert (climbed == 1) != (claimed == "claim"), (climbed, claimed)
    assert climbed == 1 or isinstance(claimed, str), (climbed, claimed)
    with working.read() as session:
        kept = session.get(Docket, docket_id)
        assert kept is not None
        told = replay(engine.events(session, kept))
        assert (told.state, told.version, told.facts) == (kept.state, kept.version, kept.facts)
        assert kept.version == version + 1
        assert len(session.exec(select(DocketLapse)).all()) == climbed
