"""What is wrong with a file or a row of it: a row in a report, never a traceback."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from registry.core.errors import RegistryError
from registry.core.i18n import N_, translate

Severity = Literal["error", "warning", "note"]

MESSAGES: Mapping[str, str] = {
    "missing": N_("This must be filled in."),
    "invalid": N_("This value cannot be accepted."),
    "date": N_("This is not a date. Write 2026-07-01, 2026年7月1日 or 2026/7/1."),
    "future": N_("This day lies in the future."),
    "order": N_("The end lies before the beginning."),
    "amount": N_("This is not an amount of money."),
    "code": N_("This is neither a unified social credit code nor a registration number."),
    "document": N_("This is not a document number."),
    "region": N_("There is no region with this code."),
    "unmapped-ground": N_("No ground of this list matches these words."),
    "ambiguous-ground": N_("Several grounds match these words: {options}."),
    "unmapped-list": N_("There is no list with this name."),
    "unmapped-authority": N_("No authority is known by this name or code."),
    "foreign-authority": N_("This authority lies outside your own."),
    "unmapped-term": N_("This is not one of the terms known here."),
    "unknown-site": N_("No place is known by this number, or several by this name."),
    "refused": N_("This value cannot be accepted."),
    "unmapped-kind": N_("Choose one of the kinds offered."),
    "duplicate-reference": N_("The same reference stands in an earlier line."),
    "duplicate-row": N_("The same entry stands in line {other} already."),
    "already-listed": N_("This entry is already in the registry."),
    "code-name": N_("The registry knows this code under another name: {name}."),
    "ended": N_("The term of this entry has ended already."),
    "masked-document": N_("The number is masked: this person cannot be found by his document."),
    "no-document": N_("No document number is given: this person cannot be found by it."),
    "no-code": N_("No credit code is given: the entity is flagged until it has one."),
    "amends": N_("The registry has this entity already; empty fields are filled in."),
    "computed-term": N_("No end is given: it is computed from the rules of the list."),
    "personal-number": N_("This text will be published and holds a person's number. Redact it."),
    "term-differs": N_("By the rules of the list the term ends on {day}; that end is kept."),
    "ambiguous-name": N_("Several entities bear this name. Give a credit code."),
    "document-name": N_("The registry knows this document under another person's name."),
    "different-kind": N_("The registry knows this code as another kind of entity."),
    "differs": N_("The registry has this entry with other content. Correct it in its case."),
    "minor": N_("A minor penalty is not published and not imported."),
    "too-long": N_("This is too long."),
    "too-long-valid": N_("A qualification granted then is valid until {day} at most."),
    "out-of-scope": N_("The organization was not qualified for this on the day of issue."),
    "number-taken": N_("This organization has a report with this number already."),
    "no-certificate": N_("Nobody of this name had a valid certificate there on that day."),
    "two-roles": N_("Nobody fills two control roles of one report."),
    "too-few-cells": N_("This line has fewer cells than the heading."),
    "too-many-cells": N_("This line has more cells than the heading."),
    "bad-json": N_("This line is not a JSON object."),
}
"""Code to English message; the code is stable and stands in the report."""


@dataclass(frozen=True)
class Problem:
    """One thing about one row. ``value`` is already masked where it is personal."""

    line: int
    field: str
    code: str
    value: str = ""
    severity: Severity = "error"
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)
    text: str = ""
    """English message where it is more exact than the one of the code."""

    def message(self, language: str) -> str:
        """The sentence for people."""
        return translate(language, self.text or MESSAGES[self.code], **self.params)


class UnusableFile(RegistryError):  # noqa: N818 - the family reads as sentences
    """The file as a whole cannot be read."""

    code = "unusable-file"
    status = 422
    message = N_("This file cannot be read.")


class EmptyFile(UnusableFile):
    """There is nothing in it."""

    code = "empty-file"
    message = N_("This file is empty.")


class FileTooLarge(UnusableFile):
    """More bytes than the limit."""

    code = "file-too-large"
    status = 413
    message = N_("This file is larger than {limit} MiB.")


class TooManyRows(UnusableFile):
    """More rows than the limit."""

    code = "too-many-rows"
    status = 413
    message = N_("This file has more than {limit} rows. Split it.")


class TooManyCells(UnusableFile):
    """A row, or the sheet, has more cells than the limit."""

    code = "too-many-cells"
    status = 413
    message = N_("This file has more than {limit} columns.")


class CellTooLong(UnusableFile):
    """A cell, or a line of JSON, holds more text than the limit."""

    code = "cell-too-long"
    status = 413
    message = N_("A cell of this file holds more than {limit} characters.")


class Inflates(UnusableFile):
    """A compressed file that grows beyond reason: a zip bomb, or damage that looks like one."""

    code = "inflates-too-much"
    status = 413
    message = N_("This compressed file grows to more than {limit} times its size. It is refused.")


class UnknownFormat(UnusableFile):
    """Neither a sheet nor text."""

    code = "unknown-format"
    message = N_(
        "This is none of the files that can be read: CSV, XLSX, XLS, ODS, JSON lines. A web page"
        " or PDF that only bears such a name has to be opened and saved as XLSX."
    )


class DamagedFile(UnusableFile):
    """It begins like a known format and does not go on like it."""

    code = "damaged-file"
    message = N_("This file is damaged or was cut off.")


class SeveralSheets(UnusableFile):
    """More than one sheet is a list; the others would be left out unseen."""

    code = "several-sheets"
    message = N_("There are lists on {count} sheets of this file. Hand in one sheet at a time.")


class UnknownEncoding(UnusableFile):
    """Neither UTF-8 nor GB18030."""

    code = "unknown-encoding"
    message = N_("The characters of this file are neither UTF-8 nor GB18030 (line {line}).")


class WrongEncoding(UnusableFile):
    """Recognised, but not accepted."""

    code = "wrong-encoding"
    message = N_("This file is written in {encoding}. Save it as UTF-8 or GB18030.")
