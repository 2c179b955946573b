"""What the desks of who is answerable share: one page per act, and tables as CSV."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask import request, send_file
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from admin.context import acting
from admin.forms import handle, show
from registry.core.sheets import writers
from schemas.fields import under

TEMPLATE = "admin/answerable_form.html"


def form(
    schema: Schema,
    act: Callable[[dict[str, Any]], ResponseReturnValue],
    title: str,
    back: str,
    *,
    note: str = "",
    told: str = "",
    upload: bool = False,
    values: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """``title`` and ``told`` are marked for translation where they are given, ``note`` is said as
    it is. ``values``: what the form begins with."""
    shown: dict[str, Any] = {
        "title": title, "back": back, "note": note, "told": told, "upload": upload
    }  # fmt: skip
    first = {"visited_on": acting().today.isoformat(), **(values or {})}
    with under(acting().rules):
        if request.method == "GET":
            return show(TEMPLATE, schema, first, **shown)
        return handle(TEMPLATE, schema, act, **shown)


def csv_file(name: str, rows: Iterable[Sequence[object]]) -> ResponseReturnValue:
    """``rows``, heads first, as a file to keep; no cell of it is a formula."""
    head, *rest = rows
    text = io.StringIO(newline="")
    writers.write_csv(text, [str(cell) for cell in head], rest)
    content = io.BytesIO(text.getvalue().encode())
    return send_file(content, "text/csv", as_attachment=True, download_name=name)
