"""A crash between two steps of taking a tip in, and a copied disk, give nothing away or up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from docket_office import BOOK, at
from sqlmodel import select
from tip_office import DAY, SECRET, TipOffice

from registry.core.db import sqlite_path
from registry.office.dockets.models import Docket
from registry.office.staff.models import Authority
from registry.office.tips import ingest, posting
from registry.office.tips.models import Tip, TipMessage, TipPost
from registry.public.inbox import queries as inbox
from registry.public.inbox.service import MESSAGE
from registry.public.mailbox import service as mailbox
from registry.public.mailbox.models import ChainRow


class Crash(Exception):  # noqa: N818 - what happens, not what went wrong
    """The process dies here."""


def crash(*_args: object, **_kwargs: object) -> None:
    raise Crash


STEPS: dict[str, tuple[object, str]] = {
    "before it is numbered": (mailbox, "receive"),
    "before its case is opened": (ingest, "_open"),
    "before it leaves the inbox": (inbox, "take"),
    "within the opening": (ingest, "_files"),
    "while it is told": (posting, "queue_status"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_loses_nothing_and_doubles_nothing(
    office: TipOffice, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    receipt = office.submit()
    module, name = STEPS[step]
    with monkeypatch.context() as dying:
        dying.setattr(module, name, crash)
        with pytest.raises(Crash):
            ingest.ingest(office.stores, now=at(DAY), book=BOOK)
    office.work()
    office.work()
    with office.working.read() as session:
        assert len(session.exec(select(Tip)).all()) == 1
        assert len(session.exec(select(Docket).where(Docket.kind == "tip")).all()) == 1
        assert session.exec(select(TipPost)).first() is None
    with office.stores.gazette.read() as reader:
        assert [row.number for row in reader.exec(select(ChainRow))] == [1]
    with office.stores.intake.read() as reading:
        assert inbox.waiting(reading) == 0
    assert office.box(receipt).status == "received"


def test_a_crash_while_a_message_is_taken_over(
    office: TipOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt, tip = office.taken()
    with monkeypatch.context() as dying:
        dying.setattr(inbox, "take_messages", crash)
        with pytest.raises(Crash):
            office.say(receipt, MESSAGE, "补充")
    office.work()
    with office.working.read() as session:
        assert len(session.exec(select(TipMessage)).all()) == 1
    assert len(office.open(tip).said) == 1


def test_a_letter_is_delivered_once_though_the_worker_dies(
    office: TipOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt, tip = office.taken()
    office.open(tip)
    with office.working.write() as session:
        posting.queue_letter(
            session, session.get_one(Tip, tip), "message", {"text": "一"}, now=at(DAY)
        )
    real = office.stores.working.write
    monkeypatch.setattr(office.stores.working, "write", crash)
    with pytest.raises(Crash):
        posting.deliver(
            office.stores.working, office.stores.gazette, lock_dir=office.stores.lock_dir
        )
    monkeypatch.setattr(office.stores.working, "write", real)
    office.work()
    assert [one["text"] for one in office.letters(receipt)] == ["一"]


def test_a_tip_for_an_unknown_authority_waits(office: TipOffice) -> None:
    office.submit()
    with office.working.write() as session:
        county = session.get_one(Authority, office.bureau.authority)
        code, county.code = county.code, "11990199XY00000Z00"
        session.add(county)
    office.work()
    with office.stores.intake.read() as reading:
        assert inbox.waiting(reading) == 1
    with office.working.write() as session:
        session.get_one(Authority, office.bureau.authority).code = code
    office.work()
    with office.stores.intake.read() as reading:
        assert inbox.waiting(reading) == 0


@pytest.mark.sqlite_only
def test_a_copied_disk_of_the_office_says_nothing(office: TipOffice, tmp_path: Path) -> None:
    """Plant a text in every field of a case's work; search every byte of every file for it."""
    planted = {
        "text": SECRET,
        "place": "东翼三号斜井口",
        "name": "赵虚构的真名",
        "subject": "无名谷私挖矿点",
        "when": "每逢夜班之后",
    }
    receipt, tip = office.taken(
        place=planted["place"], name=planted["name"], when=planted["when"],
        subject={"name": planted["subject"]}, since=date(2026, 8, 1),
    )  # fmt: skip
    office.say(receipt, MESSAGE, "后续补充的秘密")
    office.do(tip, "accept", letter="写给举报人的话")
    office.do(tip, "verify", why={"reason": "不能外传的核查理由"})
    office.do(tip, "link", why={"case_number": "990121罚〔2026〕77号"})
    office.do(tip, "find_true", why={"reason": "不能外传的核查理由", "findings": "查到的情况"})
    words = [
        *planted.values(), "后续补充的秘密", "写给举报人的话", "不能外传的核查理由",
        "990121罚〔2026〕77号", "查到的情况", receipt, receipt[:12], "13900000000",
    ]  # fmt: skip
    forms = [form for word in words for form in every_form(word)]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    stores = {sqlite_path(s.url) for s in (office.stores.working, office.stores.gazette)}
    assert stores <= set(files)
    for path in files:
        content = path.read_bytes()
        found = [form for form in forms if form in content]
        assert not found, (path.name, found[:3])


def every_form(word: str) -> list[bytes]:
    """The word as stores and JSON may write it."""
    escaped = word.encode("ascii", "backslashreplace")
    return [word.encode(), word.encode("utf-16-le"), escaped, word.encode("gb18030")]


def test_the_search_would_find_it(tmp_path: Path) -> None:
    """The finder of the test above finds what is there."""
    (tmp_path / "x").write_text(SECRET, "utf-8")
    content = (tmp_path / "x").read_bytes()
    assert any(form in content for form in every_form(SECRET))
    assert callable(crash) and isinstance(crash, Callable)  # type: ignore[arg-type]
