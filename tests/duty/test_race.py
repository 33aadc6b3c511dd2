"""Two who confirm at the same moment."""

import asyncio
from datetime import timedelta

from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from app.core.principal import Grant, Principal, Role
from app.duty import service
from app.duty.errors import AbsenceOverlaps
from app.duty.rules import AbsenceState
from app.duty.schemas import AbsenceCreate, AbsenceRead
from app.registry.models import Asn
from tests.conftest import SURROUNDINGS
from tests.make import DAY, MONDAY, NOBODY

ADMIN = Principal(NOBODY, "uji", (Grant(Role.ADMIN),))


def test_of_those_who_confirm_overlapping_days_at_once_one_succeeds(own_url: str) -> None:
    async def race() -> list[AbsenceRead | BaseException]:
        engine = create_async_engine(own_url, poolclass=NullPool)
        sessions = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})
        siti = Asn(nip="198501012010012001", name="Siti", folded_name="siti", employment_type="PNS")
        async with sessions.begin() as session:
            session.add(siti)

        async def confirm(days: int) -> AbsenceRead:
            body = AbsenceCreate.model_validate(
                {"asn_id": siti.id, "code": "DL", "from": DAY, "to": DAY + timedelta(days=days), "state": "confirmed"}
            )
            async with sessions.begin() as session:
                return await service.create_absence(session, ADMIN, body, at=MONDAY)

        found = await asyncio.gather(*(confirm(days) for days in range(8)), return_exceptions=True)
        await engine.dispose()
        return found

    found = asyncio.run(race())
    assert [one.state for one in found if isinstance(one, AbsenceRead)] == [AbsenceState.CONFIRMED]
    assert [type(one) for one in found if isinstance(one, BaseException)] == [AbsenceOverlaps] * 7
