"""`apel registry import FILE`: what a file would do, row by row; with `--apply` it does it, as a whole."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from app.cli.failing import CommandFailed
from app.cli.working import console, in_transaction, read_file
from app.core.clock import utc_now
from app.core.principal import SYSTEM
from app.registry import service
from app.registry.columns import Kind
from app.registry.planning import RowState
from app.registry.schemas import CellRead, ImportRead, ImportRowRead, ImportSummary
from app.registry.views import see_import

SHOWN = 200
"""Rows in the table, the wrong ones first; the figures below it count all."""
_ORDER = [RowState.ERROR, RowState.WARNING, RowState.NEW, RowState.CHANGED]
_WORDS = {
    RowState.ERROR: "[red]salah / error[/red]",
    RowState.WARNING: "[yellow]periksa / check[/yellow]",
    RowState.NEW: "baru / new",
    RowState.CHANGED: "berubah / changed",
}

registry = typer.Typer(no_args_is_help=True, help="OPD dan ASN. / OPD and civil servants.")


def register(cli: typer.Typer) -> None:
    registry.command(
        "import", help="Pratinjau berkas CSV atau XLSX; --apply menerapkannya. / Preview a file; --apply applies it."
    )(import_file)
    registry.callback()(_registry)
    cli.add_typer(registry, name="registry")


def _registry() -> None:
    """A group of its own even while it has one command."""


def import_file(
    file: Annotated[Path, typer.Argument(help="CSV atau XLSX. / CSV or XLSX.")],
    kind: Annotated[Kind | None, typer.Option(help="Bila judul kolom tidak cukup. / If headers do not tell.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Terapkan. / Apply it.")] = False,
) -> None:
    data = read_file(file)

    async def work(session: AsyncSession) -> ImportRead:
        now = utc_now()
        kept = await service.preview_import(session, SYSTEM, kind, file.name, data, at=now)
        seen = see_import(kept, "id")
        if not apply or seen.summary.error:
            await session.rollback()
            return seen
        kept = await service.apply_import(session, SYSTEM, kept.id, at=now)
        return see_import(kept, "id")

    with console.status(f"Membaca / reading {file.name} …"):
        seen = in_transaction(work)
    _show(seen)
    if seen.summary.error:
        raise CommandFailed(
            f"{seen.summary.error} baris salah, tidak ada yang diubah. / rows are wrong, nothing was changed."
        )
    typer.echo("Diterapkan. / Applied." if apply else "Pratinjau saja; ulangi dengan --apply. / Preview only.")


def _show(seen: ImportRead) -> None:
    rows = sorted((row for row in seen.rows if row.state in _ORDER), key=lambda row: _ORDER.index(row.state))
    if rows:
        table = Table("baris", "kunci", "keadaan", "isi", title=f"{seen.filename} ({seen.kind})")
        for row in rows[:SHOWN]:
            table.add_row(str(row.line), escape(row.key or "–"), _WORDS[row.state], _cells(row))
        console.print(table)
    if len(rows) > SHOWN:
        console.print(f"… dan {len(rows) - SHOWN} baris lagi / and more rows")
    typer.echo(_sum(seen.summary))


def _cells(row: ImportRowRead) -> str:
    return "\n".join(escape(_cell(cell)) for cell in row.cells)


def _cell(cell: CellRead) -> str:
    if cell.text:
        return f"{cell.column}: {cell.text}"
    return f"{cell.column}: {cell.old} → {cell.new}" if cell.old else f"{cell.column}: {cell.new}"


def _sum(summary: ImportSummary) -> str:
    ignored = f"; kolom diabaikan / ignored columns: {', '.join(summary.ignored_columns)}"
    return (
        f"{summary.rows} baris / rows: {summary.new} baru / new, {summary.changed} berubah / changed, "
        f"{summary.unchanged} tetap / unchanged, {summary.warning} periksa / to check, {summary.error} salah / wrong"
        + (ignored if summary.ignored_columns else "")
    )
