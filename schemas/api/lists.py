"""Bodies and answers of the calls about whole lists, the history of checks and decisions."""

from __future__ import annotations

import re
from typing import Any

import marshmallow as ma

from registry.core.i18n import N_
from schemas.api.answers import instant, text, whole
from schemas.api.fields import Choice, Count, Line, Share
from schemas.api.requests import (
    ID_PATTERN,
    LARGEST_PAGE,
    PartyQuery,
    Request,
    purpose,
    reference,
)

TOKEN_PATTERN = "^[0-9A-HJKMNP-TV-Z]{26}$"  # noqa: S105 - the shape of an id
FORMATS = ("csv", "xlsx", "jsonl")
ENCODINGS = {"utf-8": "utf-8-sig", "gb18030": "gb18030"}


class _WrittenShare(Share):
    """A share as text, as forms send it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9](\.[0-9]{1,6})?", value):
            raise self.make_error("invalid")
        return super()._deserialize(float(value), attr, data, **kwargs)


class JobForm(Request):
    """The fields beside the file of ``POST match/jobs``."""

    name_column = Line(
        maximum=200,
        load_default="",
        description=N_(
            "Title of the column of names. Without it: the usual titles are looked for."
        ),
    )
    code_column = Line(
        maximum=200, load_default="", description=N_("Title of the column of credit codes.")
    )
    region_column = Line(
        maximum=200, load_default="", description=N_("Title of a column of regions (GB/T 2260).")
    )
    encoding = Choice(
        tuple(ENCODINGS),
        load_default="",
        description=N_("Encoding of a text file. Without it: it is detected."),
    )
    threshold = _WrittenShare(
        load_default=None,
        description=N_("Score from which a name counts as a possible match. Without it: 0.70."),
    )
    purpose = purpose()
    reference = reference()


class JobAnswer(ma.Schema):
    """Where a job stands."""

    id = text(N_("Id of the job."), pattern=TOKEN_PATTERN)
    state = text(
        N_("`waiting`, `running`, `done` or `failed`."),
        enum=["waiting", "running", "done", "failed"],
    )
    rows = whole(N_("Rows of the list."))
    done = whole(N_("Rows checked so far."))
    created = instant(N_("When it was handed in."))
    finished = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": N_("When it ended; null before.")},
    )
    expires = instant(N_("When list and result are deleted."))
    error = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": N_("Why it failed: the last part of a problem's `type`.")},
    )
    result = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": N_("Where the result is; null before.")},
    )


class ResultArgs(Request):
    """``GET match/jobs/ID/result``."""

    format = Choice(FORMATS, load_default="csv", description=N_("csv, jsonl or xlsx."))


class OwnPage(Request):
    """Where a page of one's own begins and how long it is."""

    limit = Count(
        least=1,
        most=LARGEST_PAGE,
        load_default=50,
        description=N_("How many records a page has at most."),
    )
    next = Line(
        maximum=400,
        load_default="",
        description=N_("Where the page begins: `next` of the page before, unchanged."),
    )


class CheckMade(ma.Schema):
    """A check that the agency made. Whom it was about is kept nowhere."""

    id = whole(N_("Number of the check."), least=1)
    at = instant(N_("When it was asked."))
    outcome = text(N_("What the answer was."), enum=["listed", "possible", "clear"])
    matches = ma.fields.List(
        ma.fields.String(metadata={"pattern": ID_PATTERN}),
        required=True,
        metadata={"description": N_("Ids of the records that answered.")},
    )
    sequence = whole(N_("The state of the registry: length of its log."))
    matcher = text(N_("Name and version of the comparison."))
    threshold = ma.fields.Float(
        required=True, metadata={"description": N_("Score from which a name counted.")}
    )
    purpose = text(N_("What the check is for; stands in the agency's history."))
    reference = text(N_("Number of the case that it is for, and no name; stands in the history."))
    key = text(N_("The key with which it was asked (its public part)."))
    job = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": N_("The job that it was part of.")},
    )
    certificate = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": N_("The certificate that was issued over it.")},
    )


class HistoryAnswer(ma.Schema):
    """Checks of the agency, the newest first."""

    results = ma.fields.List(ma.fields.Nested(CheckMade), required=True)
    next = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": N_("Where the next page begins; null on the last one.")},
    )


class FindBody(Request):
    """``POST match/history/find``."""

    query = ma.fields.Nested(
        PartyQuery,
        required=True,
        metadata={"description": N_("The counterparty, as for `match`.")},
    )


class JudgementBody(FindBody):
    """``POST match/judgements``."""

    record = ma.fields.String(
        required=True,
        validate=ma.validate.Regexp(ID_PATTERN),
        metadata={
            "description": N_("Id of the record that is not the counterparty."),
            "pattern": ID_PATTERN,
        },
    )
    threshold = Share(
        load_default=None,
        description=N_("Score from which a name counts as a possible match. Without it: 0.70."),
    )


class JudgementAnswer(ma.Schema):
    """A decision that a record is not the counterparty. It ends when the record changes."""

    id = text(N_("Id of the decision."), pattern=TOKEN_PATTERN)
    record = text(N_("Id of the record."), pattern=ID_PATTERN)
    sequence = whole(N_("Row of the log from which the record's content comes."), least=1)
    made = instant(N_("When it was decided."))
    key = text(N_("The key with which it was asked (its public part)."))
    in_force = ma.fields.Boolean(
        required=True,
        metadata={"description": N_("False once the record says something else, or is gone.")},
    )


class JudgementsAnswer(ma.Schema):
    """Decisions of the agency, the newest first."""

    results = ma.fields.List(ma.fields.Nested(JudgementAnswer), required=True)
    next = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": N_("Where the next page begins; null on the last one.")},
    )
