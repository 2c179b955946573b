"""Logging without personal data: one JSON line per event, no access log, no request content."""

from __future__ import annotations

import sys
import traceback

import structlog
from structlog.typing import FilteringBoundLogger


def configure() -> None:
    """Set up structlog for the process: JSON lines on stderr."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(20),
        # Looked up at each event: a server may have redirected the stream since.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def logger() -> FilteringBoundLogger:
    return structlog.get_logger()  # type: ignore[no-any-return]


def place(error: BaseException) -> str:
    """Module and line where ``error`` arose: enough to find it, nothing of what was asked."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    last = frames[-1]
    return f"{last.filename.rpartition('/')[2]}:{last.lineno} {last.name}"
