"""The officer's part: opening what was filed, recording it in the case, answering the party.

What was filed is opened from its seal each time, and each opening is audited. Files come as
checked copies, drawn anew in a process apart; the sealed originals stay, and their hashes stand in
the text that goes into the case.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nacl.public import PublicKey

from registry.core.clock import legal_day
from registry.core.db import WorkingSession
from registry.core.errors import Conflict, InvalidInput, NotFound, RegistryError
from registry.core.i18n import N_
from registry.core.keys import Vault
from registry.office import dockets
from registry.office.dockets import Refusal, Refused, documents, engine
from registry.office.dockets.documents import WordFile
from registry.office.dockets.models import Docket
from registry.office.procedures import offers
from registry.office.procedures.ingest import opened
from registry.office.procedures.models import DUE, PartyFiling
from registry.office.procedures.offers import Offer
from registry.office.procedures.windows import PURPOSE
from registry.office.staff.auditing import audited
from registry.office.staff.officer import Acting
from registry.public.inbox import filesealing, sealing
from registry.public.inbox.blobs import open_sealed
from registry.public.procedures.content import SHAPE, Answer, Letter, Paper
from registry.public.procedures.service import ANSWER, FILING

Cleaner = Callable[[bytes, str], bytes]
ENDINGS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
"""Types of which a checked copy can be made, with the ending of its name."""
MOST_PAPERS = 5


class NotChecked(RegistryError):  # noqa: N818 - reads as a sentence
    """Of this file no checked copy can be made."""

    code = "not-checked"
    status = 422
    message = N_("This file is damaged or not what it says it is: no checked copy can be made.")


@dataclass(frozen=True)
class Tools:
    """Keys and places that the office's process has."""

    vault: Vault
    sealed: Path
    """Folder of sealed files."""
    evidence: Path
    """Folder of the cases' evidence."""
    keys: Path
    clean: Cleaner
    """Makes the checked copy of a file of a type in ``ENDINGS``. Raises ``NotChecked``."""
    templates: Path | None = None


@dataclass(frozen=True)
class FiledFile:
    """A file as its envelope describes it."""

    id: str
    name: str
    type: str
    size: int
    sha256: str
    purpose: str
    key: bytes = field(repr=False)


def offer_of(filing: PartyFiling, docket: Docket) -> Offer:
    """How a filing is recorded in its kind of case. Raises ``NotFound``."""
    offered = offers.of(docket.kind)
    found = offered.procedures.get(filing.procedure) if offered else None
    if found is None:
        raise NotFound
    return found


def read(
    session: WorkingSession, filing: PartyFiling, acting: Acting, *, tools: Tools
) -> dict[str, Any]:
    """What the party filed; audited. Raises ``SealRefused``."""
    content = opened(filing.envelope, filing.filing_id, FILING, tools.vault)
    _audit(session, acting, filing, "procedures:filing:read")
    return content


def answer_of(filing: PartyFiling, tools: Tools) -> dict[str, Any] | None:
    """The letters that the party was sent, None before the first."""
    if filing.answer is None:
        return None
    return opened(filing.answer, filing.filing_id, ANSWER, tools.vault)


def files_of(content: Mapping[str, Any]) -> list[FiledFile]:
    """The files of a filing."""
    return [
        FiledFile(
            id=str(one["id"]),
            name=str(one.get("name", "")),
            type=str(one.get("type", "")),
            size=int(one.get("size", 0)),
            sha256=str(one.get("sha256", "")),
            purpose=str(one.get("purpose", "")),
            key=bytes.fromhex(str(one["key"])),
        )
        for one in content.get("files") or ()
    ]


def checked_copy(
    session: WorkingSession,
    filing: PartyFiling,
    file_id: str,
    acting: Acting,
    *,
    tools: Tools,
) -> tuple[FiledFile, bytes]:
    """A checked copy of one file; audited. Raises ``NotFound``, ``NotChecked``."""
    content = opened(filing.envelope, filing.filing_id, FILING, tools.vault)
    found = next((one for one in files_of(content) if one.id == file_id), None)
    if found is None:
        raise NotFound
    copy = _copy(found, tools)
    _audit(session, acting, filing, "procedures:file:read")
    return found, copy


def _copy(one: FiledFile, tools: Tools) -> bytes:
    if one.type not in ENDINGS:
        raise NotChecked
    with open_sealed(tools.sealed, one.id) as source:
        plain = b"".join(filesealing.open_file(source, file_id=one.id, key=one.key))
    return tools.clean(plain, one.type)


def record(
    session: WorkingSession,
    filing: PartyFiling,
    docket: Docket,
    acting: Acting,
    *,
    version: int,
    data: Mapping[str, Any],
    tools: Tools,
    reason: str = "",
    signature: str = "",
) -> Docket:
    """Do the act by which the case takes the filing in, with the filing and its files as proof.

    Everything or nothing. Raises ``Conflict`` where it was dealt with, and whatever the act does.
    """
    offer = offer_of(filing, docket)
    if filing.state != "new" or not offer.act:
        raise Conflict
    content = opened(filing.envelope, filing.filing_id, FILING, tools.vault)
    used = _attach(session, docket, acting, offer, filing, content, tools)
    dockets.act(
        session,
        docket,
        offer.act,
        acting,
        version=version,
        data=data,
        evidence=used,
        reason=reason,
        signature=signature,
    )
    event = engine.events(session, docket)[-1]
    filing.event_id, filing.state, filing.delivered_version = event.id, "recorded", DUE
    session.add(filing)
    session.flush()
    _audit(session, acting, filing, "procedures:filing:recorded")
    return docket


