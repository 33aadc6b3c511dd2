"""Reads of circulars, of whom they address, and of who did what with them."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, defer

from app.circulars.errors import CircularNotFound
from app.circulars.models import Circular
from app.circulars.rules import CircularKind, CircularScope, CircularState, RuleInForce, state_of
from app.core.principal import Principal, Role

SEE_DRAFTS = (Role.ADMIN, Role.INSPECTOR)
_Next = aliased(Circular)


@dataclass(frozen=True)
class Found:
    """A circular, and the one that took its place."""

    circular: Circular
    superseded_by_id: UUID | None

    @property
    def state(self) -> CircularState:
        return state_of(
            published=self.circular.published_on is not None,
            withdrawn=self.circular.withdrawn_on is not None,
            superseded=self.superseded_by_id is not None,
        )

    @property
    def scope(self) -> CircularScope:
        return CircularScope.read(self.circular.scope)


def _took_effect() -> ColumnElement[bool]:
    """A successor that was withdrawn before it came into force took nobody's place."""
    began = func.greatest(_Next.published_on, _Next.effective_from)
    return and_(
        _Next.supersedes_id == Circular.id,
        _Next.published_on.is_not(None),
        or_(_Next.withdrawn_on.is_(None), _Next.withdrawn_on > began),
    )


def _circulars() -> Select[Circular, UUID | None]:
    return select(Circular, _Next.id).outerjoin(_Next, _took_effect()).execution_options(populate_existing=True)


def _visible(caller: Principal) -> ColumnElement[bool]:
    return true() if caller.holds(*SEE_DRAFTS) else Circular.published_on.is_not(None)


async def get_circular(session: AsyncSession, caller: Principal, circular_id: UUID) -> Found:
    """Raises CircularNotFound, also for a draft that is not the caller's to see."""
    row = (await session.execute(_circulars().where(Circular.id == circular_id, _visible(caller)))).one_or_none()
    if row is None:
        raise CircularNotFound
    return Found(*row)


async def lock_circular(session: AsyncSession, caller: Principal, circular_id: UUID) -> Found:
    """The same; neither it nor the one before it in its chain is changed until this transaction ends."""
    before = select(Circular.supersedes_id).where(Circular.id == circular_id).scalar_subquery()
    both = select(Circular.id).where(or_(Circular.id == circular_id, Circular.id == before))
    await session.execute(both.order_by(Circular.version).with_for_update())
    return await get_circular(session, caller, circular_id)


async def list_circulars(session: AsyncSession, caller: Principal, kind: CircularKind | None) -> list[Found]:
    """All that the caller may see, without their text: an office publishes dozens a year."""
    query = _circulars().where(_visible(caller)).options(defer(Circular.text, raiseload=True))
    if kind is not None:
        query = query.where(Circular.kind == kind)
    return [Found(*row) for row in await session.execute(query)]


async def list_published(session: AsyncSession, from_date: date, to_date: date) -> list[Found]:
    """Those published in a span, in order, without their text; what was withdrawn or superseded since is there too."""
    query = _circulars().where(Circular.published_on.between(from_date, to_date))
    ordered = query.order_by(Circular.published_on, Circular.id).options(defer(Circular.text, raiseload=True))
    return [Found(*row) for row in await session.execute(ordered)]


async def find_number(session: AsyncSession, number: str, version: int, other_than: UUID | None) -> bool:
    """Whether a circular that was not withdrawn has this number and version."""
    taken = exists().where(Circular.number == number, Circular.version == version, Circular.withdrawn_on.is_(None))
    if other_than is not None:
        taken = taken.where(Circular.id != other_than)
    return bool(await session.scalar(select(taken)))


async def rules_in_force(session: AsyncSession, day: date, kind: CircularKind) -> list[RuleInForce]:
    """Circulars of a kind that bind on a day, the newest first; `rules.covers` says whom.

    One binds from the day on which it is both published and effective, until it is withdrawn or a later version binds.
    """
    later = exists().where(_took_effect(), _Next.published_on <= day, _Next.effective_from <= day)
    query = (
        select(Circular)
        .where(Circular.kind == kind, Circular.published_on <= day, Circular.effective_from <= day)
        .where(or_(Circular.withdrawn_on.is_(None), Circular.withdrawn_on > day), ~later)
        .order_by(Circular.effective_from.desc(), Circular.id.desc())
    )
    return [_rule(circular) for circular in await session.scalars(query)]


def _rule(circular: Circular) -> RuleInForce:
    named = ("id", "number", "dated_on", "title", "version", "effective_from")
    kept: Any = {name: getattr(circular, name) for name in named}
    return RuleInForce(**kept, scope=CircularScope.read(circular.scope), rules=circular.rules or {})


class Due(NamedTuple):
    """A circular whose acknowledgement is counted, and the day for which its recipients are."""

    id: UUID
    day: date
    scope: CircularScope


async def list_due(session: AsyncSession, from_date: date, to_date: date) -> list[Due]:
    """Circulars whose last day to acknowledge, or without one their publication, lies in a span.

    Those withdrawn count for nobody, nor those whose next version came before that day.
    """
    day = func.coalesce(Circular.acknowledge_by, Circular.published_on)
    superseded = exists().where(_took_effect(), _Next.published_on <= day)
    query = select(Circular.id, day, Circular.scope).where(
        Circular.published_on.is_not(None),
        Circular.withdrawn_on.is_(None),
        day.between(from_date, to_date),
        ~superseded,
    )
    return [Due(row[0], row[1], CircularScope.read(row[2])) for row in await session.execute(query)]
