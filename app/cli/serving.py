"""`apel serve`, `apel work`, `apel migrate`: the service itself."""

import asyncio
import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from app import schema
from app.accounts.tokens import load_keys
from app.cli.failing import CommandFailed, one_clear_line
from app.core.embedded import start_embedded
from app.core.keys import load_audit_key
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
    signal.signal(signal.SIGTERM, _leave)
    if settings.database_url is not None:
        yield settings
        return
    embedded = start_embedded(settings.data_dir)
    try:
        if embedded.notice:
            typer.echo(embedded.notice, err=True)
        asyncio.run(schema.migrate(embedded.url))
        os.environ["APEL_DATABASE_URL"] = embedded.url
        yield settings.model_copy(update={"database_url": SecretStr(embedded.url)})
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
    with one_clear_line(), listening(host, port) as listener, database(load_settings()) as settings:
        asyncio.run(_refuse_early(settings))
        serve_on(listener, workers)


@contextmanager
def listening(host: str, port: int) -> Generator[socket.socket]:
    """A socket bound before anything is started, so that an address in use is one line and no database starts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise CommandFailed(f"Alamat {host}:{port} tidak dapat dipakai / address unusable: {reason}") from None
    with listener:
        yield listener


def serve_on(listener: socket.socket, workers: int = 1) -> None:
    """Serve until told to stop."""
    config = uvicorn.Config(
        "app.cli.serving:make_served",
        factory=True,
        workers=workers,
        http="app.web.patience:PatientProtocol",
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    if workers == 1:
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
        return
    supervisor = Multiprocess(config, sockets=[listener])
    supervisor.run()
    if any(worker.exitcode == STARTUP_FAILURE for worker in supervisor.processes):
        raise CommandFailed("Layanan tidak dapat dimulai; lihat log. / The service could not start; see the log.")


def make_served() -> FastAPI:
    """The application of one serving process; a worker whose supervisor was killed leaves the address to the next."""
    supervisor = parent_process()
    if supervisor is not None:
        threading.Thread(target=_end_after, args=(supervisor,), name="supervisor", daemon=True).start()
    app = create_app()
    # What is loaded by now stays: without this, each full collection walks over it and everybody waits.
    gc.collect()
    gc.freeze()
    return app


def _end_after(supervisor: BaseProcess) -> None:
    supervisor.join()
    os.kill(os.getpid(), signal.SIGTERM)


async def _refuse_early(settings: Settings) -> None:
    """Say in one line what would otherwise be a traceback of the server; keys are made before workers ask for them."""
    load_keys(settings)
    load_audit_key(settings)
    async with connect(settings):
        pass


def work() -> None:
    with one_clear_line(), database(load_settings()) as settings:
        asyncio.run(_refuse_early(settings))
        asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    app = create_app(settings)
    app.state.serves = False
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
