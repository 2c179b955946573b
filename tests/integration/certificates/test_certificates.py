"""Certificates over a real log: issued, verified alone and against the log, forged in many ways."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from certificate_kit import CODE, NAME, Bench, listing, put, remove
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey
from sqlalchemy import text

from registry.core import keys
from registry.core.names import mask_document
from registry.office.demo.codes import resident_id
from registry.public import certificates
from registry.public.certificates import Broken
from registry.public.certificates import certificate as format
from registry.public.certificates import verification as v

DOCUMENT = Path(__file__).parents[3] / "docs" / "certificates.md"


def judge(bench: Bench, data: bytes | str) -> certificates.Verdict:
    raw = data.encode() if isinstance(data, str) else data
    with bench.intake.read() as kept, bench.gazette.read() as session:
        return certificates.judge(kept, session, raw, bench.log_key, now=bench.now)


def test_a_certificate_of_a_listed_unit(bench: Bench) -> None:
    issued = bench.issue(code=CODE.lower())
    found = judge(bench, issued.text)
    certificate = found.certificate
    assert certificate["outcome"] == "listed"
    assert certificate["query"] == {"code": CODE.lower()}
    assert certificate["normalised"] == {"code": CODE}
    match = certificate["matches"][0]
    assert (match["id"], match["name"]) == ("L-0000000001", NAME)
    assert certificate["sequence"] == certificate["tree_size"] == 5
    assert certificate["checkpoint"].split("\n")[1] == "4"
    assert found.recorded
    assert (found.gone, found.rows_since) == ((), 0)
    assert {one["code"] for one in certificate["lists"]} >= {"work-safety"}


def test_clear_says_what_it_does_not_say(bench: Bench) -> None:
    certificate = bench.issue(name="从未公布样例有限公司").certificate
    assert certificate["outcome"] == "clear"
    assert certificate["matches"] == []
    assert len(certificate["does_not_say"]["zh"]) == len(certificate["does_not_say"]["en"]) == 5
    assert "proof of absence" in " ".join(certificate["does_not_say"]["en"])


def test_a_persons_number_stands_nowhere_in_the_file(bench: Bench) -> None:
    number = resident_id("990101", 7)
    issued = bench.issue(name="张样例", document=number)
    assert number not in issued.text
    assert issued.certificate["query"]["document"] == mask_document(number)
    assert judge(bench, issued.text).recorded


def test_the_registry_keeps_no_name(bench: Bench) -> None:
    issued = bench.issue(name=NAME, code=CODE)
    with bench.intake.read() as session:
        row = certificates.kept(session, issued.id)
        assert row is not None
        assert row.matched == ["L-0000000001"]
        kept = session.execute(text("SELECT * FROM certificate")).mappings().one()
    said = " ".join(str(value) for value in kept.values())
    assert "样例" not in said
    assert CODE not in said


def test_what_came_later_is_told(bench: Bench) -> None:
    issued = bench.issue(code=CODE)
    bench.publish(remove("L-0000000001", bench.now), put("L-0000000009", listing("新样例", "")))
    found = judge(bench, issued.text)
    assert found.gone == ("L-0000000001",)
    assert found.rows_since == 2


def test_a_log_that_was_rewritten_is_found(bench: Bench) -> None:
    """A key that is good signs nothing into a log that says otherwise."""
    issued = bench.issue(code=CODE)
    with bench.gazette.write() as session:
        session.execute(text("UPDATE log_row SET leaf_hash = commitment WHERE sequence = 2"))
        session.execute(text("DELETE FROM tree_node"))
        leaves = session.execute(text("SELECT leaf_hash FROM log_row ORDER BY sequence")).scalars()
        from registry.public.gazette import tree

        tree.extend(session, 0, [bytes(one) for one in leaves])
    with pytest.raises(v.ProofFails):
        judge(bench, issued.text)


def test_a_certificate_of_a_longer_log_is_from_the_future(bench: Bench) -> None:
    bench.publish(put("L-0000000006", listing("更多样例", "")))
    issued = bench.issue(code=CODE)
    with bench.gazette.write() as session:
        for table in ("log_row", "content"):
            session.execute(text(f"DELETE FROM {table} WHERE sequence > 5"))  # noqa: S608
        session.execute(text("DELETE FROM checkpoint WHERE tree_size > 5"))
    with pytest.raises(v.FromTheFuture):
        judge(bench, issued.text)


def test_one_that_is_not_on_record_is_said_to_be(bench: Bench) -> None:
    issued = bench.issue(code=CODE)
    with bench.intake.write() as session:
        session.execute(text("DELETE FROM certificate"))
    assert not judge(bench, issued.text).recorded


def _set(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda body: body.update(changes)


def _without(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda body: body.pop(name)


def _outcome_of_match(body: dict[str, Any]) -> None:
    body["matches"][0]["id"] = "L-0000000002"


FORGERIES: list[tuple[str, Callable[[dict[str, Any]], None], type[Broken]]] = [
    ("outcome turned", _set(outcome="clear"), v.Altered),
    ("another unit", _set(query={"code": "91990122XY0000020F"}), v.Altered),
    ("another time", _set(as_of="2026-11-01T00:00:00Z"), v.Altered),
    ("another match", _outcome_of_match, v.Altered),
    ("another threshold", _set(threshold="0.990"), v.Altered),
    ("a member more", _set(note="值得信赖"), v.Incomplete),
    ("a member less", _without("does_not_say"), v.Incomplete),
    ("a number as text", _set(sequence="5"), v.Incomplete),
    ("an optional one less", _without("checkpoint"), v.Altered),
    ("signature gone", _set(signature=""), v.Altered),
    ("signature of nothing", _set(signature=base64.b64encode(bytes(64)).decode()), v.Altered),
    ("key of nothing", _set(key="AAAA"), v.NotEndorsed),
    ("key id", _set(key_id="0" * 16), v.Altered),
    ("endorsement gone", _set(endorsement=""), v.NotEndorsed),
    ("version", _set(type="credit-registry/check-certificate/v2"), v.OtherVersion),
    ("log", lambda body: body["issuer"].update(origin="credit-registry/0"), v.OtherLog),
]


@pytest.mark.sqlite_only
def test_forgeries(bench: Bench) -> None:
    good = bench.issue(code=CODE).text
    for name, change, error in FORGERIES:
        body = json.loads(good)
        change(body)
        assert told(bench, json.dumps(body)) is error, name


def told(bench: Bench, data: bytes | str) -> type[Broken] | None:
    try:
        judge(bench, data)
    except Broken as error:
        return type(error)
    return None


def resigned(bench: Bench, key: SigningKey | None = None, **changes: Any) -> bytes:
    """A certificate with ``changes``, signed again with the good key or another."""
    body = {**json.loads(bench.issue(code=CODE).text), **changes}
    for name in ("signature", "key", "key_id", "endorsement"):
        body.pop(name)
    own = keys.load_certificate_key(bench.key_dir)
    endorsement = keys.load_certificate_endorsement(bench.key_dir)
    signer = format.Signer(key or own, endorsement)
    return format.written(format.sign(body, signer)).encode()


@pytest.mark.sqlite_only
def test_another_key_is_not_endorsed(bench: Bench) -> None:
    with pytest.raises(v.NotEndorsed):
        judge(bench, resigned(bench, SigningKey.generate()))


DENIED: list[tuple[dict[str, Any], type[Broken]]] = [
    ({"as_of": "2099-01-01T00:00:00Z"}, v.FromTheFuture),
    ({"as_of": "yesterday"}, v.Incomplete),
    ({"as_of": "2026-11-20"}, v.Incomplete),
    ({"root_hash": "0" * 64}, v.ProofFails),
    ({"tree_size": 6, "sequence": 6}, v.FromTheFuture),
    ({"tree_size": 50, "sequence": 50}, v.ProofFails),
    ({"sequence": 4}, v.ProofFails),
    ({"tree_size": -1, "sequence": -1}, v.ProofFails),
    ({"checkpoint": "nothing"}, v.ProofFails),
    ({"consistency": []}, v.ProofFails),
    ({"consistency": ["zz"]}, v.ProofFails),
]


@pytest.mark.sqlite_only
def test_even_the_good_key_cannot_sign_what_the_log_denies(bench: Bench) -> None:
    assert told(bench, resigned(bench)) is None
    (match,) = json.loads(bench.issue(code=CODE).text)["matches"]
    for wrong in ({"proof": []}, {"leaf_hash": "0" * 64}, {"sequence": 2}, {"sequence": 0}):
        data = resigned(bench, matches=[{**match, **wrong}])
        with pytest.raises(v.ProofFails):
            v.verify(data, bench.log_key, now=bench.now)
    for changes, error in DENIED:
        assert told(bench, resigned(bench, **changes)) is error, changes


@pytest.mark.sqlite_only
def test_files_that_are_none(bench: Bench) -> None:
    good = bench.issue(code=CODE).text
    cases: list[tuple[bytes, type[Broken]]] = [
        (b"", v.Unreadable),
        (good[: len(good) // 2].encode(), v.Unreadable),
        (b"\xff\xfe" + good.encode("utf-16-le"), v.Unreadable),
        (b"[" * 100_000, v.Unreadable),
        (b"[]", v.Unreadable),
        (b'{"type": 1e999}', v.Unreadable),
        (b'{"type": NaN}', v.Unreadable),
        (b'{"a": "\\ud800"}', v.Unreadable),
        (b"9" * 5000, v.Unreadable),
        (good.encode() + b" " * v.LARGEST, v.TooLarge),
        (good.replace('"outcome":"listed"', '"outcome":"listed","outcome":"clear"').encode(),
         v.Unreadable),
        (b'{"type": "something/else"}', v.OtherVersion),
    ]  # fmt: skip
    for data, error in cases:
        assert told(bench, data) is error, data[:40]


@pytest.mark.sqlite_only
def test_layout_does_not_matter(bench: Bench) -> None:
    issued = bench.issue(code=CODE)
    pretty = json.dumps(json.loads(issued.text), indent=4, sort_keys=False)
    assert judge(bench, pretty).recorded
    assert judge(bench, b"\xef\xbb\xbf" + issued.text.encode()).recorded


@pytest.mark.sqlite_only
def test_an_older_clock_than_the_issuers_is_forgiven(bench: Bench) -> None:
    data = bench.issue(code=CODE).text.encode()
    assert v.verify(data, bench.log_key, now=bench.now - timedelta(minutes=4))
    with pytest.raises(v.FromTheFuture):
        v.verify(data, bench.log_key, now=bench.now - timedelta(hours=1))


@given(data=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_no_file_is_a_fault_of_the_program(data: bytes) -> None:
    with pytest.raises(Broken):
        v.verify(data, SigningKey(bytes(32)).verify_key, now=datetime.max.replace(tzinfo=UTC))


@pytest.mark.sqlite_only
def test_the_fifteen_lines_of_the_document(bench: Bench, tmp_path: Path) -> None:
    """What the document gives to others works: with PyNaCl alone, in a process of its own."""
    program = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)[0]
    assert len(program.strip().splitlines()) <= 15
    assert "registry." not in program
    script, file = tmp_path / "verify.py", tmp_path / "check.json"
    script.write_text(program, encoding="utf-8")
    log_key = (bench.key_dir / "log.pub").read_text().strip()
    issued = bench.issue(name=NAME)

    def run(text: str) -> subprocess.CompletedProcess[str]:
        file.write_text(text, encoding="utf-8")
        arguments = [sys.executable, str(script), str(file), log_key]
        return subprocess.run(arguments, capture_output=True, text=True, check=False)

    good = run(issued.text)
    assert good.returncode == 0, good.stderr
    assert good.stdout.startswith("possible 2026-11-20T02:00:00Z 5")
    assert "BadSignatureError" in run(issued.text.replace('"possible"', '"clear"')).stderr
