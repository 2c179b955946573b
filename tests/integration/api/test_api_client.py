"""The one-file client in the documentation against the real site over real HTTP."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from api_kit import CODE, E1, Service, removal
from werkzeug.serving import make_server

FILE = Path(__file__).parents[3] / "docs" / "client" / "registry_client.py"
pytestmark = pytest.mark.sqlite_only


@pytest.fixture(scope="module")
def client() -> ModuleType:
    spec = importlib.util.spec_from_file_location("registry_client", FILE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["registry_client"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def address(service: Service) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, service.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def key(service: Service, *scopes: str) -> str:
    return service.key(*scopes)["Authorization"].removeprefix("Bearer ")


def test_checks(client: ModuleType, service: Service, address: str) -> None:
    registry = client.Registry(address)
    found = registry.check(code=CODE)
    assert found.outcome == "listed" and found.matches[0].name == E1["name"]
    assert found.sequence == 8 and found.as_of.endswith("Z")
    with pytest.raises(client.Problem) as wrong:
        registry.check(code="91990121XY00000127")
    assert wrong.value.errors["code"] and wrong.value.type.endswith("invalid-input")
    many = registry.match([client.Query(name=E1["name"]), client.Query()] * 150)
    assert len(many) == 300 and many[298].outcome == "possible" and many[299].error


def test_a_list_as_a_job(
    client: ModuleType, service: Service, address: str, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f"企业名称\n{E1['name']}\n清白样例商店\n", encoding="gb18030")
    registry = client.Registry(address, key(service, "jobs"), sleep=lambda _: service.work())
    job = registry.start_job(file, idempotency_key="once", purpose="procurement")
    assert registry.start_job(file, idempotency_key="once", purpose="procurement").id == job.id
    seen: list[str] = []
    done = registry.wait(job, told=lambda one: seen.append(one.state))
    assert done.state == "done" and seen[-1] == "done"
    rows = list(csv.DictReader(io.StringIO(registry.result(done).decode("utf-8-sig"))))
    assert [row["outcome"] for row in rows] == ["possible", "clear"]
    registry.delete_job(done)
    with pytest.raises(client.Problem) as gone:
        registry.job(done.id)
    assert gone.value.status == 404


def test_history_and_decisions(client: ModuleType, service: Service, address: str) -> None:
    registry = client.Registry(address, key(service, "match", "history"))
    query = client.Query(name=E1["name"])
    first = registry.check(name=E1["name"], purpose="licensing", reference="〔2026〕7号")
    id = registry.not_the_same(query, first.matches[0].id)
    again = registry.check(name=E1["name"])
    assert again.settled and again.matches[0].decided
    assert [one["id"] for one in registry.earlier(query)] == [again.check, first.check]
    assert [one["reference"] for one in registry.history()] == ["", "〔2026〕7号"]
    assert [one["in_force"] for one in registry.judgements()] == [True]
    registry.take_back(id)
    assert not registry.check(name=E1["name"]).settled


def test_a_copy_follows_and_forgets(client: ModuleType, service: Service, address: str) -> None:
    registry = client.Registry(address)
    copy: dict[str, Any] = {}
    at = registry.sync(copy)
    assert at == 8 and "L-0000000001" in copy and "L-0000000004" not in copy
    service.publish(removal("listing", "L-0000000001"))
    assert registry.sync(copy, at) == 9 and "L-0000000001" not in copy
    assert {one["id"] for one in registry.records("listings")} <= copy.keys()


def test_it_waits_as_it_is_told(client: ModuleType, service: Service, address: str) -> None:
    waits: list[float] = []
    registry = client.Registry(address, sleep=waits.append)
    with pytest.raises(client.Problem) as refused:
        for _ in range(61):
            registry.get("datasets")
    assert refused.value.status == 429
    assert len(waits) == client.TRIES - 1 and all(1 <= one <= 60 for one in waits)


def test_from_the_command_line(
    client: ModuleType, service: Service, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert client.main([address, "check", CODE]) == 0
    assert capsys.readouterr().out.startswith("listed")
    assert client.main([address, "check", CODE[:-1] + "7"]) == 1
    assert "422" in capsys.readouterr().err
    assert client.main([address, "changes", "7"]) == 0
    assert json.loads(capsys.readouterr().out)["sequence"] == 8


def test_the_command_line_says_in_a_line_what_is_wrong(
    client: ModuleType, service: Service, address: str, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (tmp_path / "sheet.json").write_text("{")
    (tmp_path / "list.csv").write_text(f"抬头,号码\n甲,{CODE}\n", encoding="utf-8")
    token = key(service, "jobs")
    out, given = str(tmp_path / "out.csv"), [address, "--key", token]
    for arguments in (
        ["http://127.0.0.1:1", "check", CODE],
        [*given, "screen", str(tmp_path / "none.csv"), out],
        [*given, "file", str(tmp_path / "sheet.json"), str(tmp_path / "none.pdf")],
        [*given, "screen", str(tmp_path / "list.csv"), out],
    ):
        assert client.main(arguments) == 1
        assert len(capsys.readouterr().err.strip().splitlines()) == 1
    named = ["--name-column", "抬头", "--code-column", "号码"]
    arguments = [*given, "screen", str(tmp_path / "list.csv"), out, *named]
    assert client.main(arguments, sleep=lambda _: service.work()) == 0
    assert "listed" in Path(out).read_text(encoding="utf-8-sig")
