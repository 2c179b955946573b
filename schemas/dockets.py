"""Field sets that all kinds of case share: procedure, correction, the desk's own forms."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_, Text
from schemas.fields import (
    Code,
    Form,
    Instant,
    LegalDate,
    Reference,
    Region,
    TextBlock,
    TextLine,
    from_rules,
    meta,
)


def day(label: str, *, hint: str = "", required: bool = True) -> LegalDate:
    """A date of a form."""
    return LegalDate(
        required=required, allow_none=not required, metadata=meta(label, hint, widget="date")
    )


def instant(label: str, *, hint: str = "", required: bool = True) -> Instant:
    """A date with its time, in Beijing."""
    return Instant(
        required=required, allow_none=not required, metadata=meta(label, hint, widget="instant")
    )


def block(label: str, *, hint: str = "", required: bool = True, maximum: int = 10_000) -> TextBlock:
    """A longer text of a form."""
    return TextBlock(
        maximum=maximum,
        required=required,
        allow_none=not required,
        metadata=meta(label, hint, widget="textarea"),
    )


def line(label: str, *, hint: str = "", required: bool = True, maximum: int = 200) -> TextLine:
    """A line of a form."""
    return TextLine(
        maximum=maximum, required=required, allow_none=not required, metadata=meta(label, hint)
    )


def tick(label: str, *, hint: str = "") -> ma.fields.Boolean:
    """A box to tick."""
    return ma.fields.Boolean(load_default=False, metadata=meta(label, hint, widget="checkbox"))


def method(label: str) -> Code:
    """How something was served."""
    return Code(from_rules("service_methods"), required=True, metadata=meta(label))


class Notice(Form):
    """Service of the prior notice: the party's time starts with it."""

    notice_served_on = day(N_("Prior notice served on"))
    notice_method = method(N_("How the prior notice was served"))
    notice_served_to = line(
        N_("Prior notice served to"), hint=N_("Who took it, or where it was left.")
    )


class Statement(Form):
    """A statement and defence came in."""

    defence_received_on = day(N_("Defence received on"))
    defence_text = block(N_("What the party says"))


class Defence(Statement):
    """A statement or defence came in before a decision of which a hearing may be asked."""

    hearing_requested = tick(N_("A hearing is requested"))


class Waiver(Form):
    """The party gives up its statement and defence."""

    defence_waived_on = day(N_("Defence waived on"))


class Hearing(Form):
    """The hearing was held."""

    hearing_held_on = day(N_("Hearing held on"))
    hearing_chair = line(N_("Hearing chaired by"))
    hearing_outcome = block(N_("Outcome of the hearing"))


class Opinion(Form):
    """The defence was considered; it must not make the outcome worse (Penalty Law art. 45)."""

    defence_considered_on = day(N_("Defence considered on"))
    defence_outcome = block(N_("Opinion on the defence"))


class Consideration(Opinion):
    """The defence was considered, and the hearing given up where one was asked for."""

    hearing_waived_on = day(
        N_("Hearing given up on"),
        hint=N_("Only where a hearing was requested and the party gave it up."),
        required=False,
    )


class DraftDecision(Form):
    """The decision as drafted."""

    decision_number = line(N_("Number of the decision"), maximum=80)
    decision_text = block(N_("Text of the decision"))


class Decide(Form):
    """Approval."""

    decided_on = day(N_("Date of the decision"))


class Service(Form):
    """Service of the decision."""

    decision_served_on = day(N_("Decision served on"))
    decision_method = method(N_("How the decision was served"))
    decision_served_to = line(
        N_("Decision served to"), hint=N_("Who took it, or where it was left.")
    )


class Objection(Form):
    """Someone says that what is published is wrong."""

    objection_received_on = day(N_("Objection received on"))
    objection_text = block(N_("Objection"))


class ObjectionAcceptance(Form):
    """The objection is looked into."""

    objection_accepted_on = day(N_("Objection accepted on"))


class ObjectionAnswer(Form):
    """The answer to an objection."""

    objection_answered_on = day(N_("Objection answered on"))
    objection_answer = block(N_("Answer to the objection"))
    objection_upheld = tick(N_("The objection is well-founded"))


def remedies() -> list[tuple[str, Text]]:
    """What may be pending against a decision."""
    return [
        ("reconsideration", Text("行政复议", "Administrative reconsideration")),
        ("lawsuit", Text("行政诉讼", "Administrative lawsuit")),
    ]


class RemedyPending(Form):
    """The decision is contested before a reconsideration body or a court."""

    remedy_kind = Code(remedies, required=True, metadata=meta(N_("Remedy"), widget="radio"))
    remedy_body = line(N_("Before which body or court"))
    remedy_number = line(N_("Number of that case"), required=False, maximum=80)
    remedy_filed_on = day(N_("Applied for or brought on"))


class RemedyEnded(Form):
    """How it ended."""

    remedy_ended_on = day(N_("Ended on"))
    remedy_result = block(N_("How it ended"), maximum=2000)


class NewCase(Form):
    """What every new case needs besides the facts of its kind."""

    title = line(N_("Title of the case"), hint=N_("Without names or numbers of persons."))
    region = Region(required=True, metadata=meta(N_("Region"), widget="region"))


class Handover(Form):
    """Giving a case to a colleague."""

    version = ma.fields.Integer(required=True, metadata=meta(N_("Version"), widget="hidden"))
    owner = Reference("select", required=True, metadata=meta(N_("Colleague")))
    reason = block(N_("Reason"), maximum=1000)


class Redaction(Form):
    """The wording in which a text may be published."""

    version = ma.fields.Integer(required=True, metadata=meta(N_("Version"), widget="hidden"))
    text = block(N_("Wording for the public"))


class CaseFilter(Form):
    """What narrows the list of cases."""

    kind = line(N_("Kind"), required=False)
    state = line(N_("State"), required=False)
    authority = Reference("select", allow_none=True, metadata=meta(N_("Authority")))
    region = Region(allow_none=True, metadata=meta(N_("Region"), widget="region"))
    text = line(N_("Number, title or subject"), required=False)
    open = tick(N_("Open cases only"))
    mine = tick(N_("On my desk only"))
    page = ma.fields.Integer(
        load_default=1, validate=ma.validate.Range(1, 10_000), metadata=meta(N_("Page"))
    )