def _attach(
    session: WorkingSession,
    docket: Docket,
    acting: Acting,
    offer: Offer,
    filing: PartyFiling,
    content: Mapping[str, Any],
    tools: Tools,
) -> list[int]:
    """The filing as a text and its files as checked copies; ids of the proofs."""
    lines, uploads = [], []
    for number, one in enumerate(files_of(content), start=1):
        note = ""
        try:
            copy = _copy(one, tools)
            name = f"{number}-{Path(one.name).stem[:80] or '附件'}{ENDINGS[one.type]}"
            uploads.append(dockets.Upload(name, copy, offer.files, personal=True))
        except NotChecked:
            note = "（未通过安全检查，未附卷）"
        lines.append(f"{number}. {one.name} SHA-256 {one.sha256}{note}")
    text = as_text(content, filing, acting, lines)
    name = f"{acting.rules.title('procedures', filing.procedure).zh}.txt"
    uploads.insert(0, dockets.Upload(name, text.encode(), offer.text, personal=True))
    kept = [dockets.attach(session, docket, acting, one, folder=tools.evidence) for one in uploads]
    return [one.id for one in kept if one.id is not None]


def as_text(
    content: Mapping[str, Any], filing: PartyFiling, acting: Acting, files: Sequence[str] = ()
) -> str:
    """The filing as it goes into the case: official Chinese heads, the party's words."""
    rows = [
        ("事项", acting.rules.title("procedures", filing.procedure).zh),
        ("提交日期", filing.day.isoformat()),
        ("提交人", str(content.get("name", ""))),
        ("身份", CAPACITIES.get(str(content.get("capacity", "")), "")),
        ("联系方式", str(content.get("contact", ""))),
        ("受理机关或者法院", str(content.get("remedy_body", ""))),
        ("案号", str(content.get("remedy_number", ""))),
        ("提出日期", str(content.get("remedy_filed_on", ""))),
        ("承诺", str(content.get("pledge", ""))),
    ]
    parts = [f"{head}：{value}" for head, value in rows if value]
    parts += ["", str(content.get("text", ""))]
    for number, said in enumerate(content.get("conditions") or (), start=1):
        parts.append(f"条件{number}的证明：{said}")
    if files:
        parts += ["", "附件：", *files]
    return "\n".join(parts)


CAPACITIES = {"self": "当事人本人", "representative": "法定代表人、负责人", "agent": "委托代理人"}
"""Official names of the capacities of ``schemas.public.procedures``."""


def answer(
    session: WorkingSession,
    filing: PartyFiling,
    docket: Docket,
    acting: Acting,
    *,
    text: str,
    papers: Sequence[int] = (),
    tools: Tools,
) -> None:
    """Seal the answer, with papers of the case as Word files, for the party's page.

    Later answers follow the first: an application is accepted, and decided later. Raises
    ``Refused`` where the case must take the filing in first.
    """
    offer = offer_of(filing, docket)
    if filing.state == "new" and offer.act and offer.open_in(docket.state):
        raise Refused(Refusal(N_("Record this in the case first; then answer it.")))
    if len(papers) > MOST_PAPERS:
        raise InvalidInput({"papers": [N_("Choose at most five papers.")]})
    letter: Letter = {
        "day": legal_day(acting.now).isoformat(),
        "text": text,
        "papers": [_enclosed(paper(session, docket, acting, one, tools=tools)) for one in papers],
    }
    before = answer_of(filing, tools)
    content: Answer = {"v": SHAPE, "letters": [*(before["letters"] if before else ()), letter]}
    keys = [PublicKey(filing.reply_key), tools.vault.sealing_key(PURPOSE).public_key]
    filing.answer = sealing.seal(content, keys, tip_id=filing.filing_id, kind=ANSWER)
    filing.state, filing.answered_at = "answered", acting.now
    filing.answered_by, filing.delivered_version = acting.officer.account_id, DUE
    filing.status_erased = None
    session.add(filing)
    session.flush()
    _audit(session, acting, filing, "procedures:filing:answered")


def paper(
    session: WorkingSession, docket: Docket, acting: Acting, document_id: int, *, tools: Tools
) -> WordFile:
    """A paper of the case as a Word file; audited. Raises ``NotFound``."""
    return documents.word_file(
        session, docket, document_id, acting, key_dir=tools.keys, overrides=tools.templates
    )


def _enclosed(made: WordFile) -> Paper:
    return {"name": made.name, "content": base64.b64encode(made.content).decode()}


def _audit(session: WorkingSession, acting: Acting, filing: PartyFiling, action: str) -> None:
    audited(
        session,
        acting,
        action,
        f"docket:{filing.docket_id}",
        {"filing": filing.id, "procedure": filing.procedure},
    )
