"""Files for the credit platforms: penalties and licences in force, in the national columns."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from admin.context import acting, gazette, officer, requires, working
from registry.core.errors import InvalidInput, NotFound
from registry.core.web import forms
from registry.core.web.moment import now
from registry.office.staff import queries as staff
from registry.office.staff.officer import CASEWORK
from registry.public.gazette import double_publicity, files, snapshot
from registry.public.gazette.double_publicity import Wanted, layouts
from schemas.platform import Asked

desk = Blueprint("platform", __name__, url_prefix="/platform")
READERS = (*CASEWORK, "auditor")
FORMS = ("xlsx", "csv")
"""What the platforms take."""


def _form() -> Asked:
    """With the authorities of the officer's subtree to choose from."""
    units = staff.authorities(working(), officer().authority_path)
    return Asked([(str(one.id), one.name) for one in units])


def _wanted(asked: dict[str, Any]) -> Wanted:
    """What the form asks for: decisions of a unit and of those under it."""
    unit = int(asked["unit"] or officer().authority_id)
    path = staff.authority_seen(working(), officer(), unit).path
    codes = frozenset(one.code for one in staff.authorities(working(), path))
    return Wanted(asked["since"], asked["until"], codes)


@desk.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    schema, given = _form(), request.args
    status, counts = 200, dict[str, int]()
    errors: Mapping[str, list[str]] = {}
    try:
        wanted = _wanted(forms.load(schema, given))
        snapshot.pin(gazette())
        counts = {
            code: double_publicity.count(gazette(), code, now(), wanted) for code in layouts()
        }
    except InvalidInput as error:
        status, errors = error.status, error.fields
    page = render_template(
        "admin/platform.html",
        form=forms.Form(forms.describe(schema), given, errors),
        layouts=layouts(),
        counts=counts,
        asked={name: value for name, value in given.items() if value},
        formats=FORMS,
    )
    return page, status


@desk.get("/<dataset>.<form>")
@requires(*READERS)
def file(dataset: str, form: str) -> ResponseReturnValue:
    if dataset not in layouts() or form not in FORMS:
        raise NotFound
    wanted = _wanted(forms.load(_form(), request.args))
    made = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the answer that carries it
    snapshot.pin(gazette())
    double_publicity.write(gazette(), dataset, form, now(), made, acting().book, wanted)
    name = f"{dataset}-{acting().today:%Y%m%d}.{form}"
    answer: Response = send_file(
        made, files.MEDIA_TYPES[form], as_attachment=True, download_name=name
    )
    return answer
