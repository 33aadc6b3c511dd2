"""A letter as a DOCX file that an office can open, complete and print. Importing this takes a moment."""

import re
from datetime import datetime
from io import BytesIO

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph as TextParagraph

from app.decisions.letters import (
    Block,
    Fields,
    Grid,
    Heading,
    Letter,
    Official,
    Paragraph,
    Points,
    Signatures,
)

FONT = "Bookman Old Style"
"""What offices write letters in; a machine without it takes another."""
DRAFT_RED = RGBColor(0xB0, 0x00, 0x20)
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(letter: Letter, *, at: datetime) -> bytes:
    """The letter as the content of a .docx file."""
    document = Document()
    _set_page(document)
    _set_properties(document, letter, at)
    _write_head(document, letter)
    for block in letter.blocks:
        _write(document, block)
    _write_notes(document, letter.notes)
    content = BytesIO()
    document.save(content)
    return content.getvalue()


def _plain(words: str) -> str:
    """Without what XML cannot hold."""
    return _NOT_XML.sub("", words)


def _set_page(document: DocumentObject) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.5), Cm(33)  # folio (F4), the paper of government letters
    section.left_margin, section.right_margin = Cm(2.5), Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(11)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(6)


def _set_properties(document: DocumentObject, letter: Letter, at: datetime) -> None:
    about = document.core_properties
    about.title = f"Draf {letter.kind}"
    about.author = about.last_modified_by = _plain(letter.instansi)
    about.comments = " · ".join(letter.marks)
    about.created = about.modified = at.replace(tzinfo=None)


def _write_head(document: DocumentObject, letter: Letter) -> None:
    """The draft's marks on every page, and the kop."""
    header = document.sections[0].header.paragraphs[0]
    header.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = header.add_run(" · ".join(letter.marks))
    run.bold, run.font.size, run.font.color.rgb = True, Pt(9), DRAFT_RED
    for words, size in ((letter.instansi, 14), (letter.unit, 12)):
        line = document.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.space_after = Pt(0)
        kop = line.add_run(_plain(words).upper())
        kop.bold, kop.font.size = True, Pt(size)
    _underline(document.add_paragraph())


def _underline(paragraph: TextParagraph) -> None:
    """The rule below the kop."""
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "double"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _write(document: DocumentObject, block: Block) -> None:
    match block:
        case Heading(words):
            _centred(document, words, bold=True)
        case Paragraph(words, centred=True):
            _centred(document, words)
        case Paragraph(words):
            _write_paragraph(document, words)
        case Fields(rows):
            _write_fields(document, rows)
        case Points(label, items):
            _write_points(document, label, items)
        case Grid(header, rows):
            _write_grid(document, header, rows)
        case Signatures(officials, before):
            _write_signatures(document, officials, before)


def _write_paragraph(document: DocumentObject, words: str) -> None:
    """Justified, unless it has lines of its own, which would be torn apart."""
    paragraph = document.add_paragraph(_plain(words))
    if "\n" not in words:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY


def _centred(document: DocumentObject, words: str, *, bold: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run(_plain(words)).bold = bold


def _write_fields(document: DocumentObject, rows: tuple[tuple[str, str], ...]) -> None:
    table = _table(document, (Cm(1), Cm(5), Cm(0.5), Cm(10)))
    for label, value in rows:
        _, first, colon, second = _add_row(table)
        _fill(first, label)
        _fill(colon, ":")
        _fill(second, value)
    _gap(document)


def _write_points(document: DocumentObject, label: str, items: tuple[str, ...]) -> None:
    table = _table(
        document, (Cm(2.8 if label else 0.2), Cm(0.5 if label else 0.2), Cm(0.9), Cm(12.5 if label else 15.4))
    )
    sign = "{}." if label in {"", "Mengingat"} else None
    for place, item in enumerate(items):
        first, colon, number, words = _add_row(table)
        if place == 0 and label:
            _fill(first, label)
            _fill(colon, ":")
        _fill(number, sign.format(place + 1) if sign else f"{chr(ord('a') + place)}.")
        _fill(words, item)
        words.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _gap(document)


def _write_grid(document: DocumentObject, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> None:
    widths = (Cm(1.2), *[Cm(15.3 / (len(header) - 1))] * (len(header) - 1)) if header[0] == "No." else None
    table = _table(document, widths or (Cm(16.5 / len(header)),) * len(header), style="Table Grid")
    for place, cells in enumerate((header, *rows)):
        for cell, words in zip(_add_row(table), cells, strict=True):
            _fill(cell, words, bold=place == 0, size=8 if len(header) > 3 else 10)
    _gap(document)


def _write_signatures(document: DocumentObject, officials: tuple[Official, ...], before: str) -> None:
    """Side by side, two in a row, the last one on the right; below the place and the date."""
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    places: list[Official | None] = list(officials)
    if len(places) % 2:
        places.insert(0, None)
    table = _table(document, (Cm(8.2), Cm(8.3)))
    for pair in range(0, len(places), 2):
        cells = _add_row(table)
        _forbid_break(table)
        if pair == 0:
            _fill(cells[1], before, centred=True)
            cells = _add_row(table)
            _forbid_break(table)
        for cell, official in zip(cells, places[pair : pair + 2], strict=True):
            if official is not None:
                nip = f"NIP {official.nip}"
                _fill(cell, f"{official.title},\n\n\n\n{official.name}\n{nip}", centred=True)
    _gap(document)


def _write_notes(document: DocumentObject, notes: tuple[str, ...]) -> None:
    table = _table(document, (Cm(16.5),), style="Table Grid")
    (cell,) = _add_row(table)
    _fill(cell, "Catatan untuk pemeriksa draf", bold=True, size=9)
    for note in notes:
        run = cell.add_paragraph().add_run(f"– {_plain(note)}")
        run.font.size = Pt(9)
        cell.paragraphs[-1].paragraph_format.space_after = Pt(2)


def _table(document: DocumentObject, widths: tuple[int, ...], style: str | None = None) -> Table:
    table: Table = document.add_table(rows=0, cols=len(widths), style=style)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    return table


def _add_row(table: Table) -> tuple[_Cell, ...]:
    """A new row whose cells have the widths of their columns: some programs read only these."""
    cells: tuple[_Cell, ...] = table.add_row().cells  # type: ignore[no-untyped-call]
    for cell, column in zip(cells, table.columns, strict=True):
        cell.width = column.width
    return cells


def _forbid_break(table: Table) -> None:
    """Keep the last row on one page: a signature alone on a page can be put under anything."""
    row = table.rows[-1]._tr
    row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell in table.rows[-1].cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True


def _fill(cell: _Cell, words: str, *, bold: bool = False, centred: bool = False, size: int | None = None) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(2)
    run = paragraph.add_run(_plain(words))
    run.bold = bold
    if size is not None:
        run.font.size = Pt(size)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _gap(document: DocumentObject) -> None:
    """Two tables that touch would become one."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = Pt(6)
