"""Writes of accounts and clients: create, change what they may, reset, unlock, end."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Date, DateTime, Text, Uuid, column, delete, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnClause

from app.accounts import rules
from app.accounts.errors import (
    AccountEnded,
    AccountsInvalid,
    ClientInvalid,
    ClientNameTaken,
    GrantNotYours,
    GrantsInvalid,
    WeakPassword,
)
from app.accounts.models import Account, AccountGrant, Client
from app.accounts.passwords import hash_passwords, verify_password
from app.accounts.queries import AccountWithGrants, get_account, list_existing, list_taken
from app.accounts.rules import DatedGrant, NewAccount
from app.accounts.signin import Attempt, Tokens, begin_attempt, end_sessions, start_session
from app.accounts.tokens import Keys
from app.audit.service import record
from app.core.errors import FieldError
from app.core.ids import new_id
from app.core.principal import MACHINE_ROLES, SYSTEM, Principal, Role
from app.core.versions import require_version
from app.registry.queries import find_asn_by_nips

CLIENT_NAME = re.compile(r"[a-z][a-z0-9._-]{1,63}")


@dataclass(frozen=True)
class Slip:
    """What is handed to a person on paper; the password exists nowhere else."""

    id: UUID
    username: str
    password: str
    grants: Sequence[DatedGrant]


async def create_account(session: AsyncSession, new: NewAccount, *, at: datetime, caller: Principal = SYSTEM) -> Slip:
    """Create one account; raises as create_accounts."""
    return (await create_accounts(session, [new], at=at, caller=caller))[0]


async def create_accounts(
    session: AsyncSession, new: Sequence[NewAccount], *, at: datetime, caller: Principal = SYSTEM
) -> list[Slip]:
    """Create all of them or none; slips in the order given.

    Raises AccountsInvalid naming each wrong place, GrantNotYours when kominfo gives more than roles of OPDs.
    """
    for account in new:
        _require_may_grant(caller, account.grants)
    asn_ids = await _require_creatable(session, new)
    passwords = [account.password or rules.make_password() for account in new]
    hashes = await hash_passwords(passwords)
    slips = [Slip(new_id(), one.username, password, one.grants) for one, password in zip(new, passwords, strict=True)]
    rows = [
        {
            "id": str(slip.id),
            "username": slip.username,
            "password_hash": password_hash,
            "must_change": one.password is None,
            "asn_id": str(asn_ids[one.nip]) if one.nip else None,
            "created_at": at.isoformat(),
        }
        for slip, one, password_hash in zip(slips, new, hashes, strict=True)
    ]
    await _insert_accounts(session, rows)
    await _insert_grants(
        session, [(slip.id, grant) for slip, one in zip(slips, new, strict=True) for grant in one.grants]
    )
    await record(session, caller, "accounts.create", at=at, nips=asn_ids, usernames=[slip.username for slip in slips])
    return slips


def _require_may_grant(caller: Principal, grants: Iterable[DatedGrant]) -> None:
    if caller != SYSTEM and not rules.may_manage(caller.roles, [grant.role for grant in grants]):
        raise GrantNotYours


async def _require_creatable(session: AsyncSession, new: Sequence[NewAccount]) -> dict[str, UUID]:
    """The ids of the civil servants that were named; raises AccountsInvalid."""
    asn_ids = await find_asn_by_nips(session, [one.nip for one in new if one.nip])
    taken = await list_taken(session, {one.username for one in new})
    opd_codes = await list_existing(session, {grant.opd_code for one in new for grant in one.grants if grant.opd_code})
    faults = list(rules.faults_of_new(new, taken=taken, opd_codes=opd_codes, nips=asn_ids))
    if faults:
        raise AccountsInvalid(errors=faults, count=len(faults))
    return asn_ids


_ACCOUNT: tuple[ColumnClause[Any], ...] = (
    column("id", Uuid),
    column("username", Text),
    column("password_hash", Text),
    column("must_change", Boolean),
    column("asn_id", Uuid),
    column("created_at", DateTime(timezone=True)),
)
_GRANT: tuple[ColumnClause[Any], ...] = (
    column("id", Uuid),
    column("account_id", Uuid),
    column("role", Text),
    column("opd_code", Text),
    column("from_date", Date),
    column("to_date", Date),
)


async def _insert_accounts(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    """One statement however many; a user name taken in this very moment is refused like any other."""
    given = func.jsonb_to_recordset(literal(rows, JSONB)).table_valued(*_ACCOUNT).render_derived(with_types=True)
    names = [one.name for one in _ACCOUNT]
    statement = insert(Account).from_select(names, select(given)).on_conflict_do_nothing().returning(Account.username)
    made = set(await session.scalars(statement))
    lost = [number for number, row in enumerate(rows) if row["username"] not in made]
    if lost:
        errors = [FieldError(f"/items/{number}/username", "username_taken") for number in lost]
        raise AccountsInvalid(errors=errors, count=len(errors))


async def _insert_grants(session: AsyncSession, grants: Iterable[tuple[UUID, DatedGrant]]) -> None:
    rows = [
        {
            "id": str(new_id()),
            "account_id": str(account_id),
            "role": grant.role,
            "opd_code": grant.opd_code,
            "from_date": grant.from_date.isoformat(),
            "to_date": grant.to_date and grant.to_date.isoformat(),
        }
        for account_id, grant in grants
    ]
    given = func.jsonb_to_recordset(literal(rows, JSONB)).table_valued(*_GRANT).render_derived(with_types=True)
    await session.execute(insert(AccountGrant).from_select([one.name for one in _GRANT], select(given)))


async def change_grants(
    session: AsyncSession,
    caller: Principal,
    account_id: UUID,
    grants: Sequence[DatedGrant],
    *,
    expected: int | None,
    at: datetime,
) -> AccountWithGrants:
    """Give an account exactly these roles; the record keeps those it had.

    Raises AccountNotFound, AccountEnded, GrantNotYours, GrantsInvalid, VersionRequired, VersionMismatch.
    """
    found = await get_account(session, caller, account_id, lock=True)
    account = found.account
    if set(found.grants) == set(grants):
        return found
    require_version(expected, account.version)
    if account.ended_at is not None:
        raise AccountEnded
    if grants:
        _require_may_grant(caller, grants)
    opd_codes = await list_existing(session, {grant.opd_code for grant in grants if grant.opd_code})
    faults = list(rules.faults_of_grants(grants, opd_codes, has_asn=account.asn_id is not None))
    if faults:
        raise GrantsInvalid(errors=faults)
    await session.execute(delete(AccountGrant).where(AccountGrant.account_id == account_id))
    await _insert_grants(session, [(account_id, grant) for grant in grants])
    account.version += 1
    told = {"before": [_told(grant) for grant in found.grants], "after": [_told(grant) for grant in grants]}
    await _record(session, caller, "accounts.change-grants", found, at, **told)
    return replace(found, grants=grants)


async def reset_password(session: AsyncSession, account_id: UUID, *, at: datetime, caller: Principal = SYSTEM) -> Slip:
    """Give an account a new password, to be changed at the next sign-in; whoever is signed in with it is not any more.

    Raises AccountNotFound, AccountEnded.
    """
    found = await get_account(session, caller, account_id, lock=True)
    account = found.account
    if account.ended_at is not None:
        raise AccountEnded
    password = rules.make_password()
    [account.password_hash] = await hash_passwords([password])
    account.must_change = True
    _forgive(account)
    account.version += 1
    await end_sessions(session, account_id, at=at)
    await _record(session, caller, "accounts.reset", found, at)
    return Slip(account.id, account.username, password, found.grants)


async def unlock_account(
    session: AsyncSession, caller: Principal, account_id: UUID, *, at: datetime
) -> AccountWithGrants:
    """Let somebody try again at once after wrong passwords; raises AccountNotFound."""
    found = await get_account(session, caller, account_id, lock=True)
    account = found.account
    if account.locked_until is not None or account.failed_attempts:
        _forgive(account)
        account.version += 1
        await _record(session, caller, "accounts.unlock", found, at)
    return found


def _forgive(account: Account) -> None:
    account.failed_attempts = 0
    account.locked_until = None


async def end_account(session: AsyncSession, caller: Principal, account_id: UUID, *, at: datetime) -> AccountWithGrants:
    """End an account for good, from the very next request on; raises AccountNotFound."""
    found = await get_account(session, caller, account_id, lock=True)
    if found.account.ended_at is None:
        found.account.ended_at = at
        found.account.version += 1
        await end_sessions(session, account_id, at=at)
        await _record(session, caller, "accounts.end", found, at)
    return found


async def change_password(
    session: AsyncSession, keys: Keys, caller: Principal, current: str, new: str, *, at: datetime
) -> Tokens | None:
    """End all sign-ins of the caller and begin a new one; None when the present password is wrong, which counts.

    Raises WeakPassword.
    """
    if rules.is_weak(new, caller.name) or new == current:
        raise WeakPassword(least=rules.LEAST_LENGTH)
    attempt = await begin_attempt(session, Account.id == caller.id, at=at)
    if not await verify_password(current, attempt.password_hash if attempt else None) or attempt is None:
        return None
    found = await get_account(session, SYSTEM, attempt.account_id, lock=True)
    [found.account.password_hash] = await hash_passwords([new])
    found.account.must_change = False
    found.account.version += 1
    await session.flush()
    await end_sessions(session, caller.id, at=at)
    await _record(session, caller, "accounts.change-password", found, at)
    changed = Attempt(attempt.account_id, attempt.username, found.account.password_hash)
    return await start_session(session, keys, changed, at=at)


async def create_client(
    session: AsyncSession, name: str, role: Role, *, at: datetime, caller: Principal = SYSTEM
) -> tuple[Client, str]:
    """A machine and its secret, which is shown this once; raises ClientInvalid, ClientNameTaken."""
    if role not in MACHINE_ROLES or not CLIENT_NAME.fullmatch(name):
        raise ClientInvalid
    secret = secrets.token_urlsafe(32)
    made = insert(Client).values(
        id=new_id(), name=name, role=role, secret_sha256=hashlib.sha256(secret.encode()).hexdigest(), created_at=at
    )
    client = await session.scalar(made.on_conflict_do_nothing().returning(Client))
    if client is None:
        raise ClientNameTaken
    await record(session, caller, "accounts.create-client", at=at, target=name, role=role)
    return client, secret


def _told(grant: DatedGrant) -> dict[str, str | None]:
    """A grant as the record keeps it."""
    return {
        "role": grant.role,
        "opd_code": grant.opd_code,
        "from_date": grant.from_date.isoformat(),
        "to_date": grant.to_date.isoformat() if grant.to_date else None,
    }


async def _record(
    session: AsyncSession, caller: Principal, action: str, found: AccountWithGrants, at: datetime, **detail: Any
) -> None:
    nips = [found.nip] if found.nip else []
    await record(session, caller, action, at=at, target=str(found.account.id), nips=nips, **detail)
