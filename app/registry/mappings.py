"""What another system calls the columns of its files, told once and used with every later file of the kind.

Each room names its kinds of files and passes the columns that it reads; here only the names are kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.errors import FieldError
from app.core.fields import fold
from app.core.principal import Principal
from app.registry.columns import Column
from app.registry.errors import ColumnMappingWrong
from app.registry.models import ColumnMapping


async def columns_for(session: AsyncSession, kind: str, columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns of a kind of file, known also by the headers that were told for it."""
    kept = await session.get(ColumnMapping, kind, populate_existing=True)
    if kept is None:
        return tuple(columns)
    told: dict[str, tuple[str, ...]] = {}
    for header, name in kept.headers.items():
        told[name] = (*told.get(name, ()), header)
    taken = {fold(header) for header in kept.headers}
    return tuple(_renamed(column, told.get(column.name, ()), taken) for column in columns)


def _renamed(column: Column, told: tuple[str, ...], taken: set[str]) -> Column:
    """What was told outdoes the aliases that we guessed: a header means one column."""
    guessed = tuple(word for word in column.aliases if fold(word) not in taken)
    return replace(column, aliases=(*guessed, *told))


async def read_headers(session: AsyncSession, kind: str) -> dict[str, str]:
    """Header → column, as it was told for a kind of file; empty where nothing was."""
    kept = await session.get(ColumnMapping, kind, populate_existing=True)
    return {} if kept is None else dict(kept.headers)


async def set_headers(
    session: AsyncSession,
    caller: Principal,
    kind: str,
    columns: Sequence[Column],
    headers: Mapping[str, str],
    *,
    at: datetime,
) -> dict[str, str]:
    """Keep how a system's headers are read from now on, in place of what was told before; the same again changes
    nothing. Raises ColumnMappingWrong for a column that the kind does not have, and for one header told twice.
    """
    names, seen, wrong = {column.name for column in columns}, set[str](), []
    for number, (header, name) in enumerate(headers.items()):
        if name not in names:
            wrong.append(FieldError(f"/headers/{number}", "not_one_of", {"expected": ", ".join(sorted(names))}))
        elif not fold(header) or fold(header) in seen:
            wrong.append(FieldError(f"/headers/{number}", "listed_twice"))
        seen.add(fold(header))
    if wrong:
        raise ColumnMappingWrong(errors=wrong[:100], kind=kind)
    if await read_headers(session, kind) == headers:
        return dict(headers)
    told = {"headers": dict(headers), "set_by": caller.id, "set_at": at}
    keep = insert(ColumnMapping).values(kind=kind, **told)
    await session.execute(keep.on_conflict_do_update(index_elements=["kind"], set_=told))
    await record(session, caller, "registry.map_columns", at=at, target=kind)
    return dict(headers)
