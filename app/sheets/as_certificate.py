"""The certificate of a reward: one landscape page."""

from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from app.sheets.document import Certificate
from app.sheets.paper import (
    INK,
    PLAIN,
    QUIET,
    SERIF,
    SERIF_BOLD,
    draw_qr,
    draw_sample,
    drawable,
    landscape_of,
    load_fonts,
)
from app.sheets.rules import Paper, Seal, spaced

_GOLD = HexColor(0x9A7B2F)
_QR = 20 * mm


def write_certificate(certificate: Certificate, seal: Seal, paper: Paper) -> bytes:
    load_fonts()
    size = landscape_of(paper)
    kept = BytesIO()
    canvas = Canvas(kept, pagesize=size, invariant=1)
    canvas.setTitle(drawable(f"Piagam penghargaan {seal.number}"))
    canvas.setAuthor(drawable(seal.instansi))
    _frame(canvas, size)
    y = _head(canvas, certificate, seal, size)
    _reason(canvas, certificate, size, y)
    _foot(canvas, certificate, seal, size)
    if seal.sample:
        draw_sample(canvas, size)
    canvas.showPage()
    canvas.save()
    return kept.getvalue()


def _frame(canvas: Canvas, size: tuple[float, float]) -> None:
    canvas.setStrokeColor(_GOLD)
    for inset, width in ((9 * mm, 2.4), (11.5 * mm, 0.6)):
        canvas.setLineWidth(width)
        canvas.rect(inset, inset, size[0] - 2 * inset, size[1] - 2 * inset)


def _head(canvas: Canvas, certificate: Certificate, seal: Seal, size: tuple[float, float]) -> float:
    """From the instansi down to the name; returns where the next line stands."""
    middle, y = size[0] / 2, size[1] - 34 * mm
    canvas.setFillColor(INK)
    _centred(canvas, seal.instansi.upper(), middle, y, SERIF_BOLD, 15, size)
    canvas.setFillColor(_GOLD)
    _centred(canvas, "PIAGAM PENGHARGAAN", middle, y - 18 * mm, SERIF_BOLD, 30, size)
    canvas.setFillColor(QUIET)
    _centred(canvas, f"Nomor: {seal.number}", middle, y - 27 * mm, PLAIN, 10.5, size)
    canvas.setFillColor(INK)
    _centred(canvas, "diberikan kepada", middle, y - 41 * mm, SERIF, 12, size)
    _centred(canvas, certificate.name, middle, y - 56 * mm, SERIF_BOLD, 27, size)
    canvas.setStrokeColor(_GOLD)
    canvas.setLineWidth(0.8)
    canvas.line(middle - 85 * mm, y - 60.5 * mm, middle + 85 * mm, y - 60.5 * mm)
    if certificate.unit:
        _centred(canvas, certificate.unit, middle, y - 68 * mm, SERIF, 12, size)
    return y - (80 if certificate.unit else 72) * mm


def _centred(
    canvas: Canvas, text: str, x: float, y: float, font: str, points: float, size: tuple[float, float]
) -> None:
    """On one line, smaller where a name is long."""
    line, room = drawable(text, font), size[0] - 50 * mm
    points = min(points, points * room / max(1.0, stringWidth(line, font, points)))
    canvas.setFont(font, points)
    canvas.drawCentredString(x, y, line)


def _reason(canvas: Canvas, certificate: Certificate, size: tuple[float, float], y: float) -> None:
    width = size[0] - 90 * mm
    style = ParagraphStyle("reason", fontName=SERIF, fontSize=12.5, leading=18, alignment=TA_CENTER, textColor=INK)
    small = ParagraphStyle("line", fontName=PLAIN, fontSize=9.5, leading=13, alignment=TA_CENTER, textColor=QUIET)
    said = [(f"atas {certificate.award}", style), *((line, small) for line in certificate.lines)]
    for text, look in said:
        paragraph = Paragraph(escape(drawable(text)), look)
        _, height = paragraph.wrap(width, 60 * mm)
        paragraph.drawOn(canvas, (size[0] - width) / 2, y - height)
        y -= height + 1.5 * mm


def _foot(canvas: Canvas, certificate: Certificate, seal: Seal, size: tuple[float, float]) -> None:
    draw_qr(canvas, seal.address, 19 * mm, 18 * mm, _QR)
    canvas.setFillColor(QUIET)
    canvas.setFont(PLAIN, 7)
    for number, line in enumerate((f"Kode verifikasi {spaced(seal.code)}", seal.address, certificate.letter)):
        canvas.drawString(42 * mm, (33 - 4 * number) * mm, drawable(line, longest=90))
    canvas.setFillColor(INK)
    middle = size[0] - 62 * mm
    width = 82 * mm
    for text, y, font, points in (
        (certificate.signed, 56 * mm, SERIF, 10.5),
        (certificate.signatory, 24 * mm, SERIF_BOLD, 10.5),
    ):
        line = drawable(text, font)
        canvas.setFont(font, min(points, points * width / max(1.0, stringWidth(line, font, points))))
        canvas.drawCentredString(middle, y, line)
