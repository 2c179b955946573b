"""Where the worker finds what the carrying of filings and of files of rows needs."""

from __future__ import annotations

from registry.core import keys
from registry.core.sheets import limits
from registry.office.entities import vault
from registry.office.imports import deliveries as rows
from registry.office.imports.context import Tools
from registry.office.reports.filing import Places
from registry.office.worker.office import Office
from registry.public.deliveries import service as deliveries
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


def delivery_places(office: Office) -> rows.Places:
    """The same for rows that platforms hand in."""
    settings = office.settings
    return rows.Places(
        working=office.working,
        intake=office.intake,
        sealed=deliveries.folder(settings.sealed_dir),
        root=lambda: keys.load_agency_key(settings.key_dir),
        tools=lambda: Tools(
            evidence_dir=settings.evidence_dir,
            keys=vault.load(settings.key_dir),
            limits=limits.from_settings(settings.max_upload_bytes, settings.max_import_rows),
            mapping_folders=office.own_folders("mappings"),
            field_sets=office.field_sets,
        ),
        book=office.book,
    )
