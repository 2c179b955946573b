"""Registers everything that ``listing.yaml`` refers to."""

from __future__ import annotations

from registry.office.enforcement import lifecycle as _penalty  # noqa: F401 - registers on import
from registry.office.enforcement import procedure as _procedure  # noqa: F401
from registry.office.listings import lifecycle as _listing  # noqa: F401
from registry.office.listings import payload as _payload  # noqa: F401
