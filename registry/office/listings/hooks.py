"""Registers what of ``listing.yaml`` is the listing's own (see ``punishments.hooks``)."""

from __future__ import annotations

from registry.office.enforcement import lifecycle as _penalty  # noqa: F401 - registers on import
from registry.office.enforcement import procedure as _procedure  # noqa: F401
from registry.office.listings import lifecycle as _listing  # noqa: F401
from registry.office.listings import payload as _payload  # noqa: F401
