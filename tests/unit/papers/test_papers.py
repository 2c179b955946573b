"""What a PDF is before it is trusted: taken, or refused with its own answer."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from registry.core import papers

sys.path.insert(0, str(Path(__file__).parent))

import paper_samples as samples


def written(folder: Path, content: bytes) -> Path:
    path = folder / "sent"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"MZ\x90\x00 not a document", papers.NotPdf),
        (b"", papers.NotPdf),
        (samples.encrypted(), papers.EncryptedPdf),
        (samples.scripted(), papers.ScriptedPdf),
        (samples.launching(), papers.ScriptedPdf),
        (samples.attached(), papers.ScriptedPdf),
        (samples.bomb(), papers.BombPdf),
        (samples.ring(), papers.BombPdf),
        (samples.truncated(), papers.BrokenPdf),
        (b"%PDF-1.7\n" + b"\x00" * 4000, papers.BrokenPdf),
    ],
    ids=["program", "empty", "encrypted", "script", "launch", "attachment", "bomb", "ring", "cut",
         "nothing"],
)  # fmt: skip
def test_each_bad_document_has_its_own_answer(
    tmp_path: Path, content: bytes, problem: type[papers.UnusableFile]
) -> None:
    with pytest.raises(papers.UnusableFile) as raised:
        papers.inspect(written(tmp_path, content))
    assert type(raised.value) is problem


def test_the_answers_differ_in_words() -> None:
    kinds = (papers.NotPdf, papers.EncryptedPdf, papers.BrokenPdf, papers.BombPdf,
             papers.ScriptedPdf)  # fmt: skip
    assert len({kind.message for kind in kinds}) == len(kinds)


def test_the_public_copy_says_nothing_of_its_author(tmp_path: Path) -> None:
    path = written(tmp_path, samples.PLAIN)
    assert papers.inspect(path) == 2
    found = papers.prepare(path, tmp_path / "copy", tmp_path / "text")
    assert found.pages == 2
    text = (tmp_path / "text").read_text(encoding="utf-8")
    assert "虚岭县一号样例煤矿" in text and "符合安全生产条件" in text
    copy = (tmp_path / "copy").read_bytes()
    for secret in ("某评价师", "13800000000"):
        for coded in (
            secret.encode(),
            secret.encode("utf-16-be"),
            secret.encode("utf-16-be").hex().encode(),
        ):
            assert coded not in copy
    again = PdfReader(io.BytesIO(copy))
    assert len(again.pages) == 2 and not again.metadata
    assert "虚岭县一号样例煤矿" in again.pages[0].extract_text()


def test_a_scan_has_no_text(tmp_path: Path) -> None:
    path = written(tmp_path, samples.scan())
    found = papers.prepare(path, tmp_path / "copy", tmp_path / "text")
    assert (found.pages, found.characters) == (1, 0)


def test_a_picture_loses_what_the_camera_wrote(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    picture = Image.new("RGB", (3000, 20), "white")
    picture.save(tmp_path / "sent", "JPEG", exif=exif)
    papers.prepare_image(tmp_path / "sent", tmp_path / "copy")
    assert b"SECRET" not in (tmp_path / "copy").read_bytes()
    with Image.open(tmp_path / "copy") as copy:
        assert copy.size[0] == 2000 and not copy.getexif()
    with pytest.raises(papers.NotAnImage):
        papers.prepare_image(written(tmp_path, b"GIF89a"), tmp_path / "other")
