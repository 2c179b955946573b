"""Changes, proofs and checkpoint, verified as a stranger would."""

from __future__ import annotations

import base64

import rfc8785
from api_kit import Service

from registry.core import keys
from registry.public.gazette import checkpoint, leaf, merkle


def test_a_stranger_rebuilds_the_tree_and_reads_what_may_be_read(service: Service) -> None:
    rows, since = [], 0
    while since is not None:
        body = service.json(f"changes?since={since}&limit=3")
        assert body["sequence"] == 8
        rows += body["results"]
        since = body["next"]
    assert [row["sequence"] for row in rows] == list(range(1, 9))
    for row in rows:
        commitment = bytes.fromhex(row["commitment"])
        assert merkle.leaf_hash(commitment).hex() == row["leaf_hash"]
        if "payload" in row:
            salt = base64.urlsafe_b64decode(row["salt"] + "=")
            names = ("sequence", "op", "kind", "id", "effective", "recorded", "payload")
            event = rfc8785.dumps({"v": 1, **{name: row[name] for name in names}})
            assert leaf.commitment(salt, event) == commitment
    root = merkle.root([bytes.fromhex(row["leaf_hash"]) for row in rows])
    assert service.json("proof/inclusion?sequence=1")["root_hash"] == root.hex()
    forgotten = rows[6]
    assert (forgotten["id"], "payload" in forgotten) == ("L-0000000004", False)
    assert "salt" not in forgotten
    assert (rows[7]["op"], rows[7]["payload"]) == ("DEL", {"reason": "annulled"})
    assert service.json("changes?since=8") == {"sequence": 8, "results": [], "next": None}


def test_proofs_verify(service: Service) -> None:
    for size in range(1, 9):
        for sequence in range(1, size + 1):
            one = service.json(f"proof/inclusion?sequence={sequence}&tree_size={size}")
            assert merkle.verify_inclusion(
                bytes.fromhex(one["leaf_hash"]),
                one["leaf_index"],
                one["tree_size"],
                [bytes.fromhex(digest) for digest in one["proof"]],
                bytes.fromhex(one["root_hash"]),
            )
        two = service.json(f"proof/consistency?from={size}&to=8")
        assert merkle.verify_consistency(
            two["from"],
            two["to"],
            bytes.fromhex(two["from_root"]),
            bytes.fromhex(two["to_root"]),
            [bytes.fromhex(digest) for digest in two["proof"]],
        )


NO_PROOF = [
    ("proof/inclusion?sequence=9", 404),
    ("proof/inclusion?sequence=5&tree_size=4", 404),
    ("proof/consistency?from=1&to=9", 404),
    ("proof/consistency?from=5&to=4", 404),
    ("proof/inclusion", 422),
    ("proof/inclusion?sequence=0", 422),
    ("proof/consistency?from=-1", 422),
    ("proof/inclusion?sequence=99999999999999999999", 422),
    ("changes?since=１", 422),
    ("changes?limit=1001", 422),
]


def test_no_such_proof(service: Service) -> None:
    for path, status in NO_PROOF:
        answer = service.get(path)
        assert answer.status_code == status, path
        assert answer.mimetype == "application/problem+json"


def test_checkpoint(service: Service) -> None:
    assert service.get("checkpoint").status_code == 404
    with service.gazette.write() as session:
        checkpoint.sign_newest(session, service.key_dir, now=service.instant[0])
    answer = service.get("checkpoint")
    assert answer.mimetype == "text/plain"
    stated = checkpoint.verify(answer.text, keys.load_log_public(service.key_dir))
    proof = service.json("proof/inclusion?sequence=1")
    assert (stated.size, stated.root.hex()) == (proof["tree_size"], proof["root_hash"])
