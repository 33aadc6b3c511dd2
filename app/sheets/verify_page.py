"""The page behind a sheet's QR: what was issued, in plain words, for a phone; nobody's name is on it."""

from datetime import date
from html import escape
from zoneinfo import ZoneInfo

from app.core.texts.dates import clock_time, long_date, long_day
from app.sheets.rules import Kind
from app.sheets.schemas import VerifiedRead, VerifiedTotals

_KINDS = {
    Kind.RECAP: "Rekapitulasi kehadiran apel",
    Kind.ABSENT: "Daftar ASN yang tidak hadir",
    Kind.IDULFITRI_RETURN: "Laporan setelah cuti Idul Fitri",
    Kind.OPD: "Daftar hadir OPD",
    Kind.PERIOD_RECAP: "Rekapitulasi per periode",
    Kind.CERTIFICATE: "Piagam penghargaan",
}
_PAGE = """<!doctype html>
<html lang="id">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title} – Apel Virtual</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/bagian/base.css">
<link rel="stylesheet" href="/verifikasi/verify.css">
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def show_verified(sheet: VerifiedRead, zone: ZoneInfo) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>\n" for name, value in _rows(sheet, zone))
    sample = '<p class="sample">CONTOH: semua data karangan</p>\n' if sheet.sample else ""
    how = (
        "<p class='quiet'>Bandingkan isi lembar dengan angka di atas. Berkas yang sama memiliki SHA-256 yang sama.</p>"
    )
    return _PAGE.format(
        title="Lembar ini diterbitkan", body=f"{sample}{_currency(sheet, zone)}<dl>\n{rows}</dl>\n{how}"
    )


def show_unknown() -> str:
    body = "<p>Tidak ada lembar dengan kode ini. Periksa kembali kode yang tercetak; bila tetap tidak dikenal, "
    return _PAGE.format(title="Kode tidak dikenal", body=f"{body}lembar itu tidak diterbitkan oleh layanan ini.</p>")


def _currency(sheet: VerifiedRead, zone: ZoneInfo) -> str:
    if sheet.superseded_by is not None:
        by = sheet.superseded_by
        day = long_date(by.issued_at.astimezone(zone).date())
        return f"<p class='verdict old'>Sudah digantikan oleh nomor {escape(by.number)}, {day}.</p>\n"
    if sheet.newer_revision:
        return "<p class='verdict old'>Asli, tetapi ada angka yang lebih baru sejak lembar ini diterbitkan.</p>\n"
    return "<p class='verdict good'>Asli, dan masih sesuai dengan data terakhir.</p>\n"


def _rows(sheet: VerifiedRead, zone: ZoneInfo) -> list[tuple[str, str]]:
    issued = sheet.issued_at.astimezone(zone)
    rows = [
        ("Nomor", sheet.number),
        ("Jenis", _KINDS[sheet.kind]),
        ("Instansi", sheet.instansi),
        ("Apel", sheet.apel or ""),
        ("Hari", _when(sheet)),
        ("OPD", sheet.opd_code or ""),
        ("Keadaan", "" if sheet.final is None else "final" if sheet.final else "sementara"),
        ("Revisi", "" if sheet.revision is None else str(sheet.revision)),
        ("Diterbitkan", f"{long_date(issued.date())} pukul {clock_time(issued, zone)}"),
        *(_figures(sheet.totals) if sheet.totals else ()),
        ("SHA-256", sheet.sha256),
    ]
    return [(name, value) for name, value in rows if value]


def _when(sheet: VerifiedRead) -> str:
    if sheet.from_date and sheet.to_date:
        return f"{long_date(sheet.from_date)} s.d. {long_date(sheet.to_date)}"
    return long_day(sheet.day) if isinstance(sheet.day, date) else ""


def _figures(totals: VerifiedTotals) -> list[tuple[str, str]]:
    rate = totals.rate
    share = "–" if rate.percent is None else f"{rate.percent:.2f}%".replace(".", ",")
    return [
        ("Jumlah ASN", str(totals.strength)),
        ("Hadir", str(totals.present)),
        ("Tugas luar, tugas belajar, cuti", str(totals.excused)),
        ("Tanpa keterangan", "belum ditetapkan" if totals.unexplained is None else str(totals.unexplained)),
        ("Belum lapor", str(totals.not_reported)),
        ("Persentase", f"{share} ({rate.numerator} dari {rate.denominator})"),
    ]
