"""Cleaned copies: what a file tells beside its content is gone; hostile files give no copy."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject

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


def written(*lines: str, size: tuple[int, int] = (595, 842)) -> bytes:
    """A PDF with text on each page, and words where nobody looks."""
    writer = PdfWriter()
    for line in lines:
        page = writer.add_blank_page(*size)
        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
        named = DictionaryObject({NameObject(k): NameObject(v) for k, v in font.items()})
        fonts = DictionaryObject({NameObject("/F"): named})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        hidden = SECRET.decode().replace("(", "")
        content = StreamObject()
        content._data = f"BT /F 40 Tf 50 700 Td ({line}) Tj 3 Tr ({hidden}) Tj ET".encode()
        page[NameObject("/Contents")] = writer._add_object(content)
    writer.add_metadata({"/Author": SECRET.decode()})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_copy_in_pictures_shows_the_pages_and_holds_no_word() -> None:
    """Text that is drawn invisibly, too, which a copy with its text would keep."""
    original = written("HAZARD", "")
    assert SECRET.decode() in PdfReader(io.BytesIO(original)).pages[0].extract_text()
    made = files.run_cleaner(original, "application/pdf", pictures=True)
    assert SECRET not in made and b"HAZARD" not in made
    reader = PdfReader(io.BytesIO(made))
    assert [page.extract_text() for page in reader.pages] == ["", ""]
    assert set(reader.trailer["/Root"]) <= {"/Type", "/Pages"} and not reader.metadata
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    first, second = (page.images[0].image for page in reader.pages)
    assert first is not None and second is not None
    dark = [sum(image.convert("L").histogram()[:100]) for image in (first, second)]
    assert dark[0] > 500 and dark[1] == 0, "what was written is seen, the empty page is empty"


def test_a_huge_page_is_drawn_coarser_and_too_many_are_refused() -> None:
    made = cleaner.clean(written("X", size=(5000, 5000)), "application/pdf", pictures=True)
    image = PdfReader(io.BytesIO(made)).pages[0].images[0].image
    assert image is not None and image.width * image.height <= cleaner.PICTURED_PIXELS * 1.01
    many = written(*[""] * (cleaner.MOST_PICTURED + 1))
    for hostile in (many, b"%PDF-1.7 broken", encrypted(), b"", written("X", size=(90_000, 10))):
        with pytest.raises(files.NoCleanCopy):
            files.run_cleaner(hostile, "application/pdf", pictures=True)
    with pytest.raises(cleaner.Unusable):
        cleaner.clean(jpeg(), "image/jpeg", pictures=True)


def test_the_process_leaves_the_network_where_it_may() -> None:
    import subprocess
    import sys

    probe = (
        "import ctypes, socket\n"
        "from registry.office.tips import cleaner\n"
        "may = ctypes.CDLL(None).unshare(0x10000000 | 0x40000000) == 0\n"
        "cleaner.leave_network()\n"
        "print(may, [name for _, name in socket.if_nameindex()])\n"
    )
    run = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "True ['lo']" or run.stdout.startswith("False")


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
