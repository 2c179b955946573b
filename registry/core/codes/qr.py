"""QR codes, drawn here: nothing is loaded from elsewhere."""

from __future__ import annotations

import io

import segno


def svg(text: str) -> bytes:
    """``text`` as a QR code: an SVG document without styles or scripts."""
    buffer = io.BytesIO()
    segno.make(text, error="m").save(buffer, kind="svg", scale=5, border=4, light="white")
    return buffer.getvalue()


def png(text: str) -> bytes:
    """``text`` as a QR code: a PNG picture, for files that take no SVG."""
    buffer = io.BytesIO()
    segno.make(text, error="m").save(buffer, kind="png", scale=8, border=4)
    return buffer.getvalue()
