"""The public site as an application string: ``public_site.wsgi:app``."""

from __future__ import annotations

import threading

from public_site.app import create_app, warm
from registry.core.settings import public_settings

app = create_app(public_settings())
# The names of 100,000 records take some seconds to load; nobody should wait for that.
threading.Thread(target=warm, args=(app,), daemon=True).start()
