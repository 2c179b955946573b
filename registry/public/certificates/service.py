"""Issuing a certificate over the result of a check."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from registry.core import keys
from registry.core.clock import rfc3339
from registry.core.codes.public_id import new_public_id
from registry.core.db import GazetteSession, IntakeSession
from registry.core.errors import Conflict
from registry.core.i18n import N_, Text, translate
from registry.core.names import mask_document
from registry.core.rules import Rules, UnknownRule
from registry.public.certificates import certificate as format
from registry.public.certificates.certificate import Certificate, MatchRow, Query, Signer
from registry.public.certificates.models import Certificate as CertificateRow
from registry.public.gazette import checkpoint, log_rows, queries, tree
from registry.public.gazette.models import CheckpointRow
from registry.public.screening import CheckRequest, CheckResult, Match
from registry.public.screening.requests import normalize

ISSUER = N_("Work Safety Credit Registry")


class StateMoved(Conflict):
    """Rows came into the log between the check and the certificate."""

    code = "state-moved"
    message = N_("The log has grown since the check. Check again.")


@dataclass(frozen=True)
class Issuer:
    """Who signs: the key, the log's name, the site's address (may be empty)."""

    signer: Signer
    origin: str
    url: str = ""


@dataclass(frozen=True)
class Issued:
    """A certificate and its file."""

    certificate: Certificate
    text: str

    @property
    def id(self) -> str:
        return self.certificate["id"]


def load_issuer(key_dir: Path, url: str = "") -> Issuer:
    """The issuer of this installation. Raises ``Misconfigured`` where a key is missing."""
    key, endorsement = (
        keys.load_certificate_key(key_dir),
        keys.load_certificate_endorsement(key_dir),
    )
    origin = checkpoint.origin_of(keys.load_log_public(key_dir))
    return Issuer(Signer(key, endorsement), origin, url)


def issue(
    intake: IntakeSession,
    gazette: GazetteSession,
    issuer: Issuer,
    asked: CheckRequest,
    found: CheckResult,
    rules: Rules,
    *,
    purpose: str = "",
    reference: str = "",
) -> Issued:
    """Sign what ``found`` says of ``asked`` and keep what knows the certificate again.

    ``gazette`` must see the state that the check saw (``snapshot.pin``). Raises ``StateMoved``
    where it does not.
    """
    if found.sequence != queries.state(gazette, found.as_of).sequence:
        raise StateMoved
    body: dict[str, Any] = {
        "type": format.TYPE,
        "id": new_public_id("certificate"),
        "issuer": _issuer(issuer),
        "as_of": rfc3339(found.as_of),
        "query": _query(asked),
        "normalised": _query(normalize(asked)),
        "outcome": found.outcome,
        "matches": _matches(gazette, found),
        "lists": _lists(gazette, found, rules),
        **_state(gazette, found.sequence),
        "matcher": found.matcher,
        "threshold": f"{found.threshold:.3f}",
        "says": format.says(found.outcome),
        "does_not_say": format.does_not_say(),
    }
    said = {"purpose": purpose, "reference": reference}
    body |= {name: value for name, value in said.items() if value}
    made = format.sign(body, issuer.signer)
    _keep(intake, made, found)
    return Issued(made, format.written(made))


def _issuer(issuer: Issuer) -> dict[str, Any]:
    named: dict[str, Any] = {
        "name": {"zh": translate("zh", ISSUER), "en": ISSUER},
        "origin": issuer.origin,
    }
    return named | ({"url": issuer.url} if issuer.url else {})


def _query(asked: CheckRequest) -> Query:
    """What was asked; a document number only masked."""
    said: dict[str, str | None] = {
        "name": asked.name,
        "code": asked.code,
        "region": asked.region,
        "birth": asked.birth.isoformat() if asked.birth else None,
        "document": mask_document(asked.document) if asked.document else None,
    }
    return cast(Query, {name: value for name, value in said.items() if value})


def _matches(gazette: GazetteSession, found: CheckResult) -> list[MatchRow]:
    sequences = [match.sequence for match in found.matches]
    leaves = log_rows.leaf_hashes(gazette, sequences)
    return [_match(gazette, match, leaves, found.sequence) for match in found.matches]


def _match(
    gazette: GazetteSession, match: Match, leaves: Mapping[int, bytes], size: int
) -> MatchRow:
    return {
        "kind": match.kind,
        "id": match.id,
        "name": match.name,
        "score": f"{match.score:.3f}",
        "via": match.via,
        "sequence": match.sequence,
        "leaf_hash": leaves[match.sequence].hex(),
        "proof": [one.hex() for one in tree.inclusion_proof(gazette, match.sequence, size)],
    }


def _state(gazette: GazetteSession, size: int) -> dict[str, Any]:
    """Sequence, tree and the newest checkpoint that the tree extends."""
    said: dict[str, Any] = {
        "sequence": size,
        "tree_size": size,
        "root_hash": tree.root(gazette, size).hex(),
    }
    signed: CheckpointRow | None = checkpoint.latest(gazette, most=size)
    if signed is not None and signed.tree_size:
        proof = tree.consistency_proof(gazette, signed.tree_size, size)
        said["checkpoint"] = signed.note
        said["consistency"] = [one.hex() for one in proof]
    return said


def _lists(gazette: GazetteSession, found: CheckResult, rules: Rules) -> list[dict[str, Any]]:
    codes = {*queries.figures(gazette, found.as_of).by_list, *rules.list_kinds}
    titles = {code: list_title(rules, code) for code in sorted(codes)}
    return [{"code": code, "title": {"zh": one.zh, "en": one.en}} for code, one in titles.items()]


def list_title(rules: Rules, code: str) -> Text:
    """Title of one of our lists or of another body's; the code itself for an unknown one."""
    for table in ("list_kinds", "external_lists"):
        try:
            return rules.title(table, code)
        except UnknownRule:
            continue
    return Text(code, code)


def _keep(intake: IntakeSession, made: Certificate, found: CheckResult) -> None:
    row = CertificateRow(
        id=made["id"],
        issued=found.as_of,
        sha256=format.fingerprint(made),
        signature=base64.b64decode(made["signature"]),
        key_id=made["key_id"],
        sequence=made["sequence"],
        matched=[match["id"] for match in made["matches"]],
    )
    intake.add(row)
    intake.flush()
