"""The log, the index, takedowns, deadlines and the audit chain from the keyboard."""

from __future__ import annotations

import shutil
import sqlite3

import pytest
from cli_house import Command
from sqlmodel import col, select

from registry.core import keys
from registry.office.dockets.models import Docket, DocketEvent
from registry.public.gazette import checkpoint

pytestmark = pytest.mark.xdist_group("cli-demo")


def tamper(demo: Command, store: str, *statements: str) -> None:
    """What someone with the database file could do."""
    connection = sqlite3.connect(demo.folder / f"{store}.db")
    for statement in statements:
        assert connection.execute(statement).rowcount == 1, statement
    connection.commit()
    connection.close()


def a_listing(demo: Command) -> Docket:
    """A published case of the county bureau whose officers the tests use."""
    with demo.office() as office, office.working.read() as session:
        query = select(Docket).where(
            Docket.kind == "listing", Docket.state == "published", col(Docket.batch_id).is_(None)
        )
        return session.exec(query.order_by(col(Docket.id))).first() or pytest.fail("none")


def test_the_log_of_the_demonstration_verifies(demo: Command) -> None:
    told = demo("gazette", "verify", "--cross")
    assert told.status == 0, told.err
    assert "The log verifies." in told.out
    assert ", 0 waiting." in told.out


def test_tampering_is_named_by_its_row(demo: Command) -> None:
    tamper(demo, "gazette", "UPDATE content SET payload = replace(payload, '样', '假') "
           "WHERE sequence = 5")  # fmt: skip
    told = demo("gazette", "verify")
    assert told.status == 1
    assert "row 5" in told.err
    assert "does not verify" in told.out
    assert "row 5" in demo("doctor").out


def test_a_damaged_store_is_one_line(demo: Command) -> None:
    path = demo.folder / "gazette.db"
    content = bytearray(path.read_bytes())
    half = len(content) // 2
    content[half:] = b"\xa5" * (len(content) - half)
    path.write_bytes(content)
    assert "registry doctor" in demo.refused("gazette", "verify")
    assert "DatabaseError" in demo("doctor").out


def test_cross_finds_what_nobody_approved(demo: Command) -> None:
    docket = a_listing(demo)
    with demo.office() as office, office.working.read() as session:
        query = select(DocketEvent.actor_id).where(
            DocketEvent.docket_id == docket.id, DocketEvent.action == "decide"
        )
        decider = session.exec(query).one()
    tamper(
        demo, "working",
        f"UPDATE docket_event SET actor_id = {decider} WHERE docket_id = {docket.id} "  # noqa: S608
        "AND action = 'draft_decision'",
    )  # fmt: skip
    told = demo("gazette", "verify", "--cross")
    assert told.status == 1
    assert (
        f"not-approved: a publication is not backed by an approved decision ({docket.public_id}"
        in (told.err)
    )
    assert demo("gazette", "verify").status == 0


def test_cross_finds_what_dockets_hold_public_and_is_not(demo: Command) -> None:
    docket = a_listing(demo)
    gone = "L-ZZZZZZZZZZ"
    other = f"UPDATE docket SET public_id = '{gone}' WHERE id = {docket.id}"  # noqa: S608
    tamper(demo, "working", other)
    told = demo("gazette", "verify", "--cross")
    assert told.status == 1
    assert told.err.splitlines() == [
        f"not-shown: an approved publication that was not withdrawn is not shown ({gone}): "
        "it never entered the outbox"
    ]


def test_checkpoint(demo: Command, installed: Command) -> None:
    told = demo("gazette", "checkpoint")
    assert told.status == 0
    public = keys.load_log_public(demo.folder / "keys")
    assert checkpoint.verify(told.out, public).size > 200
    (installed.folder / "keys" / "log.key").unlink()
    assert "log.key is missing" in installed.refused("gazette", "checkpoint")


