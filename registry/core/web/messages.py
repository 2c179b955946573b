"""Validation messages in the reader's language.

Marshmallow fills the braces of its messages before anyone can translate them. The sentence is
therefore looked up as it is, and then against the catalogue's templates read as patterns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_, Text, catalogue, translate
from registry.core.web.formats import written

MARSHMALLOW = (
    N_("Missing data for required field."),
    N_("Field may not be null."),
    N_("Field may not be empty."),
    N_("Invalid input type."),
    N_("Unknown field."),
    N_("Not a valid string."),
    N_("Not a valid utf-8 string."),
    N_("Not a valid number."),
    N_("Not a valid integer."),
    N_("Not a valid boolean."),
    N_("Not a valid list."),
    N_("Not a valid mapping type."),
    N_("Not a valid date."),
    N_("Not a valid datetime."),
    N_("Not a valid time."),
    N_("Not a valid choice."),
    N_("Not a valid UUID."),
    N_("Not a valid URL."),
    N_("Not a valid email address."),
    N_("Number too large."),
    N_("Special numeric values (nan or infinity) are not permitted."),
    N_("Must be one of: {choices}."),
    N_("One or more of the choices you made was not in: {choices}."),
    N_("Shorter than minimum length {min}."),
    N_("Longer than maximum length {max}."),
    N_("Length must be between {min} and {max}."),
    N_("Length must be {equal}."),
    N_("Must be greater than or equal to {min}."),
    N_("Must be less than or equal to {max}."),
    N_("Must be greater than or equal to {min} and less than or equal to {max}."),
    N_("Must be greater than {min}."),
    N_("Must be less than {max}."),
    N_("Must be equal to {other}."),
    N_("String does not match expected pattern."),
    N_("Invalid input."),
    N_("Invalid value."),
)
_BRACE = re.compile(r"\{(\w+)\}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@cache
def _patterns(language: str) -> list[tuple[re.Pattern[str], str]]:
    """Templates of the catalogue as patterns, the wordiest first."""
    templates = [key for key in catalogue(language) if _BRACE.search(key)]
    templates.sort(key=lambda key: len(_BRACE.sub("", key)), reverse=True)
    return [(_pattern(key), key) for key in templates]


def _pattern(template: str) -> re.Pattern[str]:
    pieces: list[str] = []
    position, seen = 0, set[str]()
    for brace in _BRACE.finditer(template):
        name = brace.group(1)
        pieces.append(re.escape(template[position : brace.start()]))
        pieces.append(f"(?P={name})" if name in seen else f"(?P<{name}>.+?)")
        seen.add(name)
        position = brace.end()
    return re.compile("".join(pieces) + re.escape(template[position:]), re.DOTALL)


def translate_message(language: str, message: str) -> str:
    """``message``, possibly with its braces already filled, in ``language``."""
    found = catalogue(language)
    if language == "en" or message in found:
        return found.get(message, message)
    for pattern, template in _patterns(language):
        # A template of only a word or two fits almost anything.
        match = pattern.fullmatch(message) if len(_BRACE.sub("", template)) >= 8 else None
        if match:
            return found[template].format_map(match.groupdict())
    return message


def sentence(error: RegistryError, language: str) -> str:
    """An error's sentence, its days written as the reader of the page writes them."""
    return translate(language, error.message, **spoken(error.params, language))


def spoken(params: Mapping[str, object], language: str) -> dict[str, object]:
    """What fills the braces of a sentence: rule texts and days in ``language``."""
    found: dict[str, object] = {}
    for name, value in params.items():
        day = _day(value)
        if day is not None:
            found[name] = written(day, language)
        else:
            found[name] = value.in_(language) if isinstance(value, Text) else value
    return found


def _day(value: object) -> date | None:
    """The day that a service gave as ISO text; None for whatever else was typed or told."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def field_messages(error: InvalidInput, language: str) -> dict[str, list[str]]:
    """An error's messages by field, in ``language``, with their braces filled."""
    params = spoken(error.params, language)
    return {
        name: [_filled(translate_message(language, message), params) for message in messages]
        for name, messages in error.fields.items()
    }


def _filled(message: str, params: Mapping[str, object]) -> str:
    return _BRACE.sub(lambda brace: str(params.get(brace.group(1), brace.group(0))), message)
