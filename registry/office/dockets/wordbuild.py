"""Builds the Word templates from the descriptions of the papers.

Run after a change to any ``documents/*.yaml``: ``python -m registry.office.dockets.wordbuild``.
The templates are checked in, so that an authority can take one, edit it in Word or WPS and put
it into its data directory. Placeholders are those of docxtpl (Jinja in double braces).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

BODY, TITLE = "仿宋", "方正小标宋简体"
"""Type faces of official documents (GB/T 9704-2012 5.2.2); Word falls back where they lack."""


def build(path: Path) -> Path:
    """Writes the template beside the description at ``path``."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    document = _blank()
    _line(document, "{{ authority.name }}", Pt(18), WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, str(content["title"]), Pt(22), WD_ALIGN_PARAGRAPH.CENTER, TITLE)
    _line(document, "{{ paper.number }}", Pt(14), WD_ALIGN_PARAGRAPH.CENTER)
    for block in content["body"]:
        _block(document, block)
    target = path.with_suffix(".docx")
    document.save(str(target))
    return target


def _blank() -> DocumentType:
    document = Document()
    section = document.sections[0]
    # Margins of GB/T 9704-2012 5.2.1.
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    style = document.styles["Normal"]
    style.font.name, style.font.size = BODY, Pt(14)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    document.core_properties.author = ""
    document.core_properties.comments = ""
    return document


def _line(
    document: DocumentType, text: str, size: Any, align: WD_ALIGN_PARAGRAPH, face: str = BODY
) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    run = paragraph.add_run(text)
    run.font.size, run.font.name = size, face
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    return paragraph


def _block(document: DocumentType, block: Mapping[str, Any]) -> None:
    if "if" in block:
        document.add_paragraph(f"{{%p if {block['if']} %}}")
    if "row" in block:
        _table(document, block)
    elif "rows" in block:
        _rows(document, block["rows"])
    else:
        _paragraph(document, block)
    if "if" in block:
        document.add_paragraph("{%p endif %}")


def _paragraph(document: DocumentType, block: Mapping[str, Any]) -> None:
    each = block.get("each")
    if each:
        document.add_paragraph(f"{{%p for item in {each} %}}")
    if "heading" in block:
        _line(document, block["heading"], Pt(16), WD_ALIGN_PARAGRAPH.LEFT, "黑体")
    elif "right" in block:
        _line(document, block["right"], Pt(14), WD_ALIGN_PARAGRAPH.RIGHT)
    else:
        paragraph = document.add_paragraph(block["p"])
        paragraph.paragraph_format.first_line_indent = Pt(28)
    if each:
        document.add_paragraph("{%p endfor %}")


def _rows(document: DocumentType, rows: list[list[str]]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]))
    table.style = "Table Grid"
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def _table(document: DocumentType, block: Mapping[str, Any]) -> None:
    width = len(block["row"])
    table = document.add_table(rows=0, cols=width)
    table.style = "Table Grid"
    if block.get("header"):
        for cell, text in zip(table.add_row().cells, block["header"], strict=True):
            cell.text = text
    table.add_row().cells[0].text = f"{{%tr for item in {block['each']} %}}"
    for cell, text in zip(table.add_row().cells, block["row"], strict=True):
        cell.text = text
    table.add_row().cells[0].text = "{%tr endfor %}"


def main(folders: list[str]) -> None:
    """Builds every template of ``folders``, or of the package."""
    office = Path(__file__).parent.parent
    found = (*office.glob("*/documents"), *office.glob("*/*/documents"))
    places = [Path(folder) for folder in folders] or sorted(found)
    for place in places:
        for path in sorted(place.glob("*.yaml")):
            build(path)


if __name__ == "__main__":
    main(sys.argv[1:])
