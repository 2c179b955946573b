"""Which of the two encodings of the country a text is written in: UTF-8 or GB18030."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from typing import Literal

from registry.core.sheets.problems import UnknownEncoding, WrongEncoding

Encoding = Literal["utf-8-sig", "gb18030"]

_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_PLAUSIBLE = 0.8
"""Share of the non-ASCII characters that must be Chinese for bytes to pass as GB18030. Almost
any bytes decode as GB18030; Latin-1 read so gives rare characters and private-use ones."""
_COMMON = 0.5
"""Share that must be everyday characters (GB 2312, level 1) once there are ``_ENOUGH`` to judge:
Big5 and Shift-JIS read as GB18030 give Chinese characters that nobody uses."""
_ENOUGH = 4
_EVERYDAY = frozenset(
    bytes((row, cell)).decode("gb2312", "ignore")
    for row in range(0xB0, 0xD8)
    for cell in range(0xA1, 0xFF)
)


def detect(blocks: Iterable[bytes]) -> Encoding:
    """The encoding of a text given in blocks, every byte of which is looked at.

    Raises ``WrongEncoding`` for a byte-order mark of UTF-16 or UTF-32, ``UnknownEncoding`` with
    the line where neither encoding holds.
    """
    utf8 = codecs.getincrementaldecoder("utf-8")()
    gb = codecs.getincrementaldecoder("gb18030")()
    state = _State()
    first = True
    for block in blocks:
        if first:
            _refuse_marks(block)
            first = False
        state.feed(block, utf8, gb)
        if not state.utf8 and not state.gb:
            raise UnknownEncoding(line=state.lines + 1)
    state.feed(b"", utf8, gb, final=True)
    if state.utf8:
        return "utf-8-sig"
    if state.gb and state.is_plausible:
        return "gb18030"
    raise UnknownEncoding(line=state.suspect or 1)


class _State:
    """What has been seen so far."""

    def __init__(self) -> None:
        self.utf8 = self.gb = True
        self.lines = self.chinese = self.foreign = self.everyday = self.marks = self.suspect = 0

    @property
    def is_plausible(self) -> bool:
        """Whether what GB18030 makes of the bytes is Chinese as people write it."""
        words = self.foreign - self.marks
        common = words < _ENOUGH or self.everyday >= _COMMON * words
        return common and self.chinese >= _PLAUSIBLE * self.foreign

    def feed(
        self,
        block: bytes,
        utf8: codecs.IncrementalDecoder,
        gb: codecs.IncrementalDecoder,
        *,
        final: bool = False,
    ) -> None:
        self.utf8 = self.utf8 and _decodes(utf8, block, final) is not None
        if self.gb:
            text = _decodes(gb, block, final)
            self.gb = text is not None
            self._weigh(text or "")
        self.lines += block.count(b"\n")

    def _weigh(self, text: str) -> None:
        foreign = [sign for sign in text if sign > "\x7f"]
        chinese = sum(_is_chinese(sign) for sign in foreign)
        self.foreign += len(foreign)
        self.chinese += chinese
        self.everyday += sum(sign in _EVERYDAY for sign in foreign)
        self.marks += sum("\u3000" <= sign <= "\u303f" or sign >= "\uff00" for sign in foreign)
        if not self.suspect and len(foreign) > chinese:
            self.suspect = self.lines + 1


def _refuse_marks(block: bytes) -> None:
    for mark, name in _MARKS:
        if block.startswith(mark):
            raise WrongEncoding(encoding=name)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, final: bool) -> str | None:
    try:
        return decoder.decode(block, final)
    except UnicodeDecodeError:
        return None


def _is_chinese(sign: str) -> bool:
    """Unified ideographs, CJK and full-width punctuation, and the marks of GB 2312's first rows."""
    return (
        "\u4e00" <= sign <= "\u9fff"
        or "\u3400" <= sign <= "\u4dbf"
        or sign >= "\U00020000"
        or "\u3000" <= sign <= "\u303f"
        or "\uff00" <= sign <= "\uffef"
        or "\u2010" <= sign <= "\u2642"
        or sign in "·×÷°±§"
    )
