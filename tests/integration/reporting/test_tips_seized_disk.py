"""Whoever seizes the disk finds ciphertext and days: real server, real sockets, every byte read.

Also: a kill at any moment leaves whole tips or none, and an upload takes little memory.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from real_site import (
    BOUNDARY,
    RealSite,
    file_head,
    multipart,
    running_site,
    token_in,
)
from tip_house import every_byte

from registry.core.clock import legal_day, system_clock
from registry.public.inbox import blobs, queries, sealing
from registry.public.inbox.filesealing import open_file

PLANTS = {
    "place": "PLANTED-PLACE-一七四九",
    "subject": "PLANTED-SUBJECT-二八五一",
    "text": "PLANTED-TEXT-三九六二 " + "很长的事实。" * 700,
    "when": "PLANTED-WHEN-四零七三",
    "name": "PLANTED-NAME-五一八四",
    "contact": "PLANTED-CONTACT-六二九五",
    "others.0.name": "PLANTED-OTHER-七三零六",
}
FIELDS = {
    "category": "T3",
    "region": "虚岭县",
    "employee": "yes",
    "named": "yes",
    "understood": "1",
    "action": "send",
    **PLANTS,
}
FILE_PLANT = b"PLANTED-FILE-CONTENT-8417" * 40_000  # about 1 MB: beyond what stays in memory
FILE_NAME = "PLANTED-FILE-NAME-九五二八.bin"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealSite]:
    with running_site(tmp_path_factory.mktemp("real")) as running:
        yield running


def test_a_long_address_is_answered_in_our_words(site: RealSite) -> None:
    """Gunicorn alone would cut an address at 8,190 bytes and answer with a page of its own."""
    status, page = site.request("GET", "/api/v1/reconcile?queries=" + "%5B" * 20_000)
    assert status == 400 and "urn:registry:problem:too-deep" in page
    for length in (5_000, 9_000, 100_000):
        status, page = site.request("GET", "/zh/search?q=" + "x" * length)
        assert status == 422 and '<html lang="zh-CN"' in page
        status, page = site.request("GET", "/en/nothing?q=" + "x" * length)
        assert status == 404 and "The address may be mistyped or incomplete." in page
        status, page = site.request("GET", "/api/v1/nothing?q=" + "x" * length)
        assert status == 404 and '"type": "urn:registry:problem:not-found"' in page
    assert site.request("GET", "/zh/search?q=" + "x" * 140_000)[0] == 414


def wait_for_age() -> None:
    """A form must be five seconds old: the one wait that no clock can shorten here."""
    threading.Event().wait(5.2)


def test_nothing_planted_is_found_on_the_disk(site: RealSite) -> None:
    token = site.token()
    wait_for_age()
    # A wrong attempt first: what was typed and uploaded goes through an error page.
    wrong = {**FIELDS, "token": token, "category": ""}
    status, page = site.request("POST", "/zh/tips/new", multipart(wrong, {FILE_NAME: FILE_PLANT}))
    assert status == 422
    assert PLANTS["text"][:30] in page
    sent = multipart({**FIELDS, "token": token_in(page)}, {"zweite-" + FILE_NAME: FILE_PLANT})
    status, page = site.request("POST", "/zh/tips/new", sent)
    assert status == 200, page[:3000]
    code = "-".join(re.findall(r'receipt-group">([0-9A-Z]{4})<', page))
    assert len(code) == 24
    track = site.token("/zh/tips/track")
    form = {"receipt": code, "token": track, "action": "open"}
    assert site.request("POST", "/zh/tips/track", multipart(form))[0] == 200
    searched = found = 0
    needles = [text.encode()[:24] for text in PLANTS.values()]
    needles += [
        FILE_PLANT[:24],
        FILE_NAME.encode()[:20],
        code.encode(),
        code.replace("-", "").encode(),
    ]
    needles += [text.encode("utf-16-le")[:24] for text in PLANTS.values()]
    for path, data in every_byte(site.folder):
        searched += 1
        hits = [needle for needle in needles if needle in data]
        assert not hits, (path, hits)
        found += "sealed" in path.parts
    assert searched > 8, "stores, journals, keys, log, sealed files"
    assert found == 2
    assert not list((site.folder / "tmp").rglob("*.bin"))
    with site.intake().read() as session:
        (tip,) = queries.pending(session)
    key = sealing.unwrap(tip.wrapped, site.duty.officer)
    facts = sealing.open_envelope(tip.envelope, key.private, tip_id=tip.tip_id, kind="tip")
    assert facts["place"] == PLANTS["place"], "the search looked for what really was handed in"
    for one in facts["files"]:
        with blobs.open_sealed(site.data / "sealed", one["id"]) as source:
            plain = b"".join(open_file(source, file_id=one["id"], key=bytes.fromhex(one["key"])))
        assert plain == FILE_PLANT


def resident(pid: int) -> int:
    """Resident memory of a process, in bytes."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) * 1024


