"""Reads of policies: which versions there are, and which is in force."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Subquery, cast, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, cut_page, decode_cursor
from app.policies.errors import PolicyNotFound
from app.policies.models import Policy
from app.policies.schemas import PolicyDocument, PolicyRead, PolicyState


async def find_in_force(session: AsyncSession, day: date, known_at: datetime | None = None) -> Policy | None:
    """The active version with the latest beginning; of two that begin on one day, the one activated later.

    With `known_at` as it was then: what was put in force afterwards is left out.
    """
    active = Policy.activated_at.is_not(None) if known_at is None else Policy.activated_at <= known_at
    return await session.scalar(
        select(Policy)
        .where(active, Policy.effective_from <= day)
        .order_by(Policy.effective_from.desc(), Policy.activated_at.desc())
        .limit(1)
    )


async def list_active(session: AsyncSession) -> list[Policy]:
    """The active versions, the one that outdoes the others of its day first."""
    active = select(Policy).where(Policy.activated_at.is_not(None))
    return list(await session.scalars(active.order_by(Policy.effective_from.desc(), Policy.activated_at.desc())))


async def find_on_trial(session: AsyncSession, day: date) -> Policy | None:
    """The trial that would be in force on a day, had it been put in force when the trial began; None where none would.

    So a version that was put in force meanwhile and begins later ends the trials of earlier ones.
    """
    began = func.coalesce(Policy.activated_at, Policy.trial_at)
    latest = await session.scalar(
        select(Policy)
        .where(began.is_not(None), Policy.effective_from <= day)
        .order_by(Policy.effective_from.desc(), began.desc())
        .limit(1)
    )
    return latest if latest is not None and latest.activated_at is None else None


async def find_version(session: AsyncSession, code: str, version: int) -> Policy:
    """A version that is known to exist."""
    return (await session.execute(select(Policy).where(Policy.code == code, Policy.version == version))).scalar_one()


async def get_policy(session: AsyncSession, policy_id: UUID, *, lock: bool = False) -> Policy:
    """Raises PolicyNotFound."""
    found = await session.get(Policy, policy_id, populate_existing=True, with_for_update=lock)
    if found is None:
        raise PolicyNotFound
    return found


def _ends() -> Subquery:
    """The last day of each active version: the one before the next begins."""
    following = func.lead(Policy.effective_from).over(order_by=(Policy.effective_from, Policy.activated_at))
    return (
        select(Policy.id, cast(following - 1, Date).label("effective_to"))
        .where(Policy.activated_at.is_not(None))
        .subquery()
    )


async def list_policies(session: AsyncSession, cursor: str | None, limit: int) -> Page[PolicyRead]:
    """All versions, the latest beginning first."""
    ends = _ends()
    asked = (
        select(Policy, ends.c.effective_to)
        .join(ends, ends.c.id == Policy.id, isouter=True)
        .order_by(Policy.effective_from.desc(), Policy.id.desc())
        .limit(limit + 1)
    )
    if (after := decode_cursor(cursor, date, UUID)) is not None:
        asked = asked.where(tuple_(Policy.effective_from, Policy.id) < after)
    rows = (await session.execute(asked)).all()
    return cut_page(
        [show_policy(policy, end) for policy, end in rows], limit, lambda read: (read.effective_from, read.id)
    )


async def read_policy(session: AsyncSession, policy_id: UUID) -> PolicyRead:
    """Raises PolicyNotFound."""
    policy = await get_policy(session, policy_id)
    ends = _ends()
    return show_policy(policy, await session.scalar(select(ends.c.effective_to).where(ends.c.id == policy_id)))


def state_of(policy: Policy) -> PolicyState:
    if policy.activated_at is not None:
        return PolicyState.ACTIVE
    return PolicyState.DRAFT if policy.trial_at is None else PolicyState.TRIAL


def show_policy(policy: Policy, effective_to: date | None) -> PolicyRead:
    return PolicyRead(
        id=policy.id,
        label=policy.label,
        code=policy.code,
        version=policy.version,
        state=state_of(policy),
        title=policy.title,
        legal_basis=policy.legal_basis,
        effective_from=policy.effective_from,
        effective_to=effective_to,
        created_by=policy.created_by_name,
        created_at=policy.created_at,
        trial_by=policy.trial_by_name,
        trial_at=policy.trial_at,
        activated_by=policy.activated_by_name,
        activated_at=policy.activated_at,
        document=PolicyDocument.model_validate(policy.document),
    )
