"""A bare app on the shared web kit, with a few pages that use it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Flask, render_template_string, request, url_for
from flask.typing import ResponseReturnValue

from registry.core.errors import Forbidden, InvalidInput
from registry.core.i18n import Text
from registry.core.settings import public_settings
from registry.core.web import locale
from registry.core.web.factory import base_app
from registry.core.web.moment import now, today

INSTANT = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # 00:30 on the 21st in Shanghai


def make_app(tmp_path: Path, *, https: bool = True, site: str = "admin") -> Flask:
    settings = public_settings(
        {"REGISTRY_DATA_DIR": str(tmp_path), "REGISTRY_HTTPS": "1" if https else "0"}
    )
    app = base_app(
        __name__,
        site=site,
        settings=settings,
        clock=lambda: INSTANT,
        secret_key="a secret for this test",
        templates=tmp_path,
        max_body_bytes=10_000,
    )
    pages = Blueprint("pages", __name__)

    @pages.get("/text/<name>")
    def text(name: str) -> str:
        page = "{{ _('Search') }}|{{ t(rule) }}|{{ day|day }}|{{ at|instant }}|{{ n|number }}"
        return render_template_string(
            page, rule=Text("规则", "rule"), day=today(), at=now(), n=1234567
        )

    @pages.get("/link")
    def link() -> str:
        return url_for("pages.text", name="a b")

    @pages.get("/forbidden")
    def forbidden() -> str:
        raise Forbidden

    @pages.get("/boom")
    def boom() -> str:
        raise RuntimeError("private words")

    @pages.get("/missing-value")
    def missing_value() -> str:
        return render_template_string("{% if x.nothing %}{% endif %}{{ x.nothing }}", x={})

    @pages.route("/form", methods=["GET", "POST"])
    def form() -> ResponseReturnValue:
        if request.method == "POST":
            raise InvalidInput({"code": ["A name has at most {limit} characters."]}, limit=3)
        return render_template_string("{{ csrf_token() }}")

    locale.mount(app, pages)
    app.add_url_rule("/api/v1/form", "api", form, methods=["POST"])
    return app
