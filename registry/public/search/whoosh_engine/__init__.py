"""Search on Whoosh, used for what it does well: segments, commits, a term dictionary.

Used plainly, Whoosh indexes some 650 records a second and needs 0.2 to 0.5 s for a phrase of
common bigrams among 100,000. So its files hold our own postings, and matching is set arithmetic:

- ``files`` is the only module that knows Whoosh: directory, commits (TOC), segments, dictionary;
- ``bits``: sets of documents are integers, one bit per document;
- ``build`` writes a segment: no positions, no weights, folded texts beside the postings;
- ``segment`` reads one; ``matching`` evaluates queries on it (postings find candidates, the
  folded text decides); ``ranking``, ``counting`` and ``suggesting`` work on the result;
- ``index`` puts segments together to a ``SearchIndex``.
"""
