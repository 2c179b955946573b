"""One page per act of the desks of who is answerable: the form, and on posting it the act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from admin.context import acting
from admin.forms import handle, show
from schemas.fields import under

TEMPLATE = "admin/answerable_form.html"


def form(
    schema: Schema,
    act: Callable[[dict[str, Any]], ResponseReturnValue],
    title: str,
    back: str,
    *,
    note: str = "",
    upload: bool = False,
) -> ResponseReturnValue:
    """``title`` is marked for translation where it is given."""
    shown: dict[str, Any] = {"title": title, "back": back, "note": note, "upload": upload}
    with under(acting().rules):
        if request.method == "GET":
            return show(TEMPLATE, schema, {"visited_on": acting().today.isoformat()}, **shown)
        return handle(TEMPLATE, schema, act, **shown)
