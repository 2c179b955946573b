"""Static files under an address that holds their content's hash, so that they cache for a year.

One hash covers the whole tree: a stylesheet's relative references then stay inside it. An address
with another hash still answers (a page opened before an upgrade), uncached.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, Response, send_from_directory

from registry.core.errors import NotFound

_YEAR = 365 * 24 * 3600
SHARED = Path(__file__).parent / "static"


def tree_hash(folders: tuple[Path, ...]) -> str:
    """First 12 hex digits of a SHA-256 over names and contents, compiled Python left out."""
    digest = hashlib.sha256()
    for folder in folders:
        kept = (p for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc")
        for path in sorted(kept):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def install(app: Flask, *own: Path) -> None:
    """Serve the shared folder and the site's ``own`` ones under ``/static/HASH/…``."""
    folders = (*own, SHARED)
    current = tree_hash(folders)

    def serve(version: str, filename: str) -> Response:
        folder = next((f for f in folders if (f / filename).is_file()), None)
        if folder is None:
            raise NotFound
        answer = send_from_directory(folder, filename, max_age=_YEAR, conditional=True)
        if version == current:
            answer.cache_control.immutable = True
        else:
            answer.headers["Cache-Control"] = "no-cache"
        return answer

    app.add_url_rule("/static/<version>/<path:filename>", "static", serve)
    app.jinja_env.globals.update(asset=lambda filename: f"/static/{current}/{filename}")
