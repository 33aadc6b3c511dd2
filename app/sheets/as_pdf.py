"""A document as PDF: the kop, tables whose heads repeat, notes beside the signature, a seal on every page."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    HRFlowable,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus import Table as Grid

from app.sheets.document import Cell, Column, Document, Look, Table
from app.sheets.paper import (
    BOLD,
    FOOT,
    INK,
    MARGIN,
    PLAIN,
    QUIET,
    RULE,
    draw_sample,
    draw_seal,
    drawable,
    landscape_of,
    load_fonts,
)
from app.sheets.rules import Paper, Seal

_SIZE = 7.5
_PAD = 3
_ALIGNED = {Look.TEXT: "LEFT", Look.PLACE: "CENTER", Look.WORD: "CENTER", Look.NUMBER: "RIGHT", Look.PERCENT: "RIGHT"}


def _style(size: float, font: str = PLAIN, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(f"{font}-{size}", fontName=font, fontSize=size, leading=size * 1.28, textColor=INK, **more)


class _Canvas(Canvas):
    """Keeps each page until the number of all is known."""

    def __init__(self, *args: Any, finish: Callable[["_Canvas", str], None], **options: Any) -> None:
        super().__init__(*args, **options)
        self._finish, self._kept = finish, list[dict[str, Any]]()

    def showPage(self) -> None:  # noqa: N802 — the library's name
        self._kept.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        for number, page in enumerate(self._kept, 1):
            self.__dict__.update(page)
            self._finish(self, f"Halaman {number} dari {len(self._kept)}")
            super().showPage()
        super().save()


def write_pdf(document: Document, seal: Seal, paper: Paper) -> bytes:
    """The pages; blocks for a second or two with thousands of rows."""
    load_fonts()
    size = landscape_of(paper)
    width = size[0] - 2 * MARGIN
    kept = BytesIO()
    frame = Frame(MARGIN, FOOT, width, size[1] - FOOT - 14 * mm, 0, 0, 0, 0)

    def finish(canvas: Canvas, place: str) -> None:
        draw_seal(canvas, seal, size[0], place)
        _draw_top(canvas, document, seal, size)
        if seal.sample:
            draw_sample(canvas, size)

    pages = BaseDocTemplate(
        kept, pagesize=size, title=drawable(document.title), author=drawable(seal.instansi), invariant=1
    )
    pages.addPageTemplates(PageTemplate("sheet", [frame]))
    pages.build(
        _story(document, seal, width),
        canvasmaker=lambda *args, **options: _Canvas(*args, finish=finish, **options),
    )
    return kept.getvalue()


def _draw_top(canvas: Canvas, document: Document, seal: Seal, size: tuple[float, float]) -> None:
    """What each page is, also when it lies alone on a desk."""
    canvas.setFont(PLAIN, 7)
    canvas.setFillColor(QUIET)
    canvas.drawString(MARGIN, size[1] - 9 * mm, drawable(f"{document.title} · {' · '.join(document.about)}"))
    said = document.standing if not seal.sample else f"CONTOH: semua data karangan · {document.standing}"
    canvas.setFont(BOLD, 7)
    canvas.drawRightString(size[0] - MARGIN, size[1] - 9 * mm, drawable(said))


def _story(document: Document, seal: Seal, width: float) -> list[Flowable]:
    story = _kop(document, seal)
    for place, table in enumerate(document.tables):
        if place:
            story += [
                CondPageBreak(45 * mm),
                Paragraph(escape(drawable(table.title)), _style(9, BOLD, spaceBefore=8, spaceAfter=4)),
            ]
        story += _grids(table, width)
    return [*story, Spacer(0, 4 * mm), _end(document, seal.day, width)]


def _kop(document: Document, seal: Seal) -> list[Flowable]:
    def line(text: str, size: float, font: str = PLAIN, after: float = 1) -> Paragraph:
        return Paragraph(escape(drawable(text)), _style(size, font, alignment=TA_CENTER, spaceAfter=after))

    thick = HRFlowable("100%", 1.2, color=INK, spaceBefore=3, spaceAfter=1)
    thin = HRFlowable("100%", 0.4, color=INK, spaceAfter=6)
    return [
        line(seal.instansi.upper(), 14, BOLD),
        thick,
        thin,
        line(document.title, 12, BOLD),
        *(line(text, 9.5) for text in document.about),
        line(f"Nomor: {seal.number}", 9.5),
        line(document.standing, 9, BOLD, after=8),
    ]


def _grids(table: Table, width: float) -> list[Flowable]:
    """The table with a head that repeats; words instead where there are no rows."""
    whole = sum(column.width for column in table.columns)
    widths = [width * column.width / whole for column in table.columns]
    head = [_title(column, span) for column, span in zip(table.columns, widths, strict=True)]
    body = [_cells(table.columns, row, widths, PLAIN) for row in table.rows]
    if not body:
        return [Paragraph(escape(table.empty), _style(9))]
    if table.totals is not None:
        body.append(_cells(table.columns, table.totals, widths, BOLD))
    return [Grid([head, *body], widths, repeatRows=1, style=_lines(table, len(body)))]


def _title(column: Column, width: float) -> Paragraph:
    """In a size at which its longest word fits: a title is never cut within a word."""
    longest = max(stringWidth(word, BOLD, 1) for word in column.title.split())
    return Paragraph(
        escape(column.title), _style(min(6.6, (width - 2 * _PAD - 0.5) / longest), BOLD, alignment=TA_CENTER)
    )


def _cells(columns: Sequence[Column], row: Sequence[Cell], widths: Sequence[float], font: str) -> list[Any]:
    return [_cell(column, value, span, font) for column, value, span in zip(columns, row, widths, strict=True)]


def _cell(column: Column, value: Cell, width: float, font: str) -> str:
    """Broken into lines by width alone: a paragraph takes twenty times as long, and there are thousands."""
    text, room = _written(column, value), width - 2 * _PAD
    if stringWidth(text, font, _SIZE) <= room:
        return text
    lines = [piece for line in simpleSplit(text, font, _SIZE, room) for piece in _pieces(line, font, room)]
    return "\n".join(lines)


def _pieces(line: str, font: str, room: float) -> Iterator[str]:
    """A word that is wider than its column, cut where it must be."""
    while stringWidth(line, font, _SIZE) > room and len(line) > 1:
        fits = next(n for n in range(len(line) - 1, 0, -1) if n == 1 or stringWidth(line[:n], font, _SIZE) <= room)
        yield line[:fits]
        line = line[fits:]
    yield line


def _written(column: Column, value: Cell) -> str:
    if isinstance(value, str):
        return drawable(value)
    if value is None:
        return "–" if column.look in (Look.NUMBER, Look.PERCENT) else ""
    if isinstance(value, Decimal):
        return f"{value:.2f}".replace(".", ",")
    return f"{value:,}".replace(",", ".")


def _lines(table: Table, rows: int) -> list[tuple[Any, ...]]:
    drawn: list[tuple[Any, ...]] = [
        ("FONT", (0, 1), (-1, -1), PLAIN, _SIZE),
        ("LEADING", (0, 1), (-1, -1), _SIZE * 1.2),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("GRID", (0, 0), (-1, -1), 0.35, RULE),
        ("BACKGROUND", (0, 0), (-1, 0), HexColor(0xE7EBF0)),
        ("LEFTPADDING", (0, 0), (-1, -1), _PAD),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PAD),
        ("TOPPADDING", (0, 0), (-1, -1), 1.6),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.4),
        *(("ALIGN", (place, 1), (place, -1), _ALIGNED[column.look]) for place, column in enumerate(table.columns)),
    ]
    if table.totals is not None:
        drawn += [("FONT", (0, rows), (-1, rows), BOLD, _SIZE), ("LINEABOVE", (0, rows), (-1, rows), 0.9, INK)]
    return drawn


def _end(document: Document, day: str, width: float) -> Flowable:
    """Notes on the left; on the right who signs, with room for a signature and a stamp. Never parted."""
    notes: list[Flowable] = [Paragraph(escape(drawable(note)), _style(7.5, spaceAfter=2)) for note in document.notes]
    signatory = document.signatory
    centred: dict[str, Any] = {"alignment": TA_CENTER}
    signature = [
        Paragraph(escape(drawable(f"{signatory.place or '.' * 24}, {day}")), _style(9, **centred)),
        Paragraph(escape(drawable(signatory.title or "." * 48)), _style(9, **centred)),
        Spacer(0, 20 * mm),
        Paragraph(
            f"<u>{escape(drawable(signatory.name))}</u>" if signatory.name else "." * 48, _style(9, BOLD, **centred)
        ),
        Paragraph("NIP " + "." * 42, _style(9, **centred)),
    ]
    block = Grid([[notes, "", signature]], [width * 0.56, width * 0.1, width * 0.34])
    block.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    return KeepTogether([block])
