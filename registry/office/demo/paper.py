"""Small PDFs with Chinese text that a reader shows and a machine reads: for fictional reports.

The font is one of Adobe's standard names for Chinese, not embedded: readers have one for it. A
ToUnicode table says which sign each code is.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

_WIDTH = 34
"""Signs per line."""
_TO_UNICODE = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
{chars}endcmap CMapName currentdict /CMap defineresource pop end end"""
_FONT = b"""<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H
/DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light
/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000
/FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6
/FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>
>>] /ToUnicode 4 0 R >>"""


def pdf(pages: Sequence[str], *, author: str = "") -> bytes:
    """A document with one page per text. ``author`` stands in its metadata."""
    count = len(pages)
    first = 5
    kids = " ".join(f"{first + 2 * n} 0 R" for n in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        _FONT,
        _stream(_to_unicode("".join(pages))),
    ]
    for number, text in enumerate(pages):
        content = first + 2 * number + 1
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            + f"/Resources << /Font << /F1 3 0 R >> >> /Contents {content} 0 R >>".encode()
        )
        objects.append(_stream(_shown(text)))
    info = f"<< /Author <{_hex(author, mark=True)}> /Producer (Sample) >>" if author else ""
    if info:
        objects.append(info.encode())
    return _file(objects, info=len(objects) if info else 0)


def _to_unicode(text: str) -> bytes:
    """Which sign each code is, in blocks of a hundred as the format wants."""
    signs = sorted({sign for sign in text if sign != "\n"})
    blocks = []
    for start in range(0, len(signs), 100):
        part = signs[start : start + 100]
        rows = "".join(f"<{_hex(sign)}> <{_hex(sign)}>\n" for sign in part)
        blocks.append(f"{len(part)} beginbfchar\n{rows}endbfchar\n")
    return _TO_UNICODE.replace("{chars}", "".join(blocks)).encode()


def _shown(text: str) -> bytes:
    lines = [
        line[start : start + _WIDTH]
        for line in text.split("\n")
        for start in range(0, max(1, len(line)), _WIDTH)
    ]
    shown = "".join(f"<{_hex(line)}> Tj T*\n" for line in lines[:48])
    return f"BT /F1 14 Tf 16 TL 56 780 Td\n{shown}ET".encode()


def _hex(text: str, *, mark: bool = False) -> str:
    return (b"\xfe\xff" if mark else b"").hex() + text.encode("utf-16-be").hex()


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    head = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
    return head + packed + b"\nendstream"


def _file(objects: Sequence[bytes], *, info: int) -> bytes:
    parts, places, size = [b"%PDF-1.7\n"], [], 9
    for number, content in enumerate(objects, start=1):
        places.append(size)
        parts.append(f"{number} 0 obj\n".encode() + content + b"\nendobj\n")
        size += len(parts[-1])
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    extra = f" /Info {info} 0 R" if info else ""
    tail = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}"
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R{extra} >>\nstartxref\n{size}\n%%EOF\n"
    )
    return b"".join([*parts, tail.encode()])
