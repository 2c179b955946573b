"""``python -m public_site.openapi``: the OpenAPI document of this version, without a server.

A process of its own, because the command line belongs to the closed side.
"""

from __future__ import annotations

import json
import sys
import tempfile

from public_site.api import document
from public_site.app import create_app
from registry.core.settings import public_settings


def main() -> None:
    """Write the document to the standard output. Needs neither installation nor settings."""
    with tempfile.TemporaryDirectory() as folder:
        settings = public_settings({"REGISTRY_DATA_DIR": folder, "REGISTRY_SECRET_KEY": "unused"})
        found = document(create_app(settings))
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
