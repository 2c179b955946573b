"""The candidate index as a file that server processes map and share.

A head of fixed size says what the file is: format, matcher, the sequence of the gazette up to which
it is complete and the leaf hash of that row, so that a file of another gazette is not taken for
this one's. Behind it lie the arrays of one segment. Readers map it privately: what they take out is
gone for them alone, and their memory is shared. The worker writes it anew when the gazette has
moved far, as a whole or not at all, and in between wipes out in place what was removed or
corrected: the name, its signatures and its postings.
"""

from __future__ import annotations

import json
import math
import mmap
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from registry.public.screening.segment import Arrays, Segment
from registry.public.screening.weighing import MATCHER

FORMAT = 2
"""Changes whenever the arrays mean something else."""
_HEAD = 4096
_ALIGNED = 64


class State(NamedTuple):
    """``sequence`` and the hex ``leaf`` hash of its row; ``erased`` is how far removals are in."""

    sequence: int
    leaf: str
    erased: int


class Stored(NamedTuple):
    """An opened file."""

    segment: Segment
    state: State


def write(path: Path, segment: Segment, state: State) -> None:
    """Writes the file anew; it takes the place of the former one when it is whole."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    places: dict[str, dict[str, Any]] = {}
    try:
        with part.open("wb") as file:
            file.write(b"\0" * _HEAD)
            for name, array in segment.arrays._asdict().items():
                file.write(b"\0" * (-file.tell() % _ALIGNED))
                places[name] = {"at": file.tell(), "type": array.dtype.str, "shape": array.shape}
                file.write(np.ascontiguousarray(array).tobytes())
            size = file.tell()
            file.seek(0)
            file.write(_head(state, places, size))
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o640)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read(path: Path) -> Stored | None:
    """The file mapped for a reader; None where there is none that this program understands."""
    return _open(path, mmap.ACCESS_COPY)


def erase(path: Path, refs: Iterable[str], upto: int) -> int:
    """Wipes ``refs`` out of the file and notes that removals are in ``upto`` a sequence.

    How many of them stood there. The caller is the only one who writes.
    """
    found = _open(path, mmap.ACCESS_WRITE)
    if found is None:
        return 0
    gone = sum(found.segment.wipe(ref) for ref in refs)
    head = _read_head(path)
    with path.open("r+b") as file:
        file.write(_head(found.state._replace(erased=upto), head["arrays"], head["size"]))
        file.flush()
        os.fsync(file.fileno())
    return gone


def state_of(path: Path) -> State | None:
    """What a usable file says of itself."""
    try:
        head = _read_head(path)
        usable = (head["format"], head["matcher"]) == (FORMAT, MATCHER)
        whole = path.stat().st_size == head["size"]
        return State(head["sequence"], head["leaf"], head["erased"]) if usable and whole else None
    except (OSError, ValueError, KeyError):
        return None


def _open(path: Path, access: int) -> Stored | None:
    state = state_of(path)
    if state is None:
        return None
    with path.open("r+b" if access == mmap.ACCESS_WRITE else "rb") as file:
        held = mmap.mmap(file.fileno(), 0, access=access)
    arrays = {name: _array(held, place) for name, place in _read_head(path)["arrays"].items()}
    return Stored(Segment(Arrays(**arrays)), state)


def _array(held: mmap.mmap, place: Mapping[str, Any]) -> npt.NDArray[Any]:
    count = math.prod(place["shape"])
    flat = np.frombuffer(held, np.dtype(place["type"]), count, place["at"])
    return flat.reshape(place["shape"])


def _head(state: State, arrays: Mapping[str, Any], size: int) -> bytes:
    head = {"format": FORMAT, "matcher": MATCHER, **state._asdict(), "size": size, "arrays": arrays}
    return json.dumps(head).encode().ljust(_HEAD, b" ")


def _read_head(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return dict(json.loads(file.read(_HEAD)))
