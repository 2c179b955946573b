"""Mailboxes end with the tips that were destroyed: in another store, hence by the worker."""

from __future__ import annotations

from sqlmodel import col, select

from registry.core.db import GazetteSession, Store, WorkingSession
from registry.office.tips.models import Tip
from registry.public.mailbox import queries
from registry.public.mailbox import service as mailbox


def close_purged(working: Store[WorkingSession], gazette: Store[GazetteSession]) -> int:
    """Remove the mailboxes of destroyed tips that still have one; gives how many."""
    with working.read() as session:
        ids = list(session.exec(select(Tip.tip_id).where(col(Tip.purged_on).is_not(None))))
    with gazette.read() as reader:
        due = [tip_id for tip_id in ids if queries.status_of(reader, tip_id) is not None]
    if due:
        with gazette.write() as target:
            for tip_id in due:
                mailbox.remove(target, tip_id)
    return len(due)
