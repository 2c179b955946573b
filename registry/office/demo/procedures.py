"""The demonstration's parties: a printed code, and an objection that waits at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from registry.core import keys
from registry.core.clock import rfc3339
from registry.core.db import WorkingSession
from registry.office.demo.walk import World
from registry.office.dockets.models import Docket, DocketDocument
from registry.office.procedures import codes
from registry.office.procedures.codes import Printed
from registry.office.procedures.windows import PURPOSE
from registry.office.worker import procedures as worker
from registry.public.inbox import receipt, sealing
from registry.public.procedures import service
from registry.public.procedures.codes import derive, secrets_of
from registry.public.procedures.content import SHAPE, Filing

if TYPE_CHECKING:
    from registry.office.worker.office import Office

ENTROPY = b"registry-demo-C1"
"""Of the printed code; every other one is random."""
SAID = "公示的失信行为简况中的死亡人数与事故调查报告不一致，请核实并更正（虚构）。"


def printed_code() -> str:
    """The code on the prior notice of E5, as the demonstration prints it."""
    return receipt.shown(receipt.new_receipt(ENTROPY))


def bring_in(office: Office, world: World) -> None:
    """Print two codes; file an objection with one of them, as the public site does."""
    key = keys.load_receipt_key(office.settings.key_dir)
    with office.working.write() as session:
        _print(session, world, key, "e5", "listing-notice", receipt.new_receipt(ENTROPY))
        printed = _print(session, world, key, "e1", "listing-decision", "")
        window = printed.row.window_id
    now = world.acting("clerk", 2).now
    content: Filing = {
        "v": SHAPE,
        "window": window,
        "procedure": "objection",
        "submitted": rfc3339(now),
        "language": "zh",
        "name": "张样例",
        "capacity": "representative",
        "contact": "虚构电话",
        "text": SAID,
    }
    public = keys.load_vault(office.settings.key_dir).sealing_key(PURPOSE).public_key
    own = derive(receipt.new_receipt(), secrets_of(key))
    with office.intake.write() as intake:
        service.submit(intake, sealing.new_id(), content, own, public, now=now)
    worker.carry(office, world.now)


def _print(
    session: WorkingSession, world: World, key: bytes, subject: str, paper: str, code: str
) -> Printed:
    docket = session.exec(
        select(Docket).where(Docket.kind == "listing", Docket.subject_id == world.entities[subject])
    ).first()
    assert docket is not None  # noqa: S101 - made by cases.yaml
    found = session.exec(
        select(DocketDocument).where(
            DocketDocument.docket_id == docket.id, DocketDocument.code == paper
        )
    ).first()
    assert found is not None  # noqa: S101 - drawn up when it was served
    return codes.issue(
        session,
        docket,
        world.acting("clerk", 2),
        document_id=found.id or 0,
        entity_id=world.entities[subject],
        identity_check="",
        installation=secrets_of(key),
        code=code,
    )
