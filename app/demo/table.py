"""The played Monday as a table in the terminal."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table

from app.demo.beyond import Shown

LIGHTS = {
    "grey": ("○", "bright_black", "menunggu"),
    "blue": ("◐", "blue", "terhubung"),
    "green": ("✔", "green", "lapor"),
    "yellow": ("▲", "yellow", "periksa"),
    "red": ("■", "red", "masalah"),
}
"""Shape, colour and word of each light: colour never speaks alone."""


def decimal(number: float | None) -> str:
    """A number as Indonesians write it."""
    return "–" if number is None else f"{number:.2f}".replace(".", ",")


def print_board(console: Console, board: dict[str, Any]) -> None:
    apel, totals = board["apel"], board["totals"]
    title = f"{apel['title']} · {apel['date']} · {_stamp(apel)}"
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0))
    table.add_column("OPD", no_wrap=True)
    for name in ("Jml", "Hadir", "Alasan", "TK", "Hadir%", "Wajib%", "Nilai"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Tanda", no_wrap=True)
    table.add_column("Temuan", justify="right", no_wrap=True)
    for row in board["opd"]:
        table.add_row(*_cells(row, board["points"].get(row["opd_code"])))
    console.print(table)
    for row in (row for row in board["opd"] if row["reasons"]):
        console.print(f"{row['opd_code']}: {'; '.join(reason['text'] for reason in row['reasons'])}.", highlight=False)
    rate, duty = totals["rate"], totals["duty_rate"]
    console.print(
        f"Hadir {decimal(rate['percent'])} % ({rate['numerator']}/{rate['denominator']}), "
        f"dari wajib {decimal(duty['percent'])} % ({duty['numerator']}/{duty['denominator']}); "
        f"belum lapor {totals['people_not_reported']} orang, "
        f"kepala hadir {totals['heads']['present'] + totals['heads']['wfa']} dari {totals['heads']['expected']}."
    )
    console.print(_zoom(board), highlight=False)
    if board["refused"]:
        console.print(f"Ditolak sebelum diperbaiki: {board['refused']}")


def print_beyond(console: Console, shown: Shown) -> None:
    """What else the sample shows, each with where it is read."""
    basket, people = shown.basket["total"], shown.progress["total"]["people"]["acknowledged"]
    heads = shown.progress["total"]["offices"]["acknowledged"]
    exempt = basket["excluded"].get("exempt", 0)
    console.print(
        f"{shown.rakor['title']}: ponsel di keranjang {_share(basket)}, {exempt} dikecualikan, "
        f"{shown.basket['not_fetched']} belum diambil.",
        highlight=False,
    )
    console.print(
        f"Surat edaran {shown.circular['number']}: ditandai terbaca oleh {_share(people)} orang dan {_share(heads)} "
        f"kepala, tenggat {shown.circular['acknowledge_by']}.",
        highlight=False,
    )
    console.print(
        f"Siaran langsung: 1 laporan, hitungan: {VERDICTS[shown.incident['verdict']]}; tidak dihitung atas siapa pun "
        "sebelum orangnya didengar.",
        highlight=False,
    )


def _share(percent: dict[str, Any]) -> str:
    return f"{percent['numerator']} dari {percent['denominator']}"


VERDICTS = {
    "in-hours": "pada jam kerja",
    "outside-hours": "di luar jam kerja",
    "unknown-hours": "jam kerjanya belum terdaftar",
    "permitted": "berizin",
    "posted-afterwards": "diunggah sesudahnya",
    "no-circular": "tidak ada surat edaran yang melarangnya hari itu",
}

REPORTS = {"complete": "lengkap", "given-up": "tidak lengkap", "waiting": "ditunggu", "reading": "sedang dibaca"}


def _zoom(board: dict[str, Any]) -> str:
    health, report = board["evidence_health"], board["report"]
    rows = sum(run["rows"] for run in report["runs"])
    return (
        f"Zoom: {health['rooms']} ruang, {health['persons']} perorangan, {health['unmatched']} belum dikenali; "
        f"laporan peserta {REPORTS.get(report['state'], report['state'])} "
        f"({rows} baris dari {len(report['runs'])} sesi)."
    )


def _stamp(apel: dict[str, Any]) -> str:
    return "SEMENTARA" if apel["provisional"] else "FINAL"


def _cells(row: dict[str, Any], points: float | None) -> Iterable[str]:
    figures = row["figures"]
    shape, colour, word = LIGHTS[row["light"]]
    return (
        row["opd_code"],
        str(figures["strength"]),
        str(figures["present"]["wfo"] + figures["present"]["wfa"]),
        str(sum(figures["excused"].values())),
        "–" if figures["unexplained"] is None else str(figures["unexplained"]),
        decimal(figures["rate"]["percent"]),
        decimal(figures["duty_rate"]["percent"]),
        decimal(points),
        f"[{colour}]{shape} {word}[/]",
        str(sum(row["findings"].values()) or "–"),
    )
