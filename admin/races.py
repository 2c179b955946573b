"""A refused act: at which field; after a lost race, what the others did meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import marshmallow as ma
from werkzeug.datastructures import MultiDict

from admin.context import working
from registry.core.errors import RegistryError
from registry.office.dockets import casefile
from registry.office.dockets.casefile import TimelineEntry
from registry.office.dockets.hooks import Refused
from registry.office.dockets.models import Docket


def field_of(error: RegistryError, schema: ma.Schema) -> str:
    """The field of the form that a refusal is about, also where it was left empty; else none."""
    named = error.refusal.field_name if isinstance(error, Refused) else ""
    return named if named in schema.load_fields else ""


@dataclass(frozen=True)
class Lost:
    """A form whose act lost its race. ``values``: as typed, on the case as it stands now."""

    values: Mapping[str, object]
    meanwhile: Sequence[TimelineEntry] = ()
    """What was done since the form was opened, newest first."""


def lost(context: Mapping[str, object], typed: MultiDict[str, str]) -> Lost:
    """What the form shows after the race; sent once more, the act is on the present version.

    Nothing is overwritten by that: every guard is asked again, and events are only added.
    """
    docket, seen = context.get("docket"), typed.get("version", "")
    if not isinstance(docket, Docket) or not seen.isdecimal():
        return Lost(typed)
    values = typed.copy()
    values["version"] = str(docket.version)
    newer = [one for one in casefile.timeline(working(), docket) if one.event.ordinal > int(seen)]
    return Lost(values, newer)
