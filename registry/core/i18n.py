"""Languages: gettext catalogues merged from ``locales/LANGUAGE/*.po``, read at start.

Message ids are English sentences, so English needs no catalogue. The ``.po`` files are the
source and are compiled in memory: there is no generated file to forget. Used by pages, documents
and the command line alike; which language is the reader's is the caller's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from registry.core.errors import RegistryError

LOCALES = Path(__file__).parent / "locales"
DEFAULT_LANGUAGE = "zh"
LOCALE_TAGS = {"zh": "zh-CN", "en": "en"}
"""Address prefix to language tag (BCP 47) for the ``lang`` attribute."""


@dataclass(frozen=True)
class Text:
    """A rule's text in both languages, as the YAML files carry it."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "mark, do not translate yet"
    """Marks ``message`` for the catalogue without translating it here."""
    return message


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """English message to its translation. Empty for English.

    Raises ``KeyError`` for a language without a directory: a site must not start with it.
    """
    if language == "en":
        return {}
    folder = LOCALES / language
    if not folder.is_dir():
        raise KeyError(language)
    messages: dict[str, str] = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            for entry in read_po(file, locale=LOCALE_TAGS[language].replace("-", "_")):
                if entry.id and isinstance(entry.id, str) and entry.string:
                    messages[entry.id] = str(entry.string)
    return messages


def translate(language: str, message: str, /, **params: object) -> str:
    """``message`` in ``language`` with its braces filled."""
    found = catalogue(language).get(message, message)
    return found.format_map(params) if params else found


def describe(error: RegistryError, language: str) -> str:
    """An error's sentence in the reader's language."""
    params = {
        name: value.in_(language) if isinstance(value, Text) else value
        for name, value in error.params.items()
    }
    return translate(language, error.message, **params)
