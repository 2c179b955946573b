"""Published files by content hash."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from registry.core.errors import NotFound
from registry.public.files.store import FileStore, FileTooLarge


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def test_a_file_is_kept_under_its_hash(files: FileStore) -> None:
    data = b"report" * 500_000
    name = files.store(io.BytesIO(data))
    assert name == hashlib.sha256(data).hexdigest()
    with files.open(name) as file:
        assert file.read() == data
    assert files.has(name)
    assert files.is_intact(name)


def test_equal_files_are_kept_once(files: FileStore) -> None:
    assert files.store(io.BytesIO(b"a")) == files.store(io.BytesIO(b"a"))
    assert sum(path.is_file() for path in files.directory.rglob("*")) == 1


def test_removed_means_gone(files: FileStore) -> None:
    name = files.store(io.BytesIO(b"a"))
    assert files.remove(name)
    assert not files.remove(name)
    with pytest.raises(NotFound):
        files.open(name)


def test_too_large_leaves_nothing(files: FileStore) -> None:
    with pytest.raises(FileTooLarge):
        files.store(io.BytesIO(b"12345"), limit=4)
    assert not [path for path in files.directory.rglob("*") if path.is_file()]
    assert files.has(files.store(io.BytesIO(b"1234"), limit=4))


def test_damage_is_noticed(files: FileStore) -> None:
    name = files.store(io.BytesIO(b"a"))
    (files.directory / name[:2] / name).write_bytes(b"b")
    assert not files.is_intact(name)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n"])
def test_a_name_that_is_no_hash_leads_nowhere(files: FileStore, name: str) -> None:
    assert not files.has(name)
    with pytest.raises(NotFound):
        files.open(name)
    with pytest.raises(NotFound):
        files.remove(name)
