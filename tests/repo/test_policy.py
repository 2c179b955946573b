"""The page of duties has all of them, and names nothing that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
ROWS = [line.strip("|").split("|") for line in TEXT.splitlines() if re.match(r"\| \d+ \|", line)]
PLACE = re.compile(r"`((?:registry|tests|admin|public_site)/[\w./-]+)`")


def test_every_duty_stands_there_once() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 43))


def test_each_is_met_or_says_not_yet() -> None:
    for number, _duty, where, shown in ROWS:
        assert "not yet" in (where + shown).lower() or PLACE.search(shown), number


def test_what_is_named_exists() -> None:
    missing = [place for place in PLACE.findall(TEXT) if not (ROOT / place).exists()]
    assert not missing
