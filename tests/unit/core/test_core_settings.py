"""Settings are read from what is given, with defaults, and refused where they make no sense."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from registry.core.errors import Misconfigured
from registry.core.settings import SETTINGS, office_settings, public_settings


def test_defaults_are_embedded(tmp_path: Path) -> None:
    found = office_settings({"REGISTRY_DATA_DIR": str(tmp_path)})
    assert found.working_url == f"sqlite:///{tmp_path}/working.db"
    assert found.gazette_read_url == found.gazette_url == f"sqlite:///{tmp_path}/gazette.db"
    assert found.index_dir == tmp_path / "index"
    assert found.languages == ("zh", "en")
    assert found.https
    assert not found.demo
    assert found.rules_dir is None
    assert found.max_upload_bytes == 50 * 1024 * 1024
    assert {found.key_dir, found.file_dir, found.evidence_dir, found.lock_dir} == {
        tmp_path / name for name in ("keys", "files", "evidence", "locks")
    }


def test_what_is_given_wins_and_empty_counts_as_not_given(tmp_path: Path) -> None:
    given = {
        "REGISTRY_DATA_DIR": str(tmp_path),
        "REGISTRY_GAZETTE_URL": "postgresql://db/gazette",
        "REGISTRY_GAZETTE_READ_URL": "postgresql://standby/gazette",
        "REGISTRY_INTAKE_URL": " ",
        "REGISTRY_BASE_URL": "https://example.org/",
        "REGISTRY_LANGUAGES": "en, zh",
        "REGISTRY_MAX_UPLOAD_MB": "2",
    }
    found = public_settings(given)
    assert found.gazette_url == "postgresql://db/gazette"
    assert found.gazette_read_url == "postgresql://standby/gazette"
    assert found.intake_url == f"sqlite:///{tmp_path}/intake.db"
    assert found.base_url == "https://example.org"
    assert found.languages == ("en", "zh")
    assert found.max_upload_bytes == 2 * 1024 * 1024


def test_the_public_site_has_no_address_of_the_working_store() -> None:
    found = public_settings({"REGISTRY_WORKING_URL": "postgresql://inside/working"})
    assert "working_url" not in {field.name for field in fields(found)}
    assert "inside" not in repr(found)


def test_secrets_are_not_shown() -> None:
    for read in (public_settings, office_settings):
        assert "hush" not in repr(read({"REGISTRY_SECRET_KEY": "hush"}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REGISTRY_HTTPS", "true"),
        ("REGISTRY_DEMO", "2"),
        ("REGISTRY_PROXIES", "-1"),
        ("REGISTRY_PROXIES", "１"),
        ("REGISTRY_MAX_UPLOAD_MB", "0"),
        ("REGISTRY_MAX_IMPORT_ROWS", "1e6"),
    ],
)
def test_nonsense_is_named(name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        office_settings({name: value})


def test_every_setting_is_documented_once() -> None:
    names = [setting.name for setting in SETTINGS]
    assert len(names) == len(set(names))
    assert all(name.startswith("REGISTRY_") for name in names)
    assert all(setting.help.endswith((".", "….")) for setting in SETTINGS)
