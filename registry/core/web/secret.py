"""A site's cookie secret: from the settings, else from a key file made at the first start."""

from __future__ import annotations

import os
import secrets

from registry.core.errors import Misconfigured
from registry.core.settings import Settings


def site_secret(settings: Settings, site: str, given: str) -> str:
    """``given`` if set, else the content of ``keys/SITE.secret`` (mode 0600).

    Raises ``Misconfigured`` where the file is missing and cannot be made.
    """
    if given:
        return given
    path = settings.key_dir / f"{site}.secret"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as error:
        raise Misconfigured(what=f"the key file {path.name} cannot be made") from error
    return path.read_text().strip()
