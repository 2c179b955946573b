"""Forms from marshmallow schemas: one validation for page, API and import row.

``describe`` says how a schema's fields look; ``load`` turns what was posted into validated data.
Names are dotted paths (``subject.code``, ``persons.0.name``), the same in the form, in the error
and in the anchor the error summary links to. Metadata a field may carry: ``label``, ``hint``,
``widget`` (text, textarea, date, select, radio, checkbox, file, region, hidden, password),
``choices`` (list, mapping or callable giving one of them), ``autocomplete``, ``inputmode``,
``rows`` (height of a textarea, or number of blank rows of a repeated group).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from flask import Flask
from marshmallow import Schema, ValidationError, fields, validate
from werkzeug.datastructures import FileStorage, MultiDict

from registry.core.errors import InvalidInput
from registry.core.i18n import N_, Text
from registry.core.web.locale import language, say
from registry.core.web.messages import translate_message

Choice = tuple[str, Text | str]
BLANK_ROWS = 3
REPHRASED = {"Missing data for required field.": N_("This must be filled in.")}
"""What marshmallow says, in words for the person at the form."""


@dataclass(frozen=True)
class FormField:
    """One field as a template draws it. ``widget`` "group" holds ``children``."""

    name: str
    label: Text | str
    widget: str
    required: bool = False
    hint: Text | str = ""
    choices: tuple[Choice, ...] = ()
    multiple: bool = False
    maxlength: int | None = None
    autocomplete: str = "off"
    inputmode: str = ""
    rows: int = 4
    default: object = None
    children: tuple[FormField, ...] = ()

    @property
    def id(self) -> str:
        """The element's id: what the error summary links to."""
        return "field-" + self.name.replace(".", "-")


@dataclass(frozen=True)
class Form:
    """Fields with what was typed and what is wrong with it."""

    fields: list[FormField]
    values: Mapping[str, object] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)


def describe(
    schema: Schema, values: Mapping[str, object] | None = None, *, prefix: str = ""
) -> list[FormField]:
    """The schema's loadable fields in order; nested schemas become groups.

    ``values`` (flat, as in a form) decide how many rows a repeated group shows: one more than
    are filled.
    """
    known = values or {}
    fields_ = schema.load_fields.items()
    return [_describe(prefix + (item.data_key or name), item, known) for name, item in fields_]


def load(
    schema: Schema,
    form: MultiDict[str, str],
    files: Mapping[str, FileStorage] | None = None,
) -> Any:
    """Validated data, or ``InvalidInput`` naming each wrong field by its dotted path.

    Text is stripped; an empty field counts as not given; wholly empty rows of a repeated group
    are dropped.
    """
    raw = _gather(schema, form, files or {}, "")
    try:
        return schema.load(raw)
    except ValidationError as error:
        raise InvalidInput(_at_fields(schema, flatten(error.messages))) from error


def values_of(data: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """Nested data as flat form values: to show what is stored in an edit form."""
    flat: dict[str, object] = {}
    for name, value in data.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping):
            flat.update(values_of(value, f"{path}."))
        elif isinstance(value, list) and any(isinstance(row, Mapping) for row in value):
            for index, row in enumerate(value):
                flat.update(values_of(row, f"{path}.{index}."))
        else:
            flat[path] = value
    return flat


def flatten(messages: object, path: str = "") -> dict[str, list[str]]:
    """Marshmallow's nested messages by dotted path; errors of the whole form stand under ""."""
    if isinstance(messages, Mapping):
        found: dict[str, list[str]] = {}
        for key, inner in messages.items():
            part = "" if key == "_schema" else str(key)
            joined = ".".join(piece for piece in (path, part) if piece)
            for name, texts in flatten(inner, joined).items():
                found.setdefault(name, []).extend(texts)
        return found
    leaves = messages if isinstance(messages, list) else [messages]
    return {path: [REPHRASED.get(str(leaf), str(leaf)) for leaf in leaves]}


