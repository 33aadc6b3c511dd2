"""Reads of accounts: who is calling, who has an account."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.accounts.errors import AccountNotFound
from app.accounts.models import Account, AccountGrant, Client, RefreshToken, Screen
from app.accounts.rules import DatedGrant
from app.accounts.schemas import AccountFilter, AccountRead
from app.core.paging import Page, cut_page, decode_cursor
from app.core.principal import OPD_ROLES, SYSTEM, Grant, Principal, Role, Scope
from app.registry import rules as registry
from app.registry.models import Asn, Opd
from app.registry.queries import load_tree


def family_ended(family_id: InstrumentedAttribute[UUID] | ColumnElement[UUID]) -> ColumnElement[bool]:
    """One revoked link ends its whole family, also a link that is being made at the same moment."""
    link = aliased(RefreshToken)
    return exists().where(link.family_id == family_id, link.revoked_at.is_not(None))


_DAY = bindparam("day", type_=Date)
_HELD = and_(AccountGrant.from_date <= _DAY, or_(AccountGrant.to_date.is_(None), AccountGrant.to_date >= _DAY))
_PERSON = (
    select(Account.username, Account.asn_id, Account.must_change, AccountGrant.role, AccountGrant.opd_code)
    .outerjoin(AccountGrant, and_(AccountGrant.account_id == Account.id, _HELD))
    .where(
        Account.id == bindparam("account_id", type_=Uuid),
        Account.ended_at.is_(None),
        not_(family_ended(bindparam("session_id", type_=Uuid))),
    )
    .order_by(AccountGrant.role, AccountGrant.opd_code)
)
"""Asked with every request, so built once: building it anew takes longer than asking it."""


async def find_person(session: AsyncSession, account_id: UUID, session_id: UUID, on: date) -> Principal | None:
    """An account that has not ended, with the roles of that day, while its sign-in lasts."""
    asked = {"account_id": account_id, "session_id": session_id, "day": on}
    rows = (await session.execute(_PERSON, asked)).all()
    if not rows:
        return None
    # A password that somebody else knows opens nothing but the change of it.
    held = [] if rows[0].must_change else [(Role(row.role), row.opd_code) for row in rows if row.role is not None]
    grants = await _with_reach(session, held, on)
    return Principal(account_id, rows[0].username, grants, rows[0].asn_id, rows[0].must_change, session_id)


def own_principal(asn_id: UUID, session_id: UUID | None = None) -> Principal:
    """A civil servant who signed in without an account; unnamed, since the audit record keeps principals for ever."""
    return Principal(asn_id, "asn", (Grant(Role.ASN, None, frozenset()),), asn_id, session_id=session_id)


async def find_own(session: AsyncSession, asn_id: UUID, session_id: UUID, at: datetime) -> Principal | None:
    """A civil servant while the sign-in without an account lasts."""
    query = select(RefreshToken.asn_id).where(
        RefreshToken.family_id == session_id,
        RefreshToken.asn_id == asn_id,
        RefreshToken.expires_at > at,
        not_(family_ended(literal(session_id, Uuid))),
    )
    found = await session.scalar(query.limit(1))
    return None if found is None else own_principal(found, session_id)


async def _with_reach(session: AsyncSession, held: list[tuple[Role, str | None]], on: date) -> tuple[Grant, ...]:
    tree = await load_tree(session, on) if any(role in OPD_ROLES for role, _ in held) else {}
    return tuple(Grant(role, opd_code, _reach(tree, role, opd_code)) for role, opd_code in held)


def _reach(tree: registry.Tree, role: Role, opd_code: str | None) -> Scope:
    """A head reaches down the tree, an operator what the unit answers for, a civil servant no OPD at all."""
    match role:
        case Role.OPD_HEAD:
            return registry.below(tree, opd_code or "")
        case Role.OPD_OPERATOR:
            return registry.covered_by(tree, opd_code or "")
        case Role.ASN:
            return frozenset()
        case _:
            return None


_MACHINE = (
    select(Client.name, Client.role, func.coalesce(Screen.counts_only, false()).label("counts_only"))
    .outerjoin(Screen, Screen.client_id == Client.id)
    .where(Client.id == bindparam("client_id", type_=Uuid), Client.ended_at.is_(None))
)


async def find_machine(session: AsyncSession, client_id: UUID) -> Principal | None:
    """A client that has not ended."""
    row = (await session.execute(_MACHINE, {"client_id": client_id})).one_or_none()
    return row and Principal(client_id, row.name, (Grant(Role(row.role)),), counts_only=row.counts_only)


@dataclass(frozen=True)
class AccountWithGrants:
    account: Account
    grants: Sequence[DatedGrant]
    nip: str | None


def manageable(caller: Principal) -> ColumnElement[bool]:
    """The accounts that a caller may see: for kominfo those that hold roles of OPDs alone (rules.may_manage)."""
    if caller == SYSTEM or caller.holds(Role.ADMIN, Role.INSPECTOR):
        return true()
    held = exists().where(AccountGrant.account_id == Account.id)
    of_opd = AccountGrant.role == any_(literal(sorted(OPD_ROLES), ARRAY(Text)))
    return and_(held, not_(held.where(not_(of_opd))))


async def get_account(
    session: AsyncSession, caller: Principal, account_id: UUID, *, lock: bool = False
) -> AccountWithGrants:
    """Raises AccountNotFound, also for an account that is not the caller's to manage."""
    query = (
        select(Account, Asn.nip)
        .outerjoin(Asn, Asn.id == Account.asn_id)
        .where(Account.id == account_id, manageable(caller))
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(query.with_for_update(of=Account) if lock else query)).one_or_none()
    if row is None:
        raise AccountNotFound
    grants = await _grants_of(session, [account_id])
    return AccountWithGrants(row.Account, grants.get(account_id, []), row.nip)


