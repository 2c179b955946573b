"""Errors as answers: a page, or RFC 9457 ``application/problem+json`` under ``/api``.

In the reader's language. An unforeseen error shows no trace; the log gets the route and the
exception's type and place, nothing of the request.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, current_app, json, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from registry.core.errors import InvalidInput, RegistryError
from registry.core.i18n import N_, describe, translate
from registry.core.web.locale import language
from registry.core.web.logs import logger, place
from registry.core.web.messages import field_messages

PROBLEM_TYPE = "urn:registry:problem:"


@dataclass(frozen=True)
class Problem:
    """What went wrong, ready to show."""

    status: int
    code: str
    title: str
    detail: str


TITLES: dict[int, tuple[str, str, str]] = {
    400: (
        "bad-request",
        N_("The request could not be understood"),
        N_("Something in the address or the form is not as it should be. Go back and try again."),
    ),
    401: ("not-signed-in", N_("Please sign in"), N_("You have to sign in to see this.")),
    403: (
        "forbidden",
        N_("Not allowed"),
        N_("Your account may not see or do this."),
    ),
    404: (
        "not-found",
        N_("Nothing found at this address"),
        N_("The address may be mistyped or incomplete."),
    ),
    405: (
        "method-not-allowed",
        N_("This address is used in another way"),
        N_("Open the page again and use the form on it."),
    ),
    409: (
        "conflict",
        N_("Changed in the meantime"),
        N_("Someone else changed this in the meantime. Look at it again before you act."),
    ),
    410: (
        "gone",
        N_("No longer published"),
        N_("What stood here is no longer published."),
    ),
    413: (
        "too-large",
        N_("Too large"),
        N_("What you sent is larger than this page accepts. Nothing was changed."),
    ),
    422: (
        "invalid-input",
        N_("Please check what you entered"),
        N_("Some of what was entered cannot be accepted. Nothing was changed."),
    ),
    429: (
        "too-many-requests",
        N_("Too many requests"),
        N_("More requests came from your address than this page answers. Please wait a little."),
    ),
    500: (
        "server-error",
        N_("Something went wrong on our side"),
        N_("The error has been noted. Nothing was changed. Please try again in a few minutes."),
    ),
    503: (
        "unavailable",
        N_("Not available at the moment"),
        N_("Please try again in a few minutes."),
    ),
}
_METHOD = N_("This address does not take this method; the header Allow says which it takes.")
"""What a program is told instead of to open the page again."""
_UNFIT = N_("This cannot be done as it stands")
"""Title of a conflict that nobody else's change made."""
_CSRF = N_("The form was open for too long or was sent from another page. Please send it again.")


def install(app: Flask) -> None:
    """Register the handlers; what fails behind them (at the commit) is logged no more freely."""
    app.log_exception = lambda exc_info: _log(exc_info[1])  # type: ignore[method-assign]
    app.register_error_handler(RegistryError, _registry_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unforeseen)


def problem(status: int, *, detail: str | None = None, code: str | None = None) -> Problem:
    """The standard words for ``status`` in the reader's language."""
    known, title, text = TITLES.get(status, TITLES[500 if status >= 500 else 400])
    if status == HTTPStatus.METHOD_NOT_ALLOWED and wants_json():
        text = _METHOD
    if status == HTTPStatus.CONFLICT and code not in {None, known}:
        title = _UNFIT
    spoken = language()
    return Problem(
        status, code or known, translate(spoken, title), detail or translate(spoken, text)
    )


def wants_json() -> bool:
    return request.path.startswith("/api/")


def answer(shown: Problem, *, error: Exception | None = None) -> Response:
    """``shown`` as a page or as problem+json."""
    if wants_json():
        return _json(shown, error)
    template = current_app.config["ERROR_TEMPLATE"]
    fields = field_messages(error, language()) if isinstance(error, InvalidInput) else {}
    page = render_template(template, problem=shown, error=error, fields=fields)
    return Response(page, shown.status, mimetype="text/html")


def _json(shown: Problem, error: Exception | None) -> Response:
    body: dict[str, object] = {
        "type": PROBLEM_TYPE + shown.code,
        "title": shown.title,
        "status": shown.status,
        "detail": shown.detail,
    }
    if isinstance(error, InvalidInput):
        body["errors"] = field_messages(error, language())
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, shown.status, mimetype="application/problem+json")


def _registry_error(error: RegistryError) -> Response:
    if error.status >= 500:
        _log(error)
    return answer(
        problem(error.status, detail=describe(error, language()), code=error.code), error=error
    )


def _http_error(error: HTTPException) -> Response:
    """Werkzeug's own errors, with their headers (Allow, Retry-After, Location) kept."""
    if error.code is None or error.code < 400:
        return Response(error.get_body(), error.code, headers=list(error.get_headers()))
    detail = translate(language(), _CSRF) if isinstance(error, CSRFError) else None
    response = answer(problem(error.code, detail=detail), error=error)
    for name, value in error.get_headers(None):
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _unforeseen(error: Exception) -> Response:
    if current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    _log(error)
    return answer(problem(500), error=error)


def _log(error: BaseException | None) -> None:
    if error is None:
        return
    rule = request.url_rule.rule if request.url_rule else None
    logger().error("request-failed", route=rule, error=type(error).__name__, place=place(error))
