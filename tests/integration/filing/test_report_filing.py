"""Reports filed by an organization's own system, from the door to the public record and back."""

from __future__ import annotations

import importlib.util
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import paper_samples as samples
import pytest
from docket_office import at
from filing_kit import House, key
from jsonschema import Draft202012Validator
from provider_kit import member
from report_kit import TEAM
from sqlalchemy import select as rows
from sqlmodel import select
from werkzeug.serving import make_server

from public_site.api import document
from registry.office.audit.models import AuditEntry
from registry.office.demo.paper import pdf
from registry.office.reports import queries
from registry.office.reports.models import FilingCase, ReportFile, ReportSignature
from registry.office.staff.models import Account
from registry.public.filings.models import ReportFiling

REPORT = pdf(["安全现状评价报告", "结论：基本符合"])


def left(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


def test_filed_accepted_and_published(house: House) -> None:
    answer = house.send(house.metadata(), REPORT)
    assert answer.status_code == 202, answer.text
    told = answer.get_json()
    assert (told["state"], told["record"], told["errors"]) == ("received", None, {})
    assert answer.headers["Location"].endswith(told["id"])
    held = b"".join(one.read_bytes() for one in left(house.sealed))
    assert held and b"%PDF" not in held
    with house.office.intake.read() as session:
        (row,) = session.exec(rows(ReportFiling.__table__)).all()  # type: ignore[attr-defined, call-overload]
        assert "样例".encode() not in b"".join(v for v in row if isinstance(v, bytes))
    house.work()
    told = house.state(told["id"])
    assert told["state"] == "filed" and told["case"]
    assert not left(house.sealed)
    (docket,) = house.dockets()
    with house.office.working.read() as session:
        assert docket.site_id == house.desk.site and docket.subject_id == house.desk.agency
        assert len(queries.signatures(session, docket.id or 0)) == len(TEAM)
        account = session.get(Account, docket.drafted_by)
        assert account is not None and account.disabled and account.login.startswith("api.")
        said = session.exec(select(AuditEntry.action)).all()
        assert "reports:file:added" in said
    with house.office.intake.read() as session:
        assert session.exec(select(ReportFiling)).one().asked is None

    house.act(told["case"], "accept", "approver")
    house.work()
    assert house.state(told["id"])["state"] == "accepted"
    house.desk.prepared("2026-03-12")
    house.work()
    told = house.state(told["id"])
    assert told["state"] == "published" and told["record"].startswith("R-")
    assert told["url"].endswith(f"/reports/{told['record']}")
    schema = {"$ref": "#/components/schemas/FilingAnswer"}
    components = document(house.app)["components"]
    Draft202012Validator({**schema, "components": components}).validate(told)


def test_returned_with_reasons_and_corrected(house: House) -> None:
    first = house.filed()
    house.act(first["case"], "send_back", "approver", reason="缺少附件三")
    house.work()
    told = house.state(first["id"])
    assert (told["state"], told["reason"]) == ("returned", "缺少附件三")
    again = house.filed(
        pdf(["补充附件三"]), corrects=first["id"], summary="补充说明", agreement_on=None
    )
    assert again["state"] == "filed" and again["corrects"] == first["id"], again
    assert again["case"] == first["case"]
    old = house.state(first["id"])
    assert (old["state"], old["corrected_by"]) == ("corrected", again["id"])
    (docket,) = house.dockets()
    assert docket.facts["summary"] == "补充说明" and not docket.facts.get("agreement_on")
    with house.office.working.read() as session:
        assert queries.files(session, docket.id or 0)["original"].sha256 == again["sha256"]
        assert len(queries.signatures(session, docket.id or 0)) == len(TEAM)
    # Neither the first one again, nor one that stands.
    for id in (first["id"], again["id"], "0" * 26):
        answer = house.send(house.metadata(corrects=id), REPORT)
        assert answer.status_code == 409, answer.text
        assert list(answer.get_json()["errors"]) == ["corrects"]


@pytest.mark.sqlite_only
def test_a_new_version_replaces_a_disclosed_report(house: House) -> None:
    house.desk.disclosed()
    (old,) = house.dockets()
    told = house.filed(replaces=old.public_id)
    assert told["state"] == "filed"
    new = max(house.dockets(), key=lambda one: one.id or 0)
    assert new.facts["version_no"] == 2
    wrong = house.filed(pdf(["x"]), replaces="R-0000000000")
    assert wrong["state"] == "refused" and list(wrong["errors"]) == ["replaces"]


@pytest.mark.sqlite_only
def test_the_same_request_is_taken_once(house: House) -> None:
    first = house.send(house.metadata(), REPORT, Idempotency_Key="a-1")
    again = house.send(house.metadata(), REPORT, Idempotency_Key="a-1")
    assert first.get_json()["id"] == again.get_json()["id"]
    assert len(left(house.sealed)) == 1
    other = house.send(house.metadata(project="别的"), REPORT, Idempotency_Key="a-1")
    assert other.status_code == 409
    assert other.get_json()["type"].endswith("idempotency-key-reused")
    house.work()
    assert len(house.dockets()) == 1
    assert (
        house.send(house.metadata(), REPORT, Idempotency_Key="a-1").get_json()["state"] == "filed"
    )


@pytest.mark.sqlite_only
def test_own_filings_by_pages_and_nobody_elses(house: House) -> None:
    for number in range(3):
        assert house.send(house.metadata(report_number=f"N-{number}"), REPORT).status_code == 202
    page = house.get("?limit=2").get_json()
    assert [one["report_number"] for one in page["results"]] == ["N-2", "N-1"]
    rest = house.get(f"?limit=2&next={page['next']}").get_json()
    assert [one["report_number"] for one in rest["results"]] == ["N-0"] and rest["next"] is None
    other = key(house, "reports", code="91990122XY0000020F", name="另一家")
    id = rest["results"][0]["id"]
    assert house.get(f"/{id}", **other).status_code == 404
    assert house.get(**other).get_json()["results"] == []
    lists = key(house, "jobs", code="11990100XY00006022", name="样例商务局")
    assert house.get(**lists).status_code == 403
    house.headers = {}
    assert house.get().status_code == 401
    assert house.send(house.metadata(), REPORT).status_code == 401


AT_THE_DOOR: dict[str, tuple[Any, Any, int, str]] = {
    "json": ("{", REPORT, 400, ""),
    "empty": ({}, REPORT, 422, "project"),
    "date": ({"issued_on": "2026-13-01"}, REPORT, 422, "issued_on"),
    "leap": ({"issued_on": "2026-02-29"}, REPORT, 422, "issued_on"),
    "role": ({"signatures": [{"role": "x", "name": "y", "signed_on": "2026-01-01"}]}, REPORT, 409,
             "signatures.0.role"),
    "type": ({"type": "no-such-type"}, REPORT, 409, "type"),
    "check-character": ({"client_code": "91990121XY00000127"}, REPORT, 409, "client_code"),
    "no-code": ({"client_code": "91990121"}, REPORT, 422, "client_code"),
    "captions": ({"captions": ["井口"]}, REPORT, 409, "captions"),
    "unknown": ({"note": "x"}, REPORT, 422, "note"),
    "no-file": (None, [], 422, "file"),
    "no-bytes": (None, [("file", "a.pdf", b"")], 422, "file"),
    "picture": (None, [("file", "a.pdf", b"\x89PNG\r\n\x1a\n...")], 422, "file"),
    "twice": (None, [("file", "a.pdf", REPORT), ("file", "b.pdf", REPORT)], 422, "file"),
    "part": (None, [("file", "a.pdf", REPORT), ("other", "b.pdf", REPORT)], 422, "other"),
    "large": (None, [("file", "a.pdf", b"%PDF-" + b"0" * (5 << 20))], 422, "file"),
    "body": (None, [("file", "a.pdf", b"%PDF-" + b"0" * (11 << 20))], 413, ""),
}  # fmt: skip


@pytest.mark.sqlite_only
def test_bad_input_is_answered_at_the_door(house: House) -> None:
    for case, (given, files, status, field) in AT_THE_DOOR.items():
        metadata = {**house.metadata(), **given} if given and isinstance(given, dict) else given
        answer = house.send(house.metadata() if given is None else metadata, files)
        assert answer.status_code == status, (case, answer.text)
        assert answer.mimetype == "application/problem+json"
        if field:
            assert field in answer.get_json()["errors"], case
        assert not left(house.sealed), case
    assert house.get().get_json()["results"] == []


@pytest.mark.sqlite_only
def test_the_installation_says_how_many_pictures_it_takes(house: House) -> None:
    """The door and the document take the number that the form of the sign-in takes."""
    kept = house.app.extensions["registry.settings"]
    house.app.extensions["registry.settings"] = replace(kept, report_pictures=2)
    parts = [("file", "a.pdf", REPORT)]
    for sent, status, field in ((2, 202, ""), (3, 422, "image"), (9, 422, "file")):
        images = [("image", f"{one}.jpg", b"\xff\xd8\xff...") for one in range(sent)]
        answer = house.send(house.metadata(captions=["井口"] * sent), parts + images)
        assert answer.status_code == status, answer.text
        assert not field or field in answer.get_json()["errors"]
    told = house.send(house.metadata(captions=["井口"] * 3), parts)
    assert "At most 2 pictures" in told.get_json()["errors"]["captions"][0]
    found = document(house.app)
    sheet = found["components"]["schemas"]["FilingSheet"]["properties"]["captions"]
    assert sheet["maxItems"] == 2


@pytest.mark.sqlite_only
def test_other_media_types_are_refused(house: House) -> None:
    answer = house.app.test_client().post("/api/v1/reports/filings", json={}, headers=house.headers)
    assert answer.status_code == 415


WRONG: dict[str, tuple[dict[str, Any], bytes, str, str, str]] = {
    "encrypted": ({}, samples.encrypted(), "file", "encrypted", "加密"),
    "broken": ({}, samples.truncated(), "file", "damaged", "损坏"),
    "bomb": ({}, samples.bomb(), "file", "unpacks", "解压"),
    "script": ({}, samples.scripted(), "file", "scripts", "脚本"),
    "no-pdf": ({}, b"MZ not a pdf", "file", "not a PDF", "PDF"),
    "client": ({"client_code": "91990122XY0000020F", "site": ""}, REPORT, "client_code", "no unit",
               "单位"),
    "site": ({"site": "S-0000000000"}, REPORT, "site", "mine or pond", "矿山"),
    "scope": ({"type": "testing-report"}, REPORT, "report", "not qualified", "资质"),
    "nobody": ({"signatures": [{"role": "compiler", "name": "无此人", "signed_on": "2026-03-08"}]},
               REPORT, "signatures.0.name", "Nobody", "人员"),
    "certificate": ({"signatures": [{"role": "compiler", "name": "周样例",
                                     "signed_on": "2026-03-08"}]},
                    REPORT, "signatures.0.name", "no valid certificate", "证书"),
    "unsigned": ({"signatures": []}, REPORT, "report", "signature is missing", "签"),
}  # fmt: skip


@pytest.mark.sqlite_only
def test_what_the_office_cannot_take_is_told_by_field_in_both_languages(house: House) -> None:
    until = at("2026-03-07").date()
    with house.office.working.write() as session:
        member(session, house.bureau, house.desk.agency, "周样例", "PJ-9", until=until)
    before = left(house.office.settings.evidence_dir)
    for case, (more, content, field, english, chinese) in WRONG.items():
        answer = house.send(house.metadata(**more), content)
        house.work()
        told = house.state(answer.get_json()["id"])
        assert told["state"] == "refused" and not told["case"], (case, told)
        assert english in told["errors"][field][0], (case, told)
        said = house.state(told["id"], "zh")["errors"][field][0]
        assert chinese in said and english not in said, (case, said)
    assert house.dockets() == []
    with house.office.working.read() as session:
        for table in (ReportFile, ReportSignature, FilingCase):
            assert session.exec(select(table)).all() == []
    assert left(house.office.settings.evidence_dir) == before and not left(house.sealed)


@pytest.mark.sqlite_only
def test_a_number_is_given_once(house: House) -> None:
    assert house.filed()["state"] == "filed"
    told = house.filed()
    assert told["state"] == "refused" and list(told["errors"]) == ["report_number"]
    assert len(house.dockets()) == 1
    # The same bytes belong to the first report and stay.
    with house.office.working.read() as session:
        digest = session.exec(select(ReportFile.sha256)).one()
    assert (house.office.settings.evidence_dir / digest[:2] / digest).is_file()


@pytest.mark.sqlite_only
def test_pictures_and_redacted_copy_come_with_it(house: House) -> None:
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    files = [("file", "a.pdf", REPORT), ("redacted", "b.pdf", pdf(["已隐去"])),
             ("image", "c.png", out.getvalue())]  # fmt: skip
    sent = house.send(house.metadata(secret=True, captions=["主井口"]), files)
    house.work()
    assert house.state(sent.get_json()["id"])["state"] == "filed"
    (docket,) = house.dockets()
    with house.office.working.read() as session:
        assert set(queries.files(session, docket.id or 0)) == {"original", "redacted"}
        (picture,) = queries.images(session, docket.id or 0)
        assert picture.caption == "主井口" and picture.media_type == "image/jpeg"


@pytest.mark.sqlite_only
def test_a_key_of_nobody_known(house: House) -> None:
    house.headers = key(house, "reports", code="91990122XY0000020F", name="陌生公司")
    told = house.filed()
    assert told["state"] == "refused" and "credit code" in told["errors"]["report"][0]


def test_a_crash_between_the_stores_repeats_and_adds_nothing(house: House) -> None:
    """The working store has it, the intake does not know: the step is done again."""
    from registry.core.jobs.running import Work, claim
    from registry.office.reports import filing
    from registry.office.worker.places import filing_places

    id = house.send(house.metadata(), REPORT).get_json()["id"]
    work = claim(house.office.intake, ("filing",), house.instant[0])
    assert isinstance(work, Work)
    filing.handler(filing_places(house.office))(work, house.instant[0])
    assert len(house.dockets()) == 1
    house.instant[0] = at("2026-03-11", 12)
    house.work()
    assert house.state(id)["state"] == "filed"
    assert len(house.dockets()) == 1


@pytest.mark.sqlite_only
def test_the_client_in_the_documentation_files_and_follows(house: House, tmp_path: Path) -> None:
    client = one_file_client()
    (tmp_path / "r.pdf").write_bytes(REPORT)
    server = make_server("127.0.0.1", 0, house.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        token = house.headers["Authorization"].removeprefix("Bearer ")
        address = f"http://127.0.0.1:{server.server_port}"
        registry = client.Registry(address, token, sleep=lambda _: house.work())
        filing = registry.wait_filing(
            registry.file_report(house.metadata(), tmp_path / "r.pdf", idempotency_key="once")
        )
        assert filing.state == "filed" and filing.case and not filing.errors
        assert [one.id for one in registry.filings()] == [filing.id]
        with pytest.raises(client.Problem) as wrong:
            registry.file_report({**house.metadata(), "project": ""}, tmp_path / "r.pdf")
        assert list(wrong.value.errors) == ["project"]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def one_file_client() -> Any:
    path = Path(__file__).parents[3] / "docs" / "client" / "registry_client.py"
    spec = importlib.util.spec_from_file_location("registry_client", path)
    assert spec and spec.loader
    module = sys.modules["registry_client"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
