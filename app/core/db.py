"""The one engine: PostgreSQL through asyncpg, a session per transaction, the caller known to the database."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, DateTime, MetaData, Text, func, literal, text, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute

from app.core.principal import SYSTEM, Principal, Scope

OpenSession = async_sessionmaker[AsyncSession]

APP_ROLE = "apel_app"
"""The role every transaction runs as: it owns nothing and cannot change the audit record."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 — SQLAlchemy reads it from the class
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[str]: ARRAY(Text),
    }


@dataclass(frozen=True)
class Surroundings:
    """What a service may need to know beyond its arguments; every session carries it."""

    zone: ZoneInfo
    audit_key: bytes


def make_engine(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine whose waits end: a frozen database becomes an error within seconds, not a hung request."""
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        connect_args={
            "timeout": 5,
            "command_timeout": 30,
            "server_settings": {
                "application_name": "apel",
                "timezone": "UTC",
                "lock_timeout": "5s",
                "idle_in_transaction_session_timeout": "60s",
            },
        },
    )


def direct_options(url: str, *, name: str, connect: float, command: float, **settings: str) -> dict[str, Any]:
    """How asyncpg itself reaches the same database in the same way, for what needs a connection of its own."""
    options: dict[str, Any]
    _, options = PGDialect_asyncpg().create_connect_args(make_url(url))  # type: ignore[no-untyped-call]
    return options | {
        "timeout": connect,
        "command_timeout": command,
        "server_settings": {"application_name": name, "timezone": "UTC", **settings},
    }


def make_sessions(engine: AsyncEngine, surroundings: Surroundings, **carried: object) -> OpenSession:
    """Sessions that know their surroundings, and carry whatever else is given into their `info`."""
    return async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": surroundings, **carried})


def surroundings_of(session: AsyncSession) -> Surroundings:
    found: Surroundings = session.info["surroundings"]
    return found


def zone_of(session: AsyncSession) -> ZoneInfo:
    return surroundings_of(session).zone


_ACT_AS = text(
    f"SELECT set_config('role', '{APP_ROLE}', true), set_config('apel.principal', :principal, true), "
    "set_config('apel.reach', :reach, true)"
)


async def act_as(session: AsyncSession, principal: Principal = SYSTEM) -> None:
    """Bind role, principal and reach to this transaction; they end with it and never leak to the pool's next user."""
    reach = None if principal == SYSTEM else principal.reach()
    told = {"principal": str(principal.id), "reach": "*" if reach is None else ",".join(sorted(reach))}
    await session.execute(_ACT_AS, told)


def within(column: InstrumentedAttribute[str] | ColumnElement[str], scope: Scope) -> ColumnElement[bool]:
    """The visibility clause: rows whose OPD code lies in the scope (None: all rows)."""
    return true() if scope is None else column == func.any(literal(sorted(scope), ARRAY(Text)))


def lock_key(name: str, key: UUID | str) -> int:
    """A 63-bit advisory-lock key for a named purpose."""
    return int.from_bytes(blake2b(f"{name}:{key}".encode(), digest_size=8).digest(), "big") >> 1
