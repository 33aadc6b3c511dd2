"""`apel zoom`: evidence from stored events, from a participants file and from Zoom's report."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import track
from sqlalchemy.ext.asyncio import AsyncSession

from app.cli.failing import CommandFailed
from app.cli.working import console, in_transaction, on_database, read_file
from app.cli.zoom_pull import pull
from app.core.clock import utc_now
from app.core.db import OpenSession
from app.core.principal import SYSTEM
from app.core.settings import Settings
from app.zoom.csv_import import import_participants
from app.zoom.replay import Replayed, release_quarantine, replay_events, replay_failed
from app.zoom.schemas import ParticipantsCsvRead

zoom = typer.Typer(no_args_is_help=True, help="Bukti dari Zoom. / Evidence from Zoom.")


def register(cli: typer.Typer) -> None:
    zoom.command("replay", help="Baca lagi peristiwa tersimpan. / Read stored events again.")(replay)
    zoom.command("import-csv", help="Berkas peserta dari portal Zoom. / Participants file of Zoom's portal.")(
        import_csv
    )
    zoom.command("pull", help="Tarik laporan peserta dari Zoom. / Pull Zoom's participants report.")(pull)
    cli.add_typer(zoom, name="zoom")


def replay(
    file: Annotated[
        Path | None, typer.Argument(help="Satu peristiwa JSON per baris, atau satu berkas satu peristiwa.")
    ] = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="Yang dahulu tidak terbaca. / What could not be understood.")
    ] = False,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Yang disisihkan karena jam. / What was set aside for a wrong clock.")
    ] = False,
) -> None:
    if (file is not None) + failed + set_aside != 1:
        raise CommandFailed("pilih satu / choose one: FILE, --failed, --set-aside")
    if file is not None:
        _replay_file(file)
    else:
        again = replay_failed if failed else release_quarantine
        count = on_database(lambda sessions, settings: again(sessions, utc_now))
        typer.echo(f"{count} peristiwa dibaca lagi / events read again")


def import_csv(
    apel_id: Annotated[UUID, typer.Argument(help="Id apel. / Id of the apel.")],
    file: Annotated[Path, typer.Argument(help="CSV dari laporan rapat. / CSV of the meeting's report.")],
    zone: Annotated[
        str | None, typer.Option(help="Zona waktu akun Zoom bila lain. / Time zone of the Zoom account if another.")
    ] = None,
) -> None:
    data = read_file(file)

    async def work(session: AsyncSession) -> ParticipantsCsvRead:
        return await import_participants(session, SYSTEM, apel_id, data, zone, at=utc_now())

    with console.status(f"Membaca / reading {file.name} …"):
        done = in_transaction(work)
    if not done.new:
        typer.echo("Sudah tersimpan, tidak ada yang berubah. / Known already, nothing changed.")
    typer.echo(
        f"{done.rows} baris / rows; dikenali / recognised: {done.people} orang / people, {done.rooms} ruang / rooms; "
        f"{done.unmatched} belum dikenali / unmatched"
    )


def _replay_file(file: Path) -> None:
    bodies = list(_events(file, read_file(file)))

    async def work(sessions: OpenSession, settings: Settings) -> Replayed:
        shown = track(bodies, "Membaca / reading", console=console, disable=not console.is_terminal)
        return await replay_events(sessions, utc_now, shown)

    done = on_database(work)
    typer.echo(f"{done.new} peristiwa baru / new events, {done.known} sudah tersimpan / known already")


def _events(file: Path, data: bytes) -> Iterator[bytes]:
    """The bodies byte for byte, since their digest tells a repetition; raises CommandFailed at what is no event."""
    if _is_event(data):
        yield data.strip()
        return
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        if not _is_event(line):
            raise CommandFailed(f"{file}, baris / line {number}: bukan peristiwa JSON / not a JSON event")
        yield line.strip()


def _is_event(data: bytes) -> bool:
    try:
        return isinstance(json.loads(data), dict)
    except (ValueError, RecursionError):
        return False
