"""Makes a cleaned copy of one file: run as a process of its own, with limits, nothing but bytes.

``python -m registry.office.tips.cleaner KIND [pictures] < original > copy``. The parent sets no
environment and gives no other open file; where the system lets it, the process leaves the
network. Whatever a hostile file does here, it does within one gigabyte of memory and a minute of
processor time, in a process that knows no key and no store. Exit status: 0 the copy is on
standard output; 3 the file is not what it says or is too large.

Images are decoded and drawn anew on an empty canvas, so no metadata comes along (EXIF, comments,
thumbnails); PDF pages are copied without actions, forms, attachments and information, and their
pictures are drawn anew, too; office files are rebuilt from parts of an allow-list. With
``pictures`` a PDF becomes pictures of its pages: no text, font, layer or form is left that could
tell or do anything.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import resource
import sys
import warnings
import zipfile

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, NumberObject, StreamObject

MEMORY = 1024 * 1024 * 1024
SECONDS = 60
MOST_PIXELS = 50_000_000
MOST_RATIO = 100
MOST_PAGES = 2000
MOST_PICTURED = 300
"""Pages of a copy in pictures."""
PICTURED_PIXELS = 8_000_000
"""Of one page; a larger one is drawn coarser."""
DOTS = 150
"""Per inch of a page drawn as a picture."""
MOST_POINTS = 14_400
"""Longest side of a page (ISO 32000 annex C: 200 inches)."""
LARGEST = 110 * 1024 * 1024
IMAGES = {"image/jpeg": "JPEG", "image/png": "PNG"}
PDF = "application/pdf"
_OFFICE = "application/vnd.openxmlformats-officedocument."
OFFICE = {
    f"{_OFFICE}wordprocessingml.document": "word/",
    f"{_OFFICE}spreadsheetml.sheet": "xl/",
}
CLEANED = frozenset({*IMAGES, PDF, *OFFICE})
"""Types of which a cleaned copy can be made; of anything else there is the original only."""
_PAGE_KEYS = ("/Resources", "/Contents", "/MediaBox", "/CropBox", "/Rotate", "/Type")
_PART_TYPES = (".xml", ".rels", ".png", ".jpg", ".jpeg")
_NEVER = ("docprops/", "customxml/", "embeddings/", "vba", "activex/", "printersettings/")


class Unusable(Exception):  # noqa: N818 - says what the file is
    """The file is damaged, hostile, or not what its type says."""


def clean(content: bytes, kind: str, *, pictures: bool = False) -> bytes:
    """The cleaned copy; of a PDF in pictures only, where that is wished. Raises ``Unusable``."""
    if len(content) > LARGEST or (pictures and kind != PDF):
        raise Unusable
    if pictures:
        return pictured(content)
    if kind in IMAGES:
        return image(content, IMAGES[kind])
    if kind == PDF:
        return pdf(content)
    if kind in OFFICE:
        return office(content, OFFICE[kind])
    raise Unusable


def image(content: bytes, kind: str) -> bytes:
    """The picture alone, as it is meant to be seen; of an animation the first frame."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        found = Image.open(io.BytesIO(content), formats=[kind])
        if found.width * found.height > MOST_PIXELS:
            raise Unusable
        found.load()
    turned = _upright(found)
    plain = turned.convert("RGBA" if "A" in turned.getbands() or kind == "PNG" else "RGB")
    if kind == "JPEG":
        plain = plain.convert("RGB")
    canvas = Image.new(plain.mode, plain.size)
    canvas.paste(plain)
    out = io.BytesIO()
    canvas.save(out, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return out.getvalue()


def _upright(found: Image.Image) -> Image.Image:
    """The EXIF orientation carried out, since it will be gone."""
    turns = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_270,
             8: Image.Transpose.ROTATE_90}  # fmt: skip
    turn = turns.get(found.getexif().get(0x0112, 1))
    return found.transpose(turn) if turn is not None else found


