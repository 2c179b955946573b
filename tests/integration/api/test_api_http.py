"""One run through a real server, as a client in another process would."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen  # noqa: S310

import pytest
from api_kit import CODE, E1, Service
from werkzeug.serving import WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing on the terminal of the tests."""


@pytest.fixture
def address(service: Service) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, service.app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_client_over_the_network(address: str) -> None:
    with urlopen(f"{address}/listings?limit=1") as answer:
        tag, first = answer.headers["ETag"], json.load(answer)
        assert answer.headers["Link"].endswith('rel="next"')
    with pytest.raises(HTTPError) as unchanged:
        urlopen(Request(f"{address}/listings?limit=1", headers={"If-None-Match": tag}))
    unchanged.value.close()
    assert unchanged.value.code == 304
    with urlopen(f"{address}/datasets/listings.xlsx") as answer:
        assert len(answer.read()) == int(answer.headers["Content-Length"])
    body = json.dumps({"queries": [{"code": CODE}]}).encode()
    asked = Request(f"{address}/match", body, {"Content-Type": "application/json"})
    with urlopen(asked) as answer:
        matched = json.load(answer)
    assert matched["results"][0]["outcome"] == "listed"
    assert matched["sequence"] == first["sequence"]
    form = urlencode({"queries": json.dumps({"0": {"query": E1["name"]}})}).encode()
    with urlopen(f"{address}/reconcile", form) as answer:
        candidate = json.load(answer)["0"]["result"][0]
    assert (candidate["id"], candidate["match"]) == ("L-0000000001", False)
    too_large = Request(f"{address}/match", b" " * 600_000, {"Content-Type": "application/json"})
    with pytest.raises(HTTPError) as refused:
        urlopen(too_large)
    refused.value.close()
    assert refused.value.code == 413
