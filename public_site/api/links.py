"""Which call an answer leads to, and with what of it: the links of the OpenAPI document.

People read them as hints; tools follow them, as the ones that try an API out call by call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.public.gazette.kinds import LISTED

ID = "$response.body#/id"
FIRST = "$response.body#/results/0/id"


@dataclass(frozen=True)
class Link:
    """To the call ``to``: its parameters, and its body, as runtime expressions of OpenAPI."""

    to: str
    parameters: Mapping[str, str]
    body: Any = None

    def described(self) -> dict[str, Any]:
        """The link as it stands in the document."""
        said: dict[str, Any] = {"operationId": self.to}
        if self.parameters:
            said["parameters"] = dict(self.parameters)
        if self.body is not None:
            said["requestBody"] = self.body
        return said


def _with_id(*to: str, id: str = ID) -> tuple[Link, ...]:
    return tuple(Link(one, {"id": id}) for one in to)


_OTHER = {
    "query": "$request.body#/queries/0",
    "record": "$response.body#/results/0/matches/0/id",
}
"""The first match of the first query is another."""
LINKS: Mapping[str, tuple[Link, ...]] = {
    **{f"list_{kind.plural}": _with_id(f"get_{kind.code}", id=FIRST) for kind in LISTED},
    "match": (Link("judge", {}, _OTHER),),
    "judge": _with_id("revoke_judgement"),
    "list_judgements": _with_id("revoke_judgement", id=FIRST),
    "create_job": _with_id("get_job", "get_result", "delete_job"),
    "issue_certificate": (
        *_with_id("get_certificate"),
        Link("verify_certificate", {}, "$response.body"),
    ),
    "list_measures": _with_id("answer_measure", id=FIRST),
    "file_report": _with_id("get_filing"),
    "list_filings": _with_id("get_filing", id=FIRST),
    "hand_in_rows": (Link("get_rows", {"kind": "$response.body#/kind", "id": ID}),),
    "add_watches": _with_id("delete_watch", id=FIRST),
    "list_watches": _with_id("delete_watch", id=FIRST),
    "add_webhook": _with_id("delete_webhook"),
    "list_webhooks": _with_id("delete_webhook", id=FIRST),
    "list_changes": (
        Link("prove_inclusion", {"sequence": "$response.body#/results/0/sequence"}),
        Link("prove_consistency", {"from": "$response.body#/results/0/sequence"}),
    ),
    "list_datasets": (
        Link(
            "download_dataset",
            {
                "name": "$response.body#/datasets/0/name",
                "form": "$response.body#/datasets/0/files/0/format",
            },
        ),
    ),
    "suggest_entities": _with_id("preview_entity", "view_entity", id="$response.body#/result/0/id"),
}
"""``operationId`` of a call to the calls that its answer leads to."""
