"""The last page of a served paper: the code, how it is read aloud, where it is used.

Official Chinese, the same text on the page for print and in the Word file. The code stands in
neither store: whoever has it in hand, straight from its making, has it put into both.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from registry.core.codes import qr
from registry.core.db import WorkingSession
from registry.office.dockets.documents import chinese_day
from registry.office.entities import queries as entities
from registry.office.procedures.codes import Printed
from registry.public.inbox import receipt
from registry.public.inbox.spoken import WORDS

TITLE = "网上办理告知"


@dataclass(frozen=True)
class Slip:
    """What stands on the last page."""

    told: str
    groups: Sequence[str] = field(repr=False)
    spoken: Sequence[Sequence[tuple[str, str]]] = field(repr=False)
    """Of each group: every symbol and the word by which it is read aloud."""
    address: str
    """Of the public page; empty where none is configured."""


def of(session: WorkingSession, printed: Printed, address: str) -> Slip:
    """The last page of the paper for which the code was made."""
    groups = receipt.groups(printed.code)
    party = entities.entity(session, printed.row.entity_id).name
    place = f"（{address}）" if address else ""
    told = (
        f"{party}：凭下列办理码，可在“当事人办理”网页{place}提交陈述申辩、异议、更正、提前移出等申请，"
        "查询期限和答复，不收取任何费用。办理码只供你（单位）及其委托代理人使用，请妥善保管；遗失或者泄露的，"
        "持身份证明到本机关重新打印，原码即行失效。"
        f"办理码有效期至{chinese_day(printed.row.until)}。也可以书面向本机关提交。"
    )
    spoken = [[(symbol, WORDS[symbol].zh) for symbol in group] for group in groups]
    return Slip(told, groups, spoken, address)


def into_word(paper: bytes, slip: Slip) -> bytes:
    """The Word file ``paper``, of ours or of an authority's own template, with the last page.

    Nothing but plain paragraphs is added: a template of somebody else's has its own styles.
    """
    document = Document(io.BytesIO(paper))
    title = document.add_paragraph()
    title.paragraph_format.page_break_before = True
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(TITLE)
    run.bold, run.font.size = True, Pt(16)
    document.add_paragraph(slip.told)
    code = document.add_paragraph()
    code.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = code.add_run("-".join(slip.groups))
    run.bold, run.font.size, run.font.name = True, Pt(18), "Consolas"
    for number, group in enumerate(slip.spoken, start=1):
        read = "  ".join(f"{symbol} {word}" for symbol, word in group)
        document.add_paragraph(f"第{number}组读法：{read}")
    if slip.address:
        document.add_picture(io.BytesIO(qr.png(slip.address)), width=Cm(3.5))
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()
