"""What Whoosh does when used plainly, to compare ``registry bench search`` with.

Run: python tests/benchmarks/search_plain_whoosh.py [SIZE]
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time

from whoosh import index
from whoosh.analysis import NgramTokenizer
from whoosh.fields import ID, KEYWORD, TEXT, Schema
from whoosh.query import And, Phrase, Term
from whoosh.sorting import FieldFacet

from registry.public.search import fiction

WORDS = ["安全生产", "停产整顿", "许可证", "擅自组织", "主要负责", "通风系统"]


def main(size: int) -> None:
    bigrams = NgramTokenizer(2)
    schema = Schema(
        id=ID(stored=True),
        name=TEXT(analyzer=bigrams),
        text=TEXT(analyzer=bigrams),
        code=ID,
        ground=ID(sortable=True),
        list=ID(sortable=True),
        region=KEYWORD,
    )
    documents = list(fiction.corpus(size))
    with tempfile.TemporaryDirectory() as folder:
        found = index.create_in(folder, schema)
        started = time.perf_counter()
        writer = found.writer(limitmb=256)
        for one in documents:
            writer.add_document(
                id=one.id,
                name=" ".join(one.names),
                text=" ".join(one.texts),
                code=one.codes[0],
                ground=one.keywords["ground"][0],
                list=one.keywords["list"][0],
                region=" ".join(one.keywords["region"]),
            )
        writer.commit()
        print(f"build: {size / (time.perf_counter() - started):.0f} records/s")  # noqa: T201
        chance = random.Random(1)
        with found.searcher() as searcher:
            for name in ("name", "text"):
                times = []
                for _ in range(30):
                    if name == "name":
                        asked = phrase(name, chance.choice(documents).names[0])
                    else:
                        asked = And([phrase(name, one) for one in chance.sample(WORDS, 2)])
                    started = time.perf_counter()
                    searcher.search(asked, limit=20, groupedby=FieldFacet("ground"))
                    times.append((time.perf_counter() - started) * 1000)
                print(f"{name}: median {statistics.median(times):.1f} ms")  # noqa: T201


def phrase(field: str, text: str) -> Phrase | Term:
    pairs = [text[n : n + 2] for n in range(len(text) - 1)]
    return Phrase(field, pairs) if len(pairs) > 1 else Term(field, text)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
