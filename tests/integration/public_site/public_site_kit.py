"""Fictional records (domain reference §8), and a client that refuses what no page may do.

``Site.get`` and ``Site.post`` parse every HTML
answer strictly and check what must hold on each: no script, no inline style, nothing from
elsewhere, one h1, labels, unique ids, no cookie.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import html5lib
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse

from registry.core.clock import publish_until
from registry.core.db import GazetteSession, Store
from registry.public.gazette import log
from registry.public.gazette.entry import Entry, Handle
from registry.public.search.engine import open_index
from registry.public.search.indexer import Indexer

AUTHORITY = {"name": "虚岭县样例应急管理局", "code": "11990121XY00000A64", "region": "990121"}
E1 = {
    "kind": "enterprise",
    "name": "演示省虚岭县一号样例煤矿有限公司（虚构）",
    "code": "91990121XY00000126",
    "name_en": "Xuling No. 1 Sample Coal Mine (fictional)",
    "former_names": [{"name": "虚岭县老样例煤矿（虚构）", "until": "2019-05-31"}],
    "address": "演示省虚岭县样例镇一号路1号",
    "region": "990121",
}
E2 = {
    "kind": "enterprise",
    "name": "演示省空谷县样例铁矿有限公司（虚构）",
    "code": "91990122XY0000020F",
    "region": "990122",
}
PERSON = {"kind": "person", "name": "李样例", "document": "990101********0019"}
PERSON_NUMBER = "990101199001010019"
DECIDED = datetime(2026, 7, 1, 2, tzinfo=UTC)


def listing(subject: dict[str, Any], until: str = "2029-07-01", **more: Any) -> dict[str, Any]:
    return {
        "list": "work-safety",
        "ground": "G6-4",
        "subject": subject,
        "authority": AUTHORITY,
        "decision": {
            "number": "（虚岭）应急失信列〔2026〕1号",
            "date": "2026-07-01",
            "text": "隐瞒事故。",
        },
        "term": {"since": "2026-07-01", "until": until},
        "status": "in-force",
        "published_on": "2026-07-20",
        "summary": "井下发生顶板事故，隐瞒不报。",
        "measures": ["M1", "M2"],
        "early_removal_from": "2027-07-01",
        **more,
    }


PENALTY = {
    "subject": E1,
    "authority": AUTHORITY,
    "decision": {"number": "（虚岭）应急罚〔2026〕7号", "date": "2026-06-15"},
    "violation_type": "accident-concealed",
    "facts": '=HYPERLINK("x")隐瞒事故。',
    "basis": "《生产安全事故报告和调查处理条例》第三十六条",
    "categories": ["fine"],
    "content": "处罚款二百万元",
    "seriousness": "serious",
    "term": {"since": "2026-06-15", "until": "2029-06-15"},
    "published_on": "2026-06-20",
    "fine_yuan": "2000000",
    "persons": [{"name": "张样例", "role": "principal", "document": "990101********0022"}],
    "site": "S-0000000001",
}
SITE = {
    "type": "coal-mine",
    "name": "虚岭县一号样例煤矿（虚构）",
    "region": "990121",
    "operators": [{"name": E1["name"], "code": E1["code"], "since": "2019-06-01"}],
    "licences": [
        {
            "kind": "safety",
            "number": "（演）MK安许证字〔2099〕0007",
            "status": "suspended",
            "changes": [{"status": "suspended", "on": "2026-06-02"}],
        }
    ],
}
EXTERNAL = {
    "list": "sdn",
    "reference": "99001",
    "name": "SAMPLE FICTION TRADING LLC",
    "type": "organization",
    "aliases": ["<b>FICTION</b> & CO"],
    "source_date": "2024-05-03",
}


def put(
    kind: str, id: str, payload: dict[str, Any], until: str = "", handles: tuple[Handle, ...] = ()
) -> Entry:
    ends = publish_until(date.fromisoformat(until)) if until else None
    return Entry(uuid4(), "PUT", kind, id, DECIDED, payload, ends, handles)


def removal(kind: str, id: str, reason: str, effective: datetime) -> Entry:
    return Entry(uuid4(), "DEL", kind, id, effective, {"reason": reason})


@dataclass
class Site:
    """The site under test, its gazette, and its clock."""

    app: Flask
    gazette: Store[GazetteSession]
    index_dir: Path
    person_key: bytes
    instant: list[datetime]
    language: str = "en"
    problems: list[str] = field(default_factory=list)

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        with self.app.test_client() as client:
            return self._looked_at(client.get(path, **kwargs), path)

    def post(self, path: str, **kwargs: Any) -> TestResponse:
        with self.app.test_client() as client:
            return self._looked_at(client.post(path, **kwargs), path)

    def soup(self, path: str) -> BeautifulSoup:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return BeautifulSoup(answer.data, "html5lib")

    def publish(self, *entries: Entry) -> None:
        with self.gazette.write() as session:
            log.append(session, entries, recorded=self.instant[0])
        self.reindex()

    def reindex(self) -> None:
        index = open_index("whoosh", self.index_dir)
        Indexer(self.gazette, index).catch_up(self.instant[0], 1000)
        index.close()

    def _looked_at(self, answer: TestResponse, path: str) -> TestResponse:
        assert "Set-Cookie" not in answer.headers, path
        page = answer.get_data()
        answer.close()
        if answer.mimetype == "text/html" and page and not 300 <= answer.status_code < 400:
            check_page(page, path)
        return answer


def check_page(data: bytes, path: str) -> None:
    """What holds for every page of ours."""
    html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(data)
    soup = BeautifulSoup(data, "html5lib")
    assert len(soup.find_all("h1")) == 1, f"{path}: one h1"
    assert soup.title is not None
    assert soup.title.get_text(strip=True), f"{path}: a title"
    assert soup.html is not None
    assert soup.html.get("lang") in {"zh-CN", "en"}, path
    assert not soup.find_all(["script", "style", "iframe", "object", "embed"]), path
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids)), f"{path}: ids are unique: {sorted(ids)}"
    for tag in soup.find_all(True):
        assert not tag.get("style"), f"{path}: inline style on {tag.name}"
        assert not [name for name in tag.attrs if name.startswith("on")], f"{path}: {tag.name}"
        for name in ("src", "href", "action"):
            target = str(tag.get(name, "/"))
            local = target.startswith(("/", "#", "tel:")) and not target.startswith("//")
            assert local, f"{path}: {tag.name} leads elsewhere: {target}"
        for name in ("aria-describedby", "aria-labelledby"):
            for one in str(tag.get(name, "")).split():
                assert one in ids, f"{path}: {name} names {one}, which is not there"
    labelled = {label.get("for") for label in soup.find_all("label")}
    for control in soup.find_all(["input", "select", "textarea"]):
        if control.get("type") in {"hidden", "submit"} or control.find_parent("label"):
            continue
        assert control.get("id") in labelled, f"{path}: {control.get('name')} has no label"
    assert soup.find("a", class_="skip", href="#main"), f"{path}: skip link"
    assert soup.find("main", id="main"), path
