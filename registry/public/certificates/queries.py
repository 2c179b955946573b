"""Knowing a certificate again: what is kept of it, and whether the log still bears it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nacl.signing import VerifyKey

from registry.core.db import GazetteSession, IntakeSession
from registry.public.certificates import certificate as format
from registry.public.certificates.certificate import Certificate
from registry.public.certificates.models import Certificate as CertificateRow
from registry.public.certificates.verification import FromTheFuture, ProofFails, verify
from registry.public.gazette import log_rows, queries, tree


@dataclass(frozen=True)
class Verdict:
    """A certificate that holds. ``recorded``: issued here, byte for byte; ``gone``: ids of its
    matches that are no longer shown."""

    certificate: Certificate
    recorded: bool
    gone: tuple[str, ...]
    rows_since: int
    """How many rows the log has grown by."""


def kept(intake: IntakeSession, id: str) -> CertificateRow | None:
    """What is kept of the certificate ``id``."""
    return intake.get(CertificateRow, id)


def judge(
    intake: IntakeSession,
    gazette: GazetteSession,
    data: bytes,
    log: VerifyKey,
    *,
    now: datetime,
) -> Verdict:
    """Verify a file offline and then against the log as it stands. Raises ``Broken``."""
    found = verify(data, log, now=now)
    size = queries.state(gazette, now).sequence
    if found["tree_size"] > size:
        raise FromTheFuture
    if tree.root(gazette, found["tree_size"]).hex() != found["root_hash"]:
        raise ProofFails
    leaves = log_rows.leaf_hashes(gazette, [match["sequence"] for match in found["matches"]])
    if any(leaves[match["sequence"]].hex() != match["leaf_hash"] for match in found["matches"]):
        raise ProofFails
    record = kept(intake, found["id"])
    ids = [match["id"] for match in found["matches"]]
    shown = queries.many(gazette, ids, now)
    return Verdict(
        certificate=found,
        recorded=record is not None and record.sha256 == format.fingerprint(found),
        gone=tuple(id for id in ids if id not in shown),
        rows_since=size - found["tree_size"],
    )
