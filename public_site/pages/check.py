"""Check of one counterparty: a unit by name or code, a person by name and document number.

What is asked travels in the body only, is held for the length of the request, and stands in no
log, cookie or address. The forms need no CSRF token, which would need a cookie: the check reads
public data and acts for nobody. A form on another site is refused all the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from marshmallow import Schema

from public_site.present.checked import checked_person, checked_unit
from public_site.release import public
from registry.core.errors import InvalidInput
from registry.core.web import forms
from schemas.public.check import PersonCheck, UnitCheck

pages = Blueprint("check", __name__)


@pages.before_request
def refuse_other_sites() -> None:
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise CSRFError("cross-site")


@pages.get("/check")
@public()
def form() -> str:
    return again({})


@pages.post("/check")
def result() -> ResponseReturnValue:
    try:
        asked = typed()
        view = checked_person(**asked) if _of_person() else checked_unit(**asked)
    except InvalidInput as error:
        return again(error.fields), 422
    return render_template("public/checked.html", view=view)


def typed() -> dict[str, str]:
    """What was typed into the form. Raises ``InvalidInput`` by its fields."""
    schema: Schema = PersonCheck() if _of_person() else UnitCheck()
    found: dict[str, str] = forms.load(schema, request.form)
    return found


def _of_person() -> bool:
    return request.form.get("what") == "person"


def again(errors: Mapping[str, list[str]]) -> str:
    """The form with what was typed and what is wrong with it."""
    return render_template(
        "public/check.html",
        unit_fields=forms.describe(UnitCheck()),
        person_fields=forms.describe(PersonCheck()),
        person=_of_person(),
        values=request.form,
        errors=errors,
    )
