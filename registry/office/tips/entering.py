"""Tips by hotline, letter or visit: entered by an officer, sealed the same way, with a receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from registry.core.db import GazetteSession, IntakeSession, WorkingSession
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting
from registry.public.inbox import receipt as receipts
from registry.public.inbox import recipients, sealing
from registry.public.inbox import service as inbox
from registry.public.inbox.filesealing import SealedFile
from registry.public.inbox.sealing import NoRecipient
from registry.public.inbox.service import Filed, Submission


@dataclass(frozen=True)
class Entered:
    """What is printed for the reporter and then forgotten."""

    receipt: str = field(repr=False)
    filed: Filed


def enter(
    gazette: GazetteSession,
    intake: IntakeSession,
    *,
    facts: Mapping[str, Any],
    identity: Mapping[str, Any],
    receipt_key: bytes,
    now: datetime,
    files: Sequence[SealedFile] = (),
) -> Entered:
    """Seal what was told to an officer and add it to the inbox; the receipt is shown once.

    Raises ``NoRecipient`` where nobody takes tips in for the region.
    """
    category, region = str(facts["category"]), str(facts["region"])
    target = recipients.for_region(gazette, region, category, now, told=facts)
    if target is None:
        raise NoRecipient
    text = receipts.new_receipt()
    keys = receipts.derive(text, receipts.secrets_of(receipt_key))
    submission = Submission(sealing.new_id(), category, facts, identity, files)
    return Entered(text, inbox.submit(intake, submission, keys, target, now=now))


def note_entry(session: WorkingSession, acting: Acting) -> None:
    """Audit that an officer took a tip down; not which one, nor where it went."""
    audited(session, acting, "tips:tip:entered", f"account:{acting.officer.account_id}", {})