def pdf(content: bytes) -> bytes:
    """Its pages without anything that acts, answers, is attached or tells who made them."""
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted or len(reader.pages) > MOST_PAGES:
        raise Unusable
    writer = PdfWriter()
    for page in reader.pages:
        for key in [key for key in page if key not in _PAGE_KEYS and key != "/Parent"]:
            del page[key]
        added = writer.add_page(page)
        _redraw(added.get("/Resources"), set())
    root = writer.root_object
    for key in [key for key in root if key not in {"/Type", "/Pages"}]:
        del root[key]
    writer.metadata = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pictured(content: bytes) -> bytes:
    """Its pages as pictures, each of the size that the page had."""
    import pypdfium2  # noqa: PLC0415 - for this alone, and only in this process

    document = pypdfium2.PdfDocument(content)
    if not 0 < len(document) <= MOST_PICTURED:
        raise Unusable
    writer = PdfWriter()
    for number in range(len(document)):
        page = document[number]
        width, height = page.get_size()
        if not (0 < width <= MOST_POINTS and 0 < height <= MOST_POINTS):
            raise Unusable
        scale = min(DOTS / 72, (PICTURED_PIXELS / (width * height)) ** 0.5)
        drawn = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        out = io.BytesIO()
        drawn.save(out, "JPEG", quality=85)
        _add_picture(writer, out.getvalue(), drawn.size, (width, height))
        page.close()
    writer.metadata = None
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _add_picture(
    writer: PdfWriter, jpeg: bytes, pixels: tuple[int, int], points: tuple[float, float]
) -> None:
    picture = StreamObject()
    vars(picture)["_data"] = jpeg
    for key, value in (
        ("/Type", NameObject("/XObject")),
        ("/Subtype", NameObject("/Image")),
        ("/Width", NumberObject(pixels[0])),
        ("/Height", NumberObject(pixels[1])),
        ("/ColorSpace", NameObject("/DeviceRGB")),
        ("/BitsPerComponent", NumberObject(8)),
        ("/Filter", NameObject("/DCTDecode")),
    ):
        picture[NameObject(key)] = value
    content = StreamObject()
    vars(content)["_data"] = f"q {points[0]:.2f} 0 0 {points[1]:.2f} 0 0 cm /P Do Q".encode()
    page = writer.add_blank_page(*points)
    things = DictionaryObject({NameObject("/P"): writer._add_object(picture)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): things})
    page[NameObject("/Contents")] = writer._add_object(content)


def _redraw(resources: object, seen: set[int]) -> None:
    """Every picture drawn anew, at any depth of forms; hidden streams beside them dropped."""
    found = _plain(resources)
    if not isinstance(found, DictionaryObject) or id(found) in seen:
        return
    seen.add(id(found))
    things = _plain(found.get("/XObject"))
    if not isinstance(things, DictionaryObject):
        return
    for name in list(things):
        thing = _plain(things[name])
        if not isinstance(thing, DictionaryObject):
            del things[name]
            continue
        for key in ("/Metadata", "/PieceInfo", "/OPI", "/LastModified"):
            if key in thing:
                del thing[key]
        if thing.get("/Subtype") == "/Form":
            _redraw(thing.get("/Resources"), seen)
        elif thing.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
            _replace(thing)


def _replace(thing: DictionaryObject) -> None:
    """An embedded JPEG carries its own EXIF; ours does not."""
    raw = getattr(thing, "_data", b"")
    fresh = image(raw, "JPEG")
    size = Image.open(io.BytesIO(fresh)).size
    vars(thing)["_data"] = fresh
    thing[NameObject("/ColorSpace")] = NameObject("/DeviceRGB")
    if "/Decode" in thing:
        del thing["/Decode"]
    if (str(thing["/Width"]), str(thing["/Height"])) != (str(size[0]), str(size[1])):
        raise Unusable


def _plain(value: object) -> object:
    return value.get_object() if hasattr(value, "get_object") else value


def office(content: bytes, folder: str) -> bytes:
    """The document's own parts; properties, macros, embedded things and outside links are left.

    Authors and revision marks within the parts are blanked.
    """
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        packed = sum(one.compress_size for one in source.infolist()) or 1
        unpacked = sum(one.file_size for one in source.infolist())
        if unpacked > LARGEST * 4 or unpacked / packed > MOST_RATIO:
            raise Unusable
        if "[Content_Types].xml" not in source.namelist():
            raise Unusable
        for name in source.namelist():
            if _allowed(name, folder):
                fresh = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                target.writestr(fresh, _part(source.read(name), name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _allowed(name: str, folder: str) -> bool:
    low = name.lower()
    inside = low.startswith((folder, "_rels/")) or low == "[content_types].xml"
    return inside and low.endswith(_PART_TYPES) and not any(one in low for one in _NEVER)


def _part(content: bytes, name: str) -> bytes:
    low = name.lower()
    if low.endswith((".jpg", ".jpeg")):
        return image(content, "JPEG")
    if low.endswith(".png"):
        return image(content, "PNG")
    from registry.office.tips.office_parts import scrubbed  # noqa: PLC0415 - office files alone

    return scrubbed(content, low)


def limit() -> None:
    """Bind this process before it looks at anything."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST * 2, LARGEST * 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def leave_network() -> None:
    """Go into a network of one's own, which leads nowhere. Not every system lets one."""
    namespaces = 0x10000000 | 0x40000000  # CLONE_NEWUSER, CLONE_NEWNET of linux/sched.h
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).unshare(namespaces)


def main(arguments: list[str]) -> int:
    """Read the original from standard input, write the copy to standard output."""
    leave_network()
    limit()
    warnings.simplefilter("ignore")
    try:
        wanted = "pictures" in arguments[1:]
        made = clean(sys.stdin.buffer.read(LARGEST + 1), arguments[0], pictures=wanted)
    except Exception:
        # Whatever went wrong, the file is not one of which a copy can be made; its text may be
        # anybody's and is told to no one.
        return 3
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
