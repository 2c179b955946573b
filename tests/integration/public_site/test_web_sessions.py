"""One session per request; the boundary commits after a good answer and never after a bad one."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue
from sqlmodel import select

from registry.core.db import GazetteSession, Store
from registry.core.errors import Forbidden
from registry.core.settings import public_settings
from registry.core.web import locale, sessions
from registry.core.web.factory import base_app
from registry.public.gazette.models import CheckpointRow


@pytest.fixture
def app(gazette: Store[GazetteSession], tmp_path: Path) -> Flask:
    app = base_app(
        __name__,
        site="admin",
        settings=public_settings({"REGISTRY_DATA_DIR": str(tmp_path)}),
        clock=lambda: datetime(2026, 11, 20, tzinfo=UTC),
        secret_key="a secret for this test",
        templates=tmp_path,
    )
    app.config["WTF_CSRF_ENABLED"] = False
    sessions.bind(app, "gazette", gazette)
    pages = Blueprint("pages", __name__)
    numbers = count(1)

    def row(name: str) -> CheckpointRow:
        """Any row that stands for itself."""
        signed = datetime(2026, 11, 20, tzinfo=UTC)
        return CheckpointRow(tree_size=next(numbers), root=b"", signed=signed, note=name)

    def add(name: str) -> None:
        sessions.get("gazette").add(row(name))
        sessions.get("gazette").flush()

    def add_independently(name: str) -> None:
        with sessions.independent("gazette") as session:
            session.add(row(name))

    @pages.route("/good", methods=["GET", "POST"])
    def good() -> str:
        add("good")
        return "done"

    @pages.post("/refused")
    def refused() -> ResponseReturnValue:
        add("refused")
        return "no", 422

    @pages.post("/raised")
    def raised() -> str:
        add("raised")
        raise Forbidden

    @pages.post("/crashed")
    def crashed() -> str:
        add("crashed")
        raise RuntimeError

    @pages.post("/noted")
    def noted() -> str:
        add("work")
        add_independently("failure")
        raise Forbidden

    @pages.post("/pretended")
    def pretended() -> str:
        add("work")
        add_independently("failure")
        return "done"

    @pages.get("/read")
    def read() -> str:
        sessions.get("gazette").exec(select(CheckpointRow)).all()
        add_independently("seen")
        return "done"

    locale.mount(app, pages)
    return app


def kept(store: Store[GazetteSession]) -> list[str]:
    with store.read() as session:
        return [one.note for one in session.exec(select(CheckpointRow))]


def test_success_is_kept(app: Flask, gazette: Store[GazetteSession]) -> None:
    assert app.test_client().post("/zh/good").status_code == 200
    assert kept(gazette) == ["good"]


@pytest.mark.parametrize(("path", "status"), [("refused", 422), ("raised", 403), ("crashed", 500)])
def test_failure_is_not_kept(
    app: Flask, gazette: Store[GazetteSession], path: str, status: int
) -> None:
    assert app.test_client().post(f"/zh/{path}").status_code == status
    assert kept(gazette) == []


def test_a_get_writes_nothing_through_its_own_session(
    app: Flask, gazette: Store[GazetteSession]
) -> None:
    app.test_client().get("/zh/good")
    assert kept(gazette) == []


def test_the_record_of_a_failure_stands_alone(app: Flask, gazette: Store[GazetteSession]) -> None:
    assert app.test_client().post("/zh/noted").status_code == 403
    assert kept(gazette) == ["failure"]


def test_work_given_up_cannot_pass_for_done(app: Flask, gazette: Store[GazetteSession]) -> None:
    assert app.test_client().post("/zh/pretended").status_code == 500
    assert kept(gazette) == ["failure"]


def test_a_read_can_be_recorded(app: Flask, gazette: Store[GazetteSession]) -> None:
    assert app.test_client().get("/zh/read").status_code == 200
    assert kept(gazette) == ["seen"]
