"""A mailbox as its reporter sees it: opened with the keys of the receipt, for one answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from public_site import context
from public_site.present.words import title
from registry.core.i18n import N_, Text
from registry.core.rules import Rules
from registry.core.web.moment import now
from registry.public.gazette import queries
from registry.public.gazette.entry import Handle
from registry.public.gazette.payloads import AuthorityRef
from registry.public.inbox import recipients, sealing
from registry.public.inbox.chain import Link
from registry.public.inbox.receipt import ReceiptKeys
from registry.public.mailbox.queries import Letter, Mailbox
from registry.public.mailbox.service import REPLY

OBJECTIONABLE = frozenset({"refused", "unfounded", "verified", "closed"})
"""States against which a reporter can object."""
LETTERS: Mapping[str, str] = {
    "message": N_("Message"),
    "question": N_("Question to you"),
    "decision": N_("Decision on your report"),
    "award": N_("Reward"),
    "voucher": N_("Voucher for the reward"),
    "transfer": N_("Handed over"),
}
ClockState = Literal["met", "running", "overdue"]


@dataclass(frozen=True)
class ClockView:
    title: Text
    due: str
    done: str
    state: ClockState


@dataclass(frozen=True)
class LetterView:
    """A letter, opened. ``content`` is empty where it could not be."""

    kind: str
    heading: str
    day: date
    content: Mapping[str, Any]


@dataclass(frozen=True)
class MailboxView:
    number: int
    day: date
    category: Text
    status: Text
    status_code: str
    status_day: date
    authority: AuthorityRef
    phone: str
    opened: int
    clocks: list[ClockView]
    letters: list[LetterView]
    link: Link | None
    closed: bool
    may_object: bool

    @property
    def vouchers(self) -> list[str]:
        """Numbers that may be claimed, as the letters say."""
        return [
            str(one.content["voucher"])
            for one in self.letters
            if one.kind == "voucher" and "voucher" in one.content
        ]


def mailbox_view(box: Mailbox, keys: ReceiptKeys, rules: Rules, today: date) -> MailboxView:
    authority, phone = _authority(box.authority)
    return MailboxView(
        number=box.number,
        day=box.day,
        category=title(rules, "tip_categories", box.category),
        status=title(rules, "tip_statuses", box.status),
        status_code=box.status,
        status_day=box.status_day,
        authority=authority,
        phone=phone,
        opened=box.opened,
        clocks=[_clock(line, rules, today) for line in box.clocks],
        letters=[_letter(one, box.tip_id, keys, rules) for one in box.letters],
        link=box.link,
        closed=box.status in {"closed", "withdrawn"},
        may_object=box.status in OBJECTIONABLE,
    )


def _authority(code: str) -> tuple[AuthorityRef, str]:
    session = context.gazette()
    found = recipients.of_authority(session, code, now())
    if found is not None:
        return found.authority, found.phone
    for record in queries.lookup(session, Handle("code", code), now()):
        if record.kind == "authority":
            return {"name": record.payload["name"]}, ""
    return {"name": code}, ""


def _clock(line: Mapping[str, Any], rules: Rules, today: date) -> ClockView:
    due, done = str(line["due"]), str(line.get("done", ""))
    late = (done or today.isoformat()) > due
    state: ClockState = "overdue" if late else "met" if done else "running"
    return ClockView(title(rules, "deadlines", str(line["code"])), due, done, state)


def _letter(one: Letter, tip_id: str, keys: ReceiptKeys, rules: Rules) -> LetterView:
    try:
        content = sealing.open_envelope(one.envelope, keys.mailbox, tip_id=tip_id, kind=REPLY)
    except sealing.SealRefused:
        content = {}
    if "result" in content:
        # The office says a state; whatever else it should say is shown as it stands.
        content["result"] = title(rules, "tip_statuses", str(content["result"]))
    return LetterView(one.kind, LETTERS.get(one.kind, LETTERS["message"]), one.day, content)
