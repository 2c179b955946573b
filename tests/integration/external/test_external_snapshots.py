"""Snapshots of other bodies' lists: differences only, and no silent shrinking."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlmodel import func, select

from registry.core import rules
from registry.core.db import Store, WorkingSession
from registry.core.errors import Forbidden, Misconfigured
from registry.core.sheets.problems import UnusableFile
from registry.office.audit.models import AuditEntry
from registry.office.external import description, service
from registry.office.external.models import ExternalEntry, ExternalSnapshot
from registry.office.publisher.models import OutboxRow
from registry.office.staff.officer import Acting, Officer

LIST = """
list: sample
title: {zh: 样例名单, en: Sample list}
publisher: {zh: 样例机构, en: Sample body}
format: {heading: true}
columns: [No, Name, Kind, Also, Until, Text]
none: [n/a]
fields:
  reference: No
  name: Name
  type: {column: Kind, default: other, values: {firm: organization, man: person}}
  aliases: {column: Also, split: '\\|'}
  until: Until
  remarks: Text
texts:
  - {column: Text, split: '; ', patterns: ['ID (?P<identifiers>\\w+) \\((?P<countries>\\w+)\\)']}
"""
HEAD = "Name,No,Kind,Until,Also,Text\n"


@dataclass
class Snapshots:
    store: Store[WorkingSession]
    folder: Path
    acting: Acting

    def take(self, text: str, day: str = "2026-01-01", **options: object) -> service.Outcome:
        path = self.folder / "snapshot"
        path.write_text(text, encoding="utf-8")
        return self.take_file("sample", path, source_date=date.fromisoformat(day), **options)

    def take_file(self, name: str, path: Path, **options: object) -> service.Outcome:
        given = {"apply": True, "folders": [self.folder], **options}
        with self.store.write() as session:
            return service.import_snapshot(session, self.acting, name, path, **given)  # type: ignore[arg-type]

    def rows(self) -> list[tuple[str, dict[str, object]]]:
        with self.store.read() as session:
            found = session.exec(select(OutboxRow).order_by(OutboxRow.id)).all()
            return [(row.op, json.loads(row.payload or "")) for row in found]

    def counted(self, table: type) -> int:
        with self.store.read() as session:
            return session.exec(select(func.count()).select_from(table)).one()


@pytest.fixture
def snapshots(working: Store[WorkingSession], tmp_path: Path, now: datetime) -> Snapshots:
    (tmp_path / "sample.yaml").write_text(LIST, encoding="utf-8")
    officer = Officer(1, "clerk", "clerk", 1, "/1/", frozenset({"clerk"}))
    return Snapshots(working, tmp_path, Acting(officer, now, rules.load(demo=True)))


def lines(*numbers: int, suffix: str = "") -> str:
    return HEAD + "".join(f"Name {n}{suffix},{n},firm,,,\n" for n in numbers)


def test_a_list_is_a_file_of_yaml(snapshots: Snapshots) -> None:
    text = HEAD + "样例商社,7,firm,2027-01-01,一号|二号,ID AB12 (Nowhere); born here\n"
    snapshots.take(text)
    ((op, payload),) = snapshots.rows()
    assert op == "PUT" and payload == {
        "list": "sample", "reference": "7", "name": "样例商社", "type": "organization",
        "aliases": ["一号", "二号"], "identifiers": ["AB12"], "countries": ["Nowhere"],
        "remarks": "ID AB12 (Nowhere); born here", "source_date": "2026-01-01",
    }  # fmt: skip


def test_only_differences_are_published(snapshots: Snapshots) -> None:
    snapshots.take(lines(*range(1, 41)))
    again = snapshots.take(lines(*range(1, 41)), "2026-01-02")
    assert (again.added, again.changed, again.ended, again.unchanged) == (0, 0, 0, 40)
    assert len(snapshots.rows()) == 40, "the same list again publishes nothing"
    text = lines(*range(2, 42)).replace("Name 5,", "Name V,")
    third = snapshots.take(text, "2026-01-03")
    assert (third.added, third.changed, third.ended) == (1, 1, 1)
    news = snapshots.rows()[40:]
    assert sorted(op for op, _ in news) == ["DEL", "PUT", "PUT"]
    assert ("DEL", {"reason": "ended"}) in news
    assert snapshots.counted(ExternalEntry) == 40 and snapshots.counted(ExternalSnapshot) == 3


def test_a_dry_run_changes_nothing_and_says_what_would_be(snapshots: Snapshots) -> None:
    outcome = snapshots.take(lines(1, 2), apply=False)
    assert (outcome.added, outcome.applied) == (2, False)
    assert snapshots.rows() == [] and snapshots.counted(ExternalEntry) == 0


def test_an_empty_snapshot_is_refused_without_consent(snapshots: Snapshots) -> None:
    snapshots.take(lines(1, 2))
    for text in ("", HEAD):
        with pytest.raises(service.EmptySnapshot):
            snapshots.take(text, "2026-01-02")
        dry = snapshots.take(text, "2026-01-02", apply=False)
        assert isinstance(dry.refusal, service.EmptySnapshot)
    assert snapshots.counted(ExternalEntry) == 2
    snapshots.take(HEAD, "2026-01-02", allow_removals=100)
    assert snapshots.counted(ExternalEntry) == 0


def test_a_shrunken_snapshot_is_refused_without_consent(snapshots: Snapshots) -> None:
    snapshots.take(lines(*range(100)))
    with pytest.raises(service.TooManyRemovals) as caught:
        snapshots.take(lines(*range(94)), "2026-01-02")
    assert caught.value.params["ended"] == 6 and "6.0 %" in str(caught.value)
    assert len(snapshots.rows()) == 100
    snapshots.take(lines(*range(95)), "2026-01-02")
    snapshots.take(lines(*range(90)), "2026-01-03", allow_removals=6)
    assert snapshots.counted(ExternalEntry) == 90


def test_terms_that_ended_lawfully_do_not_count_as_removals(snapshots: Snapshots) -> None:
    text = HEAD + "".join(f"Name {n},{n},firm,2026-01-31,,\n" for n in range(10))
    snapshots.take(text + "Last,99,firm,,,\n")
    with pytest.raises(service.TooManyRemovals):
        snapshots.take(lines(99).replace("Name 99", "Last"), "2026-01-31")
    snapshots.take(lines(99).replace("Name 99", "Last"), "2026-02-01")
    assert snapshots.counted(ExternalEntry) == 1


@pytest.mark.parametrize(
    "broken",
    [
        "Name 3,,firm,,,\n",
        ",3,firm,,,\n",
        "Name 2,2,firm,,,\n",
        "Name 3,3,firm,,,,x,y\n",
        "Name 3\n",
        "Name 3,3,firm,someday,,\n",
    ],
)
def test_a_row_that_cannot_be_read_stops_the_snapshot(snapshots: Snapshots, broken: str) -> None:
    snapshots.take(lines(1, 2, 3))
    with pytest.raises(service.FaultySnapshot) as caught:
        snapshots.take(lines(1, 2) + broken, "2026-01-02", allow_removals=100)
    assert caught.value.params["line"] == 4
    assert len(snapshots.rows()) == 3 and snapshots.counted(ExternalEntry) == 3


def test_an_older_snapshot_is_refused(snapshots: Snapshots) -> None:
    snapshots.take(lines(1), "2026-01-02")
    with pytest.raises(service.OlderSnapshot):
        snapshots.take(lines(1), "2026-01-01")


def test_a_foreign_heading_and_an_unknown_list_are_named(snapshots: Snapshots) -> None:
    with pytest.raises(UnusableFile):
        snapshots.take("a,b\n1,2\n")
    with pytest.raises(description.UnknownList, match="sample"):
        snapshots.take_file("nolist", snapshots.folder / "sample.yaml")
    (snapshots.folder / "wrong.yaml").write_text("list: wrong\ncolumns: [a]\n", encoding="utf-8")
    with pytest.raises(Misconfigured, match=r"wrong\.yaml"):
        snapshots.take(lines(1))


def test_only_officers_of_casework_apply_and_refusals_are_audited(snapshots: Snapshots) -> None:
    auditor = replace(snapshots.acting.officer, roles=frozenset({"auditor"}))
    other = replace(snapshots, acting=replace(snapshots.acting, officer=auditor))
    with pytest.raises(Forbidden):
        other.take(lines(1))
    snapshots.take(lines(1))
    with pytest.raises(service.EmptySnapshot) as caught:
        snapshots.take("", "2026-01-02")
    with snapshots.store.write() as session:
        service.record_refusal(session, snapshots.acting, "sample", caught.value)
    with snapshots.store.read() as session:
        tags = [row.action for row in session.exec(select(AuditEntry))]
    assert tags == ["external:snapshot:applied", "external:snapshot:refused"]


SDN = '36,"AEROSAMPLE",-0- ,"CUBA] [SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'AS\'."\n'
MAN = (
    '7,"SAMPLE, Jos\xe9",individual,"DEMO","Minister",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 02 Feb '
    "1953; alt. DOB 1954; nationality Nowhere; Passport A1 (Somewhere) expires 17 Mar 2014; "
    "a.k.a. 'JOE; THE SAMPLE'; Gender Male.\"\n"
)
SHIP = (
    '8,"SAMPLE STAR",vessel,"DEMO",-0- ,"5IM6",Tanker,-0- ,2474,Nowhere,NITC,'
    '"Vessel Registration Identification IMO 9569669."\n'
)


def test_the_sdn_format(snapshots: Snapshots) -> None:
    path = snapshots.folder / "2024-03-06.csv"
    path.write_bytes((SDN + MAN + SHIP + "\x1a\n").encode("latin-1"))
    outcome = snapshots.take_file("sdn", path)
    assert outcome.source_date == date(2024, 3, 6) and outcome.rows == 3
    firm, man, ship = (payload for _, payload in snapshots.rows())
    assert firm["type"] == "organization" and firm["programs"] == ["CUBA", "SDGT"]
    assert firm["aliases"] == ["AS"] and "details" not in firm
    assert man["name"] == "SAMPLE, José" and man["type"] == "person"
    assert man["birth_dates"] == ["02 Feb 1953", "1954"]
    assert man["countries"] == ["Nowhere", "Somewhere"] and man["identifiers"] == ["A1"]
    assert man["details"] == {"title": "Minister"}
    assert ship["identifiers"] == ["IMO 9569669"] and ship["countries"] == ["Nowhere"]
    assert ship["details"]["gross_tonnage"] == "2474"


def test_a_truncated_file_is_refused(snapshots: Snapshots) -> None:
    path = snapshots.folder / "2024-03-06.csv"
    path.write_bytes((SDN + MAN[:60]).encode("latin-1"))
    with pytest.raises(service.FaultySnapshot):
        snapshots.take_file("sdn", path)


def _real() -> Path | None:
    given = os.environ.get("REGISTRY_TEST_DATA")
    folder = Path(given) if given else Path(__file__).parents[4] / "shared" / "data"
    return folder / "sdn" if (folder / "sdn").is_dir() else None


@pytest.mark.sqlite_only
@pytest.mark.skipif(_real() is None, reason="the real snapshots are not beside the checkout")
def test_three_real_days_and_the_day_the_feed_broke(snapshots: Snapshots) -> None:
    folder = _real()
    assert folder is not None
    days = [("2024-03-06", (14436, 0, 0)), ("2024-05-01", (538, 18, 8)), ("2024-05-03", (7, 0, 8))]
    for day, counts in days:
        outcome = snapshots.take_file("sdn", folder / f"{day}.csv.gz")
        assert (outcome.added, outcome.changed, outcome.ended) == counts
    assert snapshots.take_file("sdn", folder / "2024-05-03.csv.gz").unchanged == 14965
    with pytest.raises(service.EmptySnapshot):
        snapshots.take_file("sdn", folder / "2024-05-04.csv")
