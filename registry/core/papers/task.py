"""What runs in the child: ``python -m registry.core.papers.task TASK PATHS…``.

Answers with one line of JSON: what was found, or ``{"problem": code}``. Limits come first.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

_MEGABYTE = 1 << 20
LIMITS = {
    "inspect": (512 * _MEGABYTE, 20),
    "prepare": (2048 * _MEGABYTE, 240),
    "image": (1024 * _MEGABYTE, 20),
}
"""Address space in bytes and processor time in seconds, per task."""
_LARGEST_OUTPUT = 1024 * _MEGABYTE


def main(arguments: list[str]) -> int:
    task, paths = arguments[0], [Path(one) for one in arguments[1:]]
    memory, seconds = LIMITS[task]
    # The libraries first: their own mapping should not count against the file.
    work = _work(task)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_OUTPUT, _LARGEST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = work(*paths)
    except (MemoryError, RecursionError):
        answer = {"problem": "bomb-pdf"}
    sys.stdout.write(json.dumps(answer))
    return 0


def _work(task: str) -> Any:
    if task == "image":
        from registry.core.papers import pictures  # noqa: PLC0415 - a child loads what it needs

        return pictures.rewrite
    from registry.core.papers import pdf  # noqa: PLC0415

    return pdf.inspect if task == "inspect" else pdf.prepare


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
