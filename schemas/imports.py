"""Forms of the imports desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import marshmallow as ma

from registry.core.i18n import N_, Text
from schemas.entities import version_seen, why
from schemas.fields import Code, Form, LegalDate, meta


class UploadedFile(ma.fields.Field[Any]):
    """A file of a form. Its name is never trusted; its size the web server limits."""

    default_error_messages = {"file": N_("Choose a file.")}  # noqa: RUF012

    def _deserialize(self, value: object, attr: object, data: object, **kwargs: object) -> Any:
        if not getattr(value, "filename", ""):
            raise self.make_error("file")
        return value


class Upload(Form):
    """A file to be tried. The choices are those of the installation."""

    kind = Code([], required=True, metadata=meta(N_("What does the file hold?"), widget="select"))
    mapping = Code(
        [],
        load_default="",
        metadata=meta(
            N_("Column names"),
            N_("Left empty, they are recognised by the heading of the file."),
            widget="select",
        ),
    )
    file = UploadedFile(
        required=True,
        metadata=meta(
            N_("File"),
            N_("CSV, XLSX, XLS, ODS or JSON lines; UTF-8 or GB18030; also gzipped."),
            "file",
        ),
    )

    def __init__(
        self,
        kinds: Sequence[tuple[str, Text | str]],
        mappings: Sequence[tuple[str, Text | str]],
    ) -> None:
        super().__init__()
        for name, choices in (("kind", kinds), ("mapping", mappings)):
            declared = self.load_fields[name]
            offered = Code(choices, required=declared.required, metadata=dict(declared.metadata))
            offered.load_default = declared.load_default
            self.load_fields[name] = offered


class ListUpload(Form):
    """A snapshot of another body's list."""

    list = Code([], required=True, metadata=meta(N_("Which list?"), widget="select"))
    file = UploadedFile(required=True, metadata=meta(N_("File"), widget="file"))
    source_date = LegalDate(
        load_default=None,
        metadata=meta(
            N_("Day of the list"), N_("Left empty, it is read from the file's name."), "date"
        ),
    )
    allow_removals = ma.fields.Float(
        load_default=5.0,
        validate=ma.validate.Range(0, 100),
        metadata=meta(
            N_("Removals allowed, in percent"),
            N_("A snapshot that ends more entries is refused. 100 allows even an empty one."),
            inputmode="decimal",
        ),
    )
    apply = ma.fields.Boolean(
        load_default=False,
        metadata=meta(N_("Apply it at once"), N_("Otherwise it is only compared."), "checkbox"),
    )

    def __init__(self, lists: Sequence[tuple[str, Text | str]]) -> None:
        super().__init__()
        declared = self.load_fields["list"]
        self.load_fields["list"] = Code(lists, required=True, metadata=dict(declared.metadata))


class Decision(Form):
    """An approval."""

    version = version_seen()


class ReasonedDecision(Decision):
    """A refusal or a request, with its reason."""

    reason = why(N_("Reason"))
