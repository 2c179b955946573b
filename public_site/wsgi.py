"""The public site as an application string: ``public_site.wsgi:app``."""

from __future__ import annotations

from public_site.app import create_app
from registry.core.settings import public_settings

app = create_app(public_settings())
