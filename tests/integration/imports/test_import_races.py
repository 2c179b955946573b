"""Two officers at once: a batch is applied once, and two files with the same row make one case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from at_once import at_once
from import_office import BUREAU, ImportOffice, credit_code
from sqlalchemy import func
from sqlmodel import select

from registry.core.errors import Conflict
from registry.office.dockets.models import Docket
from registry.office.entities.models import Entity
from registry.office.imports import service
from registry.office.publisher.models import OutboxRow
from registry.office.staff.models import Account
from registry.office.staff.officer import Acting

ROW = {
    "行政相对人名称": "演示省虚岭县9号样例煤矿有限公司", "统一社会信用代码": credit_code(9),
    "行政处罚决定书文号": "（虚）应急罚〔2026〕9号", "违法行为类型": "其他安全生产违法行为",
    "违法事实": "未按规定监测瓦斯。", "处罚依据": "《安全生产法》第一百零二条",
    "处罚类别": "罚款", "处罚内容": "罚款。", "罚款金额（万元）": "12",
    "处罚决定日期": "2026-10-12", "处罚机关": BUREAU,
}  # fmt: skip


@pytest.fixture
def approvers(office: ImportOffice) -> tuple[Acting, Acting]:
    """Two who may approve."""
    with office.store.write() as session:
        session.add(
            Account(
                id=3, login="second", name="second", authority_id=1, password_hash="x",
                created=office.clerk.now,
            )
        )  # fmt: skip
    officer = replace(office.approver.officer, account_id=3, login="second", name="second")
    return office.approver, replace(office.approver, officer=officer)


def approving(office: ImportOffice, who: Acting, batch: tuple[int, int]) -> Callable[[], object]:
    def act() -> object:
        with office.store.write() as session:
            docket = service.approve(session, who, batch[0], version=batch[1], tools=office.tools)
            return docket.state

    return act


def counted(office: ImportOffice, *what: Any) -> int:
    with office.store.read() as session:
        return session.exec(select(func.count()).select_from(what[0]).where(*what[1:])).one()


def test_two_approve_the_same_batch(office: ImportOffice, approvers: tuple[Acting, Acting]) -> None:
    batch = office.submit(office.file(ROW), "penalties")
    found = at_once(*(approving(office, who, batch) for who in approvers))
    assert found.count("applied") == 1, found
    assert any(isinstance(one, Conflict) for one in found), found
    assert counted(office, Docket, Docket.kind == "penalty") == 1
    assert (counted(office, Entity), counted(office, OutboxRow)) == (1, 1)


def test_two_batches_with_the_same_row(
    office: ImportOffice, approvers: tuple[Acting, Acting]
) -> None:
    """Whoever comes second finds the row there; the rest of his file is applied."""
    batches = []
    for number in (1, 2):
        other = ROW | {"行政处罚决定书文号": f"（虚）应急罚〔2026〕1{number}号"}
        path = office.file(ROW, other, name=f"{number}.csv")
        batches.append(office.submit(path, "penalties"))
    pairs = zip(approvers, batches, strict=True)
    found = at_once(*(approving(office, who, batch) for who, batch in pairs))
    assert found == ["applied", "applied"]
    assert counted(office, Docket, Docket.kind == "penalty") == 3
    assert (counted(office, Entity), counted(office, OutboxRow)) == (1, 3)
