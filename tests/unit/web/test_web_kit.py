"""Languages, headers, errors and CSRF of the shared kit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask, Response
from web_kit_app import make_app

from registry.core.web import headers
from registry.core.web.locale import gettext, official, sentences


def test_language_comes_from_the_address(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/zh/text/x").text == (
        "查询|规则|2026年11月21日|2026年11月21日 00:30（北京时间）|1,234,567"
    )
    assert client.get("/en/text/x").text == (
        "Search|rule|21 November 2026|21 November 2026, 00:30 (Beijing time)|1,234,567"
    )


def test_links_stay_in_the_language(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/en/link").text == "/en/text/a%20b"
    assert client.get("/zh/link").text == "/zh/text/a%20b"


def test_addresses_without_language_are_completed(app: Flask) -> None:
    answer = app.test_client().get("/text/x?a=1&a=煤", headers={"Accept-Language": "en"})
    assert answer.headers["Location"] == "/en/text/x?a=1&a=%E7%85%A4"
    assert answer.headers["Vary"] == "Accept-Language"
    assert app.test_client().post("/text/x").status_code == 404


def test_an_address_cannot_lead_to_another_site(app: Flask) -> None:
    for path in ("//evil.example/text/x", "/\\evil.example", "/zh//evil.example"):
        answer = app.test_client().get(path)
        location = answer.headers.get("Location", "/zh/")
        assert location.startswith(("/zh/", "http://localhost/")), path


def test_gettext_keeps_markup_and_escapes_the_rest(app: Flask) -> None:
    with app.test_request_context("/en/"):
        app.preprocess_request()
        markup = official("<煤>")
        assert gettext("until {day}", day=markup) == 'until <span lang="zh-CN">&lt;煤&gt;</span>'
        assert not hasattr(gettext("until {day}", day="<x>"), "__html__")
        assert sentences("One.", "", "Two.") == "One. Two."
    with app.test_request_context("/zh/"):
        app.preprocess_request()
        assert sentences("一。", "二。") == "一。二。"
        assert official("煤") == "煤"


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/zh/forbidden", 403, "您无权办理此事项。"),
        ("/en/nothing", 404, "Nothing found at this address"),
        ("/zh/form/x", 404, "此网址没有内容"),
        ("/zh/boom", 500, "系统出现错误"),
    ],
)
def test_errors_are_pages_in_the_language(app: Flask, path: str, status: int, words: str) -> None:
    answer = app.test_client().get(path)
    assert answer.status_code == status
    assert words in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "private words" not in answer.text


def test_an_error_behind_the_handlers_is_logged_without_its_words(
    app: Flask, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    @app.after_request
    def commit(response: Response) -> Response:
        if response.status_code < 400:
            raise RuntimeError("private words")
        return response

    answer = app.test_client().get("/zh/text/x")
    assert answer.status_code == 500
    told = capsys.readouterr()
    assert '"error": "RuntimeError"' in told.err
    assert "private words" not in told.err + told.out + caplog.text + answer.text


def test_wrong_method_names_the_allowed_ones(app: Flask) -> None:
    answer = app.test_client().delete("/zh/text/x")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_payload_may_lack_a_key_but_not_print_it(app: Flask) -> None:
    assert app.test_client().get("/zh/missing-value").status_code == 500


def test_csrf_is_on_and_says_so(app: Flask) -> None:
    client = app.test_client()
    refused = client.post("/zh/form", base_url="https://localhost")
    assert refused.status_code == 400
    assert "表单打开时间过长" in refused.text


def test_csrf_token_lets_the_form_through_to_its_errors(app: Flask) -> None:
    client = app.test_client()
    token = client.get("/zh/form", base_url="https://localhost").text
    answer = client.post(
        "/zh/form",
        data={"csrf_token": token},
        base_url="https://localhost",
        headers={"Referer": "https://localhost/zh/form"},
    )
    assert answer.status_code == 422


def test_problem_json_names_fields_with_values_filled(app: Flask) -> None:
    app.extensions["registry.csrf"].exempt(app.view_functions["api"])
    answer = app.test_client().post("/api/v1/form", headers={"Accept-Language": "en"})
    assert answer.mimetype == "application/problem+json"
    body = json.loads(answer.data)
    assert body["type"] == "urn:registry:problem:invalid-input"
    assert body["errors"] == {"code": ["A name has at most 3 characters."]}


def test_a_body_beyond_the_limit_is_refused(app: Flask) -> None:
    answer = app.test_client().post("/zh/form", data={"x": "y" * 20_000})
    assert answer.status_code == 413


@pytest.mark.parametrize("https", [True, False])
def test_cookie_and_transport_follow_the_setting(tmp_path: Path, https: bool) -> None:
    app = make_app(tmp_path, https=https)
    scheme = "https" if https else "http"
    answer = app.test_client().get("/zh/form", base_url=f"{scheme}://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-admin=" if https else "registry-admin=")
    assert ("Secure" in cookie) is https
    for part in ("HttpOnly", "Path=/", "SameSite=Strict"):
        assert part in cookie
    assert "Domain" not in cookie
    assert ("Strict-Transport-Security" in answer.headers) is https


def test_headers_of_both_sites() -> None:
    admin = headers.security_headers(site="admin", https=True)
    public = headers.security_headers(site="public", https=False)
    assert admin["Referrer-Policy"] == "same-origin"
    assert public["Referrer-Policy"] == "no-referrer"
    assert admin["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
