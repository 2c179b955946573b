"""Cases of any kind: states, permissions, four eyes, evidence, clocks, papers, publication.

A kind is a YAML table (docs/dockets.md), a field set and papers. ``open_docket`` begins a case,
``act`` takes every further step, ``adopt`` brings in an approved batch; ``queries`` reads.
"""

from __future__ import annotations

from registry.office.dockets import climbing as _climbing  # noqa: F401 - registers itself
from registry.office.dockets import leaving as _leaving  # noqa: F401 - registers itself
from registry.office.dockets.adoption import Adopted, adopt
from registry.office.dockets.amending import add_party, link, reassign, redact
from registry.office.dockets.engine import ActionView, act, act_as_registry, available, load
from registry.office.dockets.evidence import Upload, attach
from registry.office.dockets.hooks import Refusal, Refused
from registry.office.dockets.models import Docket
from registry.office.dockets.refresh import refresh
from registry.office.dockets.service import Link, Party, open_docket

__all__ = [
    "ActionView",
    "Adopted",
    "Docket",
    "Link",
    "Party",
    "Refusal",
    "Refused",
    "Upload",
    "act",
    "act_as_registry",
    "add_party",
    "adopt",
    "attach",
    "available",
    "link",
    "load",
    "open_docket",
    "reassign",
    "redact",
    "refresh",
]
