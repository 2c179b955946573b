"""The thirty checks drawn from the failures of other whistle-blowing systems: each has a test."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
CHECKS = {f"{number:02d}" for number in range(1, 31)}


def test_every_check_has_a_test_with_its_number() -> None:
    found = {
        number
        for path in TESTS.rglob("test_*.py")
        for number in re.findall(r"^def test_check_(\d\d)_", path.read_text("utf-8"), re.MULTILINE)
    }
    assert found == CHECKS
