"""Where the worker finds what the carrying of filings needs."""

from __future__ import annotations

from registry.core import keys
from registry.office.entities import vault
from registry.office.reports.filing import Places
from registry.office.worker.office import Office
from registry.public.filings import service as filings


def filing_places(office: Office) -> Places:
    """The stores, folders and keys of ``office``."""
    settings = office.settings
    return Places(
        working=office.working,
        intake=office.intake,
        sealed=filings.folder(settings.sealed_dir),
        kept=settings.evidence_dir,
        limit=settings.max_report_bytes,
        root=lambda: keys.load_agency_key(settings.key_dir),
        keys=lambda: vault.load(settings.key_dir),
        book=office.book,
    )
