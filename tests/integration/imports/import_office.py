"""Officers, authorities and files for tests of imports: all fictional, region 99."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from registry.core import rules
from registry.core.db import Store, WorkingSession
from registry.core.keys import Vault
from registry.core.sheets.limits import Limits
from registry.office.dockets import Docket
from registry.office.entities.vault import PersonKeys
from registry.office.imports import service
from registry.office.imports.context import Tools
from registry.office.imports.report import Report
from registry.office.staff.models import Account, Authority
from registry.office.staff.officer import Acting, Officer
from schemas.rows import Rows

BOOK = rules.load(demo=True)
MINISTRY = (
    "序号", "单位名称", "注册地址", "统一社会信用代码", "主要负责人", "身份证号", "失信行为简况",
    "信息报送机关", "纳入理由", "公布日期",
)  # fmt: skip
BUREAU = "虚岭县样例应急管理局"
_SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def credit_code(number: int) -> str:
    """A valid code of region 99 whose organization code begins with XY (GB 32100, GB 11714)."""
    body = f"XY{number:06d}"
    values = {sign: place for place, sign in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
    weighted = zip((3, 7, 9, 10, 5, 8, 4, 2), body, strict=True)
    rest = 11 - sum(weight * values[sign] for weight, sign in weighted) % 11
    stem = f"91990121{body}{ {10: 'X', 11: '0'}.get(rest, str(rest)) }"
    total = sum(w * _SYMBOLS.index(sign) for w, sign in zip(_WEIGHTS, stem, strict=True))
    return stem + _SYMBOLS[(31 - total % 31) % 31]


def resident(number: int) -> str:
    """A resident number with a right check digit (GB 11643) in region 99."""
    stem = f"990101{1950 + number % 50}0101{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(stem, weights, strict=True))
    return stem + "10X98765432"[total % 11]


def listing(number: int, **changes: str) -> dict[str, str]:
    """A row as the ministry publishes it."""
    row = dict(
        zip(
            MINISTRY,
            (
                str(number), f"演示省虚岭县{number}号样例煤矿有限公司", f"样例路{number}号",
                credit_code(number), "张样例", resident(number), "2026年3月发生事故后瞒报。",
                BUREAU, "瞒报生产安全事故", "2026年7月1日",
            ),
            strict=True,
        )
    )  # fmt: skip
    return {**row, **changes}


@dataclass
class ImportOffice:
    """Two officers of a county bureau, and their tools."""

    store: Store[WorkingSession]
    folder: Path
    tools: Tools
    clerk: Acting
    approver: Acting

    def file(self, *rows: dict[str, str], name: str = "list.csv") -> Path:
        path = self.folder / name
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            columns = list(dict.fromkeys(column for row in rows for column in row))
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
        return path

    def dry(self, path: Path, kind: str = "listings") -> Report:
        with self.store.read() as session:
            return service.dry_run(session, self.clerk, kind, path, tools=self.tools)

    def submit(self, path: Path, kind: str = "listings") -> tuple[int, int]:
        with self.store.write() as session:
            kept = service.store(session, self.clerk, kind, path, tools=self.tools)
            docket = service.submit(session, self.clerk, kept.id or 0)
            return docket.id or 0, docket.version

    def approve(self, docket_id: int, version: int) -> Docket:
        with self.store.write() as session:
            docket = service.approve(
                session, self.approver, docket_id, version=version, tools=self.tools
            )
            session.expunge(docket)
            return docket

    def apply(self, path: Path, kind: str = "listings") -> int:
        docket_id, version = self.submit(path, kind)
        self.approve(docket_id, version)
        return docket_id


def build(store: Store[WorkingSession], folder: Path, now: datetime) -> ImportOffice:
    with store.write() as session:
        for place, (name, code) in enumerate(
            ((BUREAU, "11990121XY00000A64"), ("空谷县样例应急管理局", "11990122XY00000C6P")), 1
        ):
            session.add(
                Authority(
                    id=place, public_id=f"A-000000000{place}", name=name, code=code, level="county",
                    kind="emergency-management", region="990121", path=f"/{place}/", created=now,
                )
            )  # fmt: skip
        session.flush()
        for place, login in enumerate(("clerk", "approver"), 1):
            session.add(
                Account(
                    id=place,
                    login=login,
                    name=login,
                    authority_id=1,
                    password_hash="x",
                    created=now,
                )
            )
    officers = [
        Officer(place, login, login, 1, "/1/", frozenset({login}))
        for place, login in enumerate(("clerk", "approver"), 1)
    ]
    keys = PersonKeys(Vault(b"k" * 32, b"h" * 32))
    return ImportOffice(
        store,
        folder,
        Tools(folder / "evidence", keys, Limits(), field_sets=Rows()),
        Acting(officers[0], now, BOOK),
        Acting(officers[1], now, BOOK),
    )
