"""Merkle trees as in RFC 9162 (hashing as in RFC 6962): roots, proofs and their verification.

Pure. Functions that take ``leaves`` mean leaf hashes in order. A proof is described as ranges
of leaves; ``registry.public.gazette.tree`` answers the same ranges from stored nodes in
O(log n) reads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

Range = tuple[int, int]
"""Leaves ``[start, end)``."""
Node = tuple[int, int]
"""``(level, index)``: the complete subtree over leaves ``[index << level, (index+1) << level)``."""

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data), RFC 9162 §2.1.1."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right), RFC 9162 §2.1.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over ``leaves`` (leaf hashes), RFC 9162 §2.1.1."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.push(leaf)
    return frontier.root()


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The audit path of the leaf at ``index`` (from 0), RFC 9162 §2.1.3.1.

    Raises ``ValueError`` for an index outside the tree.
    """
    return [root(leaves[start:end]) for start, end in inclusion_ranges(index, len(leaves))]


def consistency_proof(first: int, leaves: Sequence[bytes]) -> list[bytes]:
    """That the tree over ``leaves`` extends the one over the first ``first`` of them (§2.1.4.1).

    Raises ``ValueError`` unless ``0 < first <= len(leaves)``.
    """
    return [root(leaves[start:end]) for start, end in consistency_ranges(first, len(leaves))]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes
) -> bool:
    """Whether ``proof`` shows that ``leaf`` stands at ``index`` of the tree, RFC 9162 §2.1.3.2."""
    if not 0 <= index < size:
        return False
    fn, sn, running = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            running = node_hash(sibling, running)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            running = node_hash(running, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and running == root_hash


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether ``proof`` shows that the second tree extends the first, RFC 9162 §2.1.4.2."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node_hash(new, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and old == first_root and new == second_root


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The ranges whose roots make the audit path, from the leaf upwards."""
    if not 0 <= index < size:
        raise ValueError("the leaf is not in the tree")
    start, end, ranges = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(first: int, second: int) -> list[Range]:
    """The ranges whose roots make the consistency proof, in its order."""
    if not 0 < first <= second:
        raise ValueError("the first tree must be a non-empty part of the second")
    start, end, ranges = 0, second, []
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:
        ranges.append((start, end))
    return ranges[::-1]


def complete_subtrees(start: int, end: int) -> list[Node]:
    """The complete subtrees that make up ``[start, end)``, left to right.

    ``start`` must be aligned as in any range of a proof (0, or a multiple of a power of two not
    below the length of the range).
    """
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def resolve(
    ranges: Sequence[Range], read: Callable[[set[Node]], Mapping[Node, bytes]]
) -> list[bytes]:
    """The root of each range, from complete subtrees that ``read`` gives in one call."""
    parts = [complete_subtrees(start, end) for start, end in ranges]
    hashes = read({node for nodes in parts for node in nodes})
    return [fold_right([hashes[node] for node in nodes]) for nodes in parts]


def fold_right(hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees of falling size. Of none: the empty tree's."""
    if not hashes:
        return EMPTY_ROOT
    running = hashes[-1]
    for left in reversed(hashes[:-1]):
        running = node_hash(left, running)
    return running


class Frontier:
    """The right edge of a growing tree: its complete subtrees, O(log n) hashes."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        """``hashes`` are those of ``complete_subtrees(0, size)``."""
        self.size = size
        self._edge = list(hashes)

    def push(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Add a leaf; gives the subtrees above it that it completed, lowest first."""
        index, level, running, made = self.size, 0, leaf, []
        while index & 1:
            running = node_hash(self._edge.pop(), running)
            index, level = index >> 1, level + 1
            made.append(((level, index), running))
        self._edge.append(running)
        self.size += 1
        return made

    def root(self) -> bytes:
        return fold_right(self._edge)


def _split(length: int) -> int:
    """The largest power of two below ``length`` (above 1)."""
    return 1 << ((length - 1).bit_length() - 1)
