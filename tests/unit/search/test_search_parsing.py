from __future__ import annotations

import pytest

from registry.public.search.parsing import LONGEST, MOST_LEAVES, parse_query
from registry.public.search.query import EVERYTHING, And, Not, Or, Phrase, Prefix, Query, wanted

A, B, C = Prefix("甲"), Prefix("乙"), Prefix("丙")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", EVERYTHING),
        ("  ，。 ", EVERYTHING),
        ("-", EVERYTHING),
        ("*", EVERYTHING),
        ('""', EVERYTHING),
        ("甲", A),
        ("甲 乙", And((A, B))),
        ("甲，乙；丙", And((A, B, C))),
        ("甲\u3000AND 乙", And((A, B))),
        ("甲 OR 乙 丙", And((Or((A, B)), C))),
        ("甲 | 乙 | 丙", Or((A, B, C))),
        ("OR 甲 OR", A),
        ("or 甲", And((Prefix("or"), A))),
        ("甲 -乙", And((A, Not(B)))),
        ("甲 NOT 乙", And((A, Not(B)))),
        ("NOT", EVERYTHING),
        ("甲-乙", Prefix("甲-乙")),
        ("甲*", A),
        ('"甲 乙"', Phrase("甲 乙")),
        ("“甲，乙”丙", And((Phrase("甲，乙"), C))),
        ("「甲」", Phrase("甲")),
        ('-"甲 乙"', Not(Phrase("甲 乙"))),
        ("“甲", Phrase("甲")),
        ("名称:甲", Prefix("甲", "name")),
        ("单位：“甲 乙”", Phrase("甲 乙", "name")),
        ("NUMBER:12", Prefix("12", "number")),
        ("-text:甲", Not(Prefix("甲", "text"))),
        ("机关:甲", Prefix("甲", "authority")),
        ("注意:甲", Prefix("注意:甲")),
        ("name:", EVERYTHING),
        ("（演）煤安罚〔2026〕12号", Prefix("（演）煤安罚〔2026〕12号")),
    ],
)
def test_what_is_meant(text: str, query: Query) -> None:
    assert parse_query(text) == query


def test_long_input_is_cut() -> None:
    assert parse_query("甲" * 10_000) == Prefix("甲" * LONGEST)
    assert len(list(wanted(parse_query("甲 " * 99)))) == MOST_LEAVES


def test_what_is_excluded_is_not_wanted() -> None:
    assert list(wanted(parse_query("甲 -乙 丙 OR 丁"))) == [A, C, Prefix("丁")]
