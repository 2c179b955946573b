"""Settings: one documented table, read once from the environment into frozen values.

Each process gets its own: the public site's has no address of the working store.
``registry settings`` prints the table; a test holds the README against it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from registry.core.db import sqlite_url
from registry.core.errors import Misconfigured
from registry.core.outgoing import Inside


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, the default as text, what it means."""

    name: str
    default: str
    help: str


SETTINGS: tuple[Setting, ...] = (
    Setting("REGISTRY_DATA_DIR", "./var", "Directory of the stores, keys, index and files."),
    Setting("REGISTRY_WORKING_URL", "", "Working store (admin, worker). Default: SQLite file."),
    Setting("REGISTRY_GAZETTE_URL", "", "Gazette store (worker). Default: SQLite file."),
    Setting(
        "REGISTRY_GAZETTE_READ_URL",
        "",
        "Gazette store as the public site opens it: read-only, may be a standby. "
        "Default: the gazette store.",
    ),
    Setting("REGISTRY_INTAKE_URL", "", "Intake store. Default: SQLite file."),
    Setting(
        "REGISTRY_PUBLIC_ROLE",
        "registry_public",
        "PostgreSQL role of the public site. Where it exists, init and migrate give it its grants.",
    ),
    Setting(
        "REGISTRY_SEALED_DIR",
        "",
        "Sealed files of tips: the public site creates in it, the office reads. "
        "Default: sealed/ in the data directory.",
    ),
    Setting("REGISTRY_SEARCH_ENGINE", "whoosh", "Search engine behind the public search."),
    Setting("REGISTRY_INDEX_DIR", "", "Search index. Default: index/ in the data directory."),
    Setting(
        "REGISTRY_RATE_LIMIT_URL",
        "memory://",
        "Where request counts are kept: memory:// (one process) or redis://….",
    ),
    Setting(
        "REGISTRY_API_QUOTAS",
        "1",
        "Times the usual quotas that callers of the API have: more where many share an address.",
    ),
    Setting(
        "REGISTRY_SECRET_KEY",
        "",
        "Signs a site's cookies. Default: a key file per site in the data directory.",
    ),
    Setting("REGISTRY_BASE_URL", "", "Public address of the public site, in feeds and documents."),
    Setting(
        "REGISTRY_ONION_URL",
        "",
        "Address of the public site as an onion service; browsers that can are told of it.",
    ),
    Setting("REGISTRY_LANGUAGES", "zh,en", "Languages offered, the first is the default."),
    Setting(
        "REGISTRY_HTTPS",
        "1",
        "Cookies and headers assume HTTPS. 0 only on a machine that nobody else reaches.",
    ),
    Setting(
        "REGISTRY_PROXIES",
        "0",
        "How many reverse proxies stand before the sites and set X-Forwarded-For/-Proto/-Host.",
    ),
    Setting("REGISTRY_DEMO", "0", "1 labels every page as demo data and admits region 99."),
    Setting("REGISTRY_RULES_DIR", "", "Directory whose YAML files extend the built-in rules."),
    Setting("REGISTRY_MAX_UPLOAD_MB", "50", "Largest request body that a page accepts, in MiB."),
    Setting("REGISTRY_TIP_FILES", "10", "Largest number of files of one report."),
    Setting("REGISTRY_TIP_FILE_MB", "100", "Largest file of a report, in MiB."),
    Setting("REGISTRY_TIP_TOTAL_MB", "1024", "Largest sum of the files of one report, in MiB."),
    Setting("REGISTRY_TIP_REQUEST_MB", "300", "Largest sum of the files sent at once, in MiB."),
    Setting(
        "REGISTRY_TIP_FREE_MB",
        "1024",
        "Files of reports are taken only while so many MiB stay free on their disk.",
    ),
    Setting("REGISTRY_MAX_REPORT_MB", "100", "Largest file of a report, in MiB."),
    Setting("REGISTRY_MAX_VIDEO_MB", "200", "Largest video of a report's field work, in MiB."),
    Setting("REGISTRY_REPORT_PICTURES", "20", "Most pictures and videos of one report."),
    Setting("REGISTRY_MAX_IMPORT_ROWS", "200000", "Largest number of rows of one import."),
    Setting("REGISTRY_LIST_MB", "10", "Largest list of counterparties to check, in MiB."),
    Setting("REGISTRY_LIST_ROWS", "50000", "Most rows of such a list, with a key."),
    Setting("REGISTRY_LIST_ROWS_WITHOUT_KEY", "10000", "Most rows of such a list, on the page."),
    Setting("REGISTRY_LIST_HOURS", "168", "After so long a list and its result are deleted."),
    Setting("REGISTRY_LIST_MINUTES_WITHOUT_KEY", "60", "The same for lists from the page."),
    Setting(
        "REGISTRY_LIST_PROCESSES",
        "2",
        "Processes that check one long list, never more than the machine has processors.",
    ),
    Setting(
        "REGISTRY_WEBHOOK_PRIVATE",
        "0",
        "1 lets webhooks lead into private networks and use http: for closed networks only; "
        "machine: only to this machine, as in the demonstration.",
    ),
    Setting(
        "REGISTRY_STATISTICS_REGIONS",
        "prefecture",
        "Regions by which published figures are split: province, prefecture or county.",
    ),
    Setting(
        "REGISTRY_WEBHOOK_CA_FILE",
        "",
        "Certificates of authorities (PEM) that webhooks trust beside the system's: for networks "
        "of departments with an authority of their own.",
    ),
    Setting("REGISTRY_HISTORY_DAYS", "1095", "How long it is kept that a check was made."),
)

_DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


@dataclass(frozen=True)
class Settings:
    """What every process knows."""

    data_dir: Path
    gazette_url: str
    gazette_read_url: str
    intake_url: str
    public_role: str
    sealed_dir: Path
    """Sealed files of tips, by random id. The public site only creates in it."""
    index_dir: Path
    search_engine: str
    rate_limit_url: str
    api_quotas: int
    """Times the quotas of ``public_site.api.limits``."""
    base_url: str
    onion_url: str
    languages: tuple[str, ...]
    https: bool
    proxies: int
    demo: bool
    rules_dir: Path | None
    max_upload_bytes: int
    max_report_bytes: int
    max_video_bytes: int
    report_pictures: int
    max_import_rows: int
    webhook_private: Inside
    webhook_ca_file: Path | None
    max_list_bytes: int
    list_rows: int
    list_rows_without_key: int
    list_hours: int
    list_minutes_without_key: int
    list_processes: int
    history_days: int
    tip_files: int
    tip_file_bytes: int
    tip_request_bytes: int
    tip_total_bytes: int
    tip_free_bytes: int

    @property
    def key_dir(self) -> Path:
        return self.data_dir / "keys"

    @property
    def file_dir(self) -> Path:
        """Published files, by content hash."""
        return self.data_dir / "files"

    @property
    def lock_dir(self) -> Path:
        return self.data_dir / "locks"


@dataclass(frozen=True)
class PublicSettings(Settings):
    """The public site's. Nothing in here leads to the working store."""

    secret_key: str = field(default="", repr=False)


@dataclass(frozen=True)
class OfficeSettings(Settings):
    """The admin site's, the worker's and the command line's."""

    working_url: str = ""
    secret_key: str = field(default="", repr=False)
    statistics_regions: str = "prefecture"

    @property
    def evidence_dir(self) -> Path:
        """Evidence and documents of dockets, by content hash; never published from here."""
        return self.data_dir / "evidence"


def public_settings(environ: Mapping[str, str] | None = None) -> PublicSettings:
    """Settings of the public site from ``environ`` (the process's own by default)."""
    values = _values(environ)
    return PublicSettings(**_common(values), secret_key=values["REGISTRY_SECRET_KEY"])


def office_settings(environ: Mapping[str, str] | None = None) -> OfficeSettings:
    """Settings of the closed side from ``environ`` (the process's own by default)."""
    values = _values(environ)
    working = values["REGISTRY_WORKING_URL"] or _store_file(values, "working")
    return OfficeSettings(
        **_common(values),
        working_url=working,
        secret_key=values["REGISTRY_SECRET_KEY"],
        statistics_regions=_one_of(
            values, "REGISTRY_STATISTICS_REGIONS", ("province", "prefecture", "county")
        ),
    )


def _values(environ: Mapping[str, str] | None) -> dict[str, str]:
    source = os.environ if environ is None else environ
    return {name: source.get(name, "").strip() or default for name, default in _DEFAULTS.items()}


def _store_file(values: Mapping[str, str], name: str) -> str:
    return sqlite_url(_data_dir(values) / f"{name}.db")


def _data_dir(values: Mapping[str, str]) -> Path:
    return Path(values["REGISTRY_DATA_DIR"]).expanduser().resolve()


