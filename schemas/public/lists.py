"""The forms of a list of counterparties on the page."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from schemas.fields import Choices, Code, Form, meta, offer

OUTCOMES = ("listed", "possible", "clear", "error")


class Upload(Form):
    """What is said beside the file."""

    class Meta:
        unknown = ma.EXCLUDE

    encoding = Code(
        [("utf-8", "UTF-8"), ("gb18030", "GB18030 / GBK")],
        load_default="",
        metadata=meta(
            N_("Encoding of a text file"),
            N_("Leave it open: it is recognised by itself. Sheets have none."),
        ),
    )


class Columns(Form):
    """Which columns are compared."""

    class Meta:
        unknown = ma.EXCLUDE

    name = Code([], load_default="", metadata=meta(N_("Column of names")))
    code = Code([], load_default="", metadata=meta(N_("Column of credit codes")))
    heading = ma.fields.Boolean(
        load_default=False, metadata=meta(N_("The first row holds titles"), widget="checkbox")
    )

    def __init__(self, titles: Choices) -> None:
        super().__init__()
        offer(self, "name", titles)
        offer(self, "code", titles)

    @ma.validates_schema
    def _one_at_least(self, data: dict[str, str], **_kwargs: object) -> None:
        if not data.get("name") and not data.get("code"):
            raise ma.ValidationError(
                {"name": [N_("Choose the column of names, of codes, or both.")]}
            )


class ResultQuery(Form):
    """Which rows of a result are shown."""

    class Meta:
        unknown = ma.EXCLUDE

    outcome = Code([(one, one) for one in OUTCOMES], load_default="", metadata={})
    page = ma.fields.Integer(
        load_default=1, strict=False, validate=ma.validate.Range(min=1, max=10_000)
    )
