"""The production server of a site: ``python -P -m registry.core.web.server APPLICATION …``.

Gunicorn with threads, started as an application class of our own rather than by its command: the
command puts the working directory before everything installed, so that an ``admin.py`` lying there
would be served instead of the site, and runs a ``gunicorn.conf.py`` that it finds there.
"""

from __future__ import annotations

import argparse
import os
from typing import Any

from gunicorn import util
from gunicorn.app.base import BaseApplication
from gunicorn.http import message
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import ThreadWorker

LONGEST_LINE = 128 * 1024
"""Bytes of a request's first line. What is longer gets Gunicorn's own short page (414)."""
THREADS = 8


class Request(message.Request):  # type: ignore[misc] # the library has no types
    """A request whose address may be as long as ours.

    Gunicorn's setting ends at 8,190 bytes, and what is longer it answers itself, before the site
    can say in the reader's words what is wrong (a batch of queries in an address gets there).
    Should the library stop asking this object, its own bound holds.
    """

    def parse(self, unreader: Any) -> Any:
        self.limit_request_line = LONGEST_LINE
        return super().parse(unreader)


class Requests(RequestParser):  # type: ignore[misc]
    """The requests of a connection."""

    mesg_class = Request


class Worker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's worker with threads, reading our requests."""

    def enqueue_req(self, conn: Any) -> None:
        if conn.parser is None:
            conn.parser = Requests(self.cfg, conn.sock, conn.client)
        super().enqueue_req(conn)


class Server(BaseApplication):  # type: ignore[misc]
    """One site: its application string (``module:name`` or ``module:call()``) and its settings."""

    def __init__(self, application: str, settings: dict[str, Any]) -> None:
        self.application, self.settings = application, settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return util.import_app(self.application)


def main() -> None:
    parser = argparse.ArgumentParser(prog="registry.core.web.server")
    parser.add_argument("application", help="module:name or module:call()")
    parser.add_argument("--bind", required=True, help="host:port")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    given = parser.parse_args()
    settings = {
        "bind": given.bind,
        "workers": given.workers,
        # Threads share one process's caches and counters.
        "threads": THREADS,
        "worker_class": Worker,
        # Whichever parser else is installed, ours is this one.
        "http_parser": "python",
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else "/tmp",  # noqa: S108, PTH112
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    Server(given.application, settings).run()


if __name__ == "__main__":
    main()
