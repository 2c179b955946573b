"""Tips that may speak of the same matter: found by keyed hashes, proposed, never merged unasked.

The key is the vault's; without it a mark tells nothing, and a copied store cannot be searched for
"is there a tip on this mine". Marks are made when a tip is first opened.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.keys import Vault
from registry.office.tips.models import TipMark

_LABEL = b"tip-mark/1"


def marks(facts: Mapping[str, Any], vault: Vault) -> list[bytes]:
    """Keyed hashes of (unit, kind) and (unit, day): what the same matter has in common."""
    subject = facts.get("subject") or {}
    known = subject.get("code") or subject.get("name") if isinstance(subject, Mapping) else subject
    unit = _folded(str(known or ""))
    if not unit:
        return []
    parts = [f"{unit}\0{facts.get('category', '')}\0{facts.get('detail', '')}"]
    if facts.get("since"):
        parts.append(f"{unit}\0day\0{facts['since']}")
    return [_mark(part, vault) for part in parts]


def mark(session: WorkingSession, docket_id: int, facts: Mapping[str, Any], vault: Vault) -> None:
    """Keep the tip's marks; those it has stay."""
    have = set(session.exec(select(TipMark.mark).where(TipMark.docket_id == docket_id)))
    for one in marks(facts, vault):
        if one not in have:
            session.add(TipMark(docket_id=docket_id, mark=one))
    session.flush()


def similar(session: WorkingSession, docket_id: int) -> Sequence[int]:
    """Ids of the other tips that share a mark, the earliest first: it was reported first."""
    own = select(TipMark.mark).where(TipMark.docket_id == docket_id)
    query = (
        select(TipMark.docket_id)
        .where(col(TipMark.mark).in_(own), TipMark.docket_id != docket_id)
        .distinct()
        .order_by(col(TipMark.docket_id))
    )
    return session.exec(query).all()


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _mark(text: str, vault: Vault) -> bytes:
    key = hashlib.blake2b(_LABEL, key=vault.key, digest_size=32).digest()
    return hashlib.blake2b(text.encode(), key=key, digest_size=16).digest()
