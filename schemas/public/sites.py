"""The query string of a site's reports on one day."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from schemas.fields import Form, LegalDate, meta


class CoveredDay(Form):
    """The day that is asked about; today where none is."""

    class Meta:
        unknown = ma.EXCLUDE

    on = LegalDate(
        load_default=None,
        allow_none=True,
        metadata=meta(N_("Day"), N_("Such as the day of an accident."), widget="date"),
    )
