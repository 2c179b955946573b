"""Citations: ``mem-11 art. 12; wsl art. 78`` becomes words in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from registry.core.i18n import Text
from registry.core.rules.reader import Node

_CITE = re.compile(r"([a-z0-9-]+)(?: art\. ([0-9(), -]+))?")
_ARTICLE = re.compile(r"(\d{1,3})(?:\((\d{1,2})\))?(?:-(\d{1,3}))?")
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Citer:
    """Knows the short titles of the instruments that rules may cite."""

    titles: Mapping[str, Text]

    def __call__(self, node: Node) -> Text:
        """A citation in words. A text in both languages is taken as it stands."""
        if isinstance(node.value, dict):
            return node.text()
        parts = [self._part(node, part.strip()) for part in node.string().split(";")]
        return Text("、".join(p.zh for p in parts), "; ".join(p.en for p in parts))

    def _part(self, node: Node, text: str) -> Text:
        found = _CITE.fullmatch(text)
        if found is None:
            raise node.fail(f"引用“{text}”格式有误", f"{text!r} is not a citation")
        title = self.titles.get(found[1])
        if title is None:
            raise node.fail(f"未登记的文件 {found[1]}", f"unknown instrument {found[1]}")
        if found[2] is None:
            return title
        articles = [_ARTICLE.fullmatch(article.strip()) for article in found[2].split(",")]
        if None in articles:
            raise node.fail(f"条款“{found[2]}”格式有误", f"{found[2]!r} is not a list of articles")
        zh = "、".join(_article(article) for article in articles if article)
        plural = "arts" if len(articles) > 1 or "-" in found[2] else "art."
        return Text(f"{title.zh}{zh}", f"{title.en}, {plural} {found[2].replace('-', '–')}")


def _article(found: re.Match[str]) -> str:
    text = f"第{chinese_number(int(found[1]))}条"
    if found[2]:
        text += f"第{chinese_number(int(found[2]))}项"
    if found[3]:
        text += f"至第{chinese_number(int(found[3]))}条"
    return text


def chinese_number(number: int) -> str:
    """``number`` (1 to 999) in Chinese numerals as laws number their articles: 一百零五."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")
