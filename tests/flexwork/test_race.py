"""Two who decide about a person's days at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from app.audit.models import AuditEntry
from app.core.principal import Grant, Principal, Role
from app.duty.errors import AbsenceOverlaps
from app.duty.models import Absence
from app.duty.schemas import AbsenceCreate
from app.duty.service import create_absence
from app.flexwork import people, service
from app.flexwork.errors import FlexOrdersOverlap
from app.flexwork.schemas import OrderCreate, Revocation
from app.registry.models import Asn, Assignment, Opd
from tests.conftest import SURROUNDINGS
from tests.flexwork.orders import ORDER
from tests.make import DAY, MONDAY, NOBODY

ADMIN = Principal(NOBODY, "uji", (Grant(Role.ADMIN),))
Act = Callable[[AsyncSession], Awaitable[Any]]


class Office:
    """A database of its own with one person, and acts that happen together, each in its own transaction."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(url, poolclass=NullPool)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})
        self.siti = Asn(nip="198501012010012001", name="Siti", folded_name="siti", employment_type="PNS")

    async def open(self) -> None:
        opd = {"name": "Dinas", "short_name": "Dinas", "type": "dinas", "protocol_order": 1, "reports": "yes"}
        post = {"position": "Guru", "work_pattern": "5", "apel_duty": True, "from_date": DAY}
        async with self._sessions.begin() as session:
            session.add_all([self.siti, Opd(code="DISDIK", from_date=DAY, **opd)])
            await session.flush()
            session.add(Assignment(asn_id=self.siti.id, opd_code="DISDIK", **post))

    async def propose(self, number: str) -> UUID:
        body = OrderCreate.model_validate(ORDER | {"number": number, "people": [{"asn_id": self.siti.id}]})
        async with self._sessions.begin() as session:
            return await people.create_order(session, ADMIN, body, at=MONDAY)

    async def together(self, *acts: Act) -> list[Any]:
        async def one(act: Act) -> Any:
            async with self._sessions.begin() as session:
                return await act(session)

        return await asyncio.gather(*map(one, acts), return_exceptions=True)

    async def confirmed(self) -> list[tuple[str, Any]]:
        """Code and number of days of each confirmed absence."""
        query = select(Absence.code, Absence.to_date - Absence.from_date + 1).where(Absence.state == "confirmed")
        async with self._sessions.begin() as session:
            return [(code, number) for code, number in await session.execute(query.order_by(Absence.from_date))]

    async def confirmations(self) -> int | None:
        """How often an order was confirmed, by the record."""
        query = select(func.count()).where(AuditEntry.action == "flexwork.confirm")
        async with self._sessions.begin() as session:
            return await session.scalar(query)

    async def close(self) -> None:
        await self._engine.dispose()


def confirming(order_id: UUID) -> Act:
    return lambda session: service.confirm_order(session, ADMIN, order_id, at=MONDAY)


def absent(code: str) -> Act:
    said = {"code": code, "from": "2026-11-24", "to": "2026-11-24", "state": "confirmed"}

    async def act(session: AsyncSession) -> None:
        asn_id = await session.scalar(select(Asn.id))
        await create_absence(session, ADMIN, AbsenceCreate.model_validate(said | {"asn_id": asn_id}), at=MONDAY)

    return act


def play(url: str, story: Callable[[Office], Awaitable[None]]) -> None:
    async def run() -> None:
        office = Office(url)
        try:
            await office.open()
            await story(office)
        finally:
            await office.close()

    asyncio.run(run())


def test_of_two_orders_confirmed_at_once_one_sends_the_person(own_url: str) -> None:
    async def story(office: Office) -> None:
        orders = [await office.propose(f"800/{number}") for number in range(6)]
        done = await office.together(*map(confirming, orders))
        assert sorted(type(one).__name__ for one in done) == [FlexOrdersOverlap.__name__] * 5 + ["NoneType"]
        assert await office.confirmed() == [("WFA", 5)]

    play(own_url, story)


def test_one_order_confirmed_by_several_at_once_is_confirmed_once(own_url: str) -> None:
    async def story(office: Office) -> None:
        order = await office.propose("800/1")
        assert await office.together(*[confirming(order)] * 6) == [None] * 6
        assert await office.confirmed() == [("WFA", 5)]
        assert await office.confirmations() == 1, "five of them found it confirmed"

    play(own_url, story)


def test_an_absence_confirmed_at_the_same_moment_is_kept_or_refused_but_never_overwritten(own_url: str) -> None:
    async def story(office: Office) -> None:
        order = await office.propose("800/1")
        first, second = await office.together(confirming(order), absent("CT"))
        assert first is None
        if second is None:
            assert await office.confirmed() == [("WFA", 1), ("CT", 1), ("WFA", 3)]
        else:
            assert isinstance(second, AbsenceOverlaps)
            assert await office.confirmed() == [("WFA", 5)]

    play(own_url, story)


def test_a_revocation_beside_a_confirmation_leaves_no_absence_behind(own_url: str) -> None:
    async def story(office: Office) -> None:
        order = await office.propose("800/1")
        body = Revocation.model_validate({"from": "2026-11-23", "reason": "uji"})
        await office.together(
            confirming(order), lambda session: service.revoke_order(session, ADMIN, order, body, at=MONDAY)
        )
        assert await office.confirmed() == []

    play(own_url, story)
