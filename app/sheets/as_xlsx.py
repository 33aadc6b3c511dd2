"""A document as a workbook: text stays text, totals are formulas with their values beside them, ready to print."""

import re
import zipfile
from collections.abc import Sequence
from copy import copy
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from app.core.cells import neutral, printable
from app.sheets.document import Cell, Column, Document, Look, Signatory, Table
from app.sheets.rules import Paper, Seal, spaced

_PAPERS = {Paper.A4: 9, Paper.F4: 14}
"""Numbers of the format's list of papers; 14 is Folio."""
_THIN = Side(style="thin", color="808080")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_GREY = PatternFill("solid", fgColor="E7EBF0")
_ALIGNED = {Look.TEXT: "left", Look.PLACE: "center", Look.WORD: "center", Look.NUMBER: "right", Look.PERCENT: "right"}
_FORMATS = {Look.TEXT: "@", Look.PLACE: "0", Look.WORD: "@", Look.NUMBER: "#,##0", Look.PERCENT: "0.00"}
_FORMULA = re.compile(r'<c r="([A-Z]+[0-9]+)"([^>]*?)><f>(.*?)</f><v ?(?:/>|></v>)</c>')
_NAME = re.compile(r"\{(\w+)(:all)?\}")
_BLANK_ROWS_TO_SIGN = 4
_FACE = "Arial"
_LINE = 13
"""Points of a line at nine points."""


