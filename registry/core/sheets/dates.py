"""Days as files write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from functools import lru_cache

_PARTS = re.compile(
    r"(\d{4})\s*[年\-/.]\s*(\d{1,2})\s*[月\-/.]\s*(\d{1,2})\s*日?"
    r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"(\d{5})(?:\.\d{1,12})?")
_COUNT = "([二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_CHINESE = re.compile(f"([〇零○一二三四五六七八九]{{4}})年{_COUNT}月{_COUNT}日")
_DIGITS = {sign: str(number) for number, sign in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "○": "0",
}
_EPOCH = date(1899, 12, 30)
"""Day 0 of a sheet's serial days after 1900-02-28 (the sheet's own count has one day too many
before that)."""
EARLIEST = date(1949, 10, 1)
LATEST = date(2100, 12, 31)


@lru_cache(maxsize=4096)
def parse_day(text: str) -> date | None:
    """The day that ``text`` names, or None.

    2026年7月1日, 2026-07-01, 2026/7/1, 2026.7.1, 20260701, 二〇二六年七月一日, a sheet's serial day
    (46204), each also with a time of day behind it. Days outside 1949-10-01 … 2100-12-31 are no
    dates of ours.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _PARTS.fullmatch(plain) or _COMPACT.fullmatch(plain)
    try:
        if found:
            day = date(*(int(part) for part in found.groups()))
        elif serial := _SERIAL.fullmatch(plain):
            day = _EPOCH + timedelta(days=int(serial[1]))
        elif chinese := _CHINESE.fullmatch(plain):
            year = int("".join(_DIGITS[sign] for sign in chinese[1]))
            day = date(year, _number(chinese[2]), _number(chinese[3]))
        else:
            return None
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def _number(text: str) -> int:
    """一 … 三十一."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int(_DIGITS[ones])
    return 10 * (int(_DIGITS[tens]) if tens else 1) + (int(_DIGITS[ones]) if ones else 0)
