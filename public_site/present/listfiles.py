"""Results of lists as files, and uploads without a trace on a disk."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from flask import Response, request

from registry.core.errors import InvalidInput
from registry.core.i18n import N_, translate
from registry.core.sheets import writers
from registry.public.screening.lists import ShownAnswer

COLUMNS = (
    "line",
    "name",
    "code",
    "outcome",
    "record",
    "kind",
    "matched_name",
    "score",
    "via",
    "others",
    "decided",
    "note",
)
Row = Sequence[object]
TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl",
}
OTHER_TYPES = (TYPES["xlsx"], TYPES["jsonl"])
GONE = N_("The record is no longer published.")


def uploaded() -> bytes:
    """The one file of this request. Raises ``InvalidInput`` for none."""
    sent = request.files.get("file")
    others = set(request.files) - {"file"}
    if others:
        raise InvalidInput({name: [N_("Unknown field.")] for name in sorted(others)})
    data = sent.read() if sent is not None else b""
    if not data:
        raise InvalidInput({"file": [N_("This file is empty or was not chosen.")]})
    return data


def row(shown: ShownAnswer, language: str) -> Row:
    """One row of a result, in the order of ``COLUMNS``."""
    answer = shown.answer
    note = shown.error(language) or (translate(language, GONE) if shown.gone else "")
    return (
        answer.line,
        answer.name,
        answer.code,
        answer.outcome,
        shown.record,
        shown.kind,
        shown.name,
        f"{shown.score:.3f}" if shown.name else "",
        shown.via,
        shown.others or "",
        "yes" if answer.settled else "",
        note,
    )


def download(
    rows: Iterable[Row], format: str, *, name: str, columns: Sequence[str] = COLUMNS
) -> Response:
    """``rows`` as a file of ``format``; formulas are neutralised in what a spreadsheet opens."""
    if format == "xlsx":
        data = writers.xlsx_bytes(columns, rows)
    elif format == "jsonl":
        text = io.StringIO()
        writers.write_jsonl(text, (dict(zip(columns, one, strict=True)) for one in rows))
        data = text.getvalue().encode()
    else:
        text = io.StringIO(newline="")
        writers.write_csv(text, columns, rows)
        data = text.getvalue().encode()
    answer = Response(data, mimetype=TYPES[format])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{format}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
