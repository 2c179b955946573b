"""Tips that may speak of the same matter: found by keyed hashes, proposed, never merged unasked.

The key is the vault's; without it a mark tells nothing, and a copied store cannot be searched for
"is there a tip on this mine". Marks are made when a tip is first opened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.keys import Vault
from registry.core.names import anatomy, fold, is_identifier, normalize_code
from registry.office.tips.models import TipMark

_LABEL = b"tip-mark/1"


def marks(facts: Mapping[str, Any], vault: Vault) -> list[bytes]:
    """Keyed hashes of (unit, kind) and (unit, day): what the same matter has in common.

    A unit is known by its code, and by its name without place and legal form within its
    prefecture, folded: however two reporters write it, picked from the list or not.
    """
    day = facts.get("since")
    parts = []
    for unit in _units(facts):
        parts.append(f"{unit}\0{facts.get('category', '')}\0{facts.get('detail', '')}")
        if day:
            parts.append(f"{unit}\0day\0{day}")
    return [_mark(part, vault) for part in parts]


def _units(facts: Mapping[str, Any]) -> list[str]:
    subject = facts.get("subject") or {}
    given = subject if isinstance(subject, Mapping) else {"name": subject}
    code, name = str(given.get("code") or ""), str(given.get("name") or "")
    if is_identifier(name):
        code, name = code or name, ""
    units = [f"code\0{normalize_code(code)}"] if code else []
    brand = anatomy(name).core or fold(name)
    if brand:
        units.append(f"name\0{str(facts.get('region', ''))[:4]}\0{brand}")
    return units


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


def _mark(text: str, vault: Vault) -> bytes:
    key = hashlib.blake2b(_LABEL, key=vault.key, digest_size=32).digest()
    return hashlib.blake2b(text.encode(), key=key, digest_size=16).digest()
