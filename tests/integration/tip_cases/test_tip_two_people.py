"""What takes two people, and a third with his own key: identities, originals, destruction."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import timedelta

import pytest
from docket_office import at
from sqlmodel import select
from tip_office import DAY, TipOffice

from registry.core.errors import Forbidden, InvalidInput, NotFound
from registry.office.staff.officer import Acting
from registry.office.tips import asking, mailboxes, opening, service
from registry.office.tips.models import TipAsk, TipKey, TipMessage, TipNote
from registry.public.inbox.sealing import SealRefused
from registry.public.inbox.service import MESSAGE

pytestmark = pytest.mark.sqlite_only
"""The rows underneath are walked on both databases by ``test_tip_cases``."""

LATER = "2031-10-01"


def ask(
    office: TipOffice,
    tip: int,
    kind: str,
    *,
    who: str = "clerk",
    day: str = DAY,
    file_id: str = "",
) -> int:
    office.open(tip, who, day)
    with office.working.write() as session:
        made = asking.ask(
            session, tip, office.acting(who, day), office.private[who], kind,
            reason="需要当面核实", file_id=file_id,
        )  # fmt: skip
        return made.id or 0


def grant(office: TipOffice, ask_id: int, who: str = "approver", day: str = DAY) -> None:
    with office.working.write() as session:
        asking.grant(session, ask_id, office.acting(who, day))


def reveal(
    office: TipOffice, ask_id: int, who: str = "custodian", acting: Acting | None = None
) -> dict[str, object]:
    with office.working.write() as session:
        given = acting or office.acting(who)
        return dict(asking.reveal(session, ask_id, given, office.private[who]))


def test_an_identity_is_asked_for_granted_and_opened_by_three(office: TipOffice) -> None:
    _, tip = office.taken(name="赵虚构")
    wanted = ask(office, tip, "identity")
    with pytest.raises(Forbidden):
        reveal(office, wanted)
    grant(office, wanted)
    assert reveal(office, wanted)["name"] == "赵虚构"
    with pytest.raises(Forbidden):
        reveal(office, wanted)


def test_nobody_plays_two_of_the_three(office: TipOffice) -> None:
    _, tip = office.taken(name="赵虚构")
    clerk = office.bureau.officers["clerk"]
    office.bureau.officers["clerk"] = dataclasses.replace(
        clerk, roles=frozenset({"clerk", "approver", "custodian"})
    )
    wanted = ask(office, tip, "identity")
    with pytest.raises(Forbidden):
        grant(office, wanted, "clerk")
    grant(office, wanted)
    with pytest.raises(Forbidden):
        reveal(office, wanted, "clerk")
    approver = office.bureau.officers["approver"]
    both = dataclasses.replace(approver, roles=approver.roles | {"custodian"})
    office.bureau.officers["approver"] = both
    with pytest.raises(Forbidden):
        reveal(office, wanted, "approver")


def test_only_the_custodians_key_opens_an_identity(office: TipOffice) -> None:
    _, tip = office.taken(name="赵虚构")
    wanted = ask(office, tip, "identity")
    grant(office, wanted)
    reviewer = office.bureau.officers["reviewer"]
    office.bureau.officers["reviewer"] = dataclasses.replace(
        reviewer, roles=frozenset({"custodian"})
    )
    with pytest.raises(SealRefused):
        reveal(office, wanted, "reviewer")
    late = dataclasses.replace(office.acting("custodian"), now=at(DAY) + timedelta(hours=25))
    with pytest.raises(Forbidden):
        reveal(office, wanted, acting=late)


def test_an_anonymous_tip_has_an_identity_envelope_that_says_nothing(office: TipOffice) -> None:
    _, anonymous = office.taken()
    _, named = office.taken(name="赵虚构")
    assert len(office.tip(anonymous).identity) == len(office.tip(named).identity)
    wanted = ask(office, anonymous, "identity")
    grant(office, wanted)
    assert reveal(office, wanted) == {}


def test_a_question_can_be_refused_or_taken_back(office: TipOffice) -> None:
    _, tip = office.taken()
    for who in ("approver", "clerk"):
        wanted = ask(office, tip, "identity")
        with office.working.write() as session:
            asking.refuse(session, wanted, office.acting(who))
        with pytest.raises(NotFound):
            grant(office, wanted)
    wanted = ask(office, tip, "identity")
    with office.working.write() as session, pytest.raises(Forbidden):
        asking.refuse(session, wanted, office.acting("second-clerk"))
    with office.working.write() as session, pytest.raises(InvalidInput):
        asking.ask(
            session, tip, office.acting("clerk"), office.private["clerk"], "identity", reason=" "
        )


def erased() -> tuple[list[str], object]:
    gone: list[str] = []

    def erase(ids: Sequence[str]) -> None:
        gone.extend(ids)

    return gone, erase


def test_a_tip_is_destroyed_by_two_after_its_time_and_its_keys_go_first(office: TipOffice) -> None:
    receipt, tip = office.taken()
    office.do(tip, "refuse", "reviewer", why={"refusal": "advice"})
    office.open(tip, day=DAY)
    with pytest.raises(asking.TooEarly):
        ask(office, tip, "purge", day="2031-09-01")
    wanted = ask(office, tip, "purge", day=LATER)
    gone, erase = erased()
    with office.working.write() as session, pytest.raises(Forbidden):
        asking.purge(session, wanted, office.acting("approver", LATER), erase=erase)  # type: ignore[arg-type]
    grant(office, wanted, day=LATER)
    with office.working.write() as session:
        asking.purge(session, wanted, office.acting("approver", LATER), erase=erase)  # type: ignore[arg-type]
    assert office.state(tip) == "purged"
    assert office.tip(tip).envelope == b""
    with office.working.read() as session:
        for table in (TipKey, TipNote, TipMessage):
            assert session.exec(select(table)).first() is None
    with pytest.raises(opening.NotForYou):
        office.open(tip, day=LATER)
    assert mailboxes.close_purged(office.stores.working, office.stores.gazette) == 1
    assert mailboxes.close_purged(office.stores.working, office.stores.gazette) == 0
    with pytest.raises(AssertionError):
        office.box(receipt)
    assert gone == []


def test_check_24_what_nobody_has_read_is_never_destroyed(office: TipOffice) -> None:
    receipt, tip = office.taken()
    office.do(tip, "refuse", "reviewer", why={"refusal": "advice"})
    wanted = ask(office, tip, "purge", day=LATER)
    grant(office, wanted, day=LATER)
    office.say(receipt, MESSAGE, "又发现新的证据", LATER)
    _, erase = erased()
    with office.working.write() as session, pytest.raises(asking.TooEarly):
        asking.purge(session, wanted, office.acting("approver", LATER), erase=erase)  # type: ignore[arg-type]
    assert office.open(tip, day=LATER).said[-1].content["text"] == "又发现新的证据"


def test_check_25_nobody_destroys_a_report_about_himself(office: TipOffice) -> None:
    approver, above = office.bureau.officers["approver"], office.bureau.officers["parent-clerk"]
    _, tip = office.taken(text=f"{approver.name}包庇矿方")
    with pytest.raises(opening.Excluded):
        office.open(tip, "approver")
    with office.working.write() as session:
        service.recuse(session, tip, office.acting("approver"), office.private["approver"])
    office.bureau.officers["parent-clerk"] = dataclasses.replace(
        above, roles=frozenset({"clerk", "reviewer"})
    )
    # He sees the office above, too: what keeps him out is that the report speaks of him.
    office.bureau.officers["approver"] = dataclasses.replace(
        approver, authority_path=above.authority_path
    )
    office.do(tip, "take_over", "parent-clerk")
    office.do(tip, "refuse", "parent-clerk", why={"refusal": "advice"})
    wanted = ask(office, tip, "purge", who="parent-clerk", day=LATER)
    with pytest.raises(NotFound):
        grant(office, wanted, "approver", LATER)
    with office.working.read() as session:
        assert session.get_one(TipAsk, wanted).granted_by is None
