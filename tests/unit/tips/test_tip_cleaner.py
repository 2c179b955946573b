"""Cleaned copies: what a file tells beside its content is gone; hostile files give no copy."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from registry.office.tips import cleaner, files

SECRET = b"GPS-31.2304-121.4737-Zhang"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def jpeg(*, comment: bytes = SECRET, size: tuple[int, int] = (8, 6), turned: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif[0x0112] = turned
    out = io.BytesIO()
    Image.new("RGB", size, (200, 10, 10)).save(out, "JPEG", exif=exif, comment=comment)
    return out.getvalue()


def png() -> bytes:
    told = PngInfo()
    told.add_text("Author", SECRET.decode())
    out = io.BytesIO()
    Image.new("RGBA", (4, 4)).save(out, "PNG", pnginfo=told)
    return out.getvalue()


def pdf() -> bytes:
    """A page with a picture that carries EXIF; information, script and attachment beside it."""
    picture = io.BytesIO()
    Image.open(io.BytesIO(jpeg(size=(40, 30)))).save(picture, "PDF")
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(picture.getvalue())))
    page = writer.pages[0]
    things = page["/Resources"]["/XObject"]  # type: ignore[index]
    for name in things:
        thing = things[name].get_object()
        thing._data = jpeg(size=(40, 30))
        thing[NameObject("/Filter")] = NameObject("/DCTDecode")
    page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): TextStringObject("x")})
    writer.add_metadata({"/Author": SECRET.decode()})
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    writer.add_attachment("inside.txt", SECRET)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def docx() -> bytes:
    document = Document()
    document.add_paragraph("三号面的情况")
    document.core_properties.author = SECRET.decode()
    picture = io.BytesIO(jpeg(size=(20, 10)))
    document.add_picture(picture)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_check_26_pictures_lose_exif_and_comments() -> None:
    """A plain ``Image.save`` keeps a JPEG's comment; ours is drawn on a new canvas."""
    original = jpeg()
    assert SECRET in original
    made = cleaner.clean(original, "image/jpeg")
    assert SECRET not in made
    found = Image.open(io.BytesIO(made))
    assert found.size == (8, 6) and not found.getexif() and "comment" not in found.info
    assert SECRET not in cleaner.clean(png(), "image/png")


def test_the_orientation_is_carried_out() -> None:
    assert Image.open(io.BytesIO(cleaner.clean(jpeg(turned=6), "image/jpeg"))).size == (6, 8)


def test_check_26_pdfs_lose_what_is_in_their_pictures_too() -> None:
    original = pdf()
    assert SECRET in original
    made = cleaner.clean(original, "application/pdf")
    assert SECRET not in made
    reader = PdfReader(io.BytesIO(made))
    assert len(reader.pages) == 1 and not reader.attachments
    root = reader.trailer["/Root"]
    assert set(root) <= {"/Type", "/Pages"}
    assert "/AA" not in reader.pages[0]
    for image in reader.pages[0].images:
        assert SECRET not in image.data and image.image is not None
        assert image.image.size == (40, 30)


def test_office_files_are_rebuilt_from_their_own_parts() -> None:
    original = docx()
    made = cleaner.clean(original, DOCX)
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        names = parts.namelist()
        content = b"".join(parts.read(name) for name in names)
        assert {one.date_time for one in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert not [name for name in names if "docProps" in name or "customXml" in name]
    assert SECRET not in content
    assert "三号面的情况" in [p.text for p in Document(io.BytesIO(made)).paragraphs]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("[Content_Types].xml", "<Types/>")
        target.writestr("word/document.xml", b"0" * 50_000_000)
    return out.getvalue()


def entities() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("[Content_Types].xml", "<Types/>")
        target.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')
    return out.getvalue()


def encrypted() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    writer.encrypt("x")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "image/png"),
        (b"\xff\xd8\xff broken", "image/jpeg"),
        (png(), "image/jpeg"),
        (b"%PDF-1.7 broken", "application/pdf"),
        (encrypted(), "application/pdf"),
        (bomb(), DOCX),
        (entities(), DOCX),
        (b"PK\x03\x04 broken", DOCX),
        (b"#!/bin/sh", "text/x-shellscript"),
        (jpeg(), "video/mp4"),
    ],
    ids=(
        "empty",
        "broken-jpeg",
        "png-as-jpeg",
        "broken-pdf",
        "encrypted-pdf",
        "bomb",
        "entities",
        "broken-docx",
        "script",
        "video",
    ),
)
def test_what_is_hostile_or_unknown_gives_no_copy(content: bytes, kind: str) -> None:
    with pytest.raises(Exception, match=r"(?s).*"):
        cleaner.clean(content, kind)


def test_the_process_makes_the_copy_and_refuses_without_a_word() -> None:
    made = files.run_cleaner(jpeg(), "image/jpeg")
    assert made.startswith(b"\xff\xd8\xff") and SECRET not in made
    with pytest.raises(files.NoCleanCopy):
        files.run_cleaner(bomb(), DOCX)


def test_the_process_is_bound_before_it_reads() -> None:
    import subprocess
    import sys

    probe = (
        "from registry.office.tips import cleaner; cleaner.limit()\n"
        "import resource; print(resource.getrlimit(resource.RLIMIT_AS)[0],"
        " resource.getrlimit(resource.RLIMIT_CPU)[0])\n"
        "try:\n    bytearray(2 * 1024**3)\nexcept MemoryError:\n    print('bound')\n"
    )
    run = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert run.stdout.split() == [str(cleaner.MEMORY), str(cleaner.SECONDS), "bound"]
