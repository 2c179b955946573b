"""Looking into a PDF with pypdf. Runs in the child only (see ``task``).

Pages are reached through their tree; images are never unpacked. A document is refused for what it
could do to a reader: scripts, launched programs, attached files, or content that unpacks without
end.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
)

MOST_PAGES = 5_000
MOST_TEXT = 1_000_000
"""Characters of text that are kept for the search."""
MOST_UNPACKED = 256 << 20
"""Bytes of page content of one document, unpacked."""
MOST_RATIO = 300
"""How far page content may unpack; honest operators stay far below."""
_RATIO_FROM = 4 << 20
_SCRIPTS = frozenset({"/JavaScript", "/Launch", "/ImportData", "/RichMediaExecute", "/Rendition"})
_ACTIVE = frozenset({"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/FileAttachment"})
_DEEPEST = 60
_MOST_ITEMS = 200_000
_PRIVATE = ("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/Thumb", "/StructParents")
_WRONG = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError)
"""What pypdf raises for a damaged document."""


class Problem(Exception):  # noqa: N818 - carries a code to the parent
    """The document is refused; the code says why."""


def inspect(path: Path) -> dict[str, Any]:
    """The number of pages of a document that may be taken, or the problem with it."""
    warnings.simplefilter("ignore")
    with path.open("rb") as file:
        if b"%PDF-" not in file.read(1024):
            return {"problem": "not-pdf"}
        try:
            return {"pages": _inspect(PdfReader(file, strict=False))}
        except Problem as problem:
            return {"problem": str(problem)}
        except (MemoryError, RecursionError):
            return {"problem": "bomb-pdf"}
        except PyPdfError as error:
            limited = "Limit" in type(error).__name__
            return {"problem": "bomb-pdf" if limited else "broken-pdf"}
        except _WRONG:
            return {"problem": "broken-pdf"}


def _inspect(reader: PdfReader) -> int:
    if reader.is_encrypted:
        raise Problem("encrypted-pdf")
    catalog = reader.root_object
    _refuse_active(catalog)
    pages = unpacked = 0
    for page in _pages(reader):
        pages += 1
        if pages > MOST_PAGES:
            raise Problem("bomb-pdf")
        _refuse_active_page(page)
        unpacked += _content_size(page)
        if unpacked > MOST_UNPACKED:
            raise Problem("bomb-pdf")
        reader.resolved_objects.clear()
    if pages == 0:
        raise Problem("broken-pdf")
    return pages


def _pages(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Pages by their tree, each node once: a ring in it is a bomb."""
    waiting: list[tuple[PdfObject | None, int]] = [(reader.root_object.get("/Pages"), 0)]
    seen: set[int] = set()
    while waiting:
        reference, depth = waiting.pop()
        if isinstance(reference, IndirectObject):
            if reference.idnum in seen:
                raise Problem("bomb-pdf")
            seen.add(reference.idnum)
        node = reference.get_object() if reference is not None else None
        if not isinstance(node, DictionaryObject) or depth > _DEEPEST:
            raise Problem("broken-pdf")
        kids = node.get("/Kids")
        if kids is None:
            yield node
            continue
        children = kids.get_object()
        if not isinstance(children, ArrayObject) or len(seen) > _MOST_ITEMS:
            raise Problem("broken-pdf")
        waiting.extend((child, depth + 1) for child in reversed(children))


def _refuse_active(catalog: DictionaryObject) -> None:
    names = _dictionary(catalog.get("/Names"))
    form = _dictionary(catalog.get("/AcroForm"))
    if "/AA" in catalog or "/JavaScript" in names or "/EmbeddedFiles" in names or "/XFA" in form:
        raise Problem("scripted-pdf")
    _refuse_action(catalog.get("/OpenAction"))
    for item in _outline(catalog):
        _refuse_action(item.get("/A"))
    for field in _listed(form.get("/Fields")):
        _refuse_field(field, 0)


def _refuse_field(field: DictionaryObject, depth: int) -> None:
    if depth > _DEEPEST:
        raise Problem("bomb-pdf")
    if "/AA" in field:
        raise Problem("scripted-pdf")
    _refuse_action(field.get("/A"))
    for kid in _listed(field.get("/Kids")):
        _refuse_field(kid, depth + 1)


