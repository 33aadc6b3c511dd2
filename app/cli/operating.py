"""`apel doctor`, `apel openapi`: is this place sound, and what does the API look like."""

import shutil
import stat
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.queries import list_accounts
from app.accounts.schemas import AccountFilter
from app.accounts.tokens import load_keys
from app.background import count_waiting
from app.calendar.queries import is_estimated
from app.cli.failing import CommandFailed
from app.cli.working import on_database
from app.core.clock import civil_date, utc_now
from app.core.db import OpenSession, act_as
from app.core.errors import Refusal
from app.core.principal import SYSTEM, Role
from app.core.settings import Settings, unknown_variables
from app.main import create_app
from app.openapi.written import write
from app.web.problems import words_of
from app.zoom.client import open_zoom
from app.zoom.errors import ZoomRefused
from app.zoom.health import read_health
from app.zoom.lights import LightState

OLDEST_POSTGRESQL = 15
LEAST_FREE = 1 << 30
"""A Monday writes a few megabytes; PostgreSQL stops when it cannot write its log."""
MOST_SKEW = 5.0
"""Seconds between this machine's clock and the database's; held windows are counted in seconds."""


class Grade(StrEnum):
    FINE = "[green]✓[/green]"
    DOUBTFUL = "[yellow]![/yellow]"
    """Worth a look; the service works."""
    WRONG = "[red]✗[/red]"
    """Exit status 1."""


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's."""

    what: str
    told: str
    grade: Grade = Grade.FINE


def _unless(fine: bool, grade: Grade) -> Grade:
    return Grade.FINE if fine else grade


def register(cli: typer.Typer) -> None:
    cli.command(help="Periksa pengaturan, basis data dan kunci. / Check settings, database and keys.")(doctor)
    cli.command(help="Cetak dokumen OpenAPI. / Print the OpenAPI document.")(openapi)


def doctor() -> None:
    findings = on_database(_examine)
    table = Table(show_header=False, box=None)
    for finding in findings:
        table.add_row(finding.grade, escape(finding.what), escape(finding.told))
    Console(highlight=False).print(table)
    wrong = sum(finding.grade is Grade.WRONG for finding in findings)
    if wrong:
        raise CommandFailed(f"{wrong} hal harus diperbaiki. / things to mend.")


def openapi() -> None:
    typer.echo(write(create_app()), nl=False)


async def _examine(sessions: OpenSession, settings: Settings) -> list[Finding]:
    """Opened already, so settings are valid, the database answers and its schema is not behind."""
    async with sessions.begin() as session:
        await act_as(session)
        found = [finding async for finding in _of_database(session, settings)]
    return [*found, *_of_settings(settings), await _of_zoom(settings), *_of_files(settings)]


async def _of_database(session: AsyncSession, settings: Settings) -> AsyncIterator[Finding]:
    now = utc_now()
    number = await session.scalar(text("SELECT current_setting('server_version_num')::int"))
    version = int(number or 0) // 10000
    yield Finding("PostgreSQL", str(version), _unless(version >= OLDEST_POSTGRESQL, Grade.WRONG))
    there = await session.scalar(select(func.clock_timestamp())) or now
    skew = abs(there - utc_now()).total_seconds()
    yield Finding("jam / clock", f"selisih / skew {skew:.1f} s", _unless(skew <= MOST_SKEW, Grade.WRONG))
    admins = (await list_accounts(session, SYSTEM, AccountFilter(role=Role.ADMIN, ended=False, limit=1))).items
    told = "ada / there is one" if admins else "belum ada / none yet: apel account create --role admin --username …"
    yield Finding("admin", told, _unless(bool(admins), Grade.DOUBTFUL))
    waiting = await count_waiting(session)
    lost = waiting["zoom_inbox_failed"] + waiting["zoom_quarantine"]
    told = ", ".join(f"{name} {rows}" for name, rows in waiting.items())
    yield Finding("antrean / queues", told, _unless(not lost, Grade.DOUBTFUL))
    lights = (await read_health(session, settings, "id", at=now)).lights
    shining = [light.code for light in lights if light.state is not LightState.OK]
    told = f"{', '.join(shining)}: docs/panduan-zoom.md" if shining else "padam / off"
    yield Finding("lampu Zoom / lights", told, _unless(not shining, Grade.DOUBTFUL))
    year = civil_date(now, settings.zone).year
    estimated = await is_estimated(session, year)
    told = f"{year}: {'masih perkiraan / estimated' if estimated else 'sesuai SKB / as decreed'}"
    yield Finding("kalender / calendar", told, _unless(not estimated, Grade.DOUBTFUL))


def _of_settings(settings: Settings) -> Iterator[Finding]:
    unknown = unknown_variables()
    told = f"tidak dikenal / unknown: {', '.join(unknown)}" if unknown else "dikenal semua / all known"
    yield Finding("pengaturan / settings", told, _unless(not unknown, Grade.DOUBTFUL))
    keys = len(settings.zoom_webhook_secrets)
    told = str(keys) if keys else "APEL_ZOOM_WEBHOOK_SECRETS: kosong, peristiwa Zoom ditolak / unset"
    yield Finding("rahasia webhook / webhook secrets", told, _unless(keys > 0, Grade.DOUBTFUL))
    address = urlsplit(settings.public_url)
    safe = address.scheme == "https" or address.hostname in {"127.0.0.1", "localhost", "::1"}
    told = settings.public_url + ("" if safe else ": bukan https / not https")
    yield Finding("APEL_PUBLIC_URL", told, _unless(safe, Grade.WRONG))


async def _of_zoom(settings: Settings) -> Finding:
    zoom = open_zoom(settings)
    if zoom is None:
        return Finding("API Zoom", "belum terhubung, laporan tidak ditarik / not connected", Grade.DOUBTFUL)
    async with zoom:
        try:
            await zoom.check()
        except Refusal as refused:
            told = f"{refused.code}: {words_of(refused, 'id')[0]}"
            return Finding("API Zoom", told, Grade.WRONG if isinstance(refused, ZoomRefused) else Grade.DOUBTFUL)
    return Finding("API Zoom", "terhubung / connected")


def _of_files(settings: Settings) -> Iterator[Finding]:
    load_keys(settings)
    keys = [settings.signing_key_file or settings.data_dir / "keys" / "signing.pem"]
    keys += [] if settings.audit_key else [settings.data_dir / "keys" / "audit.key"]
    for key in keys:
        mode = stat.S_IMODE(key.stat().st_mode)
        private = not mode & 0o077
        told = str(key) + ("" if private else f": terbaca orang lain / open to others ({mode:o})")
        yield Finding("kunci / key", told, _unless(private, Grade.WRONG))
    free = shutil.disk_usage(settings.data_dir).free
    told = f"{free / LEAST_FREE:.1f} GiB ({settings.data_dir})"
    yield Finding("ruang disk / free space", told, _unless(free >= LEAST_FREE, Grade.WRONG))
