"""The worker's part in the parties' procedures: filings in, windows and answers out."""

from __future__ import annotations

from datetime import datetime

from registry.core.keys import load_vault
from registry.office.procedures import ingest, retention, windows
from registry.office.procedures.ingest import Carrier
from registry.office.worker.office import Office
from registry.public.inbox import blobs
from registry.public.procedures import queries


def carry(office: Office, now: datetime) -> bool:
    """Both ways once; gives whether something was done."""
    settings = office.settings
    took = 0
    with office.intake.read() as session:
        waits = queries.waiting(session) > 0
    vault = load_vault(settings.key_dir)
    if waits:
        carrier = Carrier(office.working, office.intake, settings.lock_dir, vault)
        folder = settings.sealed_dir
        took = ingest.ingest(
            carrier, now=now, book=office.book, keep=lambda ids: blobs.keep(folder, ids)
        )
    gave = windows.deliver(
        office.working,
        office.gazette,
        vault=vault,
        now=now,
        book=office.book,
        lock_dir=settings.lock_dir,
    )
    return took + gave > 0


def forget(office: Office, now: datetime) -> int:
    """Erase what receipts show beyond its time; gives how many."""
    return retention.erase_due(office.working, office.gazette, now=now, book=office.book)