def write_xlsx(document: Document, seal: Seal, paper: Paper) -> bytes:
    """One page per table; blocks for a second with ten thousand cells."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    values: list[dict[str, Cell]] = []
    for place, table in enumerate(document.tables):
        page = _Page(book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", table.title)[:31]), table)
        page.write_head(document, seal)
        page.write_table()
        if place == 0:
            page.write_notes(document.notes)
            page.write_signature(seal.day, document.signatory)
        page.write_seal(seal)
        page.set_up(seal, paper, document.standing)
        values.append(page.values)
    book.calculation.fullCalcOnLoad = True
    book.properties.title, book.properties.creator = document.title, seal.instansi
    kept = BytesIO()
    book.save(kept)
    return _with_values(kept.getvalue(), values)


class _Page:
    """One worksheet, written from the top."""

    def __init__(self, sheet: Any, table: Table) -> None:
        self.sheet, self.table = sheet, table
        self.row = 0
        self.head = self.first = 0
        self.values: dict[str, Cell] = {}
        self.styles: dict[tuple[str, bool], Any] = {}
        self.letters = {column.name: get_column_letter(place) for place, column in enumerate(table.columns, 1)}

    @property
    def wide(self) -> int:
        return len(self.table.columns)

    def write_head(self, document: Document, seal: Seal) -> None:
        self._line(seal.instansi.upper(), Font(bold=True, size=13))
        self._line(document.title, Font(bold=True, size=12))
        for line in document.about:
            self._line(line, Font(size=11))
        self._line(f"Nomor: {seal.number}", Font(size=11))
        sample = "CONTOH: semua data karangan · " if seal.sample else ""
        self._line(sample + document.standing, Font(bold=True, size=11))
        self.row += 1

    def write_table(self) -> None:
        self.row += 1
        self.head, self.first = self.row, self.row + 1
        for place, column in enumerate(self.table.columns, 1):
            cell = self.sheet.cell(self.row, place, column.title)
            cell.font, cell.fill, cell.border = Font(bold=True, size=9), _GREY, _BOX
            cell.alignment = Alignment("center", "center", wrap_text=True)
            self.sheet.column_dimensions[get_column_letter(place)].width = max(5.0, column.width * 0.62)
        self.sheet.row_dimensions[self.row].height = 54
        for row in self.table.rows:
            self._cells(row, [column.formula for column in self.table.columns])
        if not self.table.rows:
            self._line(self.table.empty, Font(italic=True))
        if self.table.totals is not None:
            formulas = [column.total if self.table.rows else None for column in self.table.columns]
            self._cells(self.table.totals, formulas, Font(name=_FACE, size=9, bold=True))

    def _cells(self, row: Sequence[Cell], formulas: Sequence[str | None], font: Font | None = None) -> None:
        self.row += 1
        for place, (column, value, formula) in enumerate(zip(self.table.columns, row, formulas, strict=True), 1):
            cell = self.sheet.cell(self.row, place)
            if formula is not None:
                cell.value = "=" + self._filled(formula, column)
                self.values[cell.coordinate] = value
            else:
                cell.value = neutral(_text(value)) if isinstance(value, str) else value
            self._dress(cell, column, font or Font(name=_FACE, size=9))
        self.sheet.row_dimensions[self.row].height = _LINE * self._lines_of(row)

    def _lines_of(self, row: Sequence[Cell]) -> int:
        """How many lines the longest text takes: spreadsheets do not find out by themselves when they open a file."""
        spans = zip(self.table.columns, row, strict=True)
        texts = [
            (column.width, value) for column, value in spans if column.look is Look.TEXT and isinstance(value, str)
        ]
        return max([1, *(-(-len(value) // int(width * 0.75)) for width, value in texts)])

    def _dress(self, cell: Any, column: Column, font: Font) -> None:
        """Made once a column and copied: setting each style anew takes most of the time of a long sheet."""
        known = self.styles.get((column.name, bool(font.b)))
        if known is not None:
            cell._style = copy(known)
            return
        cell.number_format, cell.border = _FORMATS[column.look], _BOX
        cell.alignment = Alignment(_ALIGNED[column.look], "center", wrap_text=column.look is Look.TEXT)
        cell.font = font
        self.styles[column.name, bool(font.b)] = copy(cell._style)

    def _filled(self, formula: str, column: Column) -> str:
        last = self.first + len(self.table.rows) - 1

        def place(found: re.Match[str]) -> str:
            letter = self.letters[column.name if found[1] == "self" else found[1]]
            return f"{letter}${self.first}:{letter}${last}" if found[2] else f"{letter}{self.row}"

        return _NAME.sub(place, formula)

    def write_notes(self, notes: Sequence[str]) -> None:
        self.row += 1
        for note in notes:
            self._line(note, Font(size=9), "left", wrap=True)

    def write_signature(self, signed: str, signatory: Signatory) -> None:
        """On the right, with room for a signature and a stamp."""
        place = signatory.place or "." * 20
        self.row += 1
        for text in (f"{place}, {signed}", signatory.title or "." * 40):
            self._right(text)
        self.row += _BLANK_ROWS_TO_SIGN
        self._right(signatory.name or "." * 40, Font(bold=True, underline="single" if signatory.name else None))
        self._right("NIP " + "." * 34)

    def _right(self, text: str, font: Font | None = None) -> None:
        self._line(text, font or Font(size=11), first=max(1, self.wide * 2 // 3))

    def write_seal(self, seal: Seal) -> None:
        self.row += 1
        for line in (
            f"Nomor {seal.number} · Kode verifikasi {spaced(seal.code)}",
            f"Periksa keaslian di {seal.address}",
            f"Diterbitkan {seal.issued}",
        ):
            self._line(line, Font(size=9, color="475467"), "left")

    def _line(self, text: str, font: Font, side: str = "center", *, first: int = 1, wrap: bool = False) -> None:
        self.row += 1
        cell = self.sheet.cell(self.row, first, neutral(_text(text)))
        cell.font, cell.alignment = font, Alignment(side, "center", wrap_text=wrap)
        if self.wide > first:
            self.sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=first, end_column=self.wide)
        if wrap:
            across = sum(column.width for column in self.table.columns)
            self.sheet.row_dimensions[self.row].height = 13 * (1 + len(text) // max(1, int(across * 0.62)))

    def set_up(self, seal: Seal, paper: Paper, standing: str) -> None:
        """Landscape, as wide as the page, the header row on each; the footer says which sheet it is."""
        sheet = self.sheet
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _PAPERS[paper]
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_margins.left = sheet.page_margins.right = 0.4
        sheet.print_title_rows = f"{self.head}:{self.head}"
        sheet.print_options.horizontalCentered = True
        sheet.freeze_panes = sheet.cell(self.first, 1)
        sheet.oddFooter.left.text = f"{seal.number} · {spaced(seal.code)}"
        sheet.oddFooter.right.text = "Halaman &P dari &N"
        sheet.oddHeader.right.text = ("CONTOH · " if seal.sample else "") + standing.partition(" ")[0]


def _text(value: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", printable(value, longest=1000))


def _with_values(book: bytes, values: Sequence[dict[str, Cell]]) -> bytes:
    """The workbook with each formula's value beside it, for readers that do not calculate; the writer leaves it out."""
    kept = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            if found := re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", item.filename):
                content = _valued(content.decode(), values[int(found[1]) - 1]).encode()
            new.writestr(item, content)
    return kept.getvalue()


def _valued(page: str, values: dict[str, Cell]) -> str:
    def put(found: re.Match[str]) -> str:
        place, attributes, formula = found.groups()
        value = values[place]
        text = "" if value is None else escape(str(value))
        kind = "" if isinstance(value, int) or (value is not None and not isinstance(value, str)) else ' t="str"'
        return f'<c r="{place}"{attributes}{kind}><f>{formula}</f><v>{text}</v></c>'

    return _FORMULA.sub(put, page)
