"""RFC 9162 trees: the vectors of the Certificate Transparency reference code, and laws."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.public.gazette import merkle

INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [merkle.leaf_hash(data) for data in INPUTS]
PATHS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}
CONSISTENCY = {
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}

sizes = st.integers(1, 70)


def leaves(size: int) -> list[bytes]:
    return [merkle.leaf_hash(index.to_bytes(2)) for index in range(size)]


def test_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert merkle.root([]) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_reference_roots(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize("place", PATHS)
def test_reference_inclusion_proofs(place: tuple[int, int]) -> None:
    index, size = place
    proof = merkle.inclusion_proof(index, LEAVES[:size])
    assert [digest.hex() for digest in proof] == PATHS[place]


@pytest.mark.parametrize("sizes_", CONSISTENCY)
def test_reference_consistency_proofs(sizes_: tuple[int, int]) -> None:
    first, second = sizes_
    proof = merkle.consistency_proof(first, LEAVES[:second])
    assert [digest.hex() for digest in proof] == CONSISTENCY[sizes_]


def naive_root(hashes: list[bytes]) -> bytes:
    """The definition of RFC 9162 §2.1.1, written down."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return merkle.node_hash(naive_root(hashes[:split]), naive_root(hashes[split:]))


@given(sizes)
def test_root_is_the_definition(size: int) -> None:
    assert merkle.root(leaves(size)) == naive_root(leaves(size))


@given(sizes, st.data())
def test_inclusion_holds_for_its_leaf_only(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    tree = leaves(size)
    top, proof = merkle.root(tree), merkle.inclusion_proof(index, tree)
    assert merkle.verify_inclusion(tree[index], index, size, proof, top)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"other"), index, size, proof, top)
    assert not merkle.verify_inclusion(tree[index], index, size, [*proof, top], top)
    if proof:
        assert not merkle.verify_inclusion(tree[index], index, size, proof[:-1], top)
        broken = data.draw(st.integers(0, len(proof) - 1))
        wrong = [*proof[:broken], merkle.leaf_hash(b"x"), *proof[broken + 1 :]]
        assert not merkle.verify_inclusion(tree[index], index, size, wrong, top)
    for other in {index - 1, index + 1}:
        assert not merkle.verify_inclusion(tree[index], other, size, proof, top)


@given(sizes, st.data())
def test_consistency_holds_for_extensions_only(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, size))
    tree = leaves(size)
    old, new = merkle.root(tree[:first]), merkle.root(tree)
    proof = merkle.consistency_proof(first, tree)
    assert merkle.verify_consistency(first, size, old, new, proof)
    forged = merkle.root([merkle.leaf_hash(b"forged"), *tree[1:first]])
    assert not merkle.verify_consistency(first, size, forged, new, proof)
    assert not merkle.verify_consistency(first, size, old, forged, proof)
    assert not merkle.verify_consistency(first, size, old, new, [*proof, old])
    if proof:
        assert not merkle.verify_consistency(first, size, old, new, proof[:-1])


@given(sizes, sizes)
def test_frontier_grows_in_any_steps(first: int, more: int) -> None:
    tree = leaves(first + more)
    stored: dict[merkle.Node, bytes] = {(0, i): leaf for i, leaf in enumerate(tree)}
    frontier = merkle.Frontier()
    for leaf in tree[:first]:
        stored.update(frontier.push(leaf))
    edge = [stored[node] for node in merkle.complete_subtrees(0, first)]
    again = merkle.Frontier(first, edge)
    for leaf in tree[first:]:
        again.push(leaf)
    assert again.root() == merkle.root(tree)


@given(sizes, st.data())
def test_stored_nodes_give_the_same_proofs(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, size))
    tree = leaves(size)
    stored: dict[merkle.Node, bytes] = {(0, i): leaf for i, leaf in enumerate(tree)}
    frontier = merkle.Frontier()
    for leaf in tree:
        stored.update(frontier.push(leaf))
    read: list[int] = []

    def reader(nodes: set[merkle.Node]) -> dict[merkle.Node, bytes]:
        read.append(len(nodes))
        return {node: stored[node] for node in nodes}

    inclusion = merkle.resolve(merkle.inclusion_ranges(first - 1, size), reader)
    assert inclusion == merkle.inclusion_proof(first - 1, tree)
    consistency = merkle.resolve(merkle.consistency_ranges(first, size), reader)
    assert consistency == merkle.consistency_proof(first, tree)
    assert max(read) <= 2 * size.bit_length()


@given(sizes)
def test_complete_subtrees_cover_without_overlap(size: int) -> None:
    nodes = merkle.complete_subtrees(0, size)
    ends = [0, *((index + 1) << level for level, index in nodes)]
    starts = [index << level for level, index in nodes]
    assert starts == ends[:-1]
    assert ends[-1] == size
    assert all(a > b for a, b in pairwise(level for level, _ in nodes))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 2)])
def test_no_proof_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in the tree"):
        merkle.inclusion_proof(index, leaves(size))
    assert not merkle.verify_inclusion(LEAVES[0], index, size, [], LEAVES[0])


@pytest.mark.parametrize(("first", "size"), [(0, 3), (4, 3)])
def test_no_consistency_with_nothing_or_the_future(first: int, size: int) -> None:
    with pytest.raises(ValueError, match="first tree"):
        merkle.consistency_proof(first, leaves(size))
    assert not merkle.verify_consistency(first, size, LEAVES[0], LEAVES[0], [])
