"""What every call of the API shares: its documentation, its arguments, validators and answers.

Views give plain mappings; ``reading`` and ``asking`` turn a function into a documented call.
"""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, ClassVar, NoReturn, cast
from urllib.parse import urlencode

import flask_smorest
import marshmallow as ma
from flask import Flask, Response, g, request
from webargs.flaskparser import FlaskParser

from public_site import context
from public_site.api import bodies, keyed
from public_site.release import seconds_to_midnight
from registry.core.clock import rfc3339
from registry.core.db import GazetteSession
from registry.core.errors import InvalidInput, NotFound
from registry.core.i18n import N_
from registry.core.web.forms import flatten
from registry.core.web.moment import now
from registry.public.gazette import snapshot
from registry.public.gazette.kinds import KINDS
from registry.public.gazette.queries import Record, State

PREFIX = "/api/v1"
View = Callable[..., Any]
PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
ALWAYS = (404, 405, 429, 500)
"""Statuses that any call may answer."""
BY_THE_SERVER = (414,)
"""Statuses that the server before us answers by itself, in a form of its own."""


class NotHere(NotFound):
    """There is no such page of this list, or no such tree."""

    code = "not-here"
    message = N_("There is nothing at this place: {what}")


class Unfit(InvalidInput):
    """Well formed, and still nothing that can be done as things stand; the fields say why."""

    code = "unfit"
    status = 409
    message = N_("What was sent is well formed, but does not fit. Nothing was changed.")


@contextlib.contextmanager
def fitting() -> Iterator[None]:
    """What a service refuses beyond the form of the body is a conflict (409), by field."""
    try:
        yield
    except InvalidInput as error:
        raise Unfit(error.fields, **error.params) from error


class Api(flask_smorest.Api):  # type: ignore[misc] # the library has no types
    """flask-smorest with our errors: it neither renders any nor serves pages of its own."""

    def _register_error_handlers(self) -> None:
        """Errors are the web kit's: RFC 9457 in the reader's language."""

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            plain = status < 400 or status in BY_THE_SERVER
            content = {} if plain else {"content": {"application/problem+json": PROBLEM}}
            described = {"description": status.phrase, **content}
            self.spec.components.response(status.name, described, lazy=True)
        content = {"content": {"application/problem+json": PROBLEM}}
        self.spec.components.response("DEFAULT_ERROR", {"description": "Error", **content})


class Parser(FlaskParser):
    """Arguments by marshmallow; what is wrong with them becomes ``InvalidInput``."""

    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {  # type: ignore[misc]
        "query": None,
        "json": None,
        "form": None,
    }

    def _raw_load_json(self, req: object) -> Any:
        return bodies.json_body()

    def handle_error(self, error: ma.ValidationError, *_: object, **__: object) -> NoReturn:
        messages = error.messages
        inner = next(iter(messages.values())) if isinstance(messages, dict) else messages
        raise InvalidInput(flatten(inner)) from error


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A group of calls."""

    ARGUMENTS_PARSER = Parser()


def group(name: str, title: str, description: str) -> Blueprint:
    """An empty group; ``title`` is its heading in the documentation."""
    made = Blueprint(f"api-{name}", __name__, url_prefix=PREFIX, description=description)
    made.title = title
    return made


def in_path(name: str, description: str, **schema: Any) -> dict[str, Any]:
    """The documentation of a part of the address; ``schema``: its ``pattern``, or ``enum``."""
    return {
        "in": "path",
        "name": name,
        "description": description,
        "schema": {"type": "string", **schema},
    }


def reading(
    calls: Blueprint,
    rule: str,
    *,
    id: str,
    summary: str,
    answer: Any = None,
    description: str = "",
    args: type[ma.Schema] | None = None,
    parameters: list[dict[str, Any]] | None = None,
    content_type: str | None = None,
    path: list[dict[str, Any]] | None = None,
    errors: tuple[int, ...] = (),
    success: int = 200,
    also: tuple[str, ...] = (),
    indexed: bool = False,
    validated: bool = True,
    shared: bool = False,
) -> Callable[[View], View]:
    """A GET call. ``validated``: it depends on the gazette only and gets an ETag. ``also``: other
    media types of its answer. ``parameters`` documents ``args`` in another way than by itself.
    """

    def decorate(view: View) -> View:
        told = {"operationId": id, "summary": summary}
        call = _validated(view, indexed=indexed, shared=shared) if validated else view
        if validated:
            call = calls.alt_response(304, response="NOT_MODIFIED")(call)
        headers = _HEADERS if validated else {}
        told_answer = {"content_type": content_type, "headers": headers}
        shape = _shape(answer)
        call = calls.response(success, shape, **told_answer)(call)
        for media in also:
            call = calls.alt_response(success, schema=shape, content_type=media, success=True)(call)
        longer = BY_THE_SERVER if args is not None else ()
        call = _documented(calls, call, told, description, (*errors, *longer))
        if args is not None:
            call = calls.arguments(args, location="query")(call)
        if parameters is not None:
            call = calls.doc(parameters=parameters)(call)
        call = _behind_key(view, call)
        return cast(View, calls.route(rule, parameters=path, tags=[calls.title], endpoint=id)(call))

    return decorate


def asking(
    calls: Blueprint,
    rule: str,
    *,
    id: str,
    summary: str,
    answer: Any,
    body: Any,
    description: str = "",
    errors: tuple[int, ...] = (),
    success: int = 200,
    method: str = "POST",
    path: list[dict[str, Any]] | None = None,
) -> Callable[[View], View]:
    """A call with a body. ``body``: its documentation (a requestBody); None where it has none.

    ``path``: parameters of the address, and headers of this call.
    """

    def decorate(view: View) -> View:
        told = {"operationId": id, "summary": summary}
        if body is not None:
            told["requestBody"] = body
        call = calls.response(success, _shape(answer))(view)
        call = _documented(calls, call, told, description, (400, 413, 415, 422, *errors))
        # A header is this call's own; what stands with the route is asked of its neighbours, too.
        if own := [one for one in path or () if one["in"] != "path"]:
            call = calls.doc(parameters=own)(call)
        shared = [one for one in path or () if one["in"] == "path"]
        route = calls.route(
            rule, methods=[method], parameters=shared, tags=[calls.title], endpoint=id
        )
        return cast(View, route(_behind_key(view, call)))

    return decorate


def _shape(answer: Any) -> Any:
    """A shape by its name. A bare name would be looked for among all field sets of the process."""
    return {"$ref": f"#/components/schemas/{answer}"} if isinstance(answer, str) else answer


def _documented(
    calls: Blueprint, view: View, told: dict[str, Any], description: str, errors: tuple[int, ...]
) -> View:
    scope = keyed.scope_of(view)
    if scope is not None:
        told = {**told, "security": [{keyed.SCHEME: [scope]}]}
        errors = (*errors, 401, 403)
    optional = keyed.optional_scope_of(view)
    if optional is not None:
        told = {**told, "security": [{}, {keyed.SCHEME: [optional]}]}
        errors = (*errors, 401, 403)
    for status in sorted({*errors, *ALWAYS}):
        view = calls.alt_response(status, response=HTTPStatus(status).name)(view)
    if description:
        told = {**told, "description": description}
    return cast(View, calls.doc(**told)(view))


def _behind_key(view: View, call: View) -> View:
    """The key is looked at before arguments and validators are."""
    scope = keyed.scope_of(view)
    return call if scope is None else keyed.guard(call, scope)


IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "description": N_("An ETag: 304 where nothing has changed since."),
    "schema": {"type": "string"},
}
_HEADERS = {
    "ETag": {
        "description": N_("Sequence of the gazette and the day in Shanghai."),
        "schema": {"type": "string"},
    },
    "Cache-Control": {
        "description": N_("No lifetime reaches past midnight in Shanghai."),
        "schema": {"type": "string"},
    },
}


def gazette() -> GazetteSession:
    """This request's session, which sees one state of the gazette throughout."""
    session = context.gazette()
    if "pinned" not in g:
        g.pinned = snapshot.pin(session)
    return session


