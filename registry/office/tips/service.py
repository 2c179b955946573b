"""Steps of a tip: each with its sealed reason, told to the reporter, and nothing in clear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nacl.public import PrivateKey

from registry.core.db import WorkingSession
from registry.core.errors import InvalidInput
from registry.core.i18n import N_
from registry.office import dockets
from registry.office.dockets import engine, queries
from registry.office.dockets.models import Docket
from registry.office.staff.auditing import audited
from registry.office.staff.models import Authority
from registry.office.staff.officer import Acting
from registry.office.tips import about, handing, informing, opening, posting
from registry.office.tips.models import TipRecusal
from registry.office.tips.opening import Opened

LETTERS = {
    "accept": "decision",
    "refuse": "decision",
    "close": "decision",
    "recheck": "decision",
    "transfer": "transfer",
}
"""Kind of letter that a step writes; a plain message otherwise."""


@dataclass(frozen=True)
class Doing:
    """What an officer does: the sealed part in ``why``, the clear part in ``data``."""

    action: str
    why: Mapping[str, Any] = field(repr=False)
    version: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)
    letter: str = field(default="", repr=False)
    result: str = ""
    """Short word of a decision, shown above the letter."""


def take(
    session: WorkingSession, docket_id: int, acting: Acting, private: PrivateKey, doing: Doing
) -> Docket:
    """Do a step: reason sealed, case moved, reporter told. He must have opened the tip.

    Raises ``OpenFirst``, and what ``dockets.act`` raises.
    """
    if not str(doing.why.get("reason", "")).strip():
        raise InvalidInput({"reason": [N_("Say why.")]})
    found = opening.look(session, docket_id, acting, private)
    with session.begin_nested():
        opening.write_note(session, found, doing.action, acting, doing.why)
        if doing.action == "transfer":
            handing.prepare(session, found, int(doing.data["authority"]))
        docket = dockets.act(
            session, found.docket, doing.action, acting, version=doing.version, data=doing.data
        )
        if doing.action == "route":
            level, text = doing.data["verifier_level"], str(doing.why.get("told_above") or "")
            informing.inform(session, found, acting, level=level, text=text)
        if doing.action == "transfer":
            handing.release(session, found)
    _tell(session, found, doing, acting.now)
    return docket


def _tell(session: WorkingSession, found: Opened, doing: Doing, now: datetime) -> None:
    if doing.letter.strip():
        kind = LETTERS.get(doing.action, "message")
        content: dict[str, Any] = {"text": doing.letter.strip()}
        if kind == "decision":
            content["result"] = doing.result or found.docket.state
        posting.queue_letter(session, found.tip, kind, content, now=now)
    posting.queue_status(session, found.tip, now=now)


def check_case(session: WorkingSession, acting: Acting, number: str) -> Docket:
    """The case called ``number`` in the officer's subtree. Raises ``InvalidInput``."""
    found = queries.by_number(session, acting.officer, number.strip())
    if found is None:
        raise InvalidInput({"case_number": [N_("There is no such case to link to.")]})
    return found


def recuse(
    session: WorkingSession, docket_id: int, acting: Acting, private: PrivateKey | None = None
) -> None:
    """An officer declares a conflict of interest, or is found to be spoken of.

    His wrapped key goes. Where nobody on duty could open the tip any more, his own key, while it
    is still there, seals it to the office above, which takes it over.
    """
    tip, docket = opening.load(session, docket_id, acting)
    key = opening.unlock(session, docket_id, acting, private) if private else None
    session.add(
        TipRecusal(docket_id=docket_id, account_id=acting.officer.account_id, since=acting.now)
    )
    session.flush()
    handing.drop(session, docket_id, acting.officer.account_id)
    audited(session, acting, "tips:tip:recused", f"docket:{docket_id}", {})
    if key is None:
        return
    found = opening.read(session, tip, docket, key)
    concern = about.concern(session, docket, found.told, acting, declared=tip.about_office)
    if concern is not None:
        _hand_up(session, found, acting, concern.above)
    elif docket.closed_at is None and not handing.openers(session, docket):
        here = session.get_one(Authority, docket.authority_id)
        _hand_up(session, found, acting, about.above(session, here))


def bring_above(
    session: WorkingSession, docket_id: int, acting: Acting, private: PrivateKey
) -> bool:
    """Hand a tip about this office to the office above, and take the keys here away.

    Gives whether it went; where nobody is on duty above it stays, sealed, and the next opening
    tries again.
    """
    tip, docket = opening.load(session, docket_id, acting)
    found = opening.read(session, tip, docket, opening.unlock(session, docket_id, acting, private))
    concern = about.concern(session, docket, found.told, acting, declared=tip.about_office)
    if concern is None:
        return False
    return _hand_up(session, found, acting, concern.above)


def declare(session: WorkingSession, docket_id: int, acting: Acting, private: PrivateKey) -> bool:
    """An officer who opened a tip says that it concerns his office's leaders.

    For who is named by a nickname, or is no leader on record. It goes above as if it named them;
    where nobody is on duty there it is sealed to everybody here until somebody is. Raises
    ``InvalidInput`` where there is no office above. Gives whether it went.
    """
    found = opening.look(session, docket_id, acting, private)
    if found.docket.closed_at is not None or not about.has_above(session, found.docket):
        raise InvalidInput({"": [N_("There is no office above this one that could take it over.")]})
    found.tip.about_office = True
    session.add(found.tip)
    audited(session, acting, "tips:tip:declared", f"docket:{docket_id}", {})
    return bring_above(session, docket_id, acting, private)


def _hand_up(
    session: WorkingSession, found: Opened, acting: Acting, place: Authority | None
) -> bool:
    docket = found.docket
    if place is not None:
        handing.wrap_for(session, docket, found.key, place.id or 0)
        found.tip.about_office = False
        session.add(found.tip)
        engine.act_as_registry(
            session,
            docket,
            "escalate",
            now=acting.now,
            book=acting.book,
            data={"authority": place.id},
        )
        handing.release(session, found)
        audited(
            session,
            acting,
            "tips:tip:brought-above",
            f"docket:{docket.id}",
            {"authority": place.id},
        )
    posting.queue_status(session, found.tip, now=acting.now)
    return place is not None
