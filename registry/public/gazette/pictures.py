"""What stands beside a published report to be looked at; see ``payloads``."""

from __future__ import annotations

from typing import NotRequired

# On Python 3.11 the checker of shapes (see shapes.py) cannot read typing's own TypedDict.
from typing_extensions import TypedDict


class SitePicture(TypedDict):
    """A picture of the site, or a video of field work (``video``: its media type)."""

    file: str
    """SHA-256 of the file as it is shown."""
    caption: NotRequired[str]
    video: NotRequired[str]
