"""Every text that a user can see has a Chinese translation whose braces agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po

from registry.core.i18n import LOCALES, catalogue

ROOT = Path(__file__).parents[2]
PACKAGES = ("registry", "schemas", "public_site", "admin")
KEYWORDS = {"_": None, "N_": None, "gettext": None, "translate": (2,)}
OPTIONS = {"trimmed": "false", "silent": "false", "encoding": "utf-8"}
BRACES = re.compile(r"\{(\w+)\}")


def _files() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix == ".py" and "versions" not in path.parts:
                yield "python", path
            elif "templates" in path.parts and path.suffix in {".html", ".xml", ".txt"}:
                yield "jinja2.ext:babel_extract", path


def used_messages() -> dict[str, str]:
    """Message to the first place that uses it."""
    found: dict[str, str] = {}
    for method, path in _files():
        with path.open("rb") as file:
            for line, message, _, _ in extract(method, file, KEYWORDS, (), OPTIONS):
                if isinstance(message, str) and message:
                    found.setdefault(message, f"{path.relative_to(ROOT)}:{line}")
    return found


def test_every_message_is_translated() -> None:
    chinese = catalogue("zh")
    missing = [f"{at}: {text}" for text, at in used_messages().items() if text not in chinese]
    assert not missing, "\n".join(missing)


def test_braces_of_translations_agree() -> None:
    wrong = [
        f"{message!r}: {translation!r}"
        for message, translation in catalogue("zh").items()
        if set(BRACES.findall(translation)) - set(BRACES.findall(message))
    ]
    assert not wrong, "\n".join(wrong)


def test_catalogues_are_consistent() -> None:
    """A message that stands in two catalogues has one translation, and none is left fuzzy."""
    seen: dict[str, tuple[str, str]] = {}
    clashes: list[str] = []
    for path in sorted((LOCALES / "zh").glob("*.po")):
        with path.open("rb") as file:
            for entry in read_po(file, locale="zh_CN"):
                if not entry.id or not isinstance(entry.id, str):
                    continue
                assert not entry.fuzzy, f"{path.name}: {entry.id}"
                known = seen.setdefault(entry.id, (str(entry.string), path.name))
                if known[0] != entry.string:
                    clashes.append(f"{entry.id!r}: {known} and {(entry.string, path.name)}")
    assert not clashes, "\n".join(clashes)


def test_extraction_finds_both_kinds() -> None:
    used = used_messages()
    assert "Skip to the content" in used, "templates are not read"
    assert any(".py:" in at for at in used.values()), "modules are not read"
