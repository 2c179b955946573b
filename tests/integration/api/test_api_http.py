"""One run through a real server, as a client in another process would."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import pytest
from api_kit import CODE, E1, Service
from werkzeug.serving import WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing on the terminal of the tests."""


@pytest.fixture
def port(service: Service) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, service.app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_client_over_the_network(port: int) -> None:
    def ask(method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, Any, bytes]:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, f"/api/v1/{path}", body or None, named)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, answer.headers, data

    status, headers, data = ask("GET", "listings?limit=1")
    assert (status, headers["Link"].endswith('rel="next"')) == (200, True)
    first = json.loads(data)
    assert ask("GET", "listings?limit=1", If_None_Match=headers["ETag"])[0] == 304
    status, headers, data = ask("GET", "datasets/listings.xlsx")
    assert len(data) == int(headers["Content-Length"])
    body = json.dumps({"queries": [{"code": CODE}]}).encode()
    matched = json.loads(ask("POST", "match", body, Content_Type="application/json")[2])
    assert matched["results"][0]["outcome"] == "listed"
    assert matched["sequence"] == first["sequence"]
    form = urlencode({"queries": json.dumps({"0": {"query": E1["name"]}})}).encode()
    kind = "application/x-www-form-urlencoded"
    found = json.loads(ask("POST", "reconcile", form, Content_Type=kind)[2])
    assert [(one["id"], one["match"]) for one in found["0"]["result"]] == [("L-0000000001", False)]
    large = b" " * 600_000
    assert ask("POST", "match", large, Content_Type="application/json")[0] == 413
