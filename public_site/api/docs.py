"""The OpenAPI document, and the same as pages for people."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, render_template

from public_site import context
from public_site.api.kit import IF_NONE_MATCH, PREFIX, Api, as_response
from public_site.api.kit import Blueprint as Group
from public_site.api.links import LINKS
from registry.core.i18n import N_
from registry.core.web import locale
from registry.core.web.locale import vary_on_language

machine = Blueprint("api", __name__, url_prefix=PREFIX)
pages = Blueprint("developers", __name__)
_LIMITS = {
    "RateLimit": {
        "description": N_("What is left of each quota, and seconds until it is whole again."),
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": N_("The quotas: requests (or checks) per window in seconds."),
        "schema": {"type": "string"},
    },
}
_LOCATION = {
    "description": N_("Where to ask for it."),
    "required": True,
    "schema": {"type": "string"},
}
_NEXT = {
    "description": N_('The next page, as `rel="next"`; missing on the last one.'),
    "schema": {"type": "string"},
}
_REFUSALS = {
    "UNAUTHORIZED": (
        "WWW-Authenticate",
        {
            "description": N_("The scheme by which one is let in (RFC 6750)."),
            "required": True,
            "schema": {"type": "string", "pattern": "^Bearer "},
        },
    ),
    "TOO_MANY_REQUESTS": (
        "Retry-After",
        {
            "description": N_("Seconds after which to ask again."),
            "required": True,
            "schema": {"type": "integer", "minimum": 1},
        },
    ),
}
"""Headers that tell what to do after a refusal, by the name of the answer."""
_DOCUMENT = "registry.openapi"
_MINUTES_5 = "public, max-age=300, must-revalidate"


def document(api: Api, groups: Iterable[Group]) -> dict[str, Any]:
    """OpenAPI 3.1 as a mapping: what flask-smorest gathered, put in order."""
    found: dict[str, Any] = deepcopy(api.spec.to_dict())
    found["tags"] = [{"name": one.title, "description": one.description} for one in groups]
    queries = found["components"]["schemas"]["MatchBody"]["properties"]["queries"]
    # Any item is taken: what is wrong with one is the answer to that one.
    queries["items"] = {"anyOf": [{"$ref": "#/components/schemas/PartyQuery"}, {}]}
    watches = found["components"]["schemas"]["WatchesBody"]["properties"]["watches"]
    watches["items"] = {"anyOf": [{"$ref": "#/components/schemas/WatchQuery"}, {}]}
    found["components"]["schemas"].pop("PaginationMetadata", None)
    found["components"]["responses"].pop("DEFAULT_ERROR", None)
    found["components"]["headers"] = _LIMITS
    for answer, (name, header) in _REFUSALS.items():
        found["components"]["responses"][answer]["headers"] = {name: header}
    for methods in found["paths"].values():
        for method, operation in methods.items():
            if method != "parameters":
                _complete(operation)
                _lead_on(operation)
    return found


def _lead_on(operation: dict[str, Any]) -> None:
    """What an answer leads to: links of OpenAPI, and headers that hold addresses."""
    found = LINKS.get(operation["operationId"], ())
    paged = {"next", "since"} & {one["name"] for one in operation.get("parameters", [])}
    for status, one in operation["responses"].items():
        if not status.startswith("2") or "$ref" in one:
            continue
        if found:
            one["links"] = {link.to: link.described() for link in found}
        if status in {"201", "202"} and found and found[0].to.startswith("get_"):
            one["headers"]["Location"] = _LOCATION
        if paged:
            one["headers"]["Link"] = _NEXT


def _complete(operation: dict[str, Any]) -> None:
    """What holds for all calls: conditional requests and limits."""
    for one in operation.get("parameters", []):
        if one.get("schema", {}).get("default", True) in ("", None):
            del one["schema"]["default"]
    answers = operation["responses"]
    answers.pop("default", None)
    if "304" in answers:
        operation["parameters"] = [*operation.get("parameters", []), IF_NONE_MATCH]
    for one in answers.values():
        if "$ref" not in one:
            refs = {name: {"$ref": f"#/components/headers/{name}"} for name in _LIMITS}
            one["headers"] = {**one.get("headers", {}), **refs}


def install(app: Flask, describe: Callable[[], dict[str, Any]]) -> None:
    """Serve the document that ``describe`` makes, once, when it is first asked for."""
    app.extensions[_DOCUMENT] = functools.cache(describe)
    app.register_blueprint(machine)
    locale.mount(app, pages)


def _document() -> dict[str, Any]:
    return cast(dict[str, Any], current_app.extensions[_DOCUMENT]())


@machine.get("/openapi.json")
def openapi() -> Response:
    answer = as_response(_document())
    answer.headers["Cache-Control"] = _MINUTES_5
    return answer


@machine.get("/docs")
def docs() -> Response:
    return vary_on_language(Response(_reference(), mimetype="text/html"))


@pages.get("/developers")
def index() -> str:
    return render_template("public/developers.html", base=context.base_url())


@pages.get("/developers/reference")
def reference() -> str:
    return _reference()


def _reference() -> str:
    found = _document()
    return render_template(
        "public/developers_reference.html",
        about=found["info"]["description"],
        groups=[(tag, list(_operations(found, tag["name"]))) for tag in found["tags"]],
        schemas=found["components"]["schemas"],
        type_of=type_of,
    )


def _operations(found: Mapping[str, Any], tag: str) -> Iterable[dict[str, Any]]:
    components = found["components"]
    for path, methods in found["paths"].items():
        shared = methods.get("parameters", [])
        for method, operation in methods.items():
            if method == "parameters" or tag not in operation["tags"]:
                continue
            yield {
                **operation,
                "method": method.upper(),
                "path": path,
                "parameters": [*shared, *operation.get("parameters", [])],
                "body": operation.get("requestBody", {}).get("content", {}),
                "answers": [
                    (status, *_answer(components, one))
                    for status, one in sorted(operation["responses"].items())
                ],
            }


def _answer(components: Mapping[str, Any], one: Mapping[str, Any]) -> tuple[str, str, str]:
    """Words, media type and schema of an answer."""
    if "$ref" in one:
        one = components["responses"][one["$ref"].rpartition("/")[2]]
    content = one.get("content", {})
    media = next(iter(content), "")
    schema = content[media].get("schema", {}) if media else {}
    return one["description"], media, type_of(schema)


def type_of(schema: Mapping[str, Any]) -> str:
    """A schema in a word or two; the name of a component as ``#Name``."""
    if "$ref" in schema:
        return f"#{schema['$ref'].rpartition('/')[2]}"
    for many in ("anyOf", "oneOf", "allOf"):
        if many in schema:
            return " | ".join(type_of(one) for one in schema[many])
    kind = schema.get("type", "")
    if kind == "array":
        return f"{type_of(schema.get('items', {}))} []"
    if isinstance(kind, list):
        return " | ".join(kind)
    return str(kind)