def _common(values: Mapping[str, str]) -> dict[str, Any]:
    data_dir = _data_dir(values)
    gazette = values["REGISTRY_GAZETTE_URL"] or _store_file(values, "gazette")
    rules_dir = values["REGISTRY_RULES_DIR"]
    return {
        "data_dir": data_dir,
        "gazette_url": gazette,
        "gazette_read_url": values["REGISTRY_GAZETTE_READ_URL"] or gazette,
        "intake_url": values["REGISTRY_INTAKE_URL"] or _store_file(values, "intake"),
        "public_role": values["REGISTRY_PUBLIC_ROLE"],
        "sealed_dir": Path(values["REGISTRY_SEALED_DIR"] or data_dir / "sealed").resolve(),
        "index_dir": Path(values["REGISTRY_INDEX_DIR"] or data_dir / "index").resolve(),
        "search_engine": values["REGISTRY_SEARCH_ENGINE"],
        "rate_limit_url": values["REGISTRY_RATE_LIMIT_URL"],
        "api_quotas": _count(values, "REGISTRY_API_QUOTAS"),
        "base_url": values["REGISTRY_BASE_URL"].rstrip("/"),
        "onion_url": values["REGISTRY_ONION_URL"].rstrip("/"),
        "languages": tuple(code.strip() for code in values["REGISTRY_LANGUAGES"].split(",")),
        "https": _flag(values, "REGISTRY_HTTPS"),
        "proxies": _count(values, "REGISTRY_PROXIES", least=0),
        "demo": _flag(values, "REGISTRY_DEMO"),
        "rules_dir": Path(rules_dir).resolve() if rules_dir else None,
        "max_upload_bytes": _count(values, "REGISTRY_MAX_UPLOAD_MB") * 1024 * 1024,
        "webhook_private": _inside(values, "REGISTRY_WEBHOOK_PRIVATE"),
        "webhook_ca_file": _file(values, "REGISTRY_WEBHOOK_CA_FILE"),
        "max_video_bytes": _count(values, "REGISTRY_MAX_VIDEO_MB") * 1024 * 1024,
        "report_pictures": _count(values, "REGISTRY_REPORT_PICTURES", least=0),
        "max_report_bytes": _count(values, "REGISTRY_MAX_REPORT_MB") * 1024 * 1024,
        "max_import_rows": _count(values, "REGISTRY_MAX_IMPORT_ROWS"),
        "max_list_bytes": _count(values, "REGISTRY_LIST_MB") * 1024 * 1024,
        "list_rows": _count(values, "REGISTRY_LIST_ROWS"),
        "list_rows_without_key": _count(values, "REGISTRY_LIST_ROWS_WITHOUT_KEY"),
        "list_hours": _count(values, "REGISTRY_LIST_HOURS"),
        "list_minutes_without_key": _count(values, "REGISTRY_LIST_MINUTES_WITHOUT_KEY"),
        "list_processes": _count(values, "REGISTRY_LIST_PROCESSES"),
        "history_days": _count(values, "REGISTRY_HISTORY_DAYS"),
        "tip_files": _count(values, "REGISTRY_TIP_FILES", least=0),
        "tip_file_bytes": _count(values, "REGISTRY_TIP_FILE_MB") * 1024 * 1024,
        "tip_request_bytes": _count(values, "REGISTRY_TIP_REQUEST_MB") * 1024 * 1024,
        "tip_total_bytes": _count(values, "REGISTRY_TIP_TOTAL_MB") * 1024 * 1024,
        "tip_free_bytes": _count(values, "REGISTRY_TIP_FREE_MB", least=0) * 1024 * 1024,
    }


def _one_of(values: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    if values[name] not in known:
        raise Misconfigured(what=f"{name} must be one of: {', '.join(known)}")
    return values[name]


def _file(values: Mapping[str, str], name: str) -> Path | None:
    """A file that must be there, so that a slip is told at the start and not at each call."""
    if not values[name]:
        return None
    path = Path(values[name]).expanduser().resolve()
    if not path.is_file():
        raise Misconfigured(what=f"{name} is no file: {path}")
    return path


def _flag(values: Mapping[str, str], name: str) -> bool:
    if values[name] not in {"0", "1"}:
        raise Misconfigured(what=f"{name} must be 0 or 1")
    return values[name] == "1"


def _inside(values: Mapping[str, str], name: str) -> Inside:
    if values[name] == "machine":
        return "machine"
    if values[name] not in {"0", "1"}:
        raise Misconfigured(what=f"{name} must be 0, 1 or machine")
    return values[name] == "1"


def _count(values: Mapping[str, str], name: str, least: int = 1) -> int:
    if not values[name].isascii() or not values[name].isdigit() or int(values[name]) < least:
        raise Misconfigured(what=f"{name} must be a whole number of at least {least}")
    return int(values[name])