def _at_fields(schema: Schema, errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Errors of a list's items moved to the list's own field, which is what the form shows."""
    moved: dict[str, list[str]] = {}
    for path, messages in errors.items():
        moved.setdefault(_field_path(schema, path.split(".")), []).extend(messages)
    return moved


def _field_path(schema: Schema | None, parts: list[str]) -> str:
    item = schema.load_fields.get(parts[0]) if schema else None
    inner = item.inner if isinstance(item, fields.List) else None
    if inner is not None and not isinstance(inner, fields.Nested):
        return parts[0]
    nested = inner or item
    width = 2 if inner is not None else 1
    if not isinstance(nested, fields.Nested) or len(parts) <= width:
        return ".".join(parts)
    return ".".join([*parts[:width], _field_path(nested.schema, parts[width:])])


def _describe(name: str, item: fields.Field[Any], values: Mapping[str, object]) -> FormField:
    meta = item.metadata
    shared: dict[str, Any] = {
        "name": name,
        "label": cast("Text | str", meta.get("label", name)),
        "hint": cast("Text | str", meta.get("hint", "")),
        "required": item.required,
    }
    if isinstance(item, fields.Nested):
        children = tuple(describe(item.schema, values, prefix=f"{name}."))
        return FormField(**shared, widget="group", children=children)
    inner = item.inner if isinstance(item, fields.List) else None
    if isinstance(inner, fields.Nested):
        rows = max(int(meta.get("rows", BLANK_ROWS)), _filled(name, values) + 1)
        return FormField(**shared, widget="rows", children=_rows_of(name, inner, values, rows))
    choices = _choices(item, inner)
    return FormField(
        **shared,
        widget=str(meta.get("widget") or _widget(item, inner, choices)),
        choices=choices,
        multiple=inner is not None,
        maxlength=_maxlength(item),
        autocomplete=str(meta.get("autocomplete", "off")),
        inputmode=str(meta.get("inputmode") or _inputmode(item)),
        rows=int(meta.get("rows", 4)),
        default=None if callable(item.load_default) else _plain(item.load_default),
    )


def _rows_of(
    name: str, nested: fields.Nested, values: Mapping[str, object], rows: int
) -> tuple[FormField, ...]:
    return tuple(
        FormField(
            name=f"{name}.{index}",
            label=str(index + 1),
            widget="group",
            children=tuple(describe(nested.schema, values, prefix=f"{name}.{index}.")),
        )
        for index in range(rows)
    )


def _filled(path: str, names: Iterable[str]) -> int:
    """How many rows of a repeated group the names of a form speak of."""
    start = len(path) + 1
    places = {name[start:].partition(".")[0] for name in names if name.startswith(f"{path}.")}
    # Three digits at most: a hostile row number must not make a million blank rows.
    return 1 + max(
        (int(p) for p in places if p.isascii() and p.isdigit() and len(p) < 4), default=-1
    )


def _plain(value: object) -> object:
    """A field's default unless there is none."""
    return value if isinstance(value, str | int | bool | date) else None


def _widget(
    item: fields.Field[Any], inner: fields.Field[Any] | None, choices: tuple[Choice, ...]
) -> str:
    if inner is not None:
        return "checkbox"
    if isinstance(item, fields.Boolean):
        return "checkbox"
    if choices:
        return "select"
    return "date" if isinstance(item, fields.Date) else "text"


def _inputmode(item: fields.Field[Any]) -> str:
    if isinstance(item, fields.Integer):
        return "numeric"
    return "decimal" if isinstance(item, fields.Decimal) else ""


def _choices(item: fields.Field[Any], inner: fields.Field[Any] | None) -> tuple[Choice, ...]:
    given = item.metadata.get("choices")
    if callable(given):
        given = cast(Callable[[], object], given)()
    if isinstance(given, Mapping):
        given = given.items()
    if given is not None:
        return tuple(
            (str(one[0]), one[1]) if isinstance(one, tuple | list) else (str(one), str(one))
            for one in cast(Iterable[Any], given)
        )
    for rule in (inner or item).validators:
        if isinstance(rule, validate.OneOf):
            return tuple((str(value), str(label or value)) for value, label in _labelled(rule))
    return ()


def _labelled(rule: validate.OneOf) -> list[tuple[object, object]]:
    choices = list(rule.choices)
    labels = list(rule.labels) + [""] * len(choices)
    return list(zip(choices, labels, strict=False))


def _maxlength(item: fields.Field[Any]) -> int | None:
    limits = [r.max for r in item.validators if isinstance(r, validate.Length) and r.max]
    return min(limits) if limits else None


def _gather(
    schema: Schema, form: MultiDict[str, str], files: Mapping[str, FileStorage], prefix: str
) -> dict[str, object]:
    raw: dict[str, object] = {}
    for name, item in schema.load_fields.items():
        key = item.data_key or name
        value = _value(prefix + key, item, form, files)
        if value is not None:
            raw[key] = value
    return raw


def _value(
    path: str, item: fields.Field[Any], form: MultiDict[str, str], files: Mapping[str, FileStorage]
) -> object | None:
    """What was posted for one field, None where nothing was."""
    if isinstance(item, fields.Nested):
        return _gather(item.schema, form, files, f"{path}.") or (None if not item.required else {})
    if isinstance(item, fields.List):
        if isinstance(item.inner, fields.Nested):
            return _rows(path, item.inner.schema, form, files)
        return [v.strip() for v in form.getlist(path) if v.strip()] or None
    if item.metadata.get("widget") == "file":
        sent = files.get(path)
        return sent if sent and sent.filename else None
    if isinstance(item, fields.Boolean):
        return path in form
    value = form.get(path, "")
    # A password is taken as typed: spaces at its ends may be meant.
    if item.metadata.get("widget") != "password":
        value = value.strip()
    return value.replace("\r\n", "\n") or None


def _rows(
    path: str, schema: Schema, form: MultiDict[str, str], files: Mapping[str, FileStorage]
) -> list[dict[str, object]] | None:
    """The rows of a repeated group at their places, so that errors keep pointing to them."""
    count = _filled(path, form)
    rows = [_gather(schema, form, files, f"{path}.{number}.") for number in range(count)]
    while rows and not any(v for v in rows[-1].values() if v is not False):
        rows.pop()
    return rows or None


def error_list(
    described: list[FormField], errors: Mapping[str, list[str]]
) -> list[tuple[str, str, str]]:
    """(anchor, label, message) per error in the fields' order, for the summary at the top."""
    order = {f.name: (place, f) for place, f in enumerate(_all(described))}
    lines: list[tuple[int, str, str, str]] = []
    for name, messages in errors.items():
        place, shown = order.get(name, (-1, None))
        anchor = f"#{shown.id}" if shown else ""
        label = say(shown.label) if shown else ""
        lines += [(place, anchor, label, translate_message(language(), m)) for m in messages]
    return [(anchor, label, message) for _, anchor, label, message in sorted(lines)]


def _all(described: Iterable[FormField]) -> Iterable[FormField]:
    for one in described:
        yield one
        yield from _all(one.children)


def chosen(values: Mapping[str, object], one: FormField) -> list[str]:
    """The values of a field as text: one for a plain field, many for check boxes."""
    if isinstance(values, MultiDict):
        return [str(v) for v in values.getlist(one.name)]
    value = values.get(one.name, one.default if not values else None)
    if value is None or value is False:
        return []
    if value is True:
        return ["1"]
    return [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)]


def has_values(values: Mapping[str, object], group: FormField) -> bool:
    """Whether anything was entered below ``group``."""
    return any(name.startswith(f"{group.name}.") and value for name, value in values.items())


def install(app: Flask) -> None:
    app.jinja_env.globals.update(
        error_list=error_list,
        chosen=chosen,
        has_values=has_values,
        say_error=lambda message: translate_message(language(), message),
    )
