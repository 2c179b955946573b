"""Full-text search over what is published: an engine gives ids, the gazette gives records.

``open_index`` → ``Indexer`` keeps it current → ``search`` answers a page. Texts are compared in
their folded ``forms``; a ``Query`` is ours; an engine is a class that meets ``SearchIndex``.
"""

from __future__ import annotations

from registry.public.search.documents import FACETS, IndexDocument, document
from registry.public.search.engine import ENGINES, Hits, IndexBusy, SearchIndex, Sort, open_index
from registry.public.search.highlight import excerpt, highlight
from registry.public.search.indexer import Indexer
from registry.public.search.parsing import parse_query
from registry.public.search.query import Query
from registry.public.search.service import SearchRequest, SearchResult, search, whole

__all__ = [
    "ENGINES",
    "FACETS",
    "Hits",
    "IndexBusy",
    "IndexDocument",
    "Indexer",
    "Query",
    "SearchIndex",
    "SearchRequest",
    "SearchResult",
    "Sort",
    "document",
    "excerpt",
    "highlight",
    "open_index",
    "parse_query",
    "search",
    "whole",
]
