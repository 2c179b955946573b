"""Files for the credit platforms: what is in force, nothing else, and the same when read back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from import_office import BOOK, BUREAU, ImportOffice, build, credit_code, resident
from sqlmodel import col, select

from registry.core.db import GazetteSession, Store, WorkingSession
from registry.office.dockets import engine
from registry.office.dockets.models import Docket
from registry.office.entities.models import Entity
from registry.office.publisher import service as publisher
from registry.public.gazette import double_publicity
from registry.public.gazette.double_publicity import EVERYTHING, Wanted

FIRM = "演示省虚岭县9号样例煤矿有限公司"
PENALTY = {
    "行政相对人名称": FIRM, "行政相对人代码_1(统一社会信用代码)": credit_code(9),
    "行政处罚决定书文号": "（虚）应急罚〔2026〕9号", "违法行为类型": "其他安全生产违法行为",
    "违法事实": "=1+1 号巷道未按规定监测瓦斯。", "处罚依据": "《安全生产法》第一百零二条",
    "处罚类别": "罚款；没收违法所得、没收非法财物；法律、行政法规规定的其他行政处罚",
    "处罚内容": "罚款并没收违法所得。",
    "罚款金额（万元）": "12.34567", "没收违法所得、没收非法财物的金额（万元）": "0.5",
    "处罚决定日期": "2026/10/12", "处罚机关": BUREAU, "备注": "@样例",
}  # fmt: skip
LICENCE = {
    "行政相对人名称": FIRM, "行政相对人代码_1(统一社会信用代码)": credit_code(9),
    "许可证书名称": "安全生产许可证", "许可编号": "(演)MK安许证字〔2099〕0009",
    "许可类别": "其他-延续",
    "许可内容": "井下开采", "行政许可决定文书号": "（虚）安许〔2026〕9号",
    "许可决定日期": "2026/10/08", "有效期自": "2026/10/10", "有效期至": "2029/10/09",
    "许可机关": BUREAU,
}  # fmt: skip
LEFT_OUT = {"published_on", "import_line", "public_id"}
"""What the file has no column for, or what differs for every taking over."""


def facts(office: ImportOffice, kind: str) -> list[dict[str, Any]]:
    with office.store.read() as session:
        query = select(Docket, Entity).join(Entity, col(Entity.id) == col(Docket.subject_id))
        found = session.exec(query.where(Docket.kind == kind).order_by(col(Docket.id))).all()
        return [
            {name: told for name, told in docket.facts.items() if name not in LEFT_OUT}
            | {"subject": (who.name, who.code), "by": docket.authority_id, "state": docket.state}
            for docket, who in found
        ]


def exported(
    office: ImportOffice, gazette: Store[GazetteSession], dataset: str, form: str = "csv",
    *, days: int = 0, wanted: Wanted = EVERYTHING,
) -> Path:  # fmt: skip
    now = office.clerk.now
    while publisher.run_once(office.store, gazette, now=now, lock_dir=office.folder):
        pass
    path = office.folder / f"{dataset}.{form}"
    with gazette.read() as session, path.open("w+b") as file:
        at = now + timedelta(days=days)
        double_publicity.write(session, dataset, form, at, file, BOOK, wanted)
    return path


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


@pytest.fixture
def second(
    sqlite_templates: dict[str, Path], tmp_path: Path, office: ImportOffice
) -> Iterator[ImportOffice]:
    """Another office, as empty as the first one was."""
    folder = tmp_path / "second"
    folder.mkdir()
    path = folder / "working.db"
    path.write_bytes(sqlite_templates["working"].read_bytes())
    store = Store(f"sqlite:///{path}", WorkingSession)
    yield build(store, folder, office.clerk.now)
    store.close()


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
@pytest.mark.parametrize(("dataset", "kind"), [("penalties", "penalty"), ("licences", "licence")])
def test_what_is_written_is_read_back_as_the_same_facts(
    office: ImportOffice, gazette: Store[GazetteSession], second: ImportOffice,
    dataset: str, kind: str, form: str,
) -> None:  # fmt: skip
    row = PENALTY if dataset == "penalties" else LICENCE
    office.apply(office.file(row), dataset)
    path = exported(office, gazette, dataset, form)
    report = second.dry(path, dataset)
    assert (report.rows, report.failed) == (1, 0), report.problems
    second.apply(path, dataset)
    before, after = facts(office, kind), facts(second, kind)
    assert len(before) == 1 and before == after


def test_the_columns_of_the_standard_and_no_formula(
    office: ImportOffice, gazette: Store[GazetteSession]
) -> None:
    office.apply(office.file(PENALTY), "penalties")
    (row,) = read(exported(office, gazette, "penalties"))
    assert row["行政相对人类别"] == "法人及非法人组织" and row["证件号码"] == ""
    assert (row["罚款金额（万元）"], row["处罚决定日期"]) == ("12.34567", "2026/10/12")
    assert row["公示截止期"] == "2027/10/12", "the last day on which it is public"
    assert row["违法事实"].startswith("'=1+1") and row["备注"] == "'@样例"
    assert row["处罚机关统一社会信用代码"] == row["数据来源单位统一社会信用代码"]
    office.apply(office.file(LICENCE), "licences")
    (row,) = read(exported(office, gazette, "licences"))
    assert (row["许可类别"], row["当前状态"], row["有效期至"]) == ("其他-延续", "1", "2029/10/09")


def test_what_is_no_longer_public_or_about_a_person_is_not_in_it(
    office: ImportOffice, gazette: Store[GazetteSession]
) -> None:
    person = {
        **PENALTY, "行政相对人名称": "张样例", "行政相对人类别": "自然人", "证件类型": "身份证",
        "证件号码": resident(1), "行政处罚决定书文号": "（虚）应急罚〔2026〕10号",
    }  # fmt: skip
    del person["行政相对人代码_1(统一社会信用代码)"]
    office.apply(office.file(person, PENALTY), "penalties")
    path = exported(office, gazette, "penalties")
    assert [row["行政相对人名称"] for row in read(path)] == [FIRM]
    assert resident(1)[-4:] not in path.read_text(encoding="utf-8-sig")
    assert len(read(exported(office, gazette, "penalties", days=326))) == 1
    assert read(exported(office, gazette, "penalties", days=327)) == [], "00:00 after the last day"


def test_only_licences_in_force(office: ImportOffice, gazette: Store[GazetteSession]) -> None:
    office.apply(office.file(LICENCE), "licences")
    assert len(read(exported(office, gazette, "licences"))) == 1
    last = (date(2029, 10, 9) - office.clerk.today).days
    assert len(read(exported(office, gazette, "licences", days=last))) == 1
    assert read(exported(office, gazette, "licences", days=last + 1)) == [], "shown, but over"
    with office.store.write() as session:
        docket = session.exec(select(Docket).where(Docket.kind == "licence")).one()
        now = office.clerk.now + timedelta(days=last + 1)
        engine.act_as_registry(session, docket, "expire", now=now, book=BOOK)
    assert read(exported(office, gazette, "licences")) == []


def test_by_authority_and_day_of_the_decision(
    office: ImportOffice, gazette: Store[GazetteSession]
) -> None:
    office.apply(office.file(PENALTY), "penalties")
    day, own = date(2026, 10, 12), frozenset({"11990121XY00000A64"})
    for wanted, rows in (
        (Wanted(since=day, until=day, authorities=own), 1),
        (Wanted(since=day + timedelta(days=1)), 0),
        (Wanted(until=day - timedelta(days=1)), 0),
        (Wanted(authorities=frozenset({"11990122XY00000C6P"})), 0),
    ):
        assert len(read(exported(office, gazette, "penalties", wanted=wanted))) == rows
        with gazette.read() as session:
            found = double_publicity.count(session, "penalties", office.clerk.now, wanted)
        assert found == rows
