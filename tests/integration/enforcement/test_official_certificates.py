"""Certificates are checked by number and name against official data; neither can be read back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from docket_office import BOOK, Bureau
from sqlalchemy import text
from sqlmodel import select

from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, InvalidInput
from registry.office.audit.models import AuditEntry
from registry.office.enforcement.certificates import service
from registry.office.enforcement.certificates.models import OfficialCertificate
from registry.office.enforcement.certificates.service import Certificate
from registry.office.imports import certificates
from registry.office.imports.context import Tools

NUMBER = "T990101199003070019"
ROW = Certificate(
    "special-operation", NUMBER, "张样例", scope="瓦斯检查作业", issuer="演示省样例应急管理厅",
    issued=date(2024, 1, 1), valid_until=date(2027, 1, 1),
)  # fmt: skip
CSV = """证书类型,证书编号,姓名,准操项目,初领日期,有效期至,状态
特种作业操作证,{number},张样例,瓦斯检查作业,2024-01-01,2027-01-01,有效
注册安全工程师,AQ99001,李样例,,2024年1月1日,,吊销
"""


def taken(session: WorkingSession, bureau: Bureau, *rows: Certificate, day: str) -> tuple[int, int]:
    return service.take_over(
        session, bureau.acting("clerk", day), rows, source="样例", as_of=date.fromisoformat(day),
        keys=bureau.keys,
    )  # fmt: skip


def checked(
    session: WorkingSession, bureau: Bureau, number: str, holder: str, day: str = "2026-07-01"
) -> service.Checked:
    return service.check(
        session, bureau.acting("clerk", day), kind="special-operation", number=number,
        holder=holder, keys=bureau.keys,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "holder", "day", "outcome"),
    [
        (NUMBER, "张样例", "2026-07-01", "valid"),
        ("ｔ990101 19900307 0019", " 张样例", "2026-07-01", "valid"),
        (NUMBER, "李样例", "2026-07-01", "other-holder"),
        (NUMBER, "张样例", "2027-01-02", "expired"),
        ("T990101199003070020", "张样例", "2026-07-01", "unknown"),
    ],
)
def test_what_the_official_data_say(
    working: Store[WorkingSession], bureau: Bureau, number: str, holder: str, day: str, outcome: str
) -> None:
    with working.write() as session:
        taken(session, bureau, ROW, day="2026-06-01")
        found = checked(session, bureau, number, holder, day)
        assert found.outcome == outcome and found.as_of == date(2026, 6, 1)
        assert (found.row is None) == (outcome in {"unknown", "other-holder"})


def test_without_official_data_nothing_is_said_of_a_card(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        other = Certificate("safety-engineer", "AQ99001", "李样例")
        taken(session, bureau, other, day="2026-06-01")
        found = checked(session, bureau, NUMBER, "张样例")
        assert (found.outcome, found.as_of) == ("no-data", None)


def test_the_cards_own_code_is_not_followed(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        for typed in ("https://cx.example-clone.com/q?n=1", "www.sample.cn", "abc.com/T99"):
            with pytest.raises(InvalidInput) as wrong:
                checked(session, bureau, typed, "张样例")
            assert "number" in wrong.value.fields
        with pytest.raises(Forbidden):
            service.check(
                session, bureau.acting("auditor", "2026-07-01"), kind="special-operation",
                number=NUMBER, holder="张样例", keys=bureau.keys,
            )  # fmt: skip


def test_newer_data_win_and_absence_means_nothing(
    working: Store[WorkingSession], bureau: Bureau
) -> None:
    with working.write() as session:
        assert taken(session, bureau, ROW, day="2026-06-01") == (1, 0)
        revoked = Certificate(ROW.kind, NUMBER, "张样例", status="revoked")
        assert taken(session, bureau, revoked, day="2026-06-10") == (0, 1)
        assert taken(session, bureau, ROW, day="2026-06-05") == (0, 0), "older data"
        assert taken(session, bureau, day="2026-06-20") == (0, 0)
        assert checked(session, bureau, NUMBER, "张样例").outcome == "revoked"


def test_nothing_personal_can_be_read_back(working: Store[WorkingSession], bureau: Bureau) -> None:
    with working.write() as session:
        taken(session, bureau, ROW, day="2026-06-01")
        checked(session, bureau, NUMBER, "张样例")
        rows = session.execute(text("SELECT * FROM official_certificate")).all()
        kept = str(rows) + str([e.model_dump() for e in session.exec(select(AuditEntry))])
        assert "990101199003070019" not in kept and "张样例" not in kept


def test_a_file_is_read_with_its_problems(
    working: Store[WorkingSession], bureau: Bureau, tmp_path: Path
) -> None:
    tools = Tools(tmp_path / "evidence", bureau.keys)
    rules, today = BOOK.on(date(2026, 7, 1)), date(2026, 7, 1)
    file = tmp_path / "certificates.csv"
    file.write_text(CSV.format(number=NUMBER), encoding="gb18030")
    rows, report = certificates.read(file, rules, today, tools=tools)
    assert (report.rows, report.failed, [r.status for r in rows]) == (2, 0, ["valid", "revoked"])
    with working.write() as session:
        taken(session, bureau, *rows, day="2026-07-01")
        assert len(session.exec(select(OfficialCertificate)).all()) == 2
        assert checked(session, bureau, NUMBER, "张样例").outcome == "valid"
    file.write_text(
        "证书类型,证书编号,姓名,初领日期,有效期至\n"
        "骑行证,X1,张样例,2030-01-01,2024-01-01\n"
        "特种作业操作证,T9901********0019,,昨天,\n",
        encoding="utf-8",
    )
    rows, report = certificates.read(file, rules, today, tools=tools)
    assert rows == [] and report.failed == 2
    told = {(p.line, p.field, p.code) for p in report.problems}
    assert told == {
        (2, "kind", "unmapped-term"), (2, "issued", "future"), (2, "valid_until", "order"),
        (3, "holder", "missing"), (3, "number", "masked-document"), (3, "issued", "date"),
    }  # fmt: skip
    assert all("9003" not in p.value for p in report.problems)
