"""The public site as an application string: ``public_site.wsgi:app``."""

from __future__ import annotations

import contextlib
import threading

from public_site.app import create_app, warm
from registry.core.settings import public_settings
from registry.core.web.factory import settled

with contextlib.suppress(ImportError, OSError, ValueError):
    import resource

    # A crash must not write to a disk what somebody was just handing in.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

app = settled(create_app(public_settings()))
# The names of 100,000 records take some seconds to load; nobody should wait for that.
threading.Thread(target=warm, args=(app,), daemon=True).start()
