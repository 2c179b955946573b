"""An uploaded file under a path, without ever standing on a disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def in_memory(data: bytes) -> Iterator[Path]:
    """A path under which ``data`` can be read while the block runs.

    Linux: a file in memory that no directory holds. Elsewhere: a temporary file that only this
    user may read, overwritten with zeros before it is deleted.
    """
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("list", os.MFD_CLOEXEC)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            yield Path(f"/proc/self/fd/{descriptor}")
        return
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        try:
            yield Path(file.name)
        finally:
            file.seek(0)
            file.write(bytes(len(data)))
            file.flush()
