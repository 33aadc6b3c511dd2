"""What every page of a PDF has: fonts that know Latin letters of all languages, the seal with its QR, page x of y."""

import unicodedata
from functools import cache
from importlib.resources import as_file, files
from typing import Any

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from app.core.cells import printable
from app.sheets.rules import Paper, Seal, spaced

PLAIN, BOLD = "DejaVuSansCondensed", "DejaVuSansCondensed-Bold"
SERIF, SERIF_BOLD = "DejaVuSerif", "DejaVuSerif-Bold"
QUIET, INK, RULE = HexColor(0x475467), HexColor(0x101828), HexColor(0x98A2B3)
MARGIN = 12 * mm
FOOT = 24 * mm
"""Room for the seal below the text."""
_QR = 15 * mm
_SIZES = {Paper.A4: A4, Paper.F4: (215.9 * mm, 330.2 * mm)}


def landscape_of(paper: Paper) -> tuple[float, float]:
    width, height = _SIZES[paper]
    return height, width


@cache
def load_fonts() -> None:
    """Read once in a process: a subset of each font is embedded in every file."""
    for name in (PLAIN, BOLD, SERIF, SERIF_BOLD):
        with as_file(files("app.sheets") / "fonts" / f"{name}.ttf") as path:
            pdfmetrics.registerFont(TTFont(name, path))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)


def drawable(text: str, font: str = PLAIN, *, longest: int = 1000) -> str:
    """Text that the font can draw: an unknown letter loses its marks, or becomes a question mark, never a square."""
    chosen: Any = pdfmetrics.getFont(font)
    known = chosen.face.charToGlyph
    line = printable(text, longest=longest)
    if all(ord(sign) in known for sign in line):
        return line
    return "".join(sign if ord(sign) in known else _plainer(sign, known) for sign in line)


def _plainer(sign: str, known: Any) -> str:
    parts = unicodedata.normalize("NFKD", sign)
    kept = "".join(part for part in parts if ord(part) in known and not unicodedata.combining(part))
    return kept or ("" if unicodedata.combining(sign) else "?")


def draw_seal(canvas: Canvas, seal: Seal, width: float, place: str) -> None:
    """QR, number, code and address at the foot of a page; `place` says which page it is."""
    if not canvas.hasForm("qr"):
        # Drawn once and shown on each page: reckoning a code anew takes a third of a second.
        canvas.beginForm("qr")
        draw_qr(canvas, seal.address, MARGIN, 6 * mm, _QR)
        canvas.endForm()
    canvas.doForm("qr")
    canvas.setFont(PLAIN, 7)
    canvas.setFillColor(QUIET)
    lines = (
        f"Nomor {seal.number}   ·   Kode verifikasi {spaced(seal.code)}",
        f"Periksa keaslian: {seal.address}",
        f"Diterbitkan {seal.issued}",
    )
    for number, line in enumerate(lines):
        canvas.drawString(MARGIN + _QR + 3 * mm, (16 - 4 * number) * mm, drawable(line))
    canvas.drawRightString(width - MARGIN, 8 * mm, place)


def draw_qr(canvas: Canvas, address: str, x: float, y: float, size: float) -> None:
    code = QrCodeWidget(address, barLevel="M")
    left, bottom, right, top = code.getBounds()
    drawing = Drawing(size, size, transform=[size / (right - left), 0, 0, size / (top - bottom), 0, 0])
    drawing.add(code)
    renderPDF.draw(drawing, canvas, x, y)


def draw_sample(canvas: Canvas, size: tuple[float, float]) -> None:
    """CONTOH across the page: nobody takes made-up data for somebody's record."""
    canvas.saveState()
    canvas.setFillColor(Color(0.55, 0.1, 0.1, alpha=0.09))
    canvas.setFont(BOLD, 150)
    canvas.translate(size[0] / 2, size[1] / 2)
    canvas.rotate(28)
    canvas.drawCentredString(0, -50, "CONTOH")
    canvas.restoreState()
