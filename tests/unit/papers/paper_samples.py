"""Documents that must be refused, each in its own way, and large ones that must not."""

from __future__ import annotations

import io
import os
import zlib
from functools import cache, reduce
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    EncodedStreamObject,
    NameObject,
    TextStringObject,
)

from registry.office.demo.paper import pdf

PLAIN = pdf(
    ["安全现状评价报告 虚岭县一号样例煤矿", "结论：符合安全生产条件"], author="某评价师 13800000000"
)


def _saved(writer: PdfWriter) -> bytes:
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _opened() -> PdfWriter:
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(PLAIN)))
    return writer


def encrypted() -> bytes:
    writer = _opened()
    writer.encrypt("password")
    return _saved(writer)


def scripted() -> bytes:
    writer = _opened()
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.x")}
    )
    writer.root_object[NameObject("/OpenAction")] = action
    return _saved(writer)


def launching() -> bytes:
    writer = _opened()
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch")})
    note = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): action})
    writer.pages[0][NameObject("/Annots")] = ArrayObject([note])
    return _saved(writer)


def attached() -> bytes:
    writer = _opened()
    writer.add_attachment("x.exe", b"MZ")
    return _saved(writer)


@cache
def bomb() -> bytes:
    """Page content of 300 MB in 300 kB, put together from one piece: packing it takes seconds."""
    piece, times = b" " * (1 << 20), 300
    packer = zlib.compressobj(9, wbits=-15)
    packed = (packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)) * times + packer.flush()
    check = reduce(lambda sum_, _: zlib.adler32(piece, sum_), range(times), 1)
    packed = b"\x78\xda" + packed + check.to_bytes(4, "big")
    writer = _opened()
    stream = EncodedStreamObject()
    stream._data = packed
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)
    return _saved(writer)


def ring() -> bytes:
    """A page tree that leads back to itself."""
    return pdf(["环"]).replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]")


def truncated() -> bytes:
    return PLAIN[: len(PLAIN) // 3]


def large(path: Path, megabytes: int) -> Path:
    """An honest document of so many megabytes: noise in objects that no page shows."""
    writer = _opened()
    for _ in range(megabytes):
        stream = DecodedStreamObject()
        stream.set_data(os.urandom(1 << 20))
        writer._add_object(stream)
    with path.open("wb") as file:
        writer.write(file)
    return path


def scan() -> bytes:
    """Pages without a word, as a scanner makes them."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    return _saved(writer)
