"""The migrations make exactly what the models say, and can be taken back."""

import asyncio

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app import schema


def _on(url: str, work: object) -> None:
    async def run() -> None:
        engine = create_async_engine(url, poolclass=NullPool)
        async with engine.begin() as connection:
            await connection.run_sync(work)  # type: ignore[arg-type]
        await engine.dispose()

    asyncio.run(run())


def _config(connection: Connection) -> Config:
    config = Config(schema.ROOT / "alembic.ini")
    config.attributes["connection"] = connection
    return config


def test_migrations_match_the_models_and_can_be_taken_back(own_url: str) -> None:
    _on(own_url, lambda connection: command.check(_config(connection)))
    _on(own_url, lambda connection: command.downgrade(_config(connection), "base"))
    _on(own_url, _only_the_version_table_is_left)
    _on(own_url, lambda connection: command.upgrade(_config(connection), "head"))
    _on(own_url, lambda connection: command.check(_config(connection)))


def _only_the_version_table_is_left(connection: Connection) -> None:
    tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
    assert list(tables) == ["alembic_version"]
