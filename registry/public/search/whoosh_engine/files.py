"""Whoosh: the directory of an index, its commits, and the term dictionary of a segment.

The only module that imports Whoosh (whoosh-reloaded 2.7.5). A commit is a table of contents
(TOC) that names the segments; it appears by a rename, so that a reader sees all of it or the one
before. Files of segments never change; those that no TOC names any more are deleted.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.fields import ID, Schema
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.filedb.filetables import OrderedHashReader, OrderedHashWriter
from whoosh.filedb.structfile import BufferFile
from whoosh.index import TOC
from whoosh.util.numlists import GrowableArray

from registry.public.search.engine import IndexBusy

NAME = "records1"
"""Name of the index in its directory. The number rises with the format: an older index is then
not found, and is built anew."""
TERMS, DOCUMENTS = ".trm", ".doc"
_FAMILY = "records"
_LENGTHS = struct.Struct("!ii")
_CRC32 = 1
_ATTEMPTS = 50


class Segment(W3Segment):  # type: ignore[misc]
    """A segment as a TOC lists it. ``position`` counts on the first one only, which is empty."""

    def __init__(self, position: int = 0) -> None:
        super().__init__(W3Codec(), NAME)
        self.position = position
        self.sizes: dict[str, int] = {}

    def path(self, directory: Path, extension: str) -> Path:
        return directory / str(self.make_filename(extension))


@dataclass(frozen=True, slots=True)
class Part:
    """One segment of a commit: its id and the numbers of the documents deleted in it."""

    segment: Segment
    deleted: frozenset[int] = frozenset()

    @property
    def id(self) -> str:
        return str(self.segment.segment_id())


@dataclass(frozen=True, slots=True)
class Contents:
    """What a commit says. ``generation`` -1: there is no index."""

    generation: int = -1
    position: int = 0
    parts: tuple[Part, ...] = ()


@dataclass
class Directory:
    """The directory of an index."""

    path: Path
    _storage: FileStorage = field(init=False)

    def __post_init__(self) -> None:
        self._storage = FileStorage(str(self.path))

    def generation(self) -> int:
        """Number of the last commit, -1 if there is none. Cheap: asked for every search."""
        last = -1
        prefix = f"_{NAME}_"
        with contextlib.suppress(FileNotFoundError):
            for name in os.listdir(self.path):  # noqa: PTH208 - twice as fast as pathlib
                if name.startswith(prefix) and name.endswith(".toc"):
                    last = max(last, int(name[len(prefix) : -4]))
        return last

    def read(self) -> Contents:
        """The last commit. What cannot be read counts as none: the index is built anew."""
        for _ in range(_ATTEMPTS):
            generation = self.generation()
            if generation < 0:
                return Contents()
            name = TOC._filename(NAME, generation)
            memory = RamStorage()
            try:
                memory.files[name] = (self.path / name).read_bytes()
            except FileNotFoundError:
                continue  # a writer has just replaced it
            try:
                toc = TOC.read(memory, NAME, gen=generation, schema=_schema())
                head, *segments = toc.segments
                parts = tuple(Part(one, frozenset(one.deleted_docs())) for one in segments)
                return Contents(generation, head.position, parts)
            except Exception:
                return Contents(generation)
        raise IndexBusy

    def commit(self, parts: Iterable[Part], position: int) -> None:
        """Make ``parts`` the index. The caller holds the ``lock``."""
        segments = [Segment(position)]
        for part in parts:
            # A TOC pickles its segments as they are then: the deletions belong to this commit.
            part.segment._deleted = set(part.deleted) or None
            segments.append(part.segment)
        generation = self.generation() + 1
        toc = TOC(_schema(), segments, generation)
        toc.write(self._storage, NAME)
        name = TOC._filename(NAME, generation)
        _sync(self.path / name)
        _sync(self.path)
        self._clean({name, *(str(one.segment_id()) for one in segments)})

    def _clean(self, kept: set[str]) -> None:
        """Delete what belongs to no commit, also what a killed writer or older format left."""
        for path in self.path.iterdir():
            ours = path.name.startswith((_FAMILY, f"_{_FAMILY}"))
            if ours and path.name not in kept and path.stem not in kept and path != self._lock_path:
                path.unlink(missing_ok=True)

    @property
    def _lock_path(self) -> Path:
        return self.path / f"{NAME}_WRITELOCK"

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the writer's lock while the block runs. Raises ``IndexBusy`` if another does."""
        self.path.mkdir(parents=True, exist_ok=True)
        lock = self._storage.lock(self._lock_path.name)
        if not lock.acquire(blocking=False):
            raise IndexBusy
        try:
            yield
        finally:
            lock.release()


class Damaged(Exception):  # noqa: N818 - says what the file is
    """A file of a segment is not what was written. The index must be built anew."""


def write_segment(
    directory: Path, count: int, terms: Iterable[tuple[bytes, bytes]], data: Iterable[bytes]
) -> Segment:
    """Write a segment of ``count`` documents: ``terms`` in ascending order, then ``data``."""
    segment = Segment()
    segment.set_doc_count(count)
    storage = FileStorage(str(directory))
    writer = _DictionaryWriter(segment.create_file(storage, TERMS))
    for key, value in terms:
        writer.add(key, value)
    writer.close()
    with segment.path(directory, DOCUMENTS).open("wb") as file:
        file.writelines(data)
    for extension in (TERMS, DOCUMENTS):
        path = segment.path(directory, extension)
        segment.sizes[extension] = path.stat().st_size
        _sync(path)
    return segment


def map_documents(directory: Path, segment: Segment) -> mmap.mmap:
    """The segment's data. It stays readable when the file is deleted. Raises ``Damaged``."""
    with segment.path(directory, DOCUMENTS).open("rb") as file:
        if os.fstat(file.fileno()).st_size != segment.sizes[DOCUMENTS]:
            raise Damaged
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


class Dictionary:
    """The terms of a segment and their packed postings. Raises ``Damaged`` when opened."""

    def __init__(self, directory: Path, segment: Segment) -> None:
        # In memory, not an open file: threads share it, and a file has one position.
        data = segment.path(directory, TERMS).read_bytes()
        if len(data) != segment.sizes[TERMS]:
            raise Damaged
        self._file = BufferFile(data)
        self._reader = OrderedHashReader(self._file, len(data))

    def get(self, key: bytes) -> bytes | None:
        found: bytes | None = self._reader.get(key)
        return found

    def starting_with(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Terms that begin with ``prefix``, in order."""
        position = self._reader.closest_key_pos(prefix)
        end, get = self._reader.endofdata, self._file.get
        while position is not None and position < end:
            key_length, length = _LENGTHS.unpack(get(position, _LENGTHS.size))
            start = position + _LENGTHS.size
            key = get(start, key_length)
            if not key.startswith(prefix):
                return
            position = start + key_length + length
            yield key, get(start + key_length, length)


class _DictionaryWriter(OrderedHashWriter):  # type: ignore[misc]
    """Whoosh's ordered hash file with CRC-32 for MD5, which costs a third of the time."""

    def __init__(self, file: object) -> None:
        super(OrderedHashWriter, self).__init__(file, hashtype=_CRC32)
        self.index = GrowableArray("H")
        self.lastkey = b""


def _schema() -> Schema:
    """For Whoosh's table of contents only: what a segment holds is ours (see ``build``)."""
    return Schema(id=ID(stored=True, unique=True))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
