"""A whole new kind of case from files alone: a table, a field set, a paper. Then it is walked."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docket_office import Bureau, at
from docx import Document

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden
from registry.core.i18n import N_
from registry.office import dockets
from registry.office.dockets import casefile, documents, kinds, queries, wordbuild
from schemas import registry as field_sets
from schemas.dockets import block, day
from schemas.fields import Form

TABLE = """
kind: suspension-sample
title: {zh: 停产整顿, en: Suspension}
number_word: 停
schema: suspension_sample.Order
roles: [clerk]
subject: required
clocks: [suspension.notice]
starts: {suspension.notice: order-issued}
evidence:
  signed-order: {zh: 已签收的指令, en: Signed order}
documents:
  suspension-order: {zh: 停产整顿指令书, en: Suspension order}
initial: drafted
states:
  drafted: {title: {zh: 待批准, en: Drafted}, waits_for: [approver]}
  ordered: {title: {zh: 已下达, en: Ordered}, waits_for: [clerk]}
  resumed: {title: {zh: 已复产, en: Resumed}, closed: true}
actions:
  approve:
    title: {zh: 批准, en: Approve}
    from: [drafted]
    to: ordered
    roles: [approver]
    approval: true
    four_eyes: [open]
    signature: true
    documents: [suspension-order]
  resume:
    title: {zh: 批准复产, en: Approve resumption}
    from: [ordered]
    to: resumed
    roles: [approver]
    schema: suspension_sample.Resumption
    effective: resumed_on
    evidence: [signed-order]
    stops: [suspension.notice]
"""
PAPER = """
title: 停产整顿指令书
demands:
  facts.measures_text: {zh: 停产措施, en: measures}
body:
  - heading: 一、措施
  - p: "{{ facts.measures_text }}"
  - right: "{{ authority.name }}"
  - right: "{{ drawn_up|day }}"
"""


class Order(Form):
    """The order."""

    measures_text = block(N_("Measures"))


class Resumption(Form):
    """Resumption."""

    resumed_on = day(N_("Date"))


FIELDS: Any = type(
    "suspension_sample", (SimpleNamespace,), {"Order": Order, "Resumption": Resumption}
)


@pytest.fixture
def new_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> kinds.KindTable:
    folder = tmp_path / "kinds"
    (folder / "documents").mkdir(parents=True)
    (folder / "suspension.yaml").write_text(TABLE, encoding="utf-8")
    (folder / "mapping.yaml").write_text("columns: {}\n", encoding="utf-8")
    paper = folder / "documents" / "suspension-order.yaml"
    paper.write_text(PAPER, encoding="utf-8")
    wordbuild.build(paper)
    monkeypatch.setitem(field_sets._MODULES, "suspension_sample", FIELDS)
    book = kinds.book()
    monkeypatch.setattr(book, "_tables", dict(book.tables))
    book.add_folder(folder)
    field_sets.check(book)
    return book.get("suspension-sample")


def test_a_kind_from_files_walks(
    working: Store[WorkingSession], bureau: Bureau, new_kind: kinds.KindTable
) -> None:
    with working.write() as session:
        facts = field_sets.schema(new_kind.schema).load({"measures_text": "停止爆破、停止供电"})
        docket = dockets.open_docket(
            session, new_kind.code, bureau.acting("clerk", "2026-07-01"), facts=facts,
            title="停产整顿案", region="990121", subject_id=bureau.firm,
        )  # fmt: skip
        assert docket.number == "990121停〔2026〕1号"
        clock = casefile.clocks(session, docket, date(2026, 7, 2))[0]
        assert clock.breach_due == date(2026, 7, 8)
        waiting = queries.desk(session, bureau.officers["approver"], date(2026, 7, 2)).waiting
        assert [item.docket.id for item in waiting.rows] == [docket.id]
        with pytest.raises(Forbidden):
            bureau.act(session, docket, "approve", "clerk", "2026-07-02")
        bureau.act(session, docket, "approve", "approver", "2026-07-02")
        (paper,) = documents.of(session, docket)
        spec = documents.spec_of(new_kind, paper.code)
        made = documents.word(spec, paper.context, overrides=None, authority="")
        text = "\n".join(p.text for p in Document(io.BytesIO(made)).paragraphs)
        assert "停止爆破" in text and "虚岭县样例应急管理局" in text and "2026年7月2日" in text
        done = field_sets.schema("suspension_sample.Resumption").load({"resumed_on": "2026-07-20"})
        bureau.act(session, docket, "resume", "approver", "2026-07-20", done)
        assert docket.state == "resumed" and docket.closed_at == at("2026-07-20")
