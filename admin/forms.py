"""One way to handle a form: load, act, and on a wrong entry show it again as it was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import describe
from registry.core.web import forms
from registry.core.web.locale import language

WORDS = frozenset({"text", "q"})
"""Fields of searches into which the name of a person may be typed."""


def searched() -> MultiDict[str, str]:
    """What a search asks for. Words come by POST alone: no name stands in an address or a log."""
    posted = request.method == "POST"
    given = request.form if posted else request.args
    unwanted = {"csrf_token"} if posted else WORDS
    return MultiDict([(k, v) for k, v in given.items(multi=True) if k not in unwanted])


def show(
    template: str,
    schema: Schema,
    values: Mapping[str, object] | None = None,
    errors: Mapping[str, list[str]] | None = None,
    **context: object,
) -> str:
    """``template`` with the schema's form as ``form``."""
    form = forms.Form(forms.describe(schema), values or {}, errors or {})
    return render_template(template, form=form, **context)


def handle(
    template: str,
    schema: Schema,
    act: Callable[[Any], ResponseReturnValue],
    *expected: type[RegistryError],
    **context: object,
) -> ResponseReturnValue:
    """Load the posted form and ``act`` on it.

    ``InvalidInput`` and the ``expected`` errors show the form again, with what was typed.
    """
    try:
        return act(forms.load(schema, request.form, request.files))
    except InvalidInput as error:
        page = show(template, schema, request.form, error.fields, **context)
        return page, error.status
    except expected as error:
        told = {"": [describe(error, language())]}
        return show(template, schema, request.form, told, **context), error.status
