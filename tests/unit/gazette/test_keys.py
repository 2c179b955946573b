"""Key files: made once, private, and each process loads only its own."""

from __future__ import annotations

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from registry.core import keys
from registry.core.errors import Misconfigured

LOADERS: dict[str, Callable[[Path], object]] = {
    "log.key": keys.load_log_key,
    "certificate.key": keys.load_certificate_key,
    "person.key": keys.load_person_key,
    "vault.key": keys.load_vault,
    "receipt.key": keys.load_receipt_key,
    "agency.key": keys.load_agency_key,
    "public.secret": lambda folder: keys.load_site_secret(folder, "public"),
    "admin.secret": lambda folder: keys.load_site_secret(folder, "admin"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keys.ensure_keys(tmp_path / "keys")
    return tmp_path / "keys"


def test_secret_files_are_private(folder: Path) -> None:
    for name in LOADERS:
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not list(folder.glob(".*"))


def test_a_second_call_changes_nothing(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert keys.ensure_keys(folder) == []
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_all_keys_differ(folder: Path) -> None:
    assert len({(folder / name).read_bytes() for name in LOADERS}) == len(LOADERS)


def test_two_processes_at_once_agree_on_the_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: keys.ensure_keys(tmp_path), range(8)))
    names = [path.name for paths in made for path in paths]
    assert len(names) == len(set(names)) == len(LOADERS) + 2
    certificate = keys.load_certificate_key(tmp_path).verify_key
    endorsement = keys.load_certificate_endorsement(tmp_path)
    assert keys.is_endorsed(certificate, endorsement, keys.load_log_public(tmp_path))


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_may_read_is_refused_with_the_cure(
    folder: Path, name: str, mode: int
) -> None:
    (folder / name).chmod(mode)
    with pytest.raises(Misconfigured, match="chmod 600"):
        LOADERS[name](folder)


@pytest.mark.parametrize("name", LOADERS)
def test_a_missing_or_damaged_key_names_the_cure(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"AAAA\n")
    with pytest.raises(Misconfigured, match="backup"):
        LOADERS[name](folder)
    (folder / name).unlink()
    with pytest.raises(Misconfigured, match="registry init"):
        LOADERS[name](folder)


def test_the_public_site_needs_none_of_the_offices_keys(folder: Path) -> None:
    def public() -> tuple[object, ...]:
        return (
            keys.load_certificate_key(folder),
            keys.load_person_key(folder),
            keys.load_site_secret(folder, "public"),
            keys.load_log_public(folder),
        )

    before = public()
    for name in ("log.key", "vault.key", "admin.secret"):
        (folder / name).unlink()
    assert public() == before
    with pytest.raises(Misconfigured):
        keys.load_vault(folder)


def test_only_the_log_key_endorses(folder: Path) -> None:
    log, certificate = keys.load_log_key(folder), keys.load_certificate_key(folder)
    public = certificate.verify_key
    assert keys.is_endorsed(public, keys.endorse(log, public), log.verify_key)
    assert not keys.is_endorsed(public, keys.endorse(certificate, public), log.verify_key)
    assert not keys.is_endorsed(log.verify_key, keys.endorse(log, public), log.verify_key)
    assert not keys.is_endorsed(public, b"short", log.verify_key)


def test_what_is_sealed_opens_in_its_place_only(folder: Path) -> None:
    vault = keys.load_vault(folder)
    sealed = vault.seal(b"990101199003070014", b"person:1")
    assert vault.open(sealed, b"person:1") == b"990101199003070014"
    assert vault.seal(b"x") != vault.seal(b"x")
    broken = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for data, place in [
        (sealed, b"person:2"),
        (broken, b"person:1"),
        (b"", b""),
        (sealed[:20], b""),
    ]:
        with pytest.raises(keys.SealBroken):
            vault.open(data, place)


def test_fingerprints_are_keyed(folder: Path, tmp_path: Path) -> None:
    keys.ensure_keys(tmp_path / "other")
    here, there = keys.load_vault(folder), keys.load_vault(tmp_path / "other")
    assert here.fingerprint(b"1") == here.fingerprint(b"1") != there.fingerprint(b"1")


def test_keys_do_not_show_in_texts(folder: Path) -> None:
    vault = keys.load_vault(folder)
    assert repr(vault.key) not in repr(vault)
    assert "key=" not in repr(vault).replace("handle_key", "")
