"""Query strings and bodies of the API. What is not known is refused, by name."""

from __future__ import annotations

import marshmallow as ma

from registry.core.i18n import N_
from registry.public.agencies.history import LONGEST_REFERENCE, PURPOSES, REFERENCE
from schemas.api.fields import BirthDay, Choice, Count, Day, Line, Share
from schemas.public.search import KINDS, SORTS

LARGEST_PAGE = 200
MOST_CHANGES = 1000
MOST_QUERIES = 200
LARGEST_SEQUENCE = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""
ID_PATTERN = "^[A-Z]-[0-9A-HJKMNP-TV-Z]{10}$"
CODE_PATTERN = "^([0-9A-Z]{18}|[0-9]{15})$"


class Request(ma.Schema):
    """The base: unknown members are errors."""

    class Meta:
        unknown = ma.RAISE


class Paged(Request):
    """Where a page begins and how long it is."""

    limit = Count(
        least=1,
        most=LARGEST_PAGE,
        load_default=20,
        description=N_("How many records a page has at most."),
    )
    next = Line(
        maximum=400,
        load_default="",
        description=N_("Where the page begins: `next` of the page before, unchanged."),
    )


class ListArgs(Paged):
    """``GET {kind}s``."""

    list = Line(
        maximum=60, load_default="", description=N_("Only records of the list with this code.")
    )


class SearchArgs(Paged):
    """``GET search``."""

    q = Line(
        maximum=200,
        load_default="",
        description=N_("Name, former name, pinyin, initials, credit code, number or words."),
    )
    kind = Choice(KINDS, load_default="", description=N_("Only records of this kind."))
    list = Line(
        maximum=60, load_default="", description=N_("Only records of the list with this code.")
    )
    region = ma.fields.String(
        load_default="",
        validate=ma.validate.Regexp(r"^[0-9]{6}$", error=N_("A region code has six digits.")),
        metadata={
            "description": N_("Region (GB/T 2260) with all that lies in it."),
            "pattern": "^[0-9]{6}$",
        },
    )
    ground = Line(maximum=40, load_default="", description=N_("Code of the ground for listing."))
    field = Line(
        maximum=40,
        load_default="",
        description=N_("Kind of mine or tailings pond, or field of service."),
    )
    scope = Line(maximum=40, load_default="", description=N_("Business scope or type of report."))
    status = Line(
        maximum=40,
        load_default="",
        description=N_("Status of a qualification or a report, as it was last published."),
    )
    validity = Line(maximum=40, load_default="", description=N_("Year in which the validity ends."))
    authority = Line(
        maximum=200, load_default="", description=N_("Name or credit code of the authority.")
    )
    from_ = Day(
        data_key="from",
        load_default=None,
        description=N_("Decided on this day or later."),
    )
    to = Day(load_default=None, description=N_("Decided on this day or earlier."))
    sort = Choice(
        tuple(SORTS),
        load_default="",
        description=N_(
            "Order. Without it: the best match first, or the newest where `q` is empty."
        ),
    )


class ChangesArgs(Request):
    """``GET changes``."""

    since = Count(
        least=0,
        most=LARGEST_SEQUENCE,
        load_default=0,
        description=N_("The last sequence already known; rows after it are given."),
    )
    limit = Count(
        least=1, most=MOST_CHANGES, load_default=200, description=N_("How many rows at most.")
    )


class InclusionArgs(Request):
    """``GET proof/inclusion``."""

    sequence = Count(
        least=1,
        most=LARGEST_SEQUENCE,
        required=True,
        description=N_("The row of the log that is to be proved."),
    )
    tree_size = Count(
        least=1,
        most=LARGEST_SEQUENCE,
        load_default=None,
        description=N_("How many rows the tree has. Without it: all of the log."),
    )


class ConsistencyArgs(Request):
    """``GET proof/consistency``."""

    from_ = Count(
        data_key="from",
        least=1,
        most=LARGEST_SEQUENCE,
        required=True,
        description=N_("Size of the earlier tree."),
    )
    to = Count(
        least=1,
        most=LARGEST_SEQUENCE,
        load_default=None,
        description=N_("Size of the later tree. Without it: all of the log."),
    )


class MatchQuery(Request):
    """One counterparty of ``POST match``. A name, a code or both."""

    id = Line(maximum=100, load_default=None, description=N_("Yours: comes back with the answer."))
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
    birth = BirthDay(
        load_default=None,
        description=N_(
            "Date of birth of a person, or its year, or year and month. Sharpens a foreign name."
        ),
    )


class PartyQuery(MatchQuery):
    """One counterparty of ``POST match``: also a person, by name and full document number."""

    document = Line(
        maximum=40,
        load_default=None,
        description=N_("Full document number of a person, beside the name. With a key only."),
    )


def purpose() -> Choice:
    """What a check is for, from the closed list."""
    return Choice(
        tuple(PURPOSES),
        load_default="",
        description=N_("What the check is for; stands in the agency's history."),
    )


def reference() -> Line:
    """The case that a check is for."""
    return Line(
        maximum=LONGEST_REFERENCE,
        pattern=REFERENCE,
        load_default="",
        description=N_("Number of the case that it is for, and no name; stands in the history."),
    )


class MatchBody(Request):
    """Body of ``POST match``. The queries are looked at one by one: one wrong fails no other."""

    queries = ma.fields.List(
        ma.fields.Raw(allow_none=True),
        required=True,
        validate=ma.validate.Length(max=MOST_QUERIES),
        metadata={"description": N_("At most 200 counterparties.")},
    )
    threshold = Share(
        load_default=None,
        description=N_("Score from which a name counts as a possible match. Without it: 0.70."),
    )
    purpose = purpose()
    reference = reference()


class ReconcileArgs(Request):
    """``reconcile``: nothing, or a batch of queries as JSON text."""

    class Meta:
        # Clients of older versions add what we need not know (callback).
        unknown = ma.EXCLUDE

    queries = ma.fields.String(
        load_default=None,
        metadata={"description": N_("A batch of queries as JSON: an object of query objects.")},
    )
    extend = ma.fields.String(
        load_default=None,
        metadata={"description": N_("A data extension as JSON: ids of entities and properties.")},
    )


class SuggestArgs(Request):
    """``reconcile/suggest/entity``."""

    class Meta:
        unknown = ma.EXCLUDE

    prefix = Line(maximum=200, load_default="", description=N_("What was typed so far."))
    cursor = Count(
        least=0, most=10_000, load_default=0, description=N_("How many suggestions to pass over.")
    )


class ProposeArgs(Request):
    """``reconcile/properties``."""

    class Meta:
        unknown = ma.EXCLUDE

    type = Line(
        maximum=40, load_default="", description=N_("Type of the entities: `listing`, `external`.")
    )
    limit = Count(
        least=1, most=100, load_default=100, description=N_("How many properties at most.")
    )


class FlyoutArgs(Request):
    """``reconcile/flyout/…``."""

    class Meta:
        unknown = ma.EXCLUDE

    id = Line(maximum=40, load_default="", description=N_("Id of the suggestion."))


class EntityArgs(Request):
    """``reconcile/preview`` and ``reconcile/view``."""

    id = ma.fields.String(
        required=True,
        metadata={"description": N_("Id of the record."), "pattern": ID_PATTERN},
    )
