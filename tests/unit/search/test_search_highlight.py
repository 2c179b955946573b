from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.public.search.highlight import Field, excerpt, highlight
from registry.public.search.parsing import parse_query


@pytest.mark.parametrize(
    ("text", "q", "field", "hits"),
    [
        ("演示省華潤煤業有限公司", "华润", "name", ["華潤"]),
        ("演示（虚岭）煤矿", "演示虚岭", "name", ["演示（虚岭"]),
        ("ＡＣＭＥ Mining", "acme", "name", ["ＡＣＭＥ"]),
        ("Acme Mining", "min", "name", ["Mining"]),
        ("Acme Mining", '"min"', "name", []),
        ("瞒报安全\n生产事故", "安全生产 瞒报", "text", ["瞒报安全\n生产"]),
        ("瞒报。事故", "瞒报事故", "text", []),
        ("瞒报事故", "事故 -瞒报", "text", ["事故"]),
        ("瞒报事故", "name:瞒报 事故", "text", ["事故"]),
        ("（演）罚〔2026〕12号", "罚[2026]12号", "number", ["罚〔2026〕12号"]),
        ("", "甲", "text", []),
        ("甲", "", "text", []),
    ],
)
def test_hits(text: str, q: str, field: Field, hits: list[str]) -> None:
    fragments = highlight(text, parse_query(q), field)
    assert [fragment for fragment, hit in fragments if hit] == hits
    assert "".join(fragment for fragment, _ in fragments) == text


@given(st.text(max_size=60), st.text(max_size=20), st.integers(1, 70))
def test_nothing_is_lost_or_doubled(text: str, q: str, width: int) -> None:
    query = parse_query(q)
    assert "".join(fragment for fragment, _ in highlight(text, query)) == text
    pieces = [fragment for fragment, _ in excerpt(text, query, width)]
    inner = "".join(pieces)
    assert inner.strip("…") in text or len(text) <= width
    assert len(inner) <= max(width + 2, len(text))


def test_an_excerpt_shows_the_hit() -> None:
    text = "甲" * 300 + "瞒报" + "乙" * 300
    fragments = excerpt(text, parse_query("瞒报"), 40)
    assert ("瞒报", True) in fragments
    assert fragments[0] == ("…", False) == fragments[-1]
