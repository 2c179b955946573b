"""Both lists of leaders come over into one, and nobody is lost or doubled."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from registry.core.db import Store, WorkingSession, sqlite_url
from registry.migrations import service

ADD = {
    "account": "INSERT INTO leader (id, authority_id, name, post, body, since, added_by, added_at)"
    " VALUES (:id, 1, :name, 'department-head', '局', '2026-01-05', 7, '2026-01-05 02:00:00')",
    "visit": "INSERT INTO leader_visit (leader_id, site_id, visited_on, shift, minutes, seen,"
    " added_by, added_at) VALUES (1, 1, '2026-03-02', 'night', 90, '看', 7, '2026-03-02 02:00:00')",
    "named": "INSERT INTO authority_leader (authority_id, name, title, since, ended)"
    " VALUES (1, :name, :title, '2026-02-01 17:00:00', :ended)",
}


def test_rows_come_over(tmp_path: Path) -> None:
    store = Store(sqlite_url(tmp_path / "old.db"), WorkingSession)
    service.upgrade("working", store)
    service.downgrade("working", store, "0024")
    with store.engine.begin() as connection:
        columns = connection.execute(
            text("SELECT name, type, \"notnull\" FROM pragma_table_info('authority')")
        )
        needed = {
            row[0]: 1 if "INT" in row[1] else "2026-01-01 00:00:00" for row in columns if row[2]
        }
        needed |= {"id": 1, "name": "样例局", "path": "/1/"}
        names, marks = ", ".join(needed), ", ".join(f":{name}" for name in needed)
        connection.execute(text(f"INSERT INTO authority ({names}) VALUES ({marks})"), needed)  # noqa: S608
        connection.execute(text(ADD["account"]), {"id": 1, "name": "欧阳样例"})
        connection.execute(text(ADD["visit"]))
        for name, title, ended in (
            ("歐陽樣例", "局长", None),
            ("司马样例", "副局长", None),
            ("上官样例", "局长", "2026-02-10 01:00:00"),
        ):
            row = {"name": name, "title": title, "ended": ended}
            connection.execute(text(ADD["named"]), row)
    service.upgrade("working", store)
    with store.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT name, post, title, body, since, until FROM leader ORDER BY id")
        ).all()
        assert [tuple(row) for row in rows] == [
            ("欧阳样例", "department-head", "局长", "局", "2026-01-05", None),
            ("司马样例", "other-leader", "副局长", "样例局", "2026-02-02", None),
            ("上官样例", "other-leader", "局长", "样例局", "2026-02-02", "2026-02-09"),
        ]
        visits = connection.execute(text("SELECT leader_id FROM leader_visit")).all()
        assert [row[0] for row in visits] == [1]
    store.close()
