"""How much one report may hold altogether: its form and everything that is added later."""

from __future__ import annotations

import dataclasses
import re

import pytest
from tip_house import House, receipt_of, upload
from werkzeug.test import TestResponse

from registry.public.inbox import queries
from registry.public.inbox.filesealing import FRAME
from registry.public.mailbox import service as mailbox

pytestmark = pytest.mark.sqlite_only
MB = 1024 * 1024
LARGE = b"x" * (800 * 1024)


@pytest.fixture
def narrow(house: House) -> House:
    """Two megabytes for a report."""
    settings = house.app.extensions["registry.settings"]
    house.app.extensions["registry.settings"] = dataclasses.replace(
        settings, tip_total_bytes=2 * MB
    )
    return house


def on_disk(house: House) -> int:
    return sum(one.is_file() for one in house.sealed_dir.glob("*"))


def message(house: House, page: TestResponse, *, files: int) -> TestResponse:
    sent = [upload(f"{place}.jpg", LARGE) for place in range(files)]
    token = house.token(page)
    given = {"action": "message", "text": "补充材料", "token": token, "files": sent}
    return house.post("/tips/track", given)


def test_what_does_not_fit_is_named_and_nothing_else_is_lost(narrow: House) -> None:
    """Over several attempts of one form, too: what was sealed counts."""
    first = narrow.fill(action="find", files=[upload("甲.jpg", LARGE), upload("乙.jpg", LARGE)])
    page = narrow.post("/tips/new", first)
    again = {**first, "token": narrow.token(page), "files": [upload("丙.jpg", LARGE)]}
    refused = narrow.post("/tips/new", {**again, "action": "send"})
    assert refused.status_code == 422
    assert any("2 MB" in told for told in narrow.errors(refused))
    assert "甲.jpg" in refused.text and "丙.jpg" not in refused.text
    assert str(first["text"]) in refused.text
    assert on_disk(narrow) == 2
    sent = {**again, "token": narrow.token(refused), "action": "send"}
    sent.pop("files")
    assert receipt_of(narrow.post("/tips/new", sent))


def test_later_messages_count_with_what_the_report_has(narrow: House) -> None:
    code = narrow.report(files=[upload("甲.jpg", LARGE)])
    (tip,) = narrow.carry()
    with narrow.gazette.write() as session:
        frames = sum(one.frames for one in tip.files)
        mailbox.put_status(session, tip.tip_id, "received", day=tip.day, frames=frames)
    assert frames * FRAME >= len(LARGE)
    refused = message(narrow, narrow.track(code), files=2)
    assert refused.status_code == 422
    assert "2 MB" in refused.text and "补充材料" in refused.text
    sent = message(narrow, refused, files=0)
    assert sent.status_code == 200
    with narrow.intake.read() as session:
        (added,) = queries.messages(session)
    assert len(added.files) == 1, "the one that fitted"


def test_a_message_takes_no_more_files_than_a_report(narrow: House) -> None:
    settings = narrow.app.extensions["registry.settings"]
    narrow.app.extensions["registry.settings"] = dataclasses.replace(settings, tip_files=1)
    code = narrow.report()
    narrow.carry()
    refused = message(narrow, narrow.track(code), files=2)
    assert refused.status_code == 422
    more = message(narrow, refused, files=1)
    assert more.status_code == 422 and re.search("1 个|1个", more.text)
    assert on_disk(narrow) == 1
