"""The reward of a tip: reckoned from what the case behind it imposed, sealed with the tip.

The number of the penalty case, the inputs and every step stand in a sealed note of the tip; the
award carries the sum and the hash. Whoever approves opens the note, reckons again and compares.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from nacl.public import PrivateKey
from sqlmodel import select

from registry.core.codes.regions import region_path
from registry.core.db import WorkingSession
from registry.core.errors import InvalidInput, NotFound
from registry.core.i18n import N_
from registry.core.rules import RewardSpecial, Rulebook
from registry.core.rules.reward_formula import (
    Reckoning,
    RewardCase,
    reckon,
    reckon_special,
)
from registry.office import dockets
from registry.office.dockets.models import Docket, DocketLink
from registry.office.rewards import service
from registry.office.rewards.service import Proposal
from registry.office.staff.officer import Acting
from registry.office.tips import opening
from registry.office.tips import service as tips
from registry.office.tips.models import Tip
from registry.office.tips.opening import Opened

RELATION = "rewards"
FALLEN = frozenset({"withdrawn", "discarded"})
"""States of a penalty that was annulled or never imposed: its fine does not count."""


@dataclass(frozen=True)
class Asked:
    """What the officer enters beside what the tip and the case say."""

    sector: str
    case_number: str = ""
    level: str = ""
    concealed_deaths: int = 0
    accident_level: str = ""
    fine_collected: Decimal | None = None
    informant: bool = False
    weights: Sequence[int] = (1,)
    exclusions_checked: bool = False


@dataclass(frozen=True)
class Special:
    """What the officer enters for a special award."""

    yuan: Decimal
    averted: str = field(repr=False)
    """What the report averted, and how that is known."""
    informant: bool = False
    weights: Sequence[int] = (1,)
    exclusions_checked: bool = False


def fine_of(penalty: Docket) -> tuple[Decimal | None, Decimal | None]:
    """The fine imposed by a penalty case and, once performed, collected; None without one."""
    facts = penalty.facts
    decided = facts.get("decided_on") and penalty.state not in FALLEN
    if not decided or not facts.get("fine_yuan"):
        return None, None
    imposed = Decimal(facts["fine_yuan"])
    return imposed, imposed if facts.get("performed_on") else None


def reckoned(
    session: WorkingSession, found: Opened, acting: Acting, asked: Asked
) -> tuple[Reckoning, RewardCase]:
    """What the tip earns, by the rules of the day on which it came in. Raises ``InvalidInput``."""
    imposed: Decimal | None = None
    collected = asked.fine_collected
    if asked.case_number.strip():
        penalty = tips.check_case(session, acting, asked.case_number)
        if penalty.kind != "penalty":
            raise InvalidInput({"case_number": [N_("This is not a penalty case.")]})
        imposed, paid = fine_of(penalty)
        collected = collected if collected is not None else paid
        if collected is not None and (imposed is None or collected > imposed):
            raise InvalidInput(
                {"fine_collected": [N_("This is more than the fine that was imposed.")]}
            )
    case = RewardCase(
        kind=found.tip.category,
        received_on=found.tip.day,
        level=asked.level,
        fine_imposed=imposed,
        fine_collected=collected,
        concealed_deaths=asked.concealed_deaths,
        accident_level=asked.accident_level,
        anonymous=not found.facts.get("named"),
        informant=_informant(found, asked),
    )
    return _reckon(acting.book, case, asked.sector, found.docket.region), case


def _informant(found: Opened, asked: Asked | Special) -> str:
    if asked.informant:
        return "informant"
    return "employee" if found.facts.get("employee") == "yes" else ""


def _reckon(book: Rulebook, case: RewardCase, sector: str, region: str) -> Reckoning:
    rules, place = book.on(case.received_on), region_path(region)
    pack = rules.reward_pack(case.kind, sector, place)
    uplift = rules.reward_uplift(case.informant, place) if case.informant else None
    return reckon(pack, case, uplift)


def propose(
    session: WorkingSession, docket_id: int, acting: Acting, private: PrivateKey, asked: Asked
) -> Docket:
    """Propose the award for a tip found true. Raises ``OpenFirst``, ``InvalidInput``, …"""
    found = _rewardable(session, docket_id, acting, private, special=False)
    done, case = reckoned(session, found, acting, asked)
    more = {"case_number": asked.case_number.strip(), "sector": asked.sector}
    return _proposed(session, found, acting, (done, case), asked, more)


def propose_special(
    session: WorkingSession, docket_id: int, acting: Acting, private: PrivateKey, asked: Special
) -> Docket:
    """Propose a special award for what a report averted, beside the reward by formula.

    Raises what ``propose`` raises. What was averted is sealed with the report.
    """
    found = _rewardable(session, docket_id, acting, private, special=True)
    if not asked.averted.strip():
        raise InvalidInput({"averted": [N_("Say why.")]})
    case = RewardCase(
        kind=found.tip.category,
        received_on=found.tip.day,
        anonymous=not found.facts.get("named"),
        informant=_informant(found, asked),
    )
    done = reckon_special(_special_rule(acting.book, case, found.docket.region), case, asked.yuan)
    more = {"averted": asked.averted.strip()}
    return _proposed(session, found, acting, (done, case), asked, more)


def special_rule(found: Opened, book: Rulebook) -> RewardSpecial | None:
    """By which rule the reporter can be given a special award, as employee or informant."""
    rules, place = book.on(found.tip.day), region_path(found.docket.region)
    return rules.reward_special("employee", place) or rules.reward_special("informant", place)


def _special_rule(book: Rulebook, case: RewardCase, region: str) -> RewardSpecial:
    rules = book.on(case.received_on)
    rule = rules.reward_special(case.informant, region_path(region))
    if rule is None:
        raise InvalidInput({"": [N_("No rule here gives such a reporter a special award.")]})
    return rule


def _rewardable(
    session: WorkingSession, docket_id: int, acting: Acting, private: PrivateKey, *, special: bool
) -> Opened:
    found = opening.look(session, docket_id, acting, private)
    if found.docket.state not in {"verified", "closed"} or found.noted("find_true") is None:
        raise InvalidInput({"": [N_("Only a report that was found to be true is rewarded.")]})
    if award_of(session, docket_id, special=special) is not None:
        raise InvalidInput({"": [N_("A reward for this report has been proposed already.")]})
    return found


def _proposed(
    session: WorkingSession,
    found: Opened,
    acting: Acting,
    reckoned: tuple[Reckoning, RewardCase],
    asked: Asked | Special,
    more: Mapping[str, str],
) -> Docket:
    """Open the award and seal its reckoning with the report."""
    done, case = reckoned
    special = isinstance(asked, Special)
    award = service.propose(
        session,
        acting,
        Proposal(
            category=case.kind,
            reckoning=done,
            claim_key=found.tip.claim_key,
            weights=asked.weights,
            region=found.docket.region,
            authority_id=found.docket.authority_id,
            exclusions_checked=asked.exclusions_checked,
            links=[dockets.Link(RELATION, found.tip.docket_id)],
            special=special,
        ),
    )
    record = {"reason": done.record.decode(), "hash": done.hash, **more}
    opening.write_note(session, found, _note_of(special=special), acting, record)
    return award


def _note_of(*, special: bool) -> str:
    return "award-special" if special else "award"


def award_of(session: WorkingSession, docket_id: int, *, special: bool = False) -> Docket | None:
    """The award of a tip that was not refused: one matter is rewarded once, and once specially."""
    query = (
        select(Docket)
        .join(DocketLink, DocketLink.docket_id == Docket.id)  # type: ignore[arg-type]
        .where(DocketLink.other_id == docket_id, DocketLink.relation == RELATION)
    )
    return next(
        (
            one
            for one in session.exec(query)
            if one.state != "refused" and bool(one.facts.get("special")) is special
        ),
        None,
    )


def tip_of(session: WorkingSession, award: Docket) -> Tip:
    """The tip that an award is for. Raises ``NotFound``."""
    query = select(DocketLink).where(
        DocketLink.docket_id == award.id, DocketLink.relation == RELATION
    )
    link = session.exec(query).first()
    found = session.get(Tip, link.other_id) if link else None
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Checked:
    """The sealed reckoning as the approver sees it, reckoned again."""

    record: Mapping[str, Any]
    hash: str
    again: str
    """Hash of the reckoning made anew from the inputs of the record."""
    case_number: str
    fine_now: Decimal | None
    """What the penalty case says today."""
    averted: str = field(default="", repr=False)
    """Of a special award: what the report averted."""

    @property
    def agrees(self) -> bool:
        return self.hash == self.again


def check(session: WorkingSession, award: Docket, acting: Acting, private: PrivateKey) -> Checked:
    """Open the sealed reckoning of an award and reckon it again. Raises ``OpenFirst``."""
    tip = tip_of(session, award)
    found = opening.look(session, tip.docket_id, acting, private)
    special = bool(award.facts.get("special"))
    note = found.noted(_note_of(special=special))
    if note is None:
        raise NotFound
    record = json.loads(str(note.content["reason"]))
    given = record["inputs"]
    case = RewardCase(
        kind=given["kind"],
        received_on=date.fromisoformat(given["received_on"]),
        level=given["level"],
        fine_imposed=_decimal(given["fine_imposed"]),
        fine_collected=_decimal(given["fine_collected"]),
        concealed_deaths=given["concealed_deaths"],
        accident_level=given["accident_level"],
        anonymous=given["anonymous"],
        informant=given["informant"],
    )
    told = str(note.content["hash"])
    if special:
        rule = _special_rule(acting.book, case, award.region)
        again = reckon_special(rule, case, Decimal(given["special_yuan"]))
        averted = str(note.content["averted"])
        return Checked(record, told, again.hash, "", None, averted)
    again = _reckon(acting.book, case, str(note.content["sector"]), award.region)
    number = str(note.content["case_number"])
    fine = fine_of(tips.check_case(session, acting, number))[0] if number else None
    return Checked(record, told, again.hash, number, fine)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
