"""How a command works on the database: opened as the server opens it, all of the work or none of it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncSession

from app.cli.failing import CommandFailed, one_clear_line
from app.cli.serving import database
from app.core.db import OpenSession, Surroundings, act_as, make_sessions
from app.core.keys import load_audit_key
from app.core.settings import Settings, load_settings
from app.main import connect

Result = TypeVar("Result")

console = Console(stderr=True, highlight=False)
"""Progress and tables for people; what a program may read goes to standard output."""


def on_database(work: Callable[[OpenSession, Settings], Awaitable[Result]]) -> Result:
    """Do work that opens its own transactions."""

    async def run(settings: Settings) -> Result:
        async with connect(settings) as engine:
            return await work(make_sessions(engine, Surroundings(settings.zone, load_audit_key(settings))), settings)

    with one_clear_line(), database(load_settings()) as settings:
        return asyncio.run(run(settings))


def in_transaction(work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    """Do work in one transaction, as the service itself; whatever goes wrong leaves nothing changed."""

    async def run(sessions: OpenSession, settings: Settings) -> Result:
        async with sessions.begin() as session:
            await act_as(session)
            return await work(session)

    return on_database(run)


def read_file(path: Path) -> bytes:
    """Raises CommandFailed when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandFailed(f"{path}: tidak terbaca / unreadable: {error.strerror}") from None
