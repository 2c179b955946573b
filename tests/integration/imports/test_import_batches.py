"""A list from the file to the gazette's outbox: all of it by two officers, or nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from import_office import ImportOffice, credit_code, listing, resident
from sqlmodel import func, select

from registry.core.errors import Forbidden
from registry.office import dockets
from registry.office.audit.models import AuditEntry
from registry.office.dockets.models import Docket, DocketClock, DocketParty
from registry.office.entities import queries
from registry.office.entities import service as entities
from registry.office.entities.models import Entity, EntityMerge, EntityName, PersonDocument
from registry.office.imports import files, problems, service, undoing
from registry.office.imports.models import ImportedEntity
from registry.office.publisher.models import OutboxRow
from registry.office.staff.models import Account
from registry.public.gazette.handles import person_handle


def count(office: ImportOffice, table: type) -> int:
    with office.store.read() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def codes(office: ImportOffice, *rows: dict[str, str], kind: str = "listings") -> set[str]:
    report = office.dry(office.file(*rows), kind)
    return {f"{item.field}:{item.code}" for item in report.problems if item.severity == "error"}


def test_a_list_is_applied_and_published(office: ImportOffice) -> None:
    path = office.file(*(listing(number) for number in range(1, 6)))
    report = office.dry(path)
    assert (report.rows, report.ready, report.failed, report.problems) == (5, 5, 0, [])
    assert count(office, Entity) == 0, "a dry run changes nothing"
    batch = office.apply(path)
    with office.store.read() as session:
        cases = session.exec(select(Docket).where(Docket.kind == "listing")).all()
        assert {(c.state, c.batch_id, c.drafted_by) for c in cases} == {("published", batch, 1)}
        assert cases[0].facts["until"] == "2029-07-01"
        rows = session.exec(select(OutboxRow)).all()
        payload = json.loads(rows[0].payload or "")
        number = resident(1)
        assert payload["subject"]["code"] == credit_code(1)
        assert payload["persons"] == [
            {
                "name": "张样例",
                "role": "principal",
                "document": f"{number[:6]}********{number[14:]}",
            }
        ]
        assert number not in "".join(row.payload or "" for row in rows)
        assert rows[0].person_handles == [person_handle(b"h" * 32, "张样例", number).value]
        assert len({row.public_id for row in rows}) == 5
    assert count(office, DocketParty) == 5 and count(office, ImportedEntity) == 10


def test_the_officer_who_submitted_cannot_approve(office: ImportOffice) -> None:
    docket_id, version = office.submit(office.file(listing(1)))
    both = replace(office.clerk.officer, roles=frozenset({"clerk", "approver"}))
    acting = replace(office.clerk, officer=both)
    with pytest.raises(Forbidden), office.store.write() as session:
        service.approve(session, acting, docket_id, version=version, tools=office.tools)
    assert count(office, OutboxRow) == 0 and count(office, Entity) == 0


def test_the_same_list_again_has_nothing_to_do(office: ImportOffice) -> None:
    path = office.file(listing(1), listing(2))
    office.apply(path)
    report = office.dry(path)
    assert (report.ready, report.skipped, report.failed) == (0, 2, 0)
    with pytest.raises(problems.RowsRefused):
        office.submit(path)
    more = office.dry(office.file(listing(1), listing(2), listing(3)))
    assert (more.added, more.skipped) == (1, 2)
    changed = office.dry(office.file(listing(1, 失信行为简况="另有说法")))
    assert changed.skipped == 1 and "differs" in changed.codes


def test_absence_means_nothing(office: ImportOffice) -> None:
    office.apply(office.file(listing(1), listing(2)))
    office.apply(office.file(listing(3)))
    with office.store.read() as session:
        assert [row.op for row in session.exec(select(OutboxRow))] == ["PUT"] * 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"统一社会信用代码": "91990121XY00000127"}, "code:code"),
        ({"统一社会信用代码": "没有"}, "code:code"),
        ({"单位名称": " "}, "name:missing"),
        ({"单位名称": "长" * 201}, "name:invalid"),
        ({"身份证号": "990101195101010010"}, "principal_document:invalid"),
        ({"纳入理由": "原因不明"}, "reason:unmapped-ground"),
        ({"纳入理由": ""}, "reason:missing"),
        ({"纳入理由": "发生重大事故并瞒报"}, "reason:ambiguous-ground"),
        ({"信息报送机关": "某某局"}, "reported_by:unmapped-authority"),
        ({"信息报送机关": ""}, "reported_by:missing"),
        ({"信息报送机关": "空谷县样例应急管理局"}, "reported_by:foreign-authority"),
        ({"公布日期": "某日"}, "published_on:date"),
        ({"公布日期": ""}, "published_on:missing"),
        ({"公布日期": "2027-01-01"}, "published_on:future"),
        ({"名单名称": "没有的名单"}, "list:unmapped-list"),
        ({"管理期限": "很久"}, "term:unmapped-term"),
        ({"主体类别": "其他"}, "subject_kind:unmapped-term"),
        ({"失信行为简况": "联系人13912345678"}, "summary:personal-number"),
        ({"主要负责人": ""}, "principal:missing"),
    ],
)
def test_what_is_wrong_with_a_row_is_a_row_of_the_report(
    office: ImportOffice, changes: dict[str, str], code: str
) -> None:
    assert code in codes(office, listing(1, **changes))


def test_personal_values_are_masked_in_the_report(office: ImportOffice) -> None:
    wrong = resident(7)[:-1] + ("0" if resident(7)[-1] != "0" else "1")
    rows = (listing(1, 身份证号=wrong), listing(2, 失信行为简况=f"涉事人{resident(8)}"))
    report = office.dry(office.file(*rows))
    shown = json.dumps(report.to_json(), ensure_ascii=False)
    assert report.failed == 2 and wrong not in shown and resident(8) not in shown


def test_duplicates_within_the_file(office: ImportOffice) -> None:
    report = office.dry(office.file(listing(1), listing(2), listing(1)))
    (problem,) = report.problems
    assert (problem.line, problem.code, problem.params) == (4, "duplicate-row", {"other": 2})
    assert "2" in problem.message("en")


def test_a_file_with_errors_cannot_be_submitted(office: ImportOffice) -> None:
    with pytest.raises(problems.RowsRefused):
        office.submit(office.file(listing(1), listing(2, 纳入理由="原因不明")))
    assert count(office, Docket) == 0


def test_what_changed_since_the_dry_run_stops_the_whole_batch(office: ImportOffice) -> None:
    docket_id, version = office.submit(office.file(listing(1), listing(2)))
    with office.store.write() as session:
        for name in ("甲", "乙"):
            session.add(
                Entity(kind="person", name=name, folded=name, created=office.clerk.now,
                       updated=office.clerk.now)
            )  # fmt: skip
        session.flush()
        number = resident(2)
        session.add(
            PersonDocument(
                entity_id=1, kind="resident-id", masked="*",
                fingerprint=office.tools.keys.fingerprint("resident-id", number),
            )
        )  # fmt: skip
    # The document of the second row's principal now belongs to someone of another name; that is
    # no error of the row's subject, so the batch goes through and uses the person who is known.
    office.approve(docket_id, version)
    with office.store.read() as session:
        assert session.exec(select(func.count()).select_from(DocketParty)).one() == 2


def test_a_changed_file_in_the_store_is_refused(office: ImportOffice) -> None:
    docket_id, version = office.submit(office.file(listing(1)))
    (kept,) = (p for p in (office.folder / "evidence").rglob("*") if p.is_file())
    kept.chmod(0o600)
    kept.write_bytes(kept.read_bytes() + b"2,x\n")
    with pytest.raises(files.FileGone):
        office.approve(docket_id, version)
    assert count(office, OutboxRow) == 0


def test_undo_withdraws_what_the_batch_published(office: ImportOffice) -> None:
    batch = office.apply(office.file(listing(1), listing(2)))
    with office.store.write() as session:
        service.request_undo(session, office.clerk, batch, version=2, reason="文件有误")
    both = replace(office.clerk.officer, roles=frozenset({"clerk", "approver"}))
    with pytest.raises(Forbidden), office.store.write() as session:
        acting = replace(office.clerk, officer=both)
        service.approve_undo(session, acting, batch, version=3, tools=office.tools)
    with office.store.write() as session:
        service.approve_undo(session, office.approver, batch, version=3, tools=office.tools)
    with office.store.read() as session:
        assert [r.op for r in session.exec(select(OutboxRow))] == ["PUT", "PUT", "DEL", "DEL"]
        cases = session.exec(select(Docket).where(Docket.kind == "listing")).all()
        assert {(case.state, case.public_id) for case in cases} == {("removed", None)}
        tags = {row.action for row in session.exec(select(AuditEntry))}
        assert {"imports:batch:applied", "imports:batch:undone"} <= tags
    report = office.dry(office.file(listing(1)))
    assert report.added == 1, "what was undone can be imported again"


def test_who_brought_the_file_does_not_approve_it(office: ImportOffice) -> None:
    path = office.file(listing(1))
    both = replace(office.approver.officer, roles=frozenset({"clerk", "approver"}))
    author = replace(office.approver, officer=both)
    with office.store.write() as session:
        kept = service.store(session, author, "listings", path, tools=office.tools)
        docket = service.submit(session, office.clerk, kept.id or 0)
        docket_id, version = docket.id or 0, docket.version
    with pytest.raises(Forbidden), office.store.write() as session:
        service.approve(session, author, docket_id, version=version, tools=office.tools)


def test_others_write_while_a_file_is_judged(office: ImportOffice) -> None:
    def meanwhile(_rows: int) -> None:
        with office.store.write() as session:
            session.get_one(Account, 1).failures += 1

    path = office.file(listing(1), listing(2))
    with office.store.write() as session, office.store.read() as reader:
        kept = service.store(
            session, office.clerk, "listings", path,
            tools=office.tools, progress=meanwhile, reader=reader,
        )  # fmt: skip
        assert kept.id is not None
    with office.store.read() as session:
        assert session.get_one(Account, 1).failures == 1


def test_undo_stops_at_a_case_that_was_worked_on(office: ImportOffice) -> None:
    batch = office.apply(office.file(listing(1), listing(2)))
    with office.store.write() as session:
        case = session.exec(select(Docket).where(Docket.kind == "listing")).first()
        text = "事故后瞒报。"
        dockets.redact(session, case, office.clerk, name="summary", text=text, version=1)
        service.request_undo(session, office.clerk, batch, version=2, reason="文件有误")
    with pytest.raises(undoing.WorkedOnSince), office.store.write() as session:
        service.approve_undo(session, office.approver, batch, version=3, tools=office.tools)
    with office.store.read() as session:
        assert [row.op for row in session.exec(select(OutboxRow))] == ["PUT", "PUT"]


def test_a_later_name_is_published_and_does_not_stop_the_undo(office: ImportOffice) -> None:
    batch = office.apply(office.file(listing(1)))
    with office.store.write() as session:
        (firm,) = queries.find(session, code=credit_code(1))
        entities.rename(session, office.clerk, firm.id or 0, 1, name="新名煤矿公司", since=None)
        entities.publish_changes(session, office.approver, firm.id or 0)
        service.request_undo(session, office.clerk, batch, version=2, reason="文件有误")
    with office.store.write() as session:
        service.approve_undo(session, office.approver, batch, version=3, tools=office.tools)
    with office.store.read() as session:
        rows = session.exec(select(OutboxRow).order_by(OutboxRow.id)).all()
        assert [row.op for row in rows] == ["PUT", "PUT", "DEL"]
        subject = json.loads(rows[1].payload or "")["subject"]
        assert subject["name"] == "新名煤矿公司"
        assert subject["former_names"] == [{"name": listing(1)["单位名称"]}]


def test_a_rejected_batch_is_not_applied(office: ImportOffice) -> None:
    docket_id, version = office.submit(office.file(listing(1)))
    with office.store.write() as session:
        service.reject(session, office.approver, docket_id, version=version, reason="来源不明")
    assert count(office, OutboxRow) == 0


def test_entities_are_added_and_filled_in_and_never_overwritten(office: ImportOffice) -> None:
    rows = [
        {
            "单位名称": "样例甲煤矿有限公司",
            "统一社会信用代码": credit_code(1),
            "曾用名": "甲矿、老甲矿",
        },
        {"单位名称": "样例乙铁矿有限公司", "统一社会信用代码": "", "曾用名": ""},
        {"单位名称": "张样例", "类别": "自然人", "身份证号": resident(5)},
    ]
    office.apply(office.file(*rows), "entities")
    again = [
        {"单位名称": "样例甲煤矿有限公司", "统一社会信用代码": credit_code(1), "住所": "样例路1号"},
        {"单位名称": "样例乙铁矿有限公司", "统一社会信用代码": "", "住所": ""},
    ]
    report = office.dry(office.file(*again), "entities")
    assert (report.amended, report.skipped) == (1, 1), report
    office.apply(office.file(*again), "entities")
    again[0]["住所"] = "别处2号"
    assert office.dry(office.file(*again), "entities").skipped == 2
    with office.store.read() as session:
        (first,) = queries.find(session, name="老甲矿")
        assert first.address == "样例路1号" and first.code == credit_code(1)
        (person,) = session.exec(select(Entity).where(Entity.kind == "person")).all()
        assert person.id is not None
        assert session.exec(select(func.count()).select_from(EntityName)).one() == 5


def test_a_namesake_without_code_is_proposed_as_a_duplicate(office: ImportOffice) -> None:
    name = "样例甲煤矿有限公司"
    office.apply(office.file({"单位名称": name, "统一社会信用代码": ""}), "entities")
    office.apply(office.file({"单位名称": name, "统一社会信用代码": credit_code(1)}), "entities")
    with office.store.read() as session:
        proposal = session.exec(select(EntityMerge)).one()
        assert (proposal.state, proposal.signals) == ("proposed", ["same-name"])


PENALTY = {
    "CF_XDR_MC": "演示省虚岭县1号样例煤矿有限公司", "CF_XDR_LB": "法人及非法人组织",
    "CF_XDR_SHXYM": credit_code(1), "CF_FRDB": "张样例", "CF_WSH": "虚应急罚〔2026〕1号",
    "CF_WFXW": "瞒报、谎报、迟报生产安全事故", "CF_SY": "事故后瞒报。",
    "CF_YJ": "《安全生产法》第一百一十条",
    "CF_CFLB": "罚款、警告", "CF_NR": "罚款120万元并警告", "CF_NR_FK": "120",
    "CF_JDRQ": "2026/06/20",
    "CF_CFJG": "虚岭县样例应急管理局", "CF_CFJGDM": "11990121XY00000A64", "CF_GSJZQ": "",
}  # fmt: skip


def test_penalties_in_the_national_fields(office: ImportOffice) -> None:
    report = office.dry(office.file(PENALTY), "penalties")
    assert report.ready == 1, report.problems
    office.apply(office.file(PENALTY), "penalties")
    with office.store.read() as session:
        payload = json.loads(session.exec(select(OutboxRow)).one().payload or "")
    assert payload["fine_yuan"] == "1200000" and payload["categories"] == ["fine", "warning"]
    assert payload["seriousness"] == "serious" and payload["term"]["until"] == "2029-06-20"
    assert office.dry(office.file(PENALTY), "penalties").skipped == 1


def test_undoing_a_penalty_tells_the_listing_that_rests_on_it(office: ImportOffice) -> None:
    batch = office.apply(office.file(PENALTY), "penalties")
    with office.store.write() as session:
        penalty = session.exec(select(Docket).where(Docket.kind == "penalty")).one()
        case = dockets.Adopted(
            title="导入的列入案", region="990121", authority_id=1, subject_id=penalty.subject_id,
            facts={"list": "work-safety", "ground": "G6-4", "decision_number": "虚1号"},
            effective_on=office.clerk.today, links=[dockets.Link("rests-on", penalty.id or 0)],
        )  # fmt: skip
        (listing_id,) = dockets.adopt(
            session, "listing", "published", [case], office.approver, batch_id=None, drafted_by=1
        )
        service.request_undo(session, office.clerk, batch, version=2, reason="文件有误")
    with office.store.write() as session:
        service.approve_undo(session, office.approver, batch, version=3, tools=office.tools)
    with office.store.read() as session:
        clocks = session.exec(select(DocketClock).where(DocketClock.docket_id == listing_id)).all()
        assert [(c.code, c.stopped_on) for c in clocks] == [("listing.revocation", None)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"CF_CFLB": "打板子"}, "categories:unmapped-term"),
        ({"CF_NR_FK": "很多"}, "fine:amount"),
        ({"CF_NR_FK": ""}, "fine:missing"),
        ({"CF_WFXW": "没见过的类型"}, "violation_type:unmapped-term"),
        ({"CF_WSH": ""}, "decision_number:missing"),
        ({"CF_CFJGDM": "11990000XY00000B4C"}, "authority:unmapped-authority"),
        ({"CF_JDRQ": "2026-6-31"}, "decided_on:date"),
        ({"CF_SY": ""}, "violation_facts:missing"),
    ],
)
def test_what_is_wrong_with_a_penalty(
    office: ImportOffice, changes: dict[str, str], code: str
) -> None:
    assert code in codes(office, {**PENALTY, **changes}, kind="penalties")


def test_an_auditor_may_not_try_files(office: ImportOffice, tmp_path: Path) -> None:
    auditor = replace(office.clerk.officer, roles=frozenset({"auditor"}))
    acting = replace(office.clerk, officer=auditor)
    path = office.file(listing(1))
    with pytest.raises(Forbidden), office.store.read() as session:
        service.dry_run(session, acting, "listings", path, tools=office.tools)
