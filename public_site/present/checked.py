"""The answer to a check, ready to show and to print."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from public_site import context
from public_site.present.cards import Card, card
from public_site.present.words import list_title
from registry.core.errors import InvalidInput
from registry.core.i18n import Text
from registry.core.names import mask_document
from registry.core.web.locale import gettext as _
from registry.core.web.locale import language, say
from registry.core.web.messages import field_messages
from registry.core.web.moment import now
from registry.public.gazette import queries
from registry.public.screening import CheckRequest, CheckResult, Match, check, looks_like_code
from registry.public.screening.explaining import VIA, Explained, explained


@dataclass(frozen=True)
class Found:
    """One match. ``percent`` is 0, and nothing is compared, where the match is certain.

    ``name`` is the record's name that was found, where it is another than the card's.
    """

    card: Card
    why: str
    percent: int
    name: str
    compared: list[Explained]


@dataclass(frozen=True)
class CheckedView:
    """What was asked, and what was found where and when."""

    outcome: str
    query: list[tuple[str, str]]
    asked_at: datetime
    sequence: int
    lists: list[Text]
    matches: list[Found]
    persons: bool = True
    """False on a mirror, which has no key to search persons by."""


def checked_unit(unit: str) -> CheckedView:
    """The check of a unit by name or code. Raises ``InvalidInput`` for the field ``unit``."""
    label = _("Unified social credit code") if looks_like_code(unit) else _("Name")
    return _checked(CheckRequest(name=unit), [(label, unit)])


def checked_person(name: str, number: str) -> CheckedView:
    """The check of a person. The answer shows the number masked."""
    asked = CheckRequest(name=name, document=number)
    shown = [(_("Name of the person"), name), (_("Document number"), mask_document(number))]
    return _checked(asked, shown)


def in_form(error: InvalidInput, *, person: bool) -> InvalidInput:
    """What is wrong with a check, under the names that the form has for its fields."""
    names = {"document": "number"} if person else {"name": "unit"}
    said = field_messages(error, language())
    return InvalidInput({names.get(name, name): told for name, told in said.items()})


def _checked(asked: CheckRequest, query: list[tuple[str, str]]) -> CheckedView:
    session = context.gazette()
    try:
        key = context.person_key() if asked.document else None
        result = check(session, asked, index=context.screening(), now=now(), person_key=key)
    except InvalidInput as error:
        raise in_form(error, person=bool(asked.document)) from error
    rules = context.rules()
    lists = {*queries.figures(session, now()).by_list, *rules.list_kinds}
    return CheckedView(
        outcome=result.outcome,
        query=query,
        asked_at=result.as_of,
        sequence=result.sequence,
        lists=[list_title(rules, code) for code in sorted(lists)],
        matches=_matches(result),
        persons=result.persons,
    )


def _matches(result: CheckResult) -> list[Found]:
    records = queries.many(context.gazette(), [one.id for one in result.matches], now())
    rules = context.rules()
    return [
        _found(_named(card(records[one.id], rules), one), one)
        for one in result.matches
        if one.id in records
    ]


def _found(shown: Card, match: Match) -> Found:
    percent = _percent(match)
    other = "" if match.via in {"name", "code", "document"} else match.name
    compared = explained(match.explanation) if percent else []
    return Found(shown, say(VIA[match.via]), percent, other, compared)


def _named(shown: Card, match: Match) -> Card:
    """The name of a person too, for whoever knew it and the document number."""
    return shown if shown.name else replace(shown, name=match.name)


def _percent(match: Match) -> int:
    return 0 if match.via in {"code", "document"} else round(100 * match.score)
