"""Bodies and answers of the calls about measures, webhooks and watches."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from registry.public.agencies.history import LONGEST_REFERENCE, REFERENCE
from registry.public.measures.lifecycle import ANSWERS, STATES
from registry.public.webhooks.service import EVENTS
from schemas.api.answers import Problem, instant, text, whole
from schemas.api.fields import Choice, Count, Day, Line
from schemas.api.requests import LARGEST_PAGE, Request

URL_PATTERN = "^https?://[!-~]{1,1990}$"
MOST_WATCHES = 200
"""Counterparties of one ``POST watches``."""


class OwnArgs(Request):
    """A page of what the agency has here."""

    limit = Count(least=1, most=LARGEST_PAGE, load_default=50, description=N_("How many at most."))
    next = Line(
        maximum=400,
        load_default="",
        description=N_("Where the page begins: `next` of the page before, unchanged."),
    )


class DueArgs(OwnArgs):
    """``GET measures/due``."""

    state = Choice(
        STATES,
        load_default="",
        description=N_("Only measures that stand so. Without it: all that wait for an answer."),
    )


class FeedbackBody(Request):
    """``POST measures/ID/feedback``."""

    answer = Choice(ANSWERS, required=True, description=N_("What the agency did."))
    on = Day(required=True, description=N_("The day on which it did so."))
    reason = Line(
        maximum=500,
        load_default="",
        description=N_("Why; needed where the measure does not apply."),
    )
    reference = Line(maximum=100, load_default="", description=N_("Number of its own paper."))


class Measure(ma.Schema):
    """A measure at the agency. Whom it concerns stands in the listing, while that is shown."""

    id = text(N_("Id of the notice."))
    action = text(N_("What is wanted."), enum=["apply", "lift", "none"])
    state = text(N_("Where the measure stands."), enum=list(STATES))
    measure = text(N_("Code in the catalogue of measures."))
    title = text(N_("The measure in words."))
    basis = text(N_("Its legal basis."))
    listing = text(N_("Id of the listing."))
    url = text(N_("Its page."))
    since = instant(N_("When the measure fell due."))
    lift_since = text(N_("When it had to be lifted."), required=False, format="date-time")
    lift_by = text(N_("Last day for lifting it."), required=False, format="date")
    overdue = ma.fields.Boolean(
        required=True, metadata={"description": N_("Whether the legal time for lifting is over.")}
    )
    reminders = whole(N_("How often the agency was reminded of the lift."))
    refused = text(N_("Why the last answer could not be taken, as a code."), required=False)


class MeasuresAnswer(ma.Schema):
    """A page of measures."""

    results = ma.fields.List(ma.fields.Nested(Measure), required=True)
    next = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": N_("Where the next page begins; null at the end.")},
    )


class WebhookBody(Request):
    """``POST webhooks``."""

    url = ma.fields.String(
        required=True,
        validate=ma.validate.Regexp(URL_PATTERN, error=N_("This is not the address of a page.")),
        metadata={
            "description": N_("Address to call: https, and none of a private network."),
            "pattern": URL_PATTERN,
        },
    )
    events = ma.fields.List(
        Choice(tuple(EVENTS), description=N_("An event.")),
        required=True,
        validate=ma.validate.Length(min=1, max=len(EVENTS)),
        metadata={"description": N_("The events to be told of.")},
    )


class Webhook(ma.Schema):
    """An address of the agency that is called."""

    id = text(N_("Id of the address."))
    url = text(N_("Where it leads."))
    events = ma.fields.List(
        ma.fields.String(metadata={"enum": list(EVENTS)}),
        required=True,
        metadata={"description": N_("The events to be told of.")},
    )
    created = instant(N_("When it was registered."))
    disabled = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": N_("When it was given up; null while it is called.")},
    )
    failing_since = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": N_("Since when every call has failed; null where none did.")},
    )
    waiting = whole(N_("Messages that wait."))
    median_seconds = ma.fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": N_("From event to acknowledgement, median of the last 30 days.")},
    )


class NewWebhook(Webhook):
    """With the secret that signs the messages, which is shown this once."""

    secret = text(N_("`whsec_…`, as Standard Webhooks has it. Keep it: it is shown this once."))


class WebhooksAnswer(ma.Schema):
    """All addresses of the agency."""

    results = ma.fields.List(ma.fields.Nested(Webhook), required=True)


class WatchQuery(Request):
    """A counterparty to watch: a name, a code or both."""

    name = Line(maximum=300, load_default=None, description=N_("Name of the counterparty."))
    code = Line(
        maximum=40,
        load_default=None,
        description=N_("Unified social credit code or registration number."),
    )
    region = ma.fields.String(
        load_default=None,
        validate=ma.validate.Regexp(r"^[0-9]{6}$", error=N_("A region code has six digits.")),
        metadata={
            "description": N_("Where it is registered (GB/T 2260). Sharpens a name."),
            "pattern": "^[0-9]{6}$",
        },
    )
    reference = Line(
        maximum=LONGEST_REFERENCE,
        pattern=REFERENCE,
        load_default="",
        description=N_("The agency's own number for it, and no name: it goes out with events."),
    )


class WatchesBody(Request):
    """``POST watches``. Each is looked at by itself: one wrong fails no other."""

    watches = ma.fields.List(
        ma.fields.Raw(allow_none=True),
        required=True,
        validate=ma.validate.Length(min=1, max=MOST_WATCHES),
        metadata={"description": N_("At most 200 counterparties.")},
    )


class WatchedRecord(ma.Schema):
    """A record that a watched counterparty meets, or may meet."""

    id = text(N_("Id of the record."))
    kind = text(N_("Kind of record."))
    via = text(N_("By what it was found: name, former, short, english, alias or code."))
    score = text(N_("How alike the names are, from 0 to 1, as text."))


class Watch(ma.Schema):
    """A watched counterparty. Its name is sealed and given back to nobody."""

    id = text(N_("Id of the watch."), required=False)
    reference = text(N_("The agency's own number."), required=False)
    outcome = text(
        N_("`listed`, `possible` or `clear`."),
        required=False,
        enum=["listed", "possible", "clear"],
    )
    changed = text(N_("When that changed last."), required=False, format="date-time")
    records = ma.fields.List(ma.fields.Nested(WatchedRecord))
    error = ma.fields.Nested(Problem)


class WatchesAnswer(ma.Schema):
    """Watches in the order in which they were asked for."""

    results = ma.fields.List(ma.fields.Nested(Watch), required=True)


class WatchesPage(WatchesAnswer):
    """A page of watches."""

    next = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": N_("Where the next page begins; null at the end.")},
    )


class WatchArgs(OwnArgs):
    """``GET watches``."""

    outcome = Choice(
        ("listed", "possible", "clear"),
        load_default="",
        description=N_("Only watches that stand so."),
    )