def state() -> State:
    """The state that this answer rests on."""
    gazette()
    return context.state()


def etag(*, indexed: bool = False) -> str:
    """Sequence and Shanghai day; where the search index lags behind, its position too."""
    at = state()
    tag = f"{at.sequence}-{at.day.isoformat()}"
    position = context.index().position() if indexed else at.sequence
    return tag if position >= at.sequence else f"{tag}-{position}"


def _validated(view: View, *, indexed: bool, shared: bool) -> View:
    @functools.wraps(view)
    def call(*args: Any, **kwargs: Any) -> Response:
        tag = etag(indexed=indexed)
        asked = request.if_none_match
        fresh = not asked.star_tag and asked.contains_weak(tag)
        response = Response(status=304) if fresh else as_response(view(*args, **kwargs))
        lifetime = min(0 if indexed or not shared else 60, seconds_to_midnight(now()))
        scope = "public" if shared else "private"
        response.headers["Cache-Control"] = f"{scope}, max-age={lifetime}, must-revalidate"
        response.set_etag(tag, weak=True)
        return response

    return call


def as_response(answer: Any) -> Response:
    """A mapping as JSON in UTF-8; a response as it is."""
    if isinstance(answer, Response):
        return answer
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return Response(text, mimetype="application/json")


def for_holder(answer: Any) -> Response:
    """An answer that is only the holder's of this key: nothing on its way keeps it."""
    response = as_response(answer)
    response.headers["Cache-Control"] = "no-store"
    return response


def loaded(schema: ma.Schema, data: Any) -> Any:
    """``data`` as ``schema`` has it. Raises ``InvalidInput`` by field."""
    try:
        return schema.load(data)
    except ma.ValidationError as error:
        raise InvalidInput(flatten(error.messages)) from error


def described(record: Record) -> dict[str, Any]:
    """A record as the API gives it: the payload as published, and what it is beside that."""
    return {
        **record.payload,
        "id": record.id,
        "kind": record.kind,
        "sequence": record.sequence,
        "updated": rfc3339(record.updated),
        "url": page_url(record.kind, record.id),
    }


def page_url(kind: str, id: str) -> str:
    """The record's page, in whatever language its reader prefers."""
    return f"{context.base_url()}/{KINDS[kind].plural}/{id}"


def api_url(path: str) -> str:
    return f"{context.base_url()}{PREFIX}/{path}"


def with_next(answer: Mapping[str, Any], path: str, arguments: Mapping[str, Any]) -> Response:
    """``answer`` with ``Link: rel="next"`` where it has a next page."""
    response = as_response(answer)
    if answer["next"] is not None:
        pairs = {name: value for name, value in arguments.items() if value not in ("", None)}
        response.headers["Link"] = f'<{api_url(path)}?{urlencode(pairs)}>; rel="next"'
    return response


def register(app: Flask, api: Api, calls: Blueprint) -> None:
    api.register_blueprint(calls)
    app.extensions["registry.csrf"].exempt(calls)
