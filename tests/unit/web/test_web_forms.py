"""From a schema to fields, and from what was posted to data or messages at their fields."""

from __future__ import annotations

from datetime import date

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template_string
from marshmallow import Schema, fields, validate
from werkzeug.datastructures import MultiDict

from registry.core.errors import InvalidInput
from registry.core.i18n import Text
from registry.core.web import forms
from registry.core.web.messages import field_messages, spoken, translate_message


class PersonForm(Schema):
    name = fields.String(required=True, metadata={"label": "Name"})
    role = fields.String(
        metadata={"label": "Role", "choices": [("principal", Text("主要负责人", "Principal"))]}
    )


class CaseForm(Schema):
    code = fields.String(
        required=True,
        validate=validate.Length(max=18),
        metadata={"label": "Code", "hint": "18 characters"},
    )
    decided = fields.Date(metadata={"label": "Date"}, data_key="decided-on")
    count = fields.Integer(metadata={"label": "Number"})
    measures = fields.List(
        fields.String(validate=validate.OneOf(["M1", "M2"])), metadata={"label": "Measures"}
    )
    agreed = fields.Boolean(load_default=False, metadata={"label": "Agreed"})
    kind = fields.String(metadata={"label": "Kind", "widget": "radio", "choices": {"a": "A"}})
    note = fields.String(metadata={"label": "Note", "widget": "textarea"})
    persons = fields.List(fields.Nested(PersonForm), metadata={"label": "Persons", "rows": 2})
    seat = fields.Nested(PersonForm, metadata={"label": "Seat"})


GOOD = MultiDict(
    [
        ("code", "  ABC "),
        ("decided-on", "2026-07-01"),
        ("measures", "M1"),
        ("measures", "M2"),
        ("agreed", "1"),
        ("note", "one\r\ntwo"),
        ("persons.0.name", "张样例"),
        ("persons.0.role", "principal"),
        ("persons.1.name", ""),
        ("persons.1.role", ""),
    ]
)


def test_load_gives_plain_data() -> None:
    assert forms.load(CaseForm(), GOOD) == {
        "code": "ABC",
        "decided": date(2026, 7, 1),
        "measures": ["M1", "M2"],
        "agreed": True,
        "note": "one\ntwo",
        "persons": [{"name": "张样例", "role": "principal"}],
    }


def test_errors_stand_at_the_fields_that_the_form_shows() -> None:
    posted = MultiDict(
        [
            ("decided-on", "yesterday"),
            ("count", "many"),
            ("measures", "M1"),
            ("measures", "M9"),
            ("persons.1.role", "principal"),
        ]
    )
    with pytest.raises(InvalidInput) as caught:
        forms.load(CaseForm(), posted)
    assert set(caught.value.fields) == {
        "code",
        "decided-on",
        "count",
        "measures",
        "persons.0.name",
        "persons.1.name",
    }
    assert caught.value.fields["code"] == ["This must be filled in."]


def test_described_fields_carry_what_a_template_needs() -> None:
    described = {one.name: one for one in forms.describe(CaseForm())}
    assert described["code"].maxlength == 18
    assert described["code"].required
    assert described["decided-on"].widget == "date"
    assert described["count"].inputmode == "numeric"
    assert described["measures"].multiple
    assert described["measures"].choices == (("M1", "M1"), ("M2", "M2"))
    assert [row.name for row in described["persons"].children] == ["persons.0", "persons.1"]
    assert described["seat"].children[0].id == "field-seat-name"


def test_repeated_rows_grow_with_what_is_filled_and_no_further_than_sense() -> None:
    values = {"persons.4.name": "x", "persons.99999.name": "y", "persons.x.name": "z"}
    described = {one.name: one for one in forms.describe(CaseForm(), values)}
    assert len(described["persons"].children) == 6


def test_values_of_nested_data_round_trip() -> None:
    data = {"code": "A", "measures": ["M1"], "persons": [{"name": "x"}], "seat": {"name": "y"}}
    assert forms.values_of(data) == {
        "code": "A",
        "measures": ["M1"],
        "persons.0.name": "x",
        "seat.name": "y",
    }


PAGE = """{% import "web/forms.html" as f with context %}<form>
{{ f.error_summary(described, errors) }}{{ f.fields(described, values, errors) }}</form>"""


def test_a_page_keeps_what_was_typed_and_links_errors_to_fields(app: Flask) -> None:
    posted = MultiDict([*GOOD.items(multi=True), ("code", "x"), ("kind", "a")])
    errors = {"code": ["Not a valid string."], "persons.1.name": ["Longer than maximum length 3."]}
    with app.test_request_context("/zh/"):
        app.preprocess_request()
        described = forms.describe(CaseForm(), posted)
        html = render_template_string(PAGE, described=described, values=posted, errors=errors)
    soup = BeautifulSoup(html, "html5lib")
    links = [link["href"] for link in soup.select(".error-summary a")]
    assert links == ["#field-code", "#field-persons-1-name"]
    for link in links:
        assert soup.select_one(str(link)), link
    assert "不是有效的文本。" in soup.text
    assert "超过最大长度 3。" in soup.text
    wrong = soup.find(id="field-code")
    assert wrong is not None
    assert wrong["aria-invalid"] == "true"
    assert wrong["aria-describedby"] == "field-code-hint field-code-error"
    ticked = {tag["value"] for tag in soup.find_all("input", checked=True)}
    assert ticked == {"M1", "M2", "1", "a"}
    note = soup.find("textarea", id="field-note")
    assert note is not None
    assert note.text == "one\ntwo"
    selected = soup.find("option", selected=True)
    assert selected is not None
    assert selected.text == "主要负责人"


def test_what_was_typed_is_escaped(app: Flask) -> None:
    posted = MultiDict([("code", '"><script>alert(1)</script>'), ("note", "</textarea><b>")])
    with app.test_request_context("/zh/"):
        app.preprocess_request()
        described = forms.describe(CaseForm(), posted)
        html = render_template_string(PAGE, described=described, values=posted, errors={})
    assert "<script>" not in html
    assert "<b>" not in html


def test_messages_are_translated_with_their_values() -> None:
    assert translate_message("zh", "Longer than maximum length 18.") == "超过最大长度 18。"
    assert translate_message("zh", "Must be one of: a, b.") == "必须是下列之一：a, b。"
    assert translate_message("en", "Must be one of: a, b.") == "Must be one of: a, b."
    assert translate_message("zh", "No such sentence 12") == "No such sentence 12"


def test_messages_of_an_error_have_their_braces_filled() -> None:
    error = InvalidInput({"x": ["Shorter than minimum length {min}.", "{no} such"]}, min=2)
    assert field_messages(error, "zh") == {"x": ["少于最短长度 2。", "{no} such"]}


def test_a_sentence_writes_days_and_leaves_what_was_typed() -> None:
    given = {"day": "2026-02-28", "typed": "2026-02-30", "count": 3}
    assert spoken(given, "en") == given | {"day": "28 February 2026"}
    assert spoken(given, "zh") == given | {"day": "2026年2月28日"}
