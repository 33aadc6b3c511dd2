"""`apel demo`: what `make run` starts."""

import asyncio
import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from app.cli.failing import one_clear_line
from app.cli.serving import database
from app.core.settings import Settings, load_settings
from app.demo.running import run_demo

DATA_DIR = Path("var/demo")


def register(cli: typer.Typer) -> None:
    cli.command(help="Kabupaten CONTOH dengan satu apel Senin. / A sample regency with one Monday apel.")(demo)


def demo(
    host: Annotated[str, typer.Option(help="Alamat. / Address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, envvar="PORT")] = 8000,
) -> None:
    with one_clear_line(), database(sample_settings(host, port)) as settings:
        asyncio.run(run_demo(settings, host, port))


def sample_settings(host: str, port: int) -> Settings:
    """The environment's settings on the sample's own data directory; only here is anything marked CONTOH."""
    chosen = {
        "data_dir": Path(os.environ.get("APEL_DATA_DIR", DATA_DIR)),
        "sample": True,
        "public_url": f"http://{host}:{port}",
        "zoom_webhook_secrets": secrets.token_urlsafe(24),
    }
    return load_settings(**chosen)