def _outline(catalog: DictionaryObject) -> Iterator[DictionaryObject]:
    waiting = [_dictionary(catalog.get("/Outlines")).get("/First")]
    seen: set[int] = set()
    while waiting:
        reference = waiting.pop()
        if reference is None:
            continue
        if isinstance(reference, IndirectObject):
            if reference.idnum in seen:
                continue
            seen.add(reference.idnum)
        item = _dictionary(reference)
        if len(seen) > _MOST_ITEMS:
            raise Problem("bomb-pdf")
        yield item
        waiting += [item.get("/Next"), item.get("/First")]


def _refuse_action(reference: PdfObject | None) -> None:
    """An action that runs something; going to a page or an address is none."""
    seen = 0
    waiting = [reference]
    while waiting:
        action = _dictionary(waiting.pop())
        if action.get("/S") in _SCRIPTS or "/JS" in action:
            raise Problem("scripted-pdf")
        following = action.get("/Next")
        found = following.get_object() if following is not None else None
        waiting += list(found) if isinstance(found, ArrayObject) else [found] if found else []
        seen += 1
        if seen > 1000:
            raise Problem("bomb-pdf")


def _refuse_active_page(page: DictionaryObject) -> None:
    if "/AA" in page:
        raise Problem("scripted-pdf")
    for note in _listed(page.get("/Annots")):
        if note.get("/Subtype") in _ACTIVE or "/AA" in note:
            raise Problem("scripted-pdf")
        _refuse_action(note.get("/A"))


def _content_size(page: DictionaryObject) -> int:
    """Bytes of the page's content once unpacked, counted without keeping them."""
    found = page.get("/Contents")
    content = found.get_object() if found is not None else None
    parts = content if isinstance(content, ArrayObject) else [content]
    return sum(_stream_size(part.get_object()) for part in parts if part is not None)


def _stream_size(stream: PdfObject | None) -> int:
    if not isinstance(stream, StreamObject):
        return 0
    raw: bytes = stream._data
    filters = stream.get("/Filter")
    names = filters if isinstance(filters, ArrayObject) else [filters]
    if len([name for name in names if name is not None]) > 1:
        flates = sum(name in {"/FlateDecode", "/Fl", "/LZWDecode"} for name in names)
        if flates > 1:
            raise Problem("bomb-pdf")
    if "/FlateDecode" not in names and "/Fl" not in names:
        return len(raw)
    return _unpacked(raw)


def _unpacked(raw: bytes) -> int:
    unpacker, size, rest = zlib.decompressobj(), 0, raw
    try:
        while rest and not unpacker.eof:
            size += len(unpacker.decompress(rest, 1 << 20))
            rest = unpacker.unconsumed_tail
            if size > MOST_UNPACKED or (size > _RATIO_FROM and size > MOST_RATIO * len(raw)):
                raise Problem("bomb-pdf")
    except zlib.error:
        return size
    return size


def _dictionary(reference: PdfObject | None) -> DictionaryObject:
    found = reference.get_object() if reference is not None else None
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _listed(reference: PdfObject | None) -> list[DictionaryObject]:
    found = reference.get_object() if reference is not None else None
    if not isinstance(found, ArrayObject):
        return []
    return [_dictionary(one) for one in found[:_MOST_ITEMS]]


def prepare(path: Path, copy: Path, text: Path) -> dict[str, Any]:
    """Write the copy for the public and the text for the search."""
    warnings.simplefilter("ignore")
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted:
            return {"problem": "encrypted-pdf"}
        characters = _write_text(reader, text)
        _write_copy(reader, copy)
    except _WRONG:
        return {"problem": "broken-pdf"}
    return {"pages": len(reader.pages), "characters": characters}


def _write_text(reader: PdfReader, target: Path) -> int:
    written = 0
    with target.open("w", encoding="utf-8") as file:
        for page in reader.pages:
            words = _page_text(page)[: MOST_TEXT - written]
            file.write(words + "\n")
            written += len(words.strip())
            if written >= MOST_TEXT:
                break
    return written


def _page_text(page: PageObject) -> str:
    try:
        found = page.extract_text()
    except _WRONG:
        # One page that cannot be read does not take the others out of the search.
        return ""
    return "".join(sign for sign in found if sign.isprintable() or sign == "\n")


def _write_copy(reader: PdfReader, target: Path) -> None:
    """The pages alone: no notes of who wrote them with what, no annotations, no history."""
    writer = PdfWriter()
    for page in reader.pages:
        added = writer.add_page(page, excluded_keys=("/Annots", "/B", *_PRIVATE))
        added.pop(NameObject("/Annots"), None)
    writer.metadata = None
    for item in writer._objects:
        if isinstance(item, DictionaryObject):
            for name in _PRIVATE:
                item.pop(NameObject(name), None)
    with target.open("wb") as file:
        writer.write(file)
