"""Watched counterparties: looked at again when something could concern them, and only then."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlmodel import select
from telling_kit import CODE, NAME, Desk, Listener, listing, subscribe

from registry.core import keys
from registry.core.errors import NotFound
from registry.public.screening import CheckRequest, check, load_index
from registry.public.watches import sealing, service
from registry.public.watches.models import Watch
from registry.public.watches.service import Wanted
from registry.public.watches.watched import WatchedNames

L1, L2 = "L-0000000001", "L-0000000002"
OTHER = "虚构山样例石料有限公司"


def watch(desk: Desk, *wanted: Wanted) -> list[str]:
    """Tokens; '' for one that was refused."""
    root = keys.load_agency_key(desk.office.settings.key_dir)
    with desk.office.gazette.read() as gazette, desk.office.intake.write() as session:
        found = service.add(
            session, gazette, desk.agency_id, wanted,
            root=root, index=load_index(gazette, desk.now), now=desk.now,
        )  # fmt: skip
        return [one.token if isinstance(one, Watch) else "" for one in found]


def outcomes(desk: Desk) -> dict[str, str]:
    with desk.office.intake.read() as session:
        return {one.reference: one.outcome for one in session.exec(select(Watch))}


def test_hits_and_clearings(desk: Desk, listener: Listener) -> None:
    subscribe(desk, listener.url, "watch.hit", "watch.cleared")
    watch(
        desk,
        Wanted(CheckRequest(code=CODE), "by code"),
        Wanted(CheckRequest(name="虚岭县一号样例煤矿有限公司"), "by name"),
        Wanted(CheckRequest(name=OTHER), "other"),
    )
    desk.work()
    assert set(outcomes(desk).values()) == {"clear"}
    desk.publish(L1, listing())
    desk.work()
    assert outcomes(desk) == {"by code": "listed", "by name": "possible", "other": "clear"}
    hits = {one["data"]["reference"]: one["data"] for one in listener.messages}
    assert set(hits) == {"by code", "by name"}
    assert hits["by code"]["records"] == [L1]
    assert "样例" not in "".join(body.decode() for _, body in listener.got)

    desk.publish(L2, listing(OTHER, ""))
    desk.publish(L1)
    desk.work()
    assert outcomes(desk) == {"by code": "clear", "by name": "clear", "other": "possible"}
    told = [(one["type"], one["data"]["reference"]) for one in listener.messages[2:]]
    assert sorted(told[:2]) == [("watch.cleared", "by code"), ("watch.cleared", "by name")]
    assert told[2:] == [("watch.hit", "other")]
    desk.work()
    assert len(listener.got) == 5, "nothing changed, nothing is told"


@pytest.mark.sqlite_only
def test_a_change_of_the_record_alerts_again(desk: Desk, listener: Listener) -> None:
    desk.publish(L1, listing())
    subscribe(desk, listener.url, "watch.hit", "watch.cleared")
    watch(desk, Wanted(CheckRequest(code=CODE), "1"))
    assert outcomes(desk) == {"1": "listed"}
    desk.work()
    assert listener.got == [], "where it stood at the beginning was in the answer"
    desk.publish(L1, listing(measures=("M1",)))
    desk.work()
    assert listener.types == ["watch.hit"]
    desk.publish(L1, listing("改名以后样例", "91990122XY0000020F"))
    desk.work()
    assert listener.types == ["watch.hit", "watch.cleared"]
    assert outcomes(desk) == {"1": "clear"}


@pytest.mark.sqlite_only
def test_incremental_looks_add_up_to_a_whole_one(desk: Desk) -> None:
    """After any history the watches stand as a check of each would have it now."""
    names = [f"样例{sign}山矿业有限公司" for sign in "东南西北中"]
    asked = [CheckRequest(name=name) for name in names] + [CheckRequest(code=CODE)]
    watch(desk, *(Wanted(one, str(place)) for place, one in enumerate(asked[:3])))
    for place, name in enumerate(names):
        code = CODE if place == 1 else ""
        desk.publish(f"L-00000000{place}0", listing(name, code))
        if place % 2:
            desk.work()
    watch(desk, *(Wanted(one, str(place + 3)) for place, one in enumerate(asked[3:])))
    desk.publish("L-0000000010")
    desk.publish("L-0000000030", listing("面目全非样例有限公司", ""))
    desk.work()
    with desk.office.gazette.read() as gazette:
        index = load_index(gazette, desk.now)
        right = {
            str(place): check(gazette, one, index=index, now=desk.now).outcome
            for place, one in enumerate(asked)
        }
    assert outcomes(desk) == right
    assert len(set(right.values())) > 1


@pytest.mark.sqlite_only
def test_a_watch_set_while_the_worker_was_ahead_misses_nothing(desk: Desk) -> None:
    watch(desk, Wanted(CheckRequest(code=CODE), "1"))
    desk.publish(L1, listing())
    desk.work()
    with desk.office.intake.write() as session:
        # As a site on a slow standby would have left it: looked at over an older log.
        session.execute(text("UPDATE watch SET outcome = 'clear', sequence = 0, settled = false"))
        session.execute(text("DELETE FROM watch_match"))
    desk.work()
    assert outcomes(desk) == {"1": "listed"}


@pytest.mark.sqlite_only
def test_what_is_watched_is_sealed_and_ones_own(desk: Desk) -> None:
    (token, wrong) = watch(
        desk, Wanted(CheckRequest(name=NAME, code=CODE), "甲"), Wanted(CheckRequest(code="9"), "乙")
    )
    assert wrong == ""
    with desk.office.intake.write() as session:
        row = session.exec(select(Watch)).one()
        assert NAME.encode() not in row.asked
        root = keys.load_agency_key(desk.office.settings.key_dir)
        assert sealing.unseal(root, row.token, row.asked).name == NAME
        with pytest.raises(NotFound):
            service.remove(session, desk.agency_id + 1, token)
        service.remove(session, desk.agency_id, token)
        assert session.exec(select(Watch)).all() == []


@pytest.mark.sqlite_only
def test_names_held_in_memory_follow_the_table(desk: Desk) -> None:
    root = keys.load_agency_key(desk.office.settings.key_dir)
    held = WatchedNames()

    def like(*names: str) -> set[str]:
        with desk.office.intake.read() as session:
            held.refresh(session, root)
        return held.like(names)

    def end(token: str) -> None:
        with desk.office.intake.write() as session:
            service.remove(session, desk.agency_id, token)

    assert like(NAME) == set()
    first, second, _ = watch(
        desk, Wanted(CheckRequest(name=NAME)), Wanted(CheckRequest(name=OTHER)),
        Wanted(CheckRequest(code=CODE)),
    )  # fmt: skip
    assert like("虚岭县一号样例煤矿") == {first} and like(OTHER, NAME) == {first, second}
    end(second)
    (third,) = watch(desk, Wanted(CheckRequest(name="新来样例石料有限公司")))
    # It may have the number of the one that went: SQLite gives numbers again.
    assert like(OTHER) == set() and like("新来样例石料有限公司") == {third}
    end(first)
    assert like(NAME) == set() and len(held) == 1, "what is watched no more is not held"


@pytest.mark.sqlite_only
def test_many_watches_of_one_name_all_hear(desk: Desk) -> None:
    """More than a check would compare: agencies watch the same companies."""
    watch(desk, *(Wanted(CheckRequest(name=NAME), str(place)) for place in range(40)))
    desk.work()
    desk.publish(L1, listing())
    desk.work()
    assert set(outcomes(desk).values()) == {"possible"} and len(outcomes(desk)) == 40
