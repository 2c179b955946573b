"""The log itself: its rows, its signed checkpoint, its proofs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from public_site.api.kit import NotHere, as_response, gazette, group, reading, state, with_next
from registry.core.errors import NotFound
from registry.core.i18n import N_
from registry.core.web.moment import now
from registry.public.gazette import checkpoint, log_rows, tree
from schemas.api.answers import ChangesAnswer, ConsistencyProof, InclusionProof
from schemas.api.requests import ChangesArgs, ConsistencyArgs, InclusionArgs

calls = group(
    "log",
    N_("Log and proofs"),
    N_("The append-only log over all publications, and proofs after RFC 9162."),
)


class NotInLog(NotHere):
    """A row or a tree that the log does not have."""

    code = "not-in-log"
    message = N_("The log has no such row or no such tree: it has {size} rows.")


class NoCheckpoint(NotFound):
    """The worker has not signed any yet."""

    code = "no-checkpoint"
    message = N_("No checkpoint has been signed yet.")


@reading(
    calls,
    "/changes",
    id="list_changes",
    summary=N_("The log in order"),
    description=N_(
        "To keep a copy, ask again with `since` = the last sequence you have. A DEL row, and every"
        " row before it under the same id, must be erased from your copy."
    ),
    args=ChangesArgs,
    answer=ChangesAnswer,
    errors=(422,),
)
def changes(args: Mapping[str, Any]) -> Response:
    size, since, limit = state().sequence, args["since"], args["limit"]
    rows = log_rows.changes(gazette(), since, limit, now())
    last = rows[-1]["sequence"] if rows else since
    following = last if rows and last < size else None
    body = {"sequence": size, "results": rows, "next": following}
    return with_next(body, "changes", {"since": following, "limit": limit})


@reading(
    calls,
    "/checkpoint",
    id="get_checkpoint",
    summary=N_("The newest signed checkpoint"),
    description=N_(
        "A C2SP signed note (tlog-checkpoint): origin, number of rows, root hash in base64, an"
        " empty line, and the Ed25519 signature of the log key."
    ),
    answer={"type": "string"},
    content_type="text/plain",
    validated=False,
)
def newest_checkpoint() -> Response:
    kept = checkpoint.latest(gazette())
    if kept is None:
        raise NoCheckpoint
    answer = Response(kept.note, mimetype="text/plain")
    answer.headers["Cache-Control"] = "no-cache"
    answer.set_etag(f"{kept.tree_size}-{kept.root.hex()[:16]}")
    return answer


@reading(
    calls,
    "/proof/inclusion",
    id="prove_inclusion",
    summary=N_("Proof that a row stands in the log"),
    args=InclusionArgs,
    answer=InclusionProof,
    errors=(422,),
)
def inclusion(args: Mapping[str, Any]) -> Response:
    session, length = gazette(), state().sequence
    sequence, size = args["sequence"], args["tree_size"] or length
    if not 1 <= sequence <= size <= length:
        raise NotInLog(size=length)
    proof = tree.inclusion_proof(session, sequence, size)
    return as_response(
        {
            "sequence": sequence,
            "leaf_index": sequence - 1,
            "tree_size": size,
            "leaf_hash": log_rows.leaf_hashes(session, [sequence])[sequence].hex(),
            "root_hash": tree.root(session, size).hex(),
            "proof": [digest.hex() for digest in proof],
        }
    )


@reading(
    calls,
    "/proof/consistency",
    id="prove_consistency",
    summary=N_("Proof that a later log extends an earlier one"),
    args=ConsistencyArgs,
    answer=ConsistencyProof,
    errors=(422,),
)
def consistency(args: Mapping[str, Any]) -> Response:
    session, length = gazette(), state().sequence
    first, second = args["from_"], args["to"] or length
    if not 1 <= first <= second <= length:
        raise NotInLog(size=length)
    proof = tree.consistency_proof(session, first, second)
    return as_response(
        {
            "from": first,
            "to": second,
            "from_root": tree.root(session, first).hex(),
            "to_root": tree.root(session, second).hex(),
            "proof": [digest.hex() for digest in proof],
        }
    )