def test_check_20_a_large_upload_is_sealed_in_little_memory(site: RealSite) -> None:
    """100 MB arrive in pieces, after the form was opened long ago; 16 MB of memory at most."""
    token = site.token()
    wait_for_age()
    head = multipart({**FIELDS, "token": token})[: -len(f"--{BOUNDARY}--\r\n")] + file_head("gross")
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    piece, count = os.urandom(1 << 20), 95

    pid, seen = site.server_pid(), []

    def body() -> Iterator[bytes]:
        yield head
        for _ in range(count):
            seen.append(resident(pid))
            yield piece
        yield tail

    before = resident(pid)
    length = len(head) + count * len(piece) + len(tail)
    status, page = site.request("POST", "/zh/tips/new", body(), length)
    assert status == 200, page[:3000]
    grown = max(seen) - before
    assert grown <= 16 * 1024 * 1024, f"{grown / 2**20:.1f} MiB"


def test_a_kill_at_any_moment_leaves_whole_tips_or_none(tmp_path: Path) -> None:
    """Submissions with files run while the server is killed; what stands is complete, and what
    was not finished is swept."""
    file = os.urandom(300_000)
    with running_site(tmp_path / "killed") as site:
        tokens = [site.token() for _ in range(24)]
        wait_for_age()

        def send(token: str) -> None:
            data = multipart({**FIELDS, "token": token}, {"a.bin": file})
            try:
                site.request("POST", "/zh/tips/new", data)
            except (OSError, http.client.HTTPException):
                return

        senders = [threading.Thread(target=send, args=(token,)) for token in tokens]
        for sender in senders:
            sender.start()
        threading.Event().wait(0.35)
        os.kill(site.server_pid(), signal.SIGKILL)
        os.killpg(site.process.pid, signal.SIGKILL)
        for sender in senders:
            sender.join()
        with site.intake().read() as session:
            tips = queries.pending(session, limit=100)
            claimed = queries.claimed_files(session)
        assert len(tips) < len(tokens)
        for tip in tips:
            key = sealing.unwrap(tip.wrapped, site.duty.recovery)
            facts = sealing.open_envelope(tip.envelope, key.private, tip_id=tip.tip_id, kind="tip")
            (one,) = facts["files"]
            assert [ref.file_id for ref in tip.files] == [one["id"]]
            with blobs.open_sealed(site.data / "sealed", one["id"]) as source:
                read = open_file(source, file_id=one["id"], key=bytes.fromhex(one["key"]))
                assert b"".join(read) == file
        sealed = site.data / "sealed"
        later = system_clock().replace(year=legal_day(system_clock()).year + 1)
        blobs.sweep(sealed, claimed, later)
        assert {path.name for path in sealed.iterdir()} == set(claimed)
        for path, data in every_byte(site.folder):
            assert PLANTS["place"].encode() not in data, path