def test_index(demo: Command) -> None:
    status = demo("index", "status")
    assert "(0 behind)" in status.out
    shutil.rmtree(demo.folder / "index")
    behind = demo("index", "status").out
    assert "(0 behind)" not in behind
    assert "publications behind" in demo("doctor").out
    assert demo("index", "rebuild").status == 0
    assert demo("index", "status").out == status.out
    assert "search engine" not in demo("doctor", REGISTRY_SEARCH_ENGINE="whoosh").out
    assert "REGISTRY_SEARCH_ENGINE" in demo.refused(
        "index", "status", REGISTRY_SEARCH_ENGINE="grep"
    )


def test_takedown_needs_two_officers(demo: Command) -> None:
    docket = a_listing(demo)
    id = str(docket.public_id)
    assert "reason" in demo.refused("takedown", id, "--as", "clerk")
    asked = demo("takedown", id.lower(), "--reason", "弄错了主体", "--as", "approver")
    assert asked.status == 0, asked.err
    assert "already" in demo.refused("takedown", id, "--reason", "又一次", "--as", "publisher")
    assert "Another officer" in demo.refused("takedown", id, "--confirm", "--as", "approver")
    assert "may not" in demo.refused("takedown", id, "--confirm", "--as", "clerk")
    assert demo("takedown", id, "--confirm", "--as", "publisher").status == 0
    assert demo("work", "--once").status == 0
    assert id not in demo("export", "listings").out
    cross = demo("gazette", "verify", "--cross")
    assert cross.status == 0, cross.err
    assert "No takedown" in demo.refused("takedown", id, "--confirm", "--as", "publisher")


def test_takedown_of_what_is_not_public(demo: Command) -> None:
    reason = ("--reason", "无", "--as", "approver")
    assert "never been published" in demo.refused("takedown", "L-ZZZZZZZZZZ", *reason)
    assert "not the id" in demo.refused("takedown", "everything", *reason, status=2)
    elsewhere = next(
        line.split(",")[0]
        for line in demo("export", "listings").lines[1:]
        if "样例应急管理厅" in line
    )
    assert "may not" in demo.refused("takedown", elsewhere, *reason)


def test_records_of_fact_can_be_taken_down_from_above(demo: Command) -> None:
    site = demo("export", "sites").lines[1].split(",")[0]
    for login, more in (
        ("province.clerk", ("--reason", "泄露")),
        ("province.approver", ("--confirm",)),
    ):
        done = demo("takedown", site, *more, "--as", login)
        assert done.status == 0, done.err


def test_deadlines(demo: Command) -> None:
    now = demo("deadlines")
    assert now.status == 0
    assert "午样例  -  负责人下井检查" in now.out and "巳样例" not in now.out
    assert demo("deadlines", "--as-of", "2001-01-01").status == 0, "before there were any rules"
    later = demo("deadlines", "--as-of", "2099-01-01")
    summary = demo("deadlines", "--as-of", "2099-01-01", "--summary").lines
    assert summary[0].startswith("单位  责任单位") and len(summary) > 3
    assert any("重大事故隐患" in line for line in summary)
    assert "回访举报人" in later.out and "回访举报人" not in now.out
    assert later.status == 0
    assert len(later.lines) > len(now.lines)
    assert "breached" in later.out
    assert "虚岭县样例应急管理局" in later.out
    assert "--as-of" in demo.refused("deadlines", "--as-of", "tomorrow", status=2)


def test_the_audit_chain(demo: Command) -> None:
    told = demo("audit", "verify")
    assert told.status == 0
    assert "intact" in told.out
    tamper(demo, "working", "UPDATE audit_entry SET action = 'nothing' WHERE sequence = 3")
    broken = demo("audit", "verify")
    assert broken.status == 1
    assert "row 3" in broken.err
    assert "audit chain is broken at row 3" in demo("doctor").out


def test_serve_refuses_what_cannot_work(installed: Command) -> None:
    assert "REGISTRY_RATE_LIMIT_URL" in installed.refused(
        "serve", "public", "--workers", "2", status=2
    )
    assert "nonsense" in installed.refused("serve", "nonsense", status=2)
