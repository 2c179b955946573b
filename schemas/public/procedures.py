"""The forms of parties: what is filed with a code, one field set per procedure.

What is not a field is dropped; nothing a browser says beside them counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validates_schema

from registry.core.i18n import N_, Text
from registry.core.rules.values import Procedure
from schemas.dockets import remedies
from schemas.fields import Code, LegalDate, TextBlock, TextLine, meta

CAPACITIES = (
    ("self", N_("The party itself (a person named in the case)")),
    ("representative", N_("Legal representative or principal of the unit")),
    ("agent", N_("Lawyer or other agent, with an authorisation")),
)
CONDITION = "condition_"
"""Name of a field, before the number of a condition of early removal."""


class Filer(Schema):
    """Who files, and what he says."""

    class Meta:
        unknown = EXCLUDE

    name = TextLine(
        required=True,
        maximum=60,
        metadata=meta(N_("Your name"), N_("Of the person who fills this in.")),
    )
    capacity = Code(CAPACITIES, required=True, metadata=meta(N_("You are"), widget="radio"))
    contact = TextLine(
        required=True,
        maximum=100,
        metadata=meta(N_("How the authority reaches you"), N_("Telephone or address.")),
    )
    text = TextBlock(
        required=True,
        maximum=20_000,
        metadata=meta(
            N_("What you say and what you ask for"),
            N_("Facts, reasons, and which file proves what."),
            widget="textarea",
            rows=10,
        ),
    )


class Defence(Filer):
    """Statement and defence; a hearing may be asked for with it."""

    hearing = fields.Boolean(
        load_default=False,
        metadata=meta(N_("I also ask for a hearing"), widget="checkbox"),
    )


class Remedy(Filer):
    """A reconsideration or lawsuit is pending elsewhere."""

    remedy = Code(remedies, required=True, metadata=meta(N_("What is pending"), widget="radio"))
    remedy_body = TextLine(
        required=True, maximum=200, metadata=meta(N_("Before which body or court"))
    )
    remedy_number = TextLine(load_default="", maximum=80, metadata=meta(N_("Number of that case")))
    remedy_filed_on = LegalDate(
        required=True, metadata=meta(N_("Applied for or brought on"), widget="date")
    )


def _block(label: Text, number: int) -> TextBlock:
    return TextBlock(
        required=True,
        maximum=2000,
        metadata={
            "label": Text(f"条件{number}：{label.zh}", f"Condition {number}: {label.en}"),
            "hint": N_("How it is met, and which file proves it."),
            "widget": "textarea",
            "rows": 3,
        },
    )


class Pledged(Filer):
    """An application with a commitment that is signed by typing one's name."""

    agreed = fields.Boolean(
        load_default=False,
        metadata=meta(N_("I make this commitment for the party"), widget="checkbox"),
    )
    signature = TextLine(
        required=True,
        maximum=60,
        metadata=meta(N_("Signature"), N_("Type your name once more, as above.")),
    )

    @validates_schema(skip_on_field_errors=False)
    def signed(self, data: Mapping[str, Any], **_kwargs: object) -> None:
        """The commitment is made, and signed by who files."""
        problems: dict[str, list[str]] = {}
        if not data.get("agreed"):
            problems["agreed"] = [N_("Without the commitment the application cannot be made.")]
        if data.get("name") and data.get("signature") and data["name"] != data["signature"]:
            problems["signature"] = [N_("This is not the name given above.")]
        if problems:
            raise ValidationError(problems)


def form_for(rule: Procedure, conditions: Sequence[Text] = ()) -> Schema:
    """The form of a procedure; each of ``conditions`` gets a field of its own."""
    if rule.pledge is not None:
        more = {
            f"{CONDITION}{number}": _block(text, number)
            for number, text in enumerate(conditions, start=1)
        }
        made: Schema = type("PledgedWith", (Pledged,), more)()
        return made
    named: dict[str, type[Schema]] = {"defence": Defence, "remedy": Remedy}
    return named.get(rule.code, Filer)()
