"""A document as CSV: the tables, then what the sheet is; nothing in it is a formula."""

import csv
from collections.abc import Sequence
from decimal import Decimal
from io import StringIO

from app.core.cells import neutral, printable
from app.sheets.document import Cell, Document
from app.sheets.rules import Seal, Separator, spaced


def write_csv(document: Document, seal: Seal, separator: Separator) -> bytes:
    """UTF-8; with a semicolon as spreadsheets of this country expect it: a BOM, and commas in decimals."""
    local = separator is Separator.SEMICOLON
    kept = StringIO()
    out = csv.writer(kept, delimiter=separator.value, lineterminator="\r\n")

    def row(cells: Sequence[Cell]) -> None:
        out.writerow([_written(cell, local=local) for cell in cells])

    for table in document.tables:
        row([column.title for column in table.columns])
        for cells in table.rows:
            row(cells)
        if table.totals is not None:
            row(table.totals)
        row([])
    for name, value in _about(document, seal):
        row([name, value])
    return kept.getvalue().encode("utf-8-sig" if local else "utf-8")


def _written(cell: Cell, *, local: bool) -> str:
    if isinstance(cell, str):
        return neutral(printable(cell, longest=1000))
    if isinstance(cell, Decimal):
        return str(cell).replace(".", ",") if local else str(cell)
    return "" if cell is None else str(cell)


def _about(document: Document, seal: Seal) -> list[tuple[str, str]]:
    sample = [("CONTOH", "semua data karangan")] if seal.sample else []
    return [
        *sample,
        ("Instansi", seal.instansi),
        ("Judul", document.title),
        *(("Tentang", line) for line in document.about),
        ("Keadaan", document.standing),
        *(("Catatan", note) for note in document.notes),
        ("Nomor", seal.number),
        ("Kode verifikasi", spaced(seal.code)),
        ("Periksa di", seal.address),
        ("Diterbitkan", seal.issued),
    ]
