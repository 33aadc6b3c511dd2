"""`apel serve`, `apel work`, `apel migrate`: the service itself."""

import asyncio
import os
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated

import typer
import uvicorn

from app import schema
from app.cli.failing import one_clear_line
from app.core.embedded import start_embedded
from app.core.settings import Settings, load_settings
from app.main import connect, create_app

GRACE_SECONDS = 6
"""Open streams are told to reconnect and requests finish within this; systemd and Docker kill after ten."""
KEEP_ALIVE_SECONDS = 15


def register(cli: typer.Typer) -> None:
    cli.command(help="Jalankan layanan. / Serve.")(serve)
    cli.command(help="Jalankan pekerjaan latar saja. / Run the background work alone.")(work)
    cli.command(help="Bawa skema basis data ke versi terbaru. / Bring the schema up to date.")(migrate)


@contextmanager
def database(settings: Settings) -> Generator[Settings]:
    """Settings that name a database: the configured one, or the embedded one started here and migrated."""
    if settings.database_url is not None:
        yield settings
        return
    signal.signal(signal.SIGTERM, _leave)
    embedded = start_embedded(settings.data_dir)
    try:
        if embedded.notice:
            typer.echo(embedded.notice, err=True)
        asyncio.run(schema.migrate(embedded.url))
        os.environ["APEL_DATABASE_URL"] = embedded.url
        yield load_settings()
    finally:
        os.environ.pop("APEL_DATABASE_URL", None)
        embedded.close()


def _leave(*_: object) -> None:
    """End by unwinding: uvicorn raises the signal again when it is done, and the database must still be closed."""
    sys.exit(0)


def serve(
    host: Annotated[str, typer.Option(help="Alamat. / Address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Jumlah proses. / Processes.")] = 1,
) -> None:
    with one_clear_line(), database(load_settings()) as settings:
        asyncio.run(_refuse_early(settings))
        uvicorn.run(
            "app.main:app",
            host=host,
            port=port,
            workers=workers,
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )


async def _refuse_early(settings: Settings) -> None:
    """Say in one line what would otherwise be a traceback of the server."""
    async with connect(settings):
        pass


def work() -> None:
    with one_clear_line(), database(load_settings()) as settings:
        asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    app = create_app(settings)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with app.router.lifespan_context(app):
        await stop.wait()


def migrate() -> None:
    with one_clear_line():
        settings = load_settings()
        if settings.database_url is not None:
            asyncio.run(schema.migrate(settings.database_url.get_secret_value()))
        else:
            with database(settings):
                pass
        typer.echo("Skema terbaru. / Schema is up to date.")