def show(found: AccountWithGrants) -> AccountRead:
    """What may be shown of an account."""
    account = {name: getattr(found.account, name) for name in AccountRead.model_fields.keys() - {"grants"}}
    return AccountRead.model_validate(account | {"grants": found.grants})


async def list_accounts(session: AsyncSession, caller: Principal, wanted: AccountFilter) -> Page[AccountRead]:
    """By user name."""
    query = (
        select(Account, Asn.nip)
        .outerjoin(Asn, Asn.id == Account.asn_id)
        .where(manageable(caller), *_wanted(wanted))
        .order_by(Account.username)
        .limit(wanted.limit + 1)
    )
    after = decode_cursor(wanted.cursor, str)
    if after is not None:
        query = query.where(Account.username > after[0])
    rows = (await session.execute(query)).all()
    grants = await _grants_of(session, [row.Account.id for row in rows])
    found = [show(AccountWithGrants(row.Account, grants.get(row.Account.id, []), row.nip)) for row in rows]
    return cut_page(found, wanted.limit, lambda item: (item.username,))


def _wanted(wanted: AccountFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    held = exists().where(AccountGrant.account_id == Account.id)
    if wanted.opd_code is not None:
        clauses.append(held.where(AccountGrant.opd_code == wanted.opd_code))
    if wanted.role is not None:
        clauses.append(held.where(AccountGrant.role == wanted.role))
    if wanted.ended is not None:
        clauses.append(Account.ended_at.is_not(None) if wanted.ended else Account.ended_at.is_(None))
    return clauses


async def _grants_of(session: AsyncSession, account_ids: Sequence[UUID]) -> dict[UUID, list[DatedGrant]]:
    query = (
        select(AccountGrant)
        .where(AccountGrant.account_id == any_(literal(list(account_ids), ARRAY(Uuid))))
        .order_by(AccountGrant.from_date, AccountGrant.role, AccountGrant.opd_code)
    )
    found: dict[UUID, list[DatedGrant]] = {}
    for row in await session.scalars(query):
        grant = DatedGrant(Role(row.role), row.opd_code, row.from_date, row.to_date)
        found.setdefault(row.account_id, []).append(grant)
    return found


async def find_account_ids(session: AsyncSession, usernames: Iterable[str]) -> dict[str, UUID]:
    """User name → account, for those of these names that exist and have not ended."""
    names = Account.username == any_(literal(sorted(usernames), ARRAY(Text)))
    rows = await session.execute(select(Account.username, Account.id).where(names, Account.ended_at.is_(None)))
    return {row.username: row.id for row in rows}


async def list_taken(session: AsyncSession, usernames: Iterable[str]) -> set[str]:
    """Those of these user names that are in use, also by accounts that have ended."""
    query = select(Account.username).where(Account.username == any_(literal(sorted(usernames), ARRAY(Text))))
    return set(await session.scalars(query))


async def get_account_id(session: AsyncSession, username: str) -> UUID:
    """Raises AccountNotFound."""
    found = await session.scalar(select(Account.id).where(Account.username == username))
    if found is None:
        raise AccountNotFound
    return found


async def list_existing(session: AsyncSession, opd_codes: Iterable[str]) -> set[str]:
    """Those of these OPD codes that exist."""
    query = select(Opd.code).where(Opd.code == any_(literal(sorted(opd_codes), ARRAY(Text))))
    return set(await session.scalars(query))
