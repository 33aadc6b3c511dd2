"""The schema as a whole: every table, how a database is brought to it, and how far a database is."""

from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

ROOT = Path(__file__).resolve().parent.parent


def load_models() -> None:
    """Import every table, so that the metadata is complete."""
    for room in sorted(path.parent.name for path in Path(__file__).parent.glob("*/models.py")):
        import_module(f"app.{room}.models")
    import_module("app.core.jobs")
    import_module("app.core.outbox")
    import_module("app.core.stale")


def _config() -> Config:
    return Config(ROOT / "alembic.ini")


def upgrade(connection: Connection, target: str = "head") -> None:
    """Bring the schema up to date inside the caller's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, target)


def revision_of(connection: Connection) -> str | None:
    """The migration that a database stands at; None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


async def migrate(url: str) -> None:
    """Upgrade the database behind a URL to the newest migration."""
    engine = create_async_engine(url, poolclass=pool.NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(upgrade)
    finally:
        await engine.dispose()


class SchemaRefused(Exception):
    """The database cannot be served; the text is one clear line for an operator."""


async def check_schema(engine: AsyncEngine) -> None:
    """Raise SchemaRefused unless the database is at our newest migration, or ahead of it by ones we do not know.

    Ahead is fine because migrations expand first: a newer release may migrate while this one still serves.
    """
    async with engine.connect() as connection:
        current = await connection.run_sync(revision_of)
    known = [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()]
    if current is None or (current in known and current != known[0]):
        raise SchemaRefused(
            f"Skema basis data tertinggal ({current or 'kosong'}; perlu {known[0]}): jalankan `apel migrate`. / "
            f"The schema is behind: run `apel migrate`."
        )
