"""Accounts from a list: one row per role, several rows with one user name for one account."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.errors import AccountsInvalid
from app.accounts.rules import DatedGrant, NewAccount
from app.accounts.schemas import Username
from app.accounts.service import Slip, create_accounts
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.errors import FieldError
from app.core.fields import Body, Day, Nip, OpdCode
from app.core.principal import SYSTEM, Principal, Role


def _blank_is_nothing(cell: object) -> object:
    return (cell.strip() or None) if isinstance(cell, str) else cell


_BLANK = BeforeValidator(_blank_is_nothing)


class AccountRow(Body):
    """One line of the list; a blank cell is as good as none."""

    username: Annotated[Username, _BLANK]
    role: Annotated[Role, _BLANK]
    opd_code: Annotated[OpdCode | None, _BLANK] = None
    nip: Annotated[Nip | None, _BLANK] = None
    from_date: Annotated[Day | None, _BLANK] = None
    to_date: Annotated[Day | None, _BLANK] = None


async def import_accounts(
    session: AsyncSession, rows: Sequence[Mapping[str, str]], *, at: datetime, caller: Principal = SYSTEM
) -> list[Slip]:
    """Create the accounts of a list, all or none; raises AccountsInvalid with `/row/column` (from 0) or `/items/n`."""
    read = [_read(number, row) for number, row in enumerate(rows)]
    faults = [fault for found in read if isinstance(found, list) for fault in found]
    if faults:
        raise AccountsInvalid(errors=faults, count=len(faults))
    today = civil_date(at, zone_of(session))
    accounts: dict[str, NewAccount] = {}
    for row in read:
        if isinstance(row, AccountRow):
            grant = DatedGrant(row.role, row.opd_code, row.from_date or today, row.to_date)
            known = accounts.get(row.username, NewAccount(row.username, (), row.nip))
            accounts[row.username] = NewAccount(row.username, (*known.grants, grant), known.nip or row.nip)
    return await create_accounts(session, list(accounts.values()), at=at, caller=caller)


def _read(number: int, row: Mapping[str, str]) -> AccountRow | list[FieldError]:
    try:
        return AccountRow.model_validate(row)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)
        return [FieldError(f"/{number}/{one['loc'][0]}", one["type"], one.get("ctx")) for one in wrong]
