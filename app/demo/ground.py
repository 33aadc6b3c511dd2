"""The database that the sample stands on: empty, or the sample's own; never anybody else's.

A comment on the database says how far the sample is, so that it travels with the data and not with a directory.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from app import schema

BEGUN, PLAYED = "CONTOH: dimuat", "CONTOH: dimainkan"

_SAID = text("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()")
_SAY = text("SELECT format('COMMENT ON DATABASE %I IS %L', current_database(), cast(:word AS text))")
_HAS_TABLES = text("SELECT to_regclass('public.account') IS NOT NULL")
_IN_USE = text("SELECT EXISTS (TABLE account) OR EXISTS (TABLE opd) OR EXISTS (TABLE apel)")


class GroundRefused(Exception):
    """The database holds what is not the sample's; the text is one clear line."""


async def prepare_ground(url: str) -> bool:
    """Migrate a database for the sample; whether its Monday was played there. One that was begun begins anew.

    Raises GroundRefused when it holds data of anybody else.
    """
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            said: str | None = await connection.scalar(_SAID)
            if said == BEGUN:
                await connection.execute(text("DROP SCHEMA public CASCADE"))
                await connection.execute(text("CREATE SCHEMA public"))
            elif said != PLAYED and await _is_in_use(connection):
                raise GroundRefused(
                    "Basis data ini berisi data lain; contoh hanya dimuat ke yang kosong. / "
                    "This database holds other data; the sample is loaded into an empty one only."
                )
            if said != PLAYED:
                await _say(connection, BEGUN)
    finally:
        await engine.dispose()
    await schema.migrate(url)
    return said == PLAYED


async def mark_played(url: str) -> None:
    """From now on the sample is kept as it is."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await _say(connection, PLAYED)
    finally:
        await engine.dispose()


async def _is_in_use(connection: AsyncConnection) -> bool:
    if not await connection.scalar(_HAS_TABLES):
        return False
    return bool(await connection.scalar(_IN_USE))


async def _say(connection: AsyncConnection, word: str) -> None:
    statement = await connection.scalar(_SAY, {"word": word})
    await connection.execute(text(str(statement).replace(":", r"\:")))
