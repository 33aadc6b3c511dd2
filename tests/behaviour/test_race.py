"""Those who speak of one person at the same moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from app.behaviour import service
from app.behaviour.models import Standing
from app.behaviour.schemas import AssessmentRead, PeerRatingCreate, SuperiorAssessmentWrite
from app.core.errors import VersionRequired
from app.core.principal import Grant, Principal, Role
from app.policies.models import Policy
from app.registry.models import Asn, Assignment, Opd
from tests.behaviour.words import all_of
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY, NOBODY
from tests.policies.documents import changed

NINE = 9
SINCE = date(2020, 1, 1)


@asynccontextmanager
async def office(url: str) -> AsyncIterator[tuple[Any, list[UUID]]]:
    """Nine colleagues under a policy that asks peers."""
    engine = create_async_engine(url, poolclass=NullPool)
    sessions = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})
    asked = changed(**{"behaviour.weights": {"superior": 50, "peer": 50, "self": 0}})
    people = [Asn(nip=f"19850101201001200{n}", name="x", folded_name="x", employment_type="PNS") for n in range(NINE)]
    unit = {"name": "x", "short_name": "x", "type": "dinas", "protocol_order": 1, "reports": "yes"}
    async with sessions.begin() as session:
        by = {"created_by": NOBODY, "created_by_name": "uji", "created_at": MONDAY, "activated_at": MONDAY}
        told = {"code": "uji", "version": 1, "title": "uji", "legal_basis": "uji", "effective_from": date(2026, 1, 1)}
        session.add(Policy(**told, document=asked, **by))
        session.add(Opd(code="DISDIK", from_date=SINCE, **unit))
        session.add_all(people)
        await session.flush()
        served = {"opd_code": "DISDIK", "position": "x", "apel_duty": True, "from_date": SINCE}
        session.add_all(Assignment(asn_id=person.id, **served) for person in people)
    yield sessions, [person.id for person in people]
    await engine.dispose()


def test_no_peer_s_word_is_lost_when_all_speak_at_once(own_url: str) -> None:
    async def race() -> list[list[int] | None]:
        async with office(own_url) as (sessions, people):

            async def rate(peer: UUID, word: str) -> None:
                body = PeerRatingCreate(asn_id=people[0], period="2026-11", ratings=all_of(word))
                caller = Principal(peer, "asn", (Grant(Role.ASN, None, frozenset()),), peer)
                async with sessions.begin() as session:
                    await service.rate_peer(session, caller, body, at=MONDAY)

            await asyncio.gather(*(rate(peer, word) for peer in people[1:] for word in ("below", "below")))
            async with sessions() as session:
                return list(await session.scalars(select(Standing.peer_tally)))

    assert asyncio.run(race()) == [[8, 8 * 2520, 0, 0]]


def test_of_those_who_speak_as_the_superior_at_once_one_is_kept(own_url: str) -> None:
    async def race() -> list[tuple[AssessmentRead, bool] | BaseException]:
        async with office(own_url) as (sessions, people):

            async def assess(word: str, guide: int) -> tuple[AssessmentRead, bool]:
                body = SuperiorAssessmentWrite(ratings={f"loyal.{'abc'[guide]}": word})
                admin = Principal(NOBODY, "uji", (Grant(Role.ADMIN),))
                async with sessions.begin() as session:
                    return await service.assess_as_superior(
                        session, admin, people[0], "2026-11", body, expected=None, at=MONDAY
                    )

            said = [assess(word, guide) for word in ("below", "meets") for guide in range(3)]
            return await asyncio.gather(*said, return_exceptions=True)

    found = asyncio.run(race())
    assert [first for one in found if isinstance(one, tuple) for first in one[1:]] == [True]
    assert [type(one) for one in found if isinstance(one, BaseException)] == [VersionRequired] * 5
