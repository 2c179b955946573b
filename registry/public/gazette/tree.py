"""The tree over the log as stored: grown with every append, read in O(log n) rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import insert
from sqlmodel import col, select

from registry.core.db import GazetteSession
from registry.public.gazette import merkle
from registry.public.gazette.models import LogRow, TreeNode


def extend(session: GazetteSession, size: int, leaves: Sequence[bytes]) -> None:
    """Add the hashes of leaves ``size``, ``size + 1``, … whose rows are in the log already."""
    edge = merkle.complete_subtrees(0, size)
    stored = read_nodes(session, set(edge))
    frontier = merkle.Frontier(size, [stored[node] for node in edge])
    made = [
        {"level": level, "index": index, "hash": digest}
        for leaf in leaves
        for (level, index), digest in frontier.push(leaf)
    ]
    if made:
        session.execute(insert(TreeNode), made)


def root(session: GazetteSession, size: int) -> bytes:
    """The root over the first ``size`` rows. ``ValueError`` if the log is shorter."""
    return _resolve(session, [(0, size)])[0]


def inclusion_proof(session: GazetteSession, sequence: int, size: int) -> list[bytes]:
    """That row ``sequence`` (from 1) stands in the log of ``size`` rows, RFC 9162 §2.1.3.1."""
    return _resolve(session, merkle.inclusion_ranges(sequence - 1, size))


def consistency_proof(session: GazetteSession, first: int, second: int) -> list[bytes]:
    """That the log of ``second`` rows extends the one of ``first``, RFC 9162 §2.1.4.1."""
    return _resolve(session, merkle.consistency_ranges(first, second))


def _resolve(session: GazetteSession, ranges: Sequence[merkle.Range]) -> list[bytes]:
    try:
        return merkle.resolve(ranges, lambda nodes: read_nodes(session, nodes))
    except KeyError:
        raise ValueError("the log is shorter than this") from None


def read_nodes(
    session: GazetteSession, nodes: Iterable[merkle.Node]
) -> Mapping[merkle.Node, bytes]:
    """Stored hashes of complete subtrees; what is not stored is missing from the answer."""
    by_level: dict[int, list[int]] = defaultdict(list)
    for level, index in nodes:
        by_level[level].append(index)
    found: dict[merkle.Node, bytes] = {}
    for level, indexes in by_level.items():
        if level == 0:
            sequences = [index + 1 for index in indexes]
            leaves = select(LogRow.sequence, LogRow.leaf_hash).where(
                col(LogRow.sequence).in_(sequences)
            )
            found.update({(0, seq - 1): digest for seq, digest in session.exec(leaves)})
            continue
        inner = select(TreeNode.index, TreeNode.hash).where(
            TreeNode.level == level, col(TreeNode.index).in_(indexes)
        )
        found.update({(level, index): digest for index, digest in session.exec(inner)})
    return found
