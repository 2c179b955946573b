"""Reads parsed YAML and says in one sentence, with file and path, what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from difflib import get_close_matches

from registry.core.errors import Misconfigured
from registry.core.i18n import N_, Text
from registry.core.rules.duration import Duration

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?")


class Problem(Text):
    """A sentence in both languages that formats as its English."""

    def __str__(self) -> str:
        return self.en


class InvalidRuleFile(Misconfigured):
    """A rule file does not say what a rule needs; nothing of it was loaded."""

    code = "invalid-rule-file"
    message = N_("Rule file {file}, at {path}: {problem}")

    def __init__(self, file: str, path: str, zh: str, en: str) -> None:
        super().__init__(file=file, path=path or "/", problem=Problem(zh, en))


class Node:
    """One place in a file: its value and the way to it."""

    __slots__ = ("file", "path", "value")

    def __init__(self, value: object, file: str, path: str = "") -> None:
        self.value = value
        self.file = file
        self.path = path

    def fail(self, zh: str, en: str) -> InvalidRuleFile:
        """The error to raise about this place."""
        return InvalidRuleFile(self.file, self.path, zh, en)

    def at(self, key: str | int) -> Node:
        """The place below, which need not exist (its value is then None)."""
        value: object = None
        if isinstance(self.value, dict):
            value = self.value.get(key)
        elif isinstance(self.value, list) and isinstance(key, int):
            value = self.value[key]
        return Node(value, self.file, f"{self.path}/{key}" if self.path else str(key))

    @property
    def missing(self) -> bool:
        return self.value is None

    def keys(self, allowed: frozenset[str] | None = None) -> list[str]:
        """The keys of a mapping, all text; others than ``allowed`` are an error."""
        if not isinstance(self.value, dict):
            raise self.fail("应为键值映射", "a mapping is expected")
        for key in self.value:
            if not isinstance(key, str):
                raise self.fail(
                    f"键 {key!r} 应为文本（加引号）", f"key {key!r} must be quoted text"
                )
            if allowed is not None and key not in allowed:
                near = get_close_matches(key, allowed, 1)
                zh, en = (
                    (f"，是否为 {near[0]}？", f"; did you mean {near[0]}?") if near else ("", "")
                )
                raise self.fail(f"未知字段 {key}{zh}", f"unknown field {key}{en}")
        return list(self.value)

    def items(self) -> Iterator[tuple[str, Node]]:
        for key in self.keys():
            yield key, self.at(key)

    def sequence(self) -> list[Node]:
        """The members of a list; nothing is an empty one."""
        if self.missing:
            return []
        if not isinstance(self.value, list):
            raise self.fail("应为列表", "a list is expected")
        return [self.at(index) for index in range(len(self.value))]

    def string(self, default: str | None = None) -> str:
        if self.missing and default is not None:
            return default
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.fail("应为文本", "text is expected")
        return self.value

    def choice(self, allowed: Mapping[str, object] | frozenset[str], default: str = "") -> str:
        found = self.string(default or None)
        if found not in allowed:
            listed = ", ".join(sorted(allowed))
            raise self.fail(f"“{found}”不在可选值内：{listed}", f"{found!r} is none of: {listed}")
        return found

    def strings(self) -> tuple[str, ...]:
        return tuple(node.string() for node in self.sequence())

    def flag(self, default: bool = False) -> bool:
        if self.missing:
            return default
        if not isinstance(self.value, bool):
            raise self.fail("应为 true 或 false", "true or false is expected")
        return self.value

    def number(self, default: int | None = None) -> int:
        """A whole number, not negative."""
        if self.missing and default is not None:
            return default
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 0:
            raise self.fail("应为非负整数", "a whole number, not negative, is expected")
        return self.value

    def day(self) -> date:
        if type(self.value) is not date:
            raise self.fail("应为日期（YYYY-MM-DD）", "a date (YYYY-MM-DD) is expected")
        return self.value

    def days(self) -> Iterator[date]:
        """A day, or a range ``2026-02-15..2026-02-23``, both inclusive."""
        if type(self.value) is date:
            yield self.value
            return
        found = _DAY.fullmatch(self.string())
        if found is None:
            raise self.fail("应为日期或日期区间", "a date or a range of dates is expected")
        try:
            first, last = (date.fromisoformat(text) for text in (found[1], found[2] or found[1]))
        except ValueError:
            raise self.fail("日期不存在", "there is no such date") from None
        if not timedelta(0) <= last - first <= timedelta(days=31):
            raise self.fail("日期区间不正确", "the range of dates is wrong")
        while first <= last:
            yield first
            first += timedelta(days=1)

    def text(self) -> Text:
        """``{zh: …, en: …}``, both required."""
        self.keys(frozenset({"zh", "en"}))
        return Text(self.at("zh").string(), self.at("en").string())

    def duration(self, *, rolls: bool = False) -> Duration:
        try:
            return Duration.parse(self.string(), rolls=rolls)
        except ValueError:
            raise self.fail(
                f"“{self.value}”不是期限，例如：20 working-days、1 year",
                f"{self.value!r} is not a term such as 20 working-days or 1 year",
            ) from None

    def optional_duration(self, *, rolls: bool = False) -> Duration | None:
        return None if self.missing else self.duration(rolls=rolls)
