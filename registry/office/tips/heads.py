"""The head of the intake chain, one public record per day with tips, once the day is over."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import func
from sqlmodel import select

from registry.core.clock import legal_day, midnight
from registry.core.codes.public_id import new_public_id
from registry.core.db import GazetteSession, Store, WorkingSession, exclusive
from registry.office.publisher import service as publisher
from registry.office.tips.models import IntakeHead
from registry.public.mailbox import queries as mailbox

KIND = "intake-head"


def publish_due(
    working: Store[WorkingSession],
    gazette: Store[GazetteSession],
    *,
    now: datetime,
    lock_dir: Path,
) -> int:
    """Publish the heads of all past days that lack one; gives how many."""
    with exclusive(working, "tip-heads", lock_dir=lock_dir) as held:
        if not held:
            return 0
        with working.read() as session:
            last = session.exec(select(func.max(IntakeHead.day))).one()
        with gazette.read() as reader:
            days = mailbox.days(reader, after=last, before=legal_day(now))
            heads = [(day, mailbox.head(reader, day)) for day in days]
        for day, head in heads:
            if head is None:
                continue
            with working.write() as session:
                public_id = new_public_id(KIND)
                session.add(IntakeHead(day=day, public_id=public_id))
                session.flush()
                publisher.publish(
                    session,
                    kind=KIND,
                    id=public_id,
                    payload=head,
                    effective=midnight(day),
                    publish_until=None,
                    now=now,
                    docket_id=None,
                )
    return len(heads)
