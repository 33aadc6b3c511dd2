"""Rows in one statement, however many: written from one JSON parameter, unchanged rows left alone."""

from collections.abc import Collection, Sequence
from typing import Any, cast

from pydantic_core import to_json, to_jsonable_python
from sqlalchemy import Table, column, func, literal, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import TableValuedAlias

from app.core.db import Base

Row = dict[str, Any]


async def upsert_rows(
    session: AsyncSession, model: type[Base], rows: Sequence[Row], *, ignoring: Collection[str] = ()
) -> None:
    """Insert rows or update those whose content differs; columns in `ignoring` alone are no difference.

    Every row names the same columns. Table and column names come from our models, values only from the parameter.
    """
    if not rows:
        return
    table = cast(Table, model.__table__)
    keys = [column.name for column in table.primary_key]
    names = [column.name for column in table.columns if column.name in rows[0]]
    changing = [name for name in names if name not in keys]
    compared = [name for name in changing if name not in ignoring]
    columns = ", ".join(f'"{name}"' for name in names)
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in changing)
    old = ", ".join(f't."{name}"' for name in compared)
    new = ", ".join(f'excluded."{name}"' for name in compared)
    await session.execute(
        text(
            f"INSERT INTO {table.name} AS t ({columns}) "  # noqa: S608 — names of our own tables
            f"SELECT {columns} FROM jsonb_populate_recordset(NULL::{table.name}, CAST(:rows AS jsonb)) "
            f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sets} WHERE ({old}) IS DISTINCT FROM ({new})"
        ),
        {"rows": to_json(rows).decode()},
    )


def as_table(model: type[Base], rows: Sequence[Row]) -> TableValuedAlias:
    """Rows as a table to select from, typed as the model's columns; every row names the same ones."""
    columns = [column(name, model.__table__.c[name].type) for name in rows[0]]
    given = func.jsonb_to_recordset(literal(to_jsonable_python(rows), JSONB))
    return given.table_valued(*columns).render_derived(with_types=True)
