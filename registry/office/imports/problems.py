"""What is wrong with a file as an import, beyond what ``core.sheets`` says of any file."""

from __future__ import annotations

from registry.core.errors import RegistryError
from registry.core.i18n import N_
from registry.core.sheets.problems import UnusableFile


class NoHeading(UnusableFile):
    """No row looks like the column names of any mapping of the kind."""

    code = "no-heading"
    message = N_("No row with known column names was found. Missing: {columns}.")


class RepeatedColumn(UnusableFile):
    """Two columns claim to be the same field."""

    code = "repeated-column"
    message = N_("Two columns are read as the same field: {columns}.")


class UnknownMapping(UnusableFile):
    """There is no mapping of that name for the kind."""

    code = "unknown-mapping"
    status = 404
    message = N_("There is no column mapping {mapping} for this kind.")


class UnknownKind(RegistryError):  # noqa: N818
    """No such kind of import."""

    code = "unknown-import-kind"
    status = 404
    message = N_("There is no import of the kind {kind}. Known: {known}.")


class RowsRefused(RegistryError):  # noqa: N818
    """A batch with errors is not submitted: nothing of it may be half applied."""

    code = "rows-refused"
    status = 422
    message = N_("{count} rows have errors. Nothing was submitted. Correct the file first.")


class AlreadySubmitted(RegistryError):  # noqa: N818
    """A batch was made of this file before."""

    code = "already-submitted"
    status = 409
    message = N_("A batch was made of this file already.")
