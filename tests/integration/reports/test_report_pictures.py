"""Pictures of a site and videos of field work: what is taken, what is shown, what is taken away."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from report_kit import Desk
from test_report_walks import files_in, shown
from werkzeug.datastructures import FileStorage

from registry.core.db import Store, WorkingSession
from registry.core.errors import InvalidInput
from registry.core.papers.problems import NotAVideo
from registry.core.papers.videos import media_type
from registry.office.demo.paper import pdf
from registry.office.reports import filekeeping
from schemas.reports import ReportUpload

pytestmark = pytest.mark.sqlite_only
WEBM = b"\x1a\x45\xdf\xa3" + b"\x01" * 20 + b"webm" + b"\x00" * 200


def box(name: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + name + content


MP4 = (
    box(b"ftyp", b"isom\x00\x00\x02\x00isomiso2")
    + box(b"moov", b"m" * 90)
    + box(b"mdat", b"d" * 500)
)


def photograph() -> bytes:
    """With what a camera notes of the place."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (60, 40), "navy").save(out, "JPEG", exif=exif)
    return out.getvalue()


def add(
    desk: Desk, session: WorkingSession, docket: Any, kind: str, content: bytes, caption: str = "",
    **more: Any,
) -> Any:  # fmt: skip
    sent = filekeeping.Sent(kind, "样例", io.BytesIO(content), caption)
    acting = desk.bureau.acting("clerk", "2026-03-10")
    limit = {"limit": 1 << 20, **more}
    return filekeeping.add_file(session, docket, acting, sent, folder=desk.kept, **limit)


def test_they_are_disclosed_with_what_they_show(working: Store[WorkingSession], desk: Desk) -> None:
    with working.write() as session:
        docket = desk.draft(session)
        desk.add(session, docket, pdf(["x"]))
        add(desk, session, docket, "image", photograph(), "主井口")
        add(desk, session, docket, "video", MP4, "现场勘查全程")
        desk.sign_all(session, docket)
        desk.bureau.act(session, docket, "file", "clerk", "2026-03-11")
        desk.bureau.act(session, docket, "accept", "approver", "2026-03-12")
        docket_id = docket.id or 0
    desk.prepared("2026-03-12")
    with working.read() as session:
        picture, video = shown(session, docket_id)["images"]
    assert picture["caption"] == "主井口" and "video" not in picture
    assert (video["caption"], video["video"]) == ("现场勘查全程", "video/mp4")
    out = desk.folder / "files"
    held = (out / picture["file"][:2] / picture["file"]).read_bytes()
    assert held.startswith(b"\xff\xd8") and b"secret" not in held
    assert (out / video["file"][:2] / video["file"]).read_bytes() == MP4


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("video", photograph(), "MP4 or WebM"),
        ("video", MP4[:-3], "MP4 or WebM"),
        ("video", MP4 + b"<script>", "MP4 or WebM"),
        ("video", b"", "MP4 or WebM"),
        ("image", MP4, "usable JPEG or PNG"),
        ("image", photograph()[:200], "usable JPEG or PNG"),
        ("video", MP4 + box(b"free", b"0" * (1 << 20)), "larger than"),
    ],
    ids=["picture", "cut", "tail", "empty", "video", "cut-picture", "large"],
)
def test_what_is_no_picture_or_video_is_refused(
    working: Store[WorkingSession], desk: Desk, kind: str, content: bytes, words: str
) -> None:
    with working.write() as session:
        docket = desk.draft(session)
        before = files_in(desk.kept)
        with pytest.raises(InvalidInput) as error:
            add(desk, session, docket, kind, content)
        assert words in error.value.fields["file"][0]
        assert files_in(desk.kept) == before


def test_a_report_has_so_many(working: Store[WorkingSession], desk: Desk) -> None:
    with working.write() as session:
        docket = desk.draft(session)
        first = add(desk, session, docket, "video", WEBM, pictures=2)
        assert first.media_type == "video/webm"
        add(desk, session, docket, "image", photograph(), pictures=2)
        with pytest.raises(InvalidInput) as error:
            add(desk, session, docket, "video", MP4, pictures=2)
        assert "at most" in error.value.fields["file"][0]
        acting = desk.bureau.acting("clerk", "2026-03-10")
        filekeeping.drop_image(session, docket, acting, first.id)
        add(desk, session, docket, "video", MP4, pictures=2)


@pytest.mark.parametrize("kind", ["image", "video"])
def test_the_form_asks_what_a_picture_shows(kind: str) -> None:
    sent = FileStorage(io.BytesIO(b"x"), filename="x")
    assert list(ReportUpload().validate({"kind": kind, "file": sent, "caption": " "})) == [
        "caption"
    ]
    assert ReportUpload().validate({"kind": "original", "file": sent, "caption": ""}) == {}


@given(st.binary(max_size=300), st.integers(0, 600))
def test_no_bytes_make_the_reader_of_videos_stumble(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, place: int
) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "noise.bin"
    path.write_bytes(MP4[:place] + noise + MP4[place:])
    with contextlib.suppress(NotAVideo):
        assert media_type(path) in {"video/mp4", "video/webm"}
