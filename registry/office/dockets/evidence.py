"""Files of a case: kept once by content, attached with a kind, used as proof by an act."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, select

from registry.core.db import WorkingSession
from registry.core.errors import InvalidInput, NotFound
from registry.core.i18n import N_
from registry.office.dockets import kinds
from registry.office.dockets.models import Docket, DocketEvidence
from registry.office.dockets.shape import Action
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting

OTHER = "other"
MAX_NAME = 200
MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ofd": "application/ofd",
    ".txt": "text/plain",
    ".mp4": "video/mp4",
    ".mp3": "audio/mpeg",
}
"""What may be attached, by the ending of its name; OFD is GB/T 33190."""
_SIGNATURES = {
    ".pdf": (b"%PDF-",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".docx": (b"PK\x03\x04",),
    ".xlsx": (b"PK\x03\x04",),
    ".ofd": (b"PK\x03\x04",),
}


@dataclass(frozen=True)
class Upload:
    """A file as it came in. ``kind`` is a code of the kind's evidence, or ``other``."""

    name: str
    content: bytes
    kind: str = OTHER
    personal: bool = False


def attach(
    session: WorkingSession, docket: Docket, acting: Acting, upload: Upload, *, folder: Path
) -> DocketEvidence:
    """Keep the file under ``folder`` and note it in the docket.

    Raises ``InvalidInput`` for an empty file, an unknown kind, a type that is not admitted, or
    content that is not what the name says. A file without its row is harmless and found by name.
    """
    suffix = _checked(docket, upload)
    digest = hashlib.sha256(upload.content).hexdigest()
    store(folder, digest, upload.content)
    return keep(
        session,
        docket,
        acting,
        sha256=digest,
        name=shown_name(upload.name),
        media_type=MEDIA_TYPES[suffix],
        size=len(upload.content),
        kind=upload.kind,
        personal=upload.personal,
    )


def keep(
    session: WorkingSession,
    docket: Docket,
    acting: Acting,
    *,
    sha256: str,
    name: str,
    media_type: str,
    size: int,
    kind: str,
    personal: bool = False,
) -> DocketEvidence:
    """Note in the docket, and audit, a file that lies under its hash already."""
    assert docket.id is not None  # noqa: S101 - evidence is attached to stored dockets
    found = DocketEvidence(
        docket_id=docket.id,
        sha256=sha256,
        name=name,
        media_type=media_type,
        size=size,
        kind=kind,
        personal=personal,
        added_by=acting.officer.account_id,
        added_at=acting.now,
    )
    session.add(found)
    session.flush()
    audited(
        session,
        acting,
        "dockets:evidence:attached",
        f"docket:{docket.id}",
        {"evidence": found.id, "kind": kind, "sha256": sha256},
    )
    return found


def shown_name(name: str) -> str:
    """The last part of the name; a line break in it would forbid every download."""
    last = Path(name.replace("\\", "/")).name
    return "".join(sign for sign in last if sign.isprintable())[-MAX_NAME:]


def _checked(docket: Docket, upload: Upload) -> str:
    suffix = Path(upload.name).suffix.lower()
    signatures = _SIGNATURES.get(suffix, (b"",))
    problem = ""
    if not upload.content:
        problem = N_("This file is empty.")
    elif suffix not in MEDIA_TYPES:
        problem = N_("Files of this type cannot be attached.")
    elif not upload.content.startswith(signatures):
        problem = N_("This file is not what its name says.")
    elif upload.kind != OTHER and upload.kind not in kinds.get(docket.kind).evidence:
        problem = N_("This is not one of the choices.")
    if problem:
        raise InvalidInput({"file": [problem]})
    return suffix


def store(folder: Path, digest: str, content: bytes) -> Path:
    """Writes ``content`` under its hash, readable by the owner only; known content stays."""
    target = folder / digest[:2] / digest
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = target.with_suffix(f".{os.getpid()}.part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(target)
    return target


def read(
    session: WorkingSession, docket: Docket, evidence_id: int, acting: Acting, *, folder: Path
) -> tuple[DocketEvidence, bytes]:
    """A file of the docket with its bytes; the reading is audited. Raises ``NotFound``.

    Bytes that no longer match their hash raise ``DamagedEvidence``.
    """
    found = session.get(DocketEvidence, evidence_id)
    if found is None or found.docket_id != docket.id:
        raise NotFound
    path = folder / found.sha256[:2] / found.sha256
    if not path.is_file():
        raise NotFound
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != found.sha256:
        raise DamagedEvidence
    audited(
        session,
        acting,
        "dockets:evidence:read",
        f"docket:{docket.id}",
        {"evidence": found.id, "personal": found.personal},
    )
    return found, content


class DamagedEvidence(NotFound):
    """The stored bytes are not those that were attached."""

    code = "damaged-evidence"
    status = 500
    message = N_("This file has been damaged in the store. Restore it from a backup.")


def of(session: WorkingSession, docket: Docket) -> Sequence[DocketEvidence]:
    """All files of the docket, in the order attached."""
    query = select(DocketEvidence).where(DocketEvidence.docket_id == docket.id)
    return session.exec(query.order_by(col(DocketEvidence.id))).all()


def missing(
    session: WorkingSession, docket: Docket, action: Action, used: Collection[int]
) -> tuple[str, ...]:
    """Kinds of proof the action needs and the docket lacks.

    A file counts while no earlier act used it, or when the act names it in ``used``.
    """
    if not action.evidence:
        return ()
    have = {e.kind for e in of(session, docket) if e.event_id is None or e.id in used}
    return tuple(kind for kind in action.evidence if kind not in have)


def consume(
    session: WorkingSession, docket: Docket, action: Action, used: Collection[int], *, event_id: int
) -> None:
    """Note which files proved the act."""
    for item in of(session, docket):
        if item.event_id is None and (item.kind in action.evidence or item.id in used):
            item.event_id = event_id
            session.add(item)
    session.flush()
